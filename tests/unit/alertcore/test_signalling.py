"""When a signal that goes on is worth telling again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alertcore.cases.signalling import goes_on, mark, state_of, worth_telling
from alertcore.cases.state import SignalMark
from alertcore.records.alert import CellUnit, Severity, SignalCell
from alertcore.records.shared import Text

NOON = datetime(2026, 1, 26, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def told(
    last: SignalMark | None = None,
    after: timedelta = timedelta(0),
    *,
    holds: bool = True,
    severity: Severity = Severity.MODERATE,
    value: float = 100.0,
    threshold: float | None = None,
    said: str = "a",
) -> SignalMark:
    """A mark as it would be after `after`."""
    cells = () if threshold is None else (SignalCell(value=value, threshold=threshold, unit=CellUnit.DAYS),)
    numbers = {"stock_packs": value}
    return mark(last, NOON + after, holds=holds, severity=severity, cells=cells, numbers=numbers, sentence=Text(fr=said, en=said))


def test_a_signal_is_told_when_it_begins_and_when_it_ends_and_not_before() -> None:
    first = told()
    assert worth_telling(None, first)
    assert not worth_telling(None, told(holds=False))
    assert worth_telling(first, told(first, holds=False))
    ended = told(first, holds=False)
    assert not worth_telling(ended, told(ended, holds=False))
    assert worth_telling(ended, told(ended))


@pytest.mark.parametrize(
    ("value", "after", "worth"),
    [
        (110.0, DAY, True),
        (109.9, DAY, False),
        (90.0, DAY, True),
        (90.1, DAY, False),
        (110.0, DAY - timedelta(microseconds=1), False),
        (500.0, timedelta(hours=1), False),
        (100.0, 2 * DAY, False),
    ],
)
def test_a_value_is_told_again_when_it_moved_by_a_tenth_and_a_day_has_passed(value: float, after: timedelta, worth: bool) -> None:
    first = told()
    assert worth_telling(first, told(first, after, value=value)) is worth


def test_from_zero_every_value_is_another() -> None:
    first = told(value=0.0)
    assert worth_telling(first, told(first, DAY, value=0.1))
    assert not worth_telling(first, told(first, DAY, value=0.0))


def test_another_severity_or_threshold_is_told_at_once() -> None:
    first = told(threshold=30.0)
    assert worth_telling(first, told(first, severity=Severity.SEVERE, threshold=30.0))
    assert worth_telling(first, told(first, threshold=10.0))
    assert worth_telling(first, told(first))
    assert not worth_telling(first, told(first, threshold=30.0))


def test_another_sentence_is_told_after_a_day() -> None:
    first = told()
    assert not worth_telling(first, told(first, DAY - timedelta(seconds=1), said="b"))
    assert worth_telling(first, told(first, DAY, said="b"))


def test_since_is_kept_while_it_goes_on_and_begins_again_after_an_end() -> None:
    first = told()
    later = told(first, DAY)
    assert (later.since, later.version) == (NOON, 2)
    ended = told(later, 2 * DAY, holds=False)
    assert told(ended, 3 * DAY).since == NOON + 3 * DAY


def test_states() -> None:
    first = told()
    assert state_of(None, first, question=False) == "raised"
    assert state_of(None, first, question=True) == "changed"
    assert state_of(first, told(first), question=False) == "changed"
    assert state_of(first, told(first, holds=False), question=False) == "cleared"


@pytest.mark.parametrize("before", [None, told(), told(threshold=7.0), told(told(), holds=False)])
@pytest.mark.parametrize("after", [timedelta(hours=1), DAY])
@pytest.mark.parametrize("holds", [True, False])
@pytest.mark.parametrize("severity", [Severity.MODERATE, Severity.SEVERE])
@pytest.mark.parametrize("threshold", [None, 7.0, 8.0])
def test_what_goes_on_without_a_look_at_its_words_is_exactly_what_no_words_make_worth_telling(
    before: SignalMark | None, after: timedelta, holds: bool, severity: Severity, threshold: float | None
) -> None:
    cells = () if threshold is None else (SignalCell(value=500.0, threshold=threshold, unit=CellUnit.DAYS),)
    known = goes_on(before, NOON + after, holds=holds, severity=severity, cells=cells, numbers={"stock_packs": 500.0})
    other = told(before, after, holds=holds, severity=severity, value=500.0, threshold=threshold, said="something else")
    assert known is not worth_telling(before, other)
