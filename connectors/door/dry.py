"""The door without Kafka and SQL: the same decisions in memory, for checking beforehand and for a hub in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from alertcore.records.hub import DoorReceipt, Entry
from connectors.door.arrival import Arrival
from connectors.door.gather import Gathering, Unit, judge_unit
from connectors.door.judgement import Judgement
from connectors.door.receipts import receipt_of
from connectors.door.register import Register
from connectors.door.split import Placed, entry_of
from connectors.door.stamps import Stamps
from connectors.door.world import DoorConfig, World


@dataclass(frozen=True, slots=True)
class Appended:
    """An entry where it would stand."""

    log: str
    partition: int
    key: str
    entry: Entry


class DryDoor:
    """Remembers for as long as it lives. `appended`: everything so far, in order."""

    def __init__(self, config: DoorConfig) -> None:
        self.world = World(config, config.senders, config.authorities, Register(config.senders, config.authorities))
        self.stamps = Stamps(config.time)
        self.appended: list[Appended] = []
        self._gathering = Gathering(self.world, self.stamps)

    def take(self, arrivals: Iterable[Arrival], now: datetime, way: str = "") -> list[DoorReceipt]:
        """Answers to what can be answered, in order; rows of a list are answered with their marker."""
        return [receipt_of(judgement.answer, now) for judgement in self.judge(arrivals, now, way)]

    def judge(self, arrivals: Iterable[Arrival], now: datetime, way: str = "") -> list[Judgement]:
        """The same, with all that a judgement holds."""
        done: list[Judgement] = []
        for arrival in arrivals:
            done += self._conclude(self._gathering.feed(way or arrival.sender, arrival, now), now)
        return done

    def expire(self, now: datetime) -> list[Judgement]:
        """Give up on lists whose marker did not come in time."""
        return self._conclude(self._gathering.expire(now), now)

    def close(self, now: datetime, way: str) -> list[Judgement]:
        """This way in ends."""
        return self._conclude(self._gathering.close(way), now)

    def _conclude(self, units: list[Unit], now: datetime) -> list[Judgement]:
        done = [judgement for unit in units for judgement in judge_unit(unit, self.world, self.stamps, {}, now)]
        for judgement in done:
            self.appended += [self._append(placed, now) for placed in judgement.placed]
        return done

    def _append(self, placed: Placed, now: datetime) -> Appended:
        stamp = self.stamps.give(placed.log, placed.partition, now, placed.own)
        return Appended(placed.log, placed.partition, placed.key, entry_of(placed, stamp))
