"""Release gates: which audiences hear at once, which wait for a person, when the next person is called, and which duties telling meets."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from alertcore.deadlines.duties import DUTIES, name
from alertcore.making import replace
from alertcore.policy import AUDIENCES, Policy
from alertcore.records.alert import Release
from alertcore.records.shared import Deadline

PERSONS = {"automatic": 0, "one": 1, "two": 2}
"""Persons a gate needs."""


def automatic(policy: Policy, kind: str, audiences: tuple[str, ...]) -> tuple[str, ...]:
    """Audiences that need nobody's release, in the fixed order."""
    return tuple(a for a in in_order(audiences) if policy.gate(kind, a).gate == "automatic")


Sorted = tuple[tuple[str, ...], tuple[str, ...], int]


def sort(policy: Policy, kind: str, audiences: tuple[str, ...]) -> Sorted:
    """Audiences that hear at once, those that wait for a person, and the minutes after which the next person in charge is called."""
    at_once = automatic(policy, kind, audiences)
    waiting = tuple(a for a in in_order(audiences) if a not in at_once)
    return at_once, waiting, min((policy.gate(kind, a).limit_min for a in waiting), default=0)


def next_call(limit_at: datetime, now: datetime, reminders: int) -> datetime:
    """When the next call after this one is: doubling from a quarter of an hour to at most thirty days, always after now."""
    wait = timedelta(minutes=15 * (1 << min(reminders, 16)))
    return max(limit_at, now) + min(wait, timedelta(days=30))


@lru_cache(maxsize=1024)
def in_order(audiences: tuple[str, ...]) -> tuple[str, ...]:
    """Audiences in the fixed order, each once."""
    return tuple(a for a in AUDIENCES if a in audiences)


def met(deadlines: tuple[Deadline, ...], audiences: tuple[str, ...], now: datetime, by: str) -> tuple[Deadline, ...]:
    """Deadlines with those met that telling these audiences meets."""
    return tuple(replace(d, met_at=now, by=by) if d.met_at is None and _met_by(d) in audiences else d for d in deadlines)


def _met_by(deadline: Deadline) -> str | None:
    duty = DUTIES.get(deadline.duty)
    return duty.met_by if duty else None


def already_due(deadlines: tuple[Deadline, ...], now: datetime) -> tuple[str, ...]:
    """Duties that were due before the hub could act: the news itself and the release limit call for them, no later ring."""
    return tuple(name(d) for d in deadlines if d.met_at is None and d.due <= now)


def carried(new: tuple[Deadline, ...], old: tuple[Deadline, ...], release: Release | None) -> tuple[Deadline, ...]:
    """New deadlines, where what was met stays met, and what no longer applies but was met stays as proof.

    Not where a rule judges by the facts of now: a notice long enough yesterday is too short for a day that has moved. Nor where a duty
    begins anew after it was met: what was done before does not meet it, but for a release of what is told now.
    release: of what is told so far.
    """
    done = {name(d): d for d in old if d.met_at is not None and not _judged(d)}
    named = {name(d) for d in new}
    kept = tuple(d for key, d in done.items() if key not in named)
    return tuple(_still_met(d, done.get(name(d)), release) for d in new) + kept


def _still_met(new: Deadline, done: Deadline | None, release: Release | None) -> Deadline:
    """A deadline, met where the one met before is the same duty, or where those to be told were told since it began."""
    if done is None or done.met_at is None:
        return new
    if new.since is None or new.since <= done.met_at or done.since == new.since:
        return replace(new, met_at=done.met_at, by=done.by)
    told = release is not None and release.at is not None and release.at >= new.since and _met_by(new) in release.audiences
    return replace(new, met_at=release.at, by="hub") if told and release is not None else new


def _judged(deadline: Deadline) -> bool:
    duty = DUTIES.get(deadline.duty)
    return duty is not None and duty.judged
