"""Who is in charge: shifts and their turns, overrides, absences, both changes of the clocks, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertcore.duty import chain, in_charge, read_roster
from alertcore.settled import SettingsError

NIGHT = {"name": "night", "from": "18:00", "to": "08:00", "turns": ["n1", "n2"], "starts": "2026-01-05"}
OFFICE = {
    "name": "office",
    "days": ["mon", "tue", "wed", "thu", "fri"],
    "from": "08:00",
    "to": "18:00",
    "turns": ["a", "b", "c"],
    "starts": "2026-01-07",
}
FILE: dict[str, Any] = {"zone": "Europe/Paris", "director": "boss", "shifts": [OFFICE, NIGHT]}


def at(text: str) -> datetime:
    """An instant of Paris in winter, or with its own offset."""
    return datetime.fromisoformat(text if "+" in text else f"{text}+01:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("when", "who"),
    [
        ("2026-01-05T07:59:59", "n2"),  # the night of Sunday belongs to the week before the first: the turn before
        ("2026-01-05T08:00", "a"),
        ("2026-01-05T17:59:59", "a"),
        ("2026-01-05T18:00", "n1"),
        ("2026-01-11T23:00", "n1"),
        ("2026-01-12T07:59", "n1"),
        ("2026-01-12T08:00", "b"),
        ("2026-01-12T18:00", "n2"),
        ("2026-01-19T12:00", "c"),
        ("2026-01-26T12:00", "a"),
        ("2026-01-10T12:00", "boss"),  # no shift on a Saturday by day
    ],
)
def test_turns_change_with_the_week_in_which_a_shift_begins(when: str, who: str) -> None:
    assert in_charge(read_roster(FILE), at(when)) == who


def test_the_others_of_the_turn_follow_and_the_director_is_last() -> None:
    assert chain(read_roster(FILE), at("2026-01-12T12:00")) == ("b", "c", "a", "boss")


def test_an_absence_passes_the_call_on_and_an_override_comes_first_on_its_days_both_counted() -> None:
    roster = read_roster(
        FILE
        | {
            "absences": [{"person": "b", "from": "2026-01-12", "to": "2026-01-13"}],
            "overrides": [{"person": "z", "from": "2026-01-13T10:00", "to": "2026-01-13T12:00"}],
        }
    )
    assert in_charge(roster, at("2026-01-12T08:00")) == "c"
    assert chain(roster, at("2026-01-13T10:00")) == ("z", "c", "a", "boss")
    assert in_charge(roster, at("2026-01-13T09:59")) == "c"
    assert in_charge(roster, at("2026-01-13T12:00")) == "c"
    assert in_charge(roster, at("2026-01-14T08:00")) == "b"


def test_where_all_are_absent_the_director_is_in_charge_and_without_a_roster_nobody_is_named() -> None:
    away = [{"person": p, "from": "2026-01-01", "to": "2026-12-31"} for p in ("a", "b", "c")]
    assert chain(read_roster(FILE | {"absences": away}), at("2026-01-12T12:00")) == ("boss",)
    assert in_charge(read_roster({}), at("2026-01-12T12:00")) is None


@pytest.mark.parametrize(
    ("when", "who"),
    [
        ("2026-03-29T01:59+01:00", "x"),
        ("2026-03-29T03:00+02:00", "y"),  # the hour between does not exist
        ("2026-10-25T02:30+02:00", "y"),
        ("2026-10-25T02:30+01:00", "y"),  # the same hour again
        ("2026-10-25T03:00+01:00", "y"),
    ],
)
def test_over_both_changes_of_the_clocks_a_shift_goes_by_what_they_show(when: str, who: str) -> None:
    early = {"name": "e", "from": "00:00", "to": "02:00", "turns": ["x"], "starts": "2026-01-05"}
    late = {"name": "l", "from": "02:00", "to": "00:00", "turns": ["y"], "starts": "2026-01-05"}
    assert in_charge(read_roster({"director": "boss", "shifts": [early, late]}), at(when)) == who


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"zone": "Europe/Nowhere"}, "zone"),
        ({"director": ""}, "director: is required"),
        ({"shifts": [OFFICE | {"days": ["lundi"]}]}, "shifts[0].days"),
        ({"shifts": [OFFICE | {"days": []}]}, "shifts[0].days: names no day"),
        ({"shifts": [OFFICE | {"from": "8h"}]}, "shifts[0].from"),
        ({"shifts": [OFFICE | {"to": "24:00"}]}, "shifts[0].to"),
        ({"shifts": [OFFICE | {"starts": "soon"}]}, "shifts[0].starts"),
        ({"shifts": [OFFICE | {"turns": []}]}, "shifts[0].turns"),
        ({"absences": [{"person": "a", "from": "2026-01-02", "to": "2026-01-01"}]}, "absences[0]: to"),
        ({"overrides": [{"person": " ", "from": "2026-01-02", "to": "2026-01-03"}]}, "overrides[0]: person"),
        ({"overrides": [{"person": "a", "from": "x", "to": "2026-01-03"}]}, "overrides[0]: from and to"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_a_roster_is_refused_with_its_place(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_roster(FILE | change)
    assert any(problem in p for p in refused.value.problems)


@given(st.integers(0, 3 * 366 * 24 * 4), st.sets(st.sampled_from(["a", "b", "c", "n1", "n2"])))
def test_somebody_is_always_in_charge_nobody_absent_and_nobody_is_called_twice(quarters: int, away: set[str]) -> None:
    absences = [{"person": p, "from": "2026-01-01", "to": "2029-12-31"} for p in sorted(away)]
    roster = read_roster(FILE | {"absences": absences})
    found = chain(roster, datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * quarters))
    assert found[-1] == "boss"
    assert len(set(found)) == len(found)
    assert not away & set(found)
