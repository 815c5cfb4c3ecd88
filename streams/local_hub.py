"""The three stages wired together in memory: what one emits to the log of another is fed to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import datetime

from alertcore.records.hub import Entry
from alertcore.sharding import CASES_LOG, LOGS, STOCK_LOG, SUPPLY_LOG, shard
from alertcore.stage import Stage
from streams.deciding import Time
from streams.emitting import Out
from streams.local import LocalShell


class LocalHub:
    """stock, supply and cases (any of them may be missing: what goes to it is kept in the outs and goes no further).

    An emit to a log without a partition goes to the shard of its key.
    """

    def __init__(
        self,
        *,
        stock: Stage | None = None,
        supply: Stage | None = None,
        cases: Stage | None = None,
        partitions: Mapping[str, int] | None = None,
        time: Time = "wall",
    ) -> None:
        """`partitions`: log to number of partitions; those not named have one."""
        counts = partitions or {}
        stages = {STOCK_LOG: stock, SUPPLY_LOG: supply, CASES_LOG: cases}
        self.shells = {log: LocalShell(stage, counts.get(log, 1), time=time) for log, stage in stages.items() if stage is not None}
        self.counts = {log: counts.get(log, 1) for log in LOGS}
        self.outs: list[Out] = []

    def feed(self, log: str, entry: Entry, key: str = "", partition: int | None = None) -> list[Out]:
        """Appends one entry, and everything that follows from it, in the order it follows. Returns all emits, those between stages too."""
        where = shard(key, self.counts[log]) if partition is None else partition
        return self._spread(self.shells[log].feed(where, entry, key))

    def feed_all(self, log: str, entry: Entry, key: str = "") -> list[Out]:
        """The same entry to every partition of a log, as the door does with settings and products."""
        return [found for partition in range(self.counts[log]) for found in self.feed(log, entry, key, partition)]

    def advance(self, at: datetime) -> list[Out]:
        """`time = wall`: the clock goes on to `at` in every stage, upstream first."""
        return [found for log in LOGS if log in self.shells for found in self._spread(self.shells[log].advance(at))]

    def idle(self) -> list[Out]:
        """`time = data`: a quiet spell in every stage, upstream first."""
        return [found for log in LOGS if log in self.shells for found in self._spread(self.shells[log].idle())]

    def _spread(self, first: list[Out]) -> list[Out]:
        everything, waiting = list(first), deque(first)
        while waiting:
            one = waiting.popleft()
            if one.entry is None or one.topic not in self.shells:
                continue
            partition = shard(one.key, self.counts[one.topic]) if one.partition is None else one.partition
            followed = self.shells[one.topic].feed(partition, one.entry, one.key)
            everything += followed
            waiting.extend(followed)
        self.outs += everything
        return everything
