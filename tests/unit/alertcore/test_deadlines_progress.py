"""How far the time of a duty has run: calls at half and four fifths of it, met, met late and missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alertcore.deadlines.progress import Ring, Standing, carried, rings, standing
from alertcore.records.shared import Basis, Deadline, Mark

NOW = datetime(2026, 1, 26, 9, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
TOLD_AT = (0.5, 0.8)
DAY = Deadline(
    duty="public_announcement", to="agency", due=NOW + 24 * HOUR, basis=Basis.LAW, article="CSP R.5312-1", mark=Mark.C, since=NOW
)


def after(deadline: Deadline, now: datetime) -> list[tuple[str, timedelta, int]]:
    return [(r.duty, r.at - NOW, r.pct) for r in rings((deadline,), TOLD_AT, now)]


def test_officers_are_called_at_half_and_at_four_fifths_of_the_time() -> None:
    assert after(DAY, NOW) == [("public_announcement", 12 * HOUR, 50), ("public_announcement", 19.2 * HOUR, 80)]


@pytest.mark.parametrize(
    ("now", "left"),
    [(12 * HOUR - SECOND, [50, 80]), (12 * HOUR, [80]), (19.2 * HOUR - SECOND, [80]), (19.2 * HOUR, []), (25 * HOUR, [])],
)
def test_a_call_whose_instant_has_come_is_not_still_to_come(now: timedelta, left: list[int]) -> None:
    assert [r.pct for r in rings((DAY,), TOLD_AT, NOW + now)] == left


@pytest.mark.parametrize("quiet", [{"met_at": NOW}, {"since": None}, {"due": NOW}])
def test_nobody_is_called_for_what_is_met_due_at_once_or_of_unknown_age(quiet: dict[str, datetime | None]) -> None:
    assert after(replace(DAY, **quiet), NOW) == []  # type: ignore[arg-type]


def test_shares_of_nought_and_of_the_whole_call_nobody_and_double_ones_call_once() -> None:
    assert [r.pct for r in rings((DAY,), (1.0, 0.0, 0.8, 0.5, 0.5), NOW)] == [50, 80]


@pytest.mark.parametrize(
    ("met", "now", "found"),
    [
        (None, 24 * HOUR - SECOND, Standing.RUNNING),
        (None, 24 * HOUR, Standing.MISSED),
        (24 * HOUR, 30 * HOUR, Standing.MET),
        (24 * HOUR + SECOND, 30 * HOUR, Standing.MET_LATE),
    ],
)
def test_a_duty_is_missed_from_the_instant_at_which_it_is_due(met: timedelta | None, now: timedelta, found: Standing) -> None:
    assert standing(replace(DAY, met_at=None if met is None else NOW + met), NOW + now) is found


def test_a_running_duty_keeps_the_calls_it_began_with_and_a_moved_one_gets_new_ones() -> None:
    other = replace(DAY, duty="taker")
    old = (Ring(duty="public_announcement", at=NOW + HOUR, pct=10), Ring(duty="taker", at=NOW + HOUR, pct=10))
    moved = replace(other, due=NOW + 48 * HOUR)
    now = carried(rings((DAY, moved), TOLD_AT, NOW), old, (DAY, other), (DAY, moved))
    assert [(r.duty, r.pct) for r in now] == [("public_announcement", 10), ("taker", 50), ("taker", 80)]


def test_a_duty_that_was_met_or_is_gone_calls_no_more() -> None:
    old = rings((DAY,), TOLD_AT, NOW)
    met = replace(DAY, met_at=NOW)
    assert carried(rings((met,), TOLD_AT, NOW), old, (DAY,), (met,)) == ()
    assert carried((), old, (DAY,), ()) == ()
