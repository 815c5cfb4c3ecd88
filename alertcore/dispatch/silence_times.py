"""When a silence holds next, and whether it is still to come, holds on, or is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from alertcore.dispatch.intervals import instant_of, zone_of
from alertcore.dispatch.silences import Recurrence, Silence, silent_until

DAYS_AHEAD = 9
"""A week and the days beside it: whatever the weekdays are, one of them is a day of the silence."""


class Phase(StrEnum):
    """Where a silence stands at an instant, in Alertmanager's words. Between two of its turns a recurring one is active."""

    PENDING = "pending"
    ACTIVE = "active"
    EXPIRED = "expired"


def phase(silence: Silence, at: datetime) -> Phase:
    """Where it stands at an instant."""
    if at >= silence.end:
        return Phase.EXPIRED
    return Phase.PENDING if at < silence.start else Phase.ACTIVE


def holds_next(silence: Silence, at: datetime) -> tuple[datetime, datetime] | None:
    """The time in which it holds now, from now on, or the next one; None where it never holds again."""
    for begin in _begins(silence, max(at, silence.start)):
        until = silent_until(silence, begin)
        if until is not None:
            return begin, until
    return None


def _begins(silence: Silence, first: datetime) -> Iterator[datetime]:
    """Instants from the first on at which it may begin to hold, in order."""
    yield first
    turns = silence.recurrence
    if turns is not None:
        yield from (b for b in _turns_from(turns, first) if b > first)


def _turns_from(turns: Recurrence, first: datetime) -> Iterator[datetime]:
    zone = zone_of(turns.zone)
    today = first.astimezone(zone).date()
    for n in range(DAYS_AHEAD):
        day = today + timedelta(days=n)
        if not turns.weekdays or day.isoweekday() % 7 in turns.weekdays:
            yield instant_of(zone, day, turns.minute)
