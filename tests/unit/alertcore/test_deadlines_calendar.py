"""Working days with and without public holidays, national and regional, and what a calendar file may hold."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from alertcore.deadlines.calendar import Calendar, read_calendar
from alertcore.settled import SettingsError

MAY = {
    "years": [2026],
    "national": ["2026-01-01", "2026-04-06", "2026-05-01", "2026-05-08", "2026-05-14", "2026-05-25"],
    "regional": {"57": ["2026-04-03"], "01": ["2026-05-27"]},
}
FRANCE = read_calendar(MAY)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-04-30", 1, "2026-05-04"),  # Thursday; 1 May is a Friday and a holiday
        ("2026-05-07", 1, "2026-05-11"),
        ("2026-05-13", 1, "2026-05-15"),
        ("2026-05-13", 2, "2026-05-18"),
        ("2026-05-16", 1, "2026-05-18"),
        ("2026-05-16", 0, "2026-05-18"),
        ("2026-05-15", 0, "2026-05-15"),
        ("2026-05-18", -1, "2026-05-15"),
        ("2026-05-15", -1, "2026-05-13"),
        ("2026-05-26", 1, "2026-05-27"),  # a holiday of one region alone is a working day
    ],
)
def test_working_days_pass_over_weekends_and_national_holidays_both_ways(start: str, days: int, end: str) -> None:
    assert FRANCE.add_working_days(day(start), days) == day(end)


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [("2026-04-30", "2026-05-04", 1), ("2026-04-30", "2026-05-03", 0), ("2026-05-11", "2026-05-15", 3), ("2026-05-15", "2026-05-11", 0)],
)
def test_working_days_are_counted_after_the_first_day_and_with_the_last(first: str, last: str, count: int) -> None:
    assert FRANCE.working_days(day(first), day(last)) == count


@given(some.dates(date(2026, 1, 1), date(2026, 12, 1)), some.integers(1, 30))
def test_counting_the_days_added_gives_their_number(start: date, days: int) -> None:
    assert FRANCE.working_days(start, FRANCE.add_working_days(start, days)) == days


def test_regional_holidays_are_quiet_in_their_place_alone() -> None:
    friday = day("2026-04-03")
    assert FRANCE.is_working(friday)
    assert FRANCE.is_quiet(friday, "44", "57")
    assert not FRANCE.is_quiet(friday, "11")
    assert not FRANCE.is_quiet(friday)
    assert FRANCE.is_quiet(day("2026-05-01"))
    assert FRANCE.is_quiet(day("2026-05-02"), "11")


def test_without_a_calendar_weekends_alone_count_and_no_year_is_known() -> None:
    assert Calendar().add_working_days(day("2026-04-30"), 1) == day("2026-05-01")
    assert not Calendar().covers(day("2026-04-30"), day("2026-05-01"))


@pytest.mark.parametrize(
    ("first", "last", "known"),
    [
        ("2026-01-01", "2026-12-31", True),
        ("2026-12-31", "2027-01-01", False),
        ("2025-12-31", "2026-01-01", False),
        ("2026-05-02", "2026-05-01", True),
    ],
)
def test_a_year_that_the_calendar_does_not_name_is_not_known(first: str, last: str, known: bool) -> None:
    assert FRANCE.covers(day(first), day(last)) is known


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ({"zone": "Europe/Nowhere"}, "zone"),
        ({"zone": "/etc/passwd"}, "zone"),
        ({"years": [2026], "national": ["2026-02-30"]}, "is not a day"),
        ({"years": [2026], "national": ["2027-01-01"]}, "does not name"),
        ({"years": [2026], "regional": {"57": ["Vendredi saint"]}}, "regional.57"),
        ({"regions": {}}, "unknown name"),
        ({"years": ["2026"]}, "whole number"),
    ],
)
def test_a_calendar_file_that_cannot_be_used_is_named(raw: Any, problem: str) -> None:
    with pytest.raises(SettingsError, match=problem):
        read_calendar(raw)


def test_a_calendar_has_all_that_its_file_holds() -> None:
    found = read_calendar(
        {"zone": "Indian/Reunion", "years": [2025, 2026], "national": ["2026-05-01"], "regional": {"974": ["2025-12-20"]}}
    )
    assert found == Calendar(
        zone="Indian/Reunion",
        years=frozenset({2025, 2026}),
        national=frozenset({date(2026, 5, 1)}),
        regional={"974": frozenset({date(2025, 12, 20)})},
    )


def test_every_day_that_cannot_be_used_is_named_with_its_place() -> None:
    with pytest.raises(SettingsError) as found:
        read_calendar({"years": [2026], "national": ["May", "2027-01-01", "2026-05-01"], "regional": {"57": ["2025-12-26"]}})
    assert found.value.problems == (
        "national: 'May' is not a day (YYYY-MM-DD)",
        "national: 2027-01-01 lies in a year that `years` does not name",
        "regional.57: 2025-12-26 lies in a year that `years` does not name",
    )


def test_an_empty_file_is_a_calendar_that_knows_nothing() -> None:
    assert read_calendar({}) == Calendar()
