"""Arrivals into what can be judged: an event by itself, or a list once its marker is there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from alertcore.records.hub import Command
from connectors.door.arrival import Arrival
from connectors.door.held import HELD_ACTIONS
from connectors.door.judge import judge
from connectors.door.judgement import Judgement
from connectors.door.prepare import Prepared, prepare
from connectors.door.snapshots import KIND as STATUSES
from connectors.door.snapshots import Collector, Snapshot, judge_snapshot
from connectors.door.stamps import Stamps
from connectors.door.world import Taken, World

Unit = Prepared | Snapshot


class Gathering:
    """Rows of lists wait by their way in: a topic, or one request."""

    def __init__(self, world: World, stamps: Stamps) -> None:
        self._world, self._stamps = world, stamps
        self._collectors: dict[str, Collector] = {}

    def feed(self, way: str, arrival: Arrival, now: datetime) -> list[Unit]:
        """What can be judged now that this has arrived."""
        one = prepare(arrival, self._world, self._stamps, now)
        if arrival.kind != STATUSES:
            return [one]
        collector = self._collectors.setdefault(way, Collector())
        if one.record is None:
            # Answered at once: it may belong to no list. If it does, the marker's count will miss it.
            collector.refused += 1
            return [one]
        return [*collector.feed(one, now)]

    def close(self, way: str) -> list[Unit]:
        """This way in ends: rows that still wait never get their marker."""
        collector = self._collectors.pop(way, None)
        text = "the marker {snapshot_id, rows} must end the list within the same request"
        return [*collector.end("marker_missing", text)] if collector is not None else []

    def expire(self, now: datetime) -> list[Unit]:
        """Lists whose marker did not come in time."""
        return [snapshot for collector in self._collectors.values() for snapshot in collector.expire(now)]

    def waiting(self, way: str) -> Prepared | None:
        """The first row that waits for its marker on this way in."""
        collector = self._collectors.get(way)
        return collector.rows[0] if collector is not None and collector.rows else None

    def drop(self) -> None:
        """Forget rows that wait: whoever owns their topic now reads them again."""
        self._collectors.clear()


def ids_of(units: list[Unit]) -> list[str]:
    """Event ids whose past matters."""
    events = [one for unit in units for one in (unit.events if isinstance(unit, Snapshot) else (unit,))]
    return [one.event_id for one in events if one.record is not None]


def held_asked_for(units: list[Unit]) -> list[str]:
    """Ids of what is held that commands are about."""
    commands = [unit.record for unit in units if isinstance(unit, Prepared) and isinstance(unit.record, Command)]
    return [command.target for command in commands if command.action in HELD_ACTIONS]


def judge_unit(unit: Unit, world: World, stamps: Stamps, known: Mapping[str, Taken], now: datetime) -> list[Judgement]:
    """A judgement an event, in order."""
    if isinstance(unit, Snapshot):
        return judge_snapshot(unit, world, stamps, known, now)
    return [judge(unit, world, stamps, known, now)]
