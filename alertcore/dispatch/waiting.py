"""What of an alert waits in dispatch now: for which receiver, what holds it, and when it is looked at again. Nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from alertcore.dispatch.events import Status
from alertcore.dispatch.holding import held, mute
from alertcore.dispatch.outcome import Verdict
from alertcore.dispatch.state import AlertState, GroupState, Table
from alertcore.dispatch.telling import routed
from alertcore.dispatch.turn import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """A version of a unit that a receiver does not know yet. held: by what; None where it waits for its group alone.

    until: when what holds it ends, or else the group is looked at. routed, routing: line and version of the routing file.
    """

    unit: str
    receiver: str
    version: int
    held: Verdict | None
    until: datetime | None
    routed: str
    routing: str


def waits_of(table: Table, units: Iterable[str], at: datetime) -> tuple[Waits, ...]:
    """What waits of these units."""
    turn = Turn(table, at)
    return tuple(w for unit in units for w in _of_unit(turn, unit))


def _of_unit(turn: Turn, unit: str) -> Iterator[Waits]:
    alert = turn.alert(unit)
    for key in alert.groups if alert is not None else ():
        group = turn.group(key)
        if alert is not None and group is not None and unit in turn.ix.pending.get(key, ()):
            yield _waits(turn, alert, group)


def _waits(turn: Turn, alert: AlertState, group: GroupState) -> Waits:
    held = _held(turn, alert, group)
    looks = [at for at in (group.due, group.release_at) if at is not None]
    until = held.until if held is not None else min(looks, default=None)
    return Waits(
        unit=alert.alert_id,
        receiver=group.receiver,
        version=alert.version,
        held=held,
        until=until,
        routed=routed(turn, group).by,
        routing=turn.ix.version,
    )


def _held(turn: Turn, alert: AlertState, group: GroupState) -> Verdict | None:
    """As a look at the group would find it now. An end is held by the calendar alone; a duty never waits."""
    why = held(turn, alert, group.receiver) if alert.status is Status.FIRING else None
    return why or mute(turn, group)
