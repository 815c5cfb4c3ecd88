"""How far the time of a duty has run: at which instants it is told before it is due, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alertcore.deadlines.duties import name
from alertcore.records.shared import Deadline

_HUNDRED = 100


class Standing(StrEnum):
    """Where a duty stands."""

    RUNNING = "running"
    MET = "met"
    MET_LATE = "met_late"
    MISSED = "missed"


def standing(deadline: Deadline, now: datetime) -> Standing:
    """Met until the instant at which it is due, that instant included; missed from then on."""
    if deadline.met_at is not None:
        return Standing.MET if deadline.met_at <= deadline.due else Standing.MET_LATE
    return Standing.MISSED if now >= deadline.due else Standing.RUNNING


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """A call before a duty is due. duty: its name among the deadlines of the alert. pct: share of its time that has run by then."""

    duty: str
    at: datetime
    pct: int


def rings(deadlines: tuple[Deadline, ...], told_at: tuple[float, ...], now: datetime) -> tuple[Ring, ...]:
    """The calls still to come, the earliest first. None for a duty that is met, due at once, or whose beginning is not known."""
    found = [
        Ring(duty=name(d), at=at, pct=round(share * _HUNDRED))
        for d in deadlines
        if d.met_at is None and d.since is not None
        for share in sorted(set(told_at))
        if now < (at := _at(d.since, d.due, share)) < d.due
    ]
    return tuple(sorted(found, key=lambda r: (r.at, r.duty, r.pct)))


def carried(new: tuple[Ring, ...], old: tuple[Ring, ...], before: tuple[Deadline, ...], after: tuple[Deadline, ...]) -> tuple[Ring, ...]:
    """The calls of new deadlines, where one whose time did not move keeps the calls it began with, whatever the policy says since."""
    times = {name(d): (d.since, d.due) for d in before}
    same = {name(d) for d in after if d.met_at is None and times.get(name(d)) == (d.since, d.due)}
    kept = [r for r in old if r.duty in same] + [r for r in new if r.duty not in same]
    return tuple(sorted(kept, key=lambda r: (r.at, r.duty, r.pct)))


def _at(since: datetime, due: datetime, share: float) -> datetime:
    """The instant, to the second, at which this share of the time has run."""
    return since + timedelta(seconds=round((due - since).total_seconds() * share))
