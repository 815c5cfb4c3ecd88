"""Days and instants: months by the calendar, local days of a zone, and where they begin and end in UTC.

A limit in hours is that many hours of real time, also over a change of the clocks. A limit in days, months or years ends when its last
local day ends: at the midnight that follows, whatever the length of that day.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

FIRST, LAST = date(2, 1, 1), date(9998, 12, 31)
"""What lies outside is reckoned as these days are: nobody means it, and no limit may fail over it."""
_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)
_EARLIEST, _LATEST = (datetime.combine(day, time.min, UTC) for day in (FIRST, LAST + 2 * _DAY))


def add_months(day: date, months: int) -> date:
    """The same day number `months` later (or earlier), or the last day of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return date.min if months < 0 else date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_days(day: date, days: int) -> date:
    """So many days later (or earlier)."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.min if days < 0 else date.max


def later(at: datetime, span: timedelta) -> datetime:
    """An instant so much later, or the last that can be reckoned with."""
    return at + min(span, _LATEST - at)


def latest_start(end: date, months: int) -> date:
    """The last day from which `months` run out on or before `end`: the last day on which a notice is long enough."""
    end = reckoned(end)
    start = add_months(end, -months)
    while add_months(start + _DAY, months) <= end:
        start += _DAY
    return start


def local(at: datetime, zone: str) -> datetime:
    """An instant as people in the zone write it."""
    return min(max(at, _EARLIEST), _LATEST).astimezone(_zone(zone))


def local_day(at: datetime, zone: str) -> date:
    """The day that people in the zone write at an instant."""
    return local(at, zone).date()


@lru_cache(maxsize=4096)
def start_of_day(day: date, zone: str) -> datetime:
    """The instant, in UTC, at which a local day begins."""
    return datetime.combine(min(max(day, FIRST), LAST + _DAY), time.min, _zone(zone)).astimezone(UTC)


def end_of_day(day: date, zone: str) -> datetime:
    """The instant, in UTC, at which a local day has ended: the first that is no longer in it."""
    return start_of_day(reckoned(day) + _DAY, zone)


def day_of(text: str) -> date | None:
    """The day that a text names as YYYY-MM-DD; None where it names none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def reckoned(day: date) -> date:
    """The day, or the first or last of those that can be reckoned with."""
    return min(max(day, FIRST), LAST)


def last_day(due: datetime, zone: str) -> date:
    """The local day on which what is due at `due` can still be done."""
    return local_day(due - _MOMENT, zone)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
