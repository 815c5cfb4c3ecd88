"""Silences: what is not told for a while, by whom, why and until when; some recur. A duty is never silenced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from alertcore.dispatch.intervals import instant_of, zone_of
from alertcore.dispatch.matchers import Matchers, all_hold

LONGEST_TURN = timedelta(hours=24)
WARNED_MS = 3600_000
KEPT = timedelta(days=5)
"""How long an ended silence is still shown, as in Alertmanager."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """Every day, or on some weekdays (0 is Sunday), from a minute of the local day on, for a while. A local time that a clock change leaves
    out begins at the change; one that comes twice begins the first time."""

    minute: int
    duration_ms: int
    weekdays: tuple[int, ...] = ()
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """author: opaque id. end: the first instant at which it is over. warned: its author was told that it ends."""

    silence_id: str
    matchers: Matchers
    author: str
    reason: str
    start: datetime
    end: datetime
    recurrence: Recurrence | None = None
    warn_ms: int = WARNED_MS
    warned: bool = False
    expired_by: str = ""

    @property
    def warn_at(self) -> datetime:
        """When the end is announced: an hour before, or half its time where it is shorter than two."""
        return max(self.end - timedelta(milliseconds=self.warn_ms), self.start + (self.end - self.start) / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAlert:
    """What a silence has to know of an alert."""

    alert_id: str
    labels: Mapping[str, str]
    duty: bool


def wrong_with(silence: Silence) -> list[str]:
    """Why it cannot be set, in words."""
    found = []
    if not silence.silence_id:
        found.append("a silence needs an id")
    if not silence.author.strip():
        found.append("a silence needs an author")
    if not silence.reason.strip():
        found.append("a silence needs a reason")
    if silence.end <= silence.start:
        found.append("a silence ends after it begins")
    if all_hold(silence.matchers, {}):
        found.append("at least one matcher must not hold for an absent label: otherwise everything would be silent")
    if silence.warn_ms < 0:
        found.append("the warning comes before the end")
    return found + (_wrong_turns(silence.recurrence) if silence.recurrence else [])


def _wrong_turns(turns: Recurrence) -> list[str]:
    found = []
    if not 0 < turns.duration_ms <= LONGEST_TURN // timedelta(milliseconds=1):
        found.append("a recurring silence lasts more than nothing and at most 24 hours each time")
    if not 0 <= turns.minute < 1440:
        found.append("a recurring silence begins at a minute of the day")
    if any(not 0 <= d <= 6 for d in turns.weekdays):
        found.append("weekdays are 0 (Sunday) to 6")
    try:
        zone_of(turns.zone)
    except (KeyError, ValueError, OSError):
        found.append(f"{turns.zone!r} is not a time zone")
    return found


def duties_touched(silence: Silence, alerts: Iterable[OpenAlert]) -> tuple[str, ...]:
    """The open duties that its matchers hold for: it must be confirmed then, and they are told all the same."""
    return tuple(sorted(a.alert_id for a in alerts if a.duty and all_hold(silence.matchers, a.labels)))


def silent_until(silence: Silence, at: datetime) -> datetime | None:
    """The end of the time in which it holds now; None where it does not hold at this instant."""
    if not silence.start <= at < silence.end:
        return None
    if silence.recurrence is None:
        return silence.end
    end = _turn_end(silence.recurrence, at)
    return None if end is None else min(end, silence.end)


def _turn_end(turns: Recurrence, at: datetime) -> datetime | None:
    """The end of the turns that `at` lies in; turns that touch or overlap are one."""
    end = None
    for _ in range(8):
        inside = [e for b, e in _turns_around(turns, end or at) if b <= (end or at) < e]
        if not inside:
            return end
        end = max(inside)
    return end


def _turns_around(turns: Recurrence, at: datetime) -> list[tuple[datetime, datetime]]:
    zone, found = zone_of(turns.zone), []
    today = at.astimezone(zone).date()
    for day in (today - timedelta(days=2), today - timedelta(days=1), today, today + timedelta(days=1)):
        if not turns.weekdays or day.isoweekday() % 7 in turns.weekdays:
            begin = instant_of(zone, day, turns.minute)
            found.append((begin, begin + timedelta(milliseconds=turns.duration_ms)))
    return found
