"""Months by the calendar, and days where they begin and end, over both changes of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from alertcore.deadlines.clock import add_months, end_of_day, last_day, latest_start, local_day, start_of_day

PARIS = "Europe/Paris"


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2026-01-26", 12, "2027-01-26"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2023-02-28", 12, "2024-02-28"),
        ("2025-12-31", 2, "2026-02-28"),
        ("2023-12-31", 2, "2024-02-29"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2026-03-31", 1, "2026-04-30"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-05-05", 0, "2026-05-05"),
    ],
)
def test_months_run_to_the_same_day_number_or_to_the_months_last_day(start: str, months: int, end: str) -> None:
    assert add_months(day(start), months) == day(end)


@pytest.mark.parametrize(
    ("end", "months", "start"),
    [
        ("2027-01-26", 12, "2026-01-26"),
        ("2026-02-28", 2, "2025-12-31"),
        ("2024-02-29", 2, "2023-12-31"),
        ("2026-04-30", 2, "2026-02-28"),
        ("2025-02-28", 12, "2024-02-29"),
        ("2025-03-01", 12, "2024-03-01"),
        ("2026-03-01", 6, "2025-09-01"),
    ],
)
def test_a_notice_may_start_until_the_last_day_from_which_it_is_long_enough(end: str, months: int, start: str) -> None:
    assert latest_start(day(end), months) == day(start)


@given(some.dates(date(1990, 1, 1), date(2090, 1, 1)), some.integers(1, 36))
def test_the_latest_start_is_long_enough_and_the_day_after_it_is_not(end: date, months: int) -> None:
    start = latest_start(end, months)
    assert add_months(start, months) <= end < add_months(start + timedelta(days=1), months)


@pytest.mark.parametrize(
    ("of", "hours", "start", "end"),
    [
        ("2026-03-29", 23, "2026-03-28T23:00Z", "2026-03-29T22:00Z"),
        ("2026-10-25", 25, "2026-10-24T22:00Z", "2026-10-25T23:00Z"),
        ("2026-01-01", 24, "2025-12-31T23:00Z", "2026-01-01T23:00Z"),
        ("2026-07-01", 24, "2026-06-30T22:00Z", "2026-07-01T22:00Z"),
    ],
)
def test_a_local_day_lasts_from_midnight_to_midnight_however_many_hours_it_has(of: str, hours: int, start: str, end: str) -> None:
    found = start_of_day(day(of), PARIS), end_of_day(day(of), PARIS)
    assert found == (datetime.fromisoformat(start), datetime.fromisoformat(end))
    assert found[1] - found[0] == timedelta(hours=hours)
    assert found[0].tzinfo is UTC


@pytest.mark.parametrize(
    ("at", "zone", "expected"),
    [
        ("2026-03-28T22:59:59Z", PARIS, "2026-03-28"),
        ("2026-03-28T23:00:00Z", PARIS, "2026-03-29"),
        ("2026-03-29T22:00:00Z", PARIS, "2026-03-30"),
        ("2026-03-28T22:59:59Z", "Indian/Reunion", "2026-03-29"),
        ("2026-03-28T22:59:59Z", "America/Guadeloupe", "2026-03-28"),
    ],
)
def test_the_day_is_that_of_the_zone(at: str, zone: str, expected: str) -> None:
    assert local_day(datetime.fromisoformat(at), zone) == day(expected)


def test_the_last_day_of_a_limit_is_the_day_before_the_midnight_at_which_it_ends() -> None:
    assert last_day(end_of_day(day("2026-03-29"), PARIS), PARIS) == day("2026-03-29")
    assert last_day(datetime.fromisoformat("2026-03-29T09:00Z"), PARIS) == day("2026-03-29")
