"""Whether the hub does its work: every accepted event is decided, and every open duty has a clock that runs.

What is asked is what stands in the logs and in the state of the stages, not what the stages say of themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from alertcore.cases.state import AlertFile, HubCase
from alertcore.deadlines.duties import name
from alertcore.records.journal import Journal

LATE = timedelta(minutes=2)
"""How long after its instant a tick may be outstanding."""

Place = tuple[str, int]
"""A stage and a partition of its log."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What must wake the stage, and when. wanted: the instant something is due; set_for: when the stage will look; None: never."""

    what: str
    wanted: datetime
    set_for: datetime | None


def clocks_of(file: AlertFile) -> tuple[Clock, ...]:
    """The clocks that an open alert needs: for each duty neither met nor told as missed, and for a release that is awaited."""
    if file.ended:
        return ()
    alert = file.alert.alert_id
    open_ = [d for d in file.alert.deadlines if d.met_at is None and name(d) not in file.missed]
    found = [Clock(f"{d.duty} of {alert}", d.due, file.due_at) for d in open_]
    if file.limit_at is not None:
        found.append(Clock(f"release of {alert}", file.limit_at, file.due_at))
    return tuple(found)


def undecided(case: HubCase) -> bool:
    """True while officers have not done with an event that no rule could decide."""
    return any(t.rule == "undecided" for t in case.troubles)


def behind(ends: Mapping[Place, int], heads: Mapping[Place, Journal]) -> list[str]:
    """Partitions that have not decided what stood in their log. ends: next offset of each log a while ago. heads: of now."""
    found = []
    for (stage, partition), end in sorted(ends.items()):
        head = heads.get((stage, partition))
        offset = head.offset if head is not None else -1
        if offset < end - 1:
            found.append(f"{stage}/{partition} has decided up to {offset} of {end - 1}")
    return found


def not_clocked(clocks: Iterable[Clock], due: datetime | None) -> list[str]:
    """Clocks that will not wake anybody in time. due: when the partition wants its next tick."""
    found = []
    for clock in clocks:
        if clock.set_for is None or clock.set_for > clock.wanted:
            found.append(f"{clock.what}: no clock")
        elif due is None or due > clock.set_for:
            found.append(f"{clock.what}: its clock does not run")
    return found


def overdue(heads: Mapping[Place, Journal], now: datetime) -> list[str]:
    """Partitions whose tick has not come. now: wall time."""
    late = [(place, head.due) for place, head in sorted(heads.items()) if head.due is not None and head.due + LATE < now]
    return [f"{stage}/{partition} waits for a tick since {due:%Y-%m-%d %H:%M:%S}" for (stage, partition), due in late]
