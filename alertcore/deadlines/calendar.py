"""Working days of the agency's country, from the settings record `calendar`; public holidays come in as data.

National holidays count for duties; regional ones are for quiet hours alone. A year the record does not name is not known: its weekends
count and its holidays do not, and whoever reckons with it must say so (`covers`). Without any record all years are unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from alertcore.deadlines.clock import reckoned
from alertcore.settled import SettingsError, settle

_SATURDAY = 5
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Public holidays of the years known. zone: IANA name. regional: by INSEE region code, or by département where only a part of a
    region has them (57, 67, 68, and the three digits of overseas collectivities).
    """

    zone: str = "Europe/Paris"
    years: frozenset[int] = frozenset()
    national: frozenset[date] = frozenset()
    regional: Mapping[str, frozenset[date]] = field(default_factory=dict)

    def covers(self, first: date, last: date) -> bool:
        """True where the holidays of every year between two days are known."""
        return all(year in self.years for year in range(min(first, last).year, max(first, last).year + 1))

    def is_working(self, day: date) -> bool:
        """True where duties count the day: neither weekend nor national holiday."""
        return day.weekday() < _SATURDAY and day not in self.national

    def is_quiet(self, day: date, *places: str) -> bool:
        """True where people of a region or département are at rest: weekend, national or regional holiday."""
        return not self.is_working(day) or any(day in self.regional.get(place, ()) for place in places)

    def add_working_days(self, day: date, days: int) -> date:
        """The working day `days` working days after a day (before it where negative). Nought: the day itself, or the next working day."""
        one, day = -_DAY if days < 0 else _DAY, reckoned(day)
        if days == 0:
            while not self.is_working(day):
                day += one
            return day
        for _ in range(abs(days)):
            day += one
            while not self.is_working(day):
                day += one
        return day

    def working_days(self, first: date, last: date) -> int:
        """Working days after `first` up to and with `last`; none where `last` is not later."""
        days = (first + _DAY * n for n in range(1, (last - first).days + 1))
        return sum(self.is_working(day) for day in days)


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    zone: str = "Europe/Paris"
    years: tuple[int, ...] = ()
    national: tuple[str, ...] = ()
    regional: dict[str, tuple[str, ...]] = field(default_factory=dict)


def read_calendar(raw: object) -> Calendar:
    """The calendar from plain JSON {zone, years, national: [day], regional: {place: [day]}}. SettingsError names what is not usable."""
    file = settle(_File, raw)
    problems: list[str] = []
    years = frozenset(file.years)
    if not _is_zone(file.zone):
        problems.append(f"zone: {file.zone!r} is not a time zone (an IANA name such as Europe/Paris is expected)")
    national = _days("national", file.national, years, problems)
    regional = {place: _days(f"regional.{place}", days, years, problems) for place, days in sorted(file.regional.items())}
    if problems:
        raise SettingsError(tuple(problems))
    return Calendar(zone=file.zone, years=years, national=national, regional=regional)


def _days(path: str, texts: tuple[str, ...], years: frozenset[int], problems: list[str]) -> frozenset[date]:
    found = set()
    for text in texts:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            problems.append(f"{path}: {text!r} is not a day (YYYY-MM-DD)")
            continue
        if day.year not in years:
            problems.append(f"{path}: {text} lies in a year that `years` does not name")
        found.add(day)
    return frozenset(found)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
