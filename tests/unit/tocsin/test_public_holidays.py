"""The shipped calendar: France's public holidays, those of its regions, and what a country without a list gets."""

from __future__ import annotations

import json
from datetime import date

import pytest

from alertcore.deadlines.calendar import Calendar, read_calendar
from tocsin.public_holidays import shipped_calendar

FRANCE = read_calendar(json.loads(shipped_calendar(date(2026, 11, 22), "FR", "Europe/Paris")))

OF_2026 = (
    "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25"  # Easter Monday is 6 April, Ascension 14 May, Whit Monday 25 May
)


def test_the_national_holidays_of_a_year_are_the_eleven_of_the_labour_code() -> None:
    found = sorted(f"{d:%m-%d}" for d in FRANCE.national if d.year == 2026)
    assert " ".join(found) == OF_2026


@pytest.mark.parametrize(
    ("place", "days"),
    [
        ("57", "04-03 12-26"),
        ("67", "04-03 12-26"),
        ("68", "04-03 12-26"),
        ("02", "05-22"),
        ("03", "06-10"),
        ("04", "12-20"),
        ("06", "04-27"),
    ],
)
def test_alsace_moselle_and_overseas_have_their_own_days_besides(place: str, days: str) -> None:
    found = {f"{d:%m-%d}" for d in FRANCE.regional[place] if d.year == 2026}
    assert set(days.split()) <= found
    assert not FRANCE.regional[place] & FRANCE.national


def test_last_year_this_one_and_the_next_five_are_known() -> None:
    assert sorted(FRANCE.years) == [2025, 2026, 2027, 2028, 2029, 2030, 2031]
    assert FRANCE.zone == "Europe/Paris"


def test_the_text_is_the_same_all_year_so_that_a_restart_changes_nothing() -> None:
    assert shipped_calendar(date(2026, 1, 1), "FR", "Europe/Paris") == shipped_calendar(date(2026, 12, 31), "FR", "Europe/Paris")


def test_a_country_without_a_list_gets_its_zone_and_no_year() -> None:
    assert read_calendar(json.loads(shipped_calendar(date(2026, 1, 1), "XX", "Asia/Tokyo"))) == Calendar(zone="Asia/Tokyo")
