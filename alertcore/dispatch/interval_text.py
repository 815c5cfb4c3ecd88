"""Time intervals from plain JSON, as Alertmanager writes them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from alertcore.dispatch.intervals import Interval, Range, zone_of
from alertcore.dispatch.reading import Reading

WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
NAMES = ("times", "weekdays", "days_of_month", "months", "years", "location")
SHORTEST_MONTH = 28

_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")


def read_interval(reading: Reading, value: Any, path: str) -> Interval:
    """One interval of a `time_intervals` entry."""
    given = reading.map_of(value, path, NAMES)
    if "location" in given:
        zone = reading.text(given["location"], f"{path}.location")
        zone = reading.tried(f"{path}.location", lambda: _zone(zone), "UTC")
    else:
        zone = "UTC"
    return Interval(
        times=tuple(_times(reading, item, at) for item, at in reading.list_of(given.get("times"), f"{path}.times")),
        weekdays=_ranges(reading, given, path, "weekdays", weekday),
        days=_ranges(reading, given, path, "days_of_month", _day, _day_range),
        months=_ranges(reading, given, path, "months", _month),
        years=_ranges(reading, given, path, "years", _year),
        zone=zone,
    )


def minute_of_day(text: str) -> int:
    """`HH:MM`, or 24:00. ValueError in words."""
    if not _CLOCK.fullmatch(text):
        raise ValueError(f"{text!r} is not a time of day: write it like 08:30, at most 24:00")
    return int(text[:2]) * 60 + int(text[3:])


def weekday(text: str) -> int:
    """0 is Sunday."""
    if text.lower() not in WEEKDAYS:
        raise ValueError(f"{text!r} is not a day of the week: write one of {', '.join(WEEKDAYS)}")
    return WEEKDAYS.index(text.lower())


def _zone(name: str) -> str:
    try:
        zone_of(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not a time zone: write it like Europe/Paris") from error
    return name


def _times(reading: Reading, value: Any, path: str) -> Range:
    given = reading.map_of(value, path, ("start_time", "end_time"))
    if missing := [n for n in ("start_time", "end_time") if n not in given]:
        reading.wrong(path, f"{' and '.join(missing)} must be given")
        return Range(0, 1440)
    ends = [reading.tried(f"{path}.{n}", lambda n=n: minute_of_day(_as_text(given[n])), -1) for n in ("start_time", "end_time")]  # type: ignore[misc]
    if min(ends) >= 0 and ends[0] >= ends[1]:
        reading.wrong(path, "the end must come after the start: a time over midnight is two, one to 24:00 and one from 00:00")
    return Range(ends[0], ends[1])


def _as_text(value: Any) -> str:
    """YAML reads 09:00 without quotes as text, but 10:00 as 600 minutes."""
    if isinstance(value, int) and not isinstance(value, bool):
        raise ValueError(f"{value} is a number here: put the time between quotes, like '10:00'")
    return str(value)


def _ranges(
    reading: Reading,
    given: dict[str, Any],
    path: str,
    name: str,
    member: Callable[[str], int],
    check: Callable[[Range], None] | None = None,
) -> tuple[Range, ...]:
    found = []
    for item, at in reading.list_of(given.get(name), f"{path}.{name}"):
        text = str(item) if isinstance(item, int) and not isinstance(item, bool) else reading.text(item, at)
        made = reading.tried(at, lambda text=text: _range(text, member, check), None)  # type: ignore[misc]
        found += [made] if made is not None else []
    return tuple(found)


def _range(text: str, member: Callable[[str], int], check: Callable[[Range], None] | None) -> Range:
    parts = text.split(":")
    if len(parts) > 2:
        raise ValueError(f"{text!r} is not a range: write it like a:b, or one value alone")
    made = Range(member(parts[0].strip()), member(parts[-1].strip()))
    if check is not None:
        check(made)
    elif made.first > made.last:
        raise ValueError(f"{text!r} ends before it begins: write it as two ranges")
    return made


def _month(text: str) -> int:
    if text.lower() in MONTHS:
        return MONTHS.index(text.lower()) + 1
    if text.isdecimal() and 1 <= int(text) <= 12:
        return int(text)
    raise ValueError(f"{text!r} is not a month: write its English name, or 1 to 12")


def _year(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= 9999:
        return int(text)
    raise ValueError(f"{text!r} is not a year")


def _day(text: str) -> int:
    digits = text.removeprefix("-")
    if digits.isdecimal() and 1 <= int(digits) <= 31:
        return int(text)
    raise ValueError(f"{text!r} is not a day of the month: 1 to 31, or -31 to -1 from its end")


def _day_range(made: Range) -> None:
    """What can hold in no month, or only in some by an accident of their length, is refused."""
    if made.first < 0 < made.last:
        raise ValueError(f"'{made.first}:{made.last}' begins from the end of the month, so it must end from there too")
    first = SHORTEST_MONTH + made.first if made.first < 0 else made.first
    last = SHORTEST_MONTH + made.last if made.last < 0 else made.last
    if first > last and not (made.first > 0 > made.last and made.first <= 31 + made.last + 1):
        raise ValueError(f"'{made.first}:{made.last}' ends before it begins")
