"""Time intervals: whether an instant lies in one, and when that changes, in local time with both clock changes."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

HORIZON = timedelta(days=400)
"""How far ahead a change is looked for; where there is none, it is asked again then."""

_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Range:
    """Both ends belong to it."""

    first: int
    last: int

    def holds(self, n: int) -> bool:
        """Whether n lies in it."""
        return self.first <= n <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """All of what it names must hold; an empty list narrows nothing.

    times: minutes of the local day, the end not included. weekdays: 0 is Sunday. days: of the month, negative from its end.
    """

    times: tuple[Range, ...] = ()
    weekdays: tuple[Range, ...] = ()
    days: tuple[Range, ...] = ()
    months: tuple[Range, ...] = ()
    years: tuple[Range, ...] = ()
    zone: str = "UTC"

    def holds(self, at: datetime) -> bool:
        """Whether the instant lies in it. The hour that a clock change repeats counts twice, the one it leaves out never comes."""
        local = at.astimezone(zone_of(self.zone))
        minute = local.hour * 60 + local.minute
        return self.on(local.date()) and (not self.times or any(t.first <= minute < t.last for t in self.times))

    def on(self, day: date) -> bool:
        """Whether it holds at any time of this local day."""
        return (
            (not self.weekdays or any(r.holds(day.isoweekday() % 7) for r in self.weekdays))
            and (not self.months or any(r.holds(day.month) for r in self.months))
            and (not self.years or any(r.holds(day.year) for r in self.years))
            and (not self.days or any(_day_holds(r, day) for r in self.days))
        )


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """The zone of a name."""
    return ZoneInfo(name)


def _day_holds(range_: Range, day: date) -> bool:
    """A range is cut to the month; one that begins after its end holds no day of it."""
    length = monthrange(day.year, day.month)[1]
    first = range_.first + length + 1 if range_.first < 0 else range_.first
    last = range_.last + length + 1 if range_.last < 0 else range_.last
    return first <= length and max(first, 1) <= day.day <= min(last, length)


def any_holds(intervals: Iterable[Interval], at: datetime) -> bool:
    """Whether the instant lies in any of them."""
    return any(i.holds(at) for i in intervals)


def quiet(mute: Sequence[Interval], active: Sequence[Interval] | None, at: datetime) -> bool:
    """Whether nothing may be told at this instant. active: None where no times are named, so that any may."""
    return any_holds(mute, at) or (active is not None and not any_holds(active, at))


def speaks_again(mute: Sequence[Interval], active: Sequence[Interval] | None, at: datetime) -> datetime:
    """The first instant after `at` at which something may be told, to the minute; the end of the horizon where there is none."""
    zones = {zone_of(i.zone) for i in (*mute, *(active or ()))}
    edges = {t.first for i in (*mute, *(active or ())) for t in i.times} | {t.last for i in (*mute, *(active or ())) for t in i.times}
    for turn in _turns(zones, frozenset({0, *edges}), at):
        if not quiet(mute, active, turn):
            return turn
    return at + HORIZON


def _turns(zones: set[ZoneInfo], minutes: frozenset[int], at: datetime) -> Iterator[datetime]:
    """Every instant after `at` at which an interval may begin or end, in order."""
    begin = datetime.combine(at.astimezone(UTC).date(), time(0), UTC)
    while begin < at + HORIZON:
        end = begin + _DAY
        # somewhere it is still yesterday, or already tomorrow
        near = [begin.date() + n * _DAY for n in (-1, 0, 1)]
        found = {t for zone in zones for day in near for t in _turns_of(zone, day, minutes)}
        yield from sorted(t for t in found if t > at and begin <= t < end)
        begin = end


@lru_cache(maxsize=4096)
def _offset_turn(zone: ZoneInfo, day: date) -> datetime | None:
    """The instant of a clock change on this local day."""
    low = datetime.combine(day, time(0), zone).astimezone(UTC)
    high = datetime.combine(day + timedelta(days=1), time(0), zone).astimezone(UTC)
    if low.astimezone(zone).utcoffset() == high.astimezone(zone).utcoffset():
        return None
    before = low.astimezone(zone).utcoffset()
    while high - low > _MINUTE:
        middle = low + (high - low) // 2
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(second=0, microsecond=0)


@lru_cache(maxsize=4096)
def _turns_of(zone: ZoneInfo, day: date, minutes: frozenset[int]) -> frozenset[datetime]:
    midnight = datetime.combine(day, time(0), zone)
    walls = [midnight + timedelta(minutes=m) for m in minutes]
    found = {w.replace(fold=fold).astimezone(UTC) for w in walls for fold in (0, 1)}
    change = _offset_turn(zone, day)
    return frozenset(found) if change is None else frozenset({*found, change})


def instant_of(zone: ZoneInfo, day: date, minute: int) -> datetime:
    """The instant of a minute of a local day: the first of two, and the change itself where the clocks leave that minute out."""
    wall = datetime.combine(day, time(minute // 60, minute % 60), zone)
    instant = wall.astimezone(UTC)
    there = instant.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None)
    return instant if there else _offset_turn(zone, day) or instant
