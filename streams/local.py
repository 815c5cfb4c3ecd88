"""The local shell: a stage over its partitions in memory, without a broker. Replay, dry runs and most tests use it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from alertcore.identity import digest
from alertcore.records.hub import Entry, Tick
from alertcore.records.journal import Journal
from alertcore.stage import Stage, View
from schemas.codec import encode
from streams.deciding import Batch, Deciding, Record, Time
from streams.emitting import HUB, Out


class LocalShell:
    """Decides what it is fed, in the order it is fed, at once. Deterministic: it has no clock and no threads.

    durable: keep the state topic too, as the Kafka shell would write it, so that `reopen()` can restore from it.
    """

    def __init__(self, stage: Stage, partitions: int = 1, generation: int = 1, time: Time = "wall", *, durable: bool = False) -> None:
        self.stage, self.generation, self.time = stage, generation, time
        self.outs: list[Out] = []
        self._deciding = [self._new(n) for n in range(partitions)]
        self._topics: list[dict[str, bytes]] | None = [{} for _ in range(partitions)] if durable else None

    def feed(self, partition: int, entry: Entry, key: str = "") -> list[Out]:
        """Appends one entry to the log and decides it; returns what it led to. Raises TooManyUndecided."""
        return self.feed_batch(partition, [(entry, key)])

    def feed_batch(self, partition: int, entries: Iterable[tuple[Entry, str]]) -> list[Out]:
        """Appends entries and decides them as one batch: the same outcome as one by one."""
        return self.feed_raw(partition, [(encode(entry), key.encode()) for entry, key in entries])

    def feed_raw(self, partition: int, values: Iterable[tuple[bytes, bytes]]) -> list[Out]:
        """The same for (value, key) as they stand in a log, decodable or not."""
        of = self._deciding[partition]
        records = [Record(of.head.offset + 1 + n, key, value) for n, (value, key) in enumerate(values)]
        return self.feed_records(partition, records)

    def feed_records(self, partition: int, records: list[Record]) -> list[Out]:
        """The same for records with the offsets they have in a real log."""
        if not records:
            return []
        batch = self._deciding[partition].batch(records)
        self._commit(partition, batch)
        self.outs += batch.outs
        return batch.outs

    def advance(self, at: datetime) -> list[Out]:
        """`time = wall`: the clock goes on to `at`; each due instant up to it gets its tick, partition after partition."""
        found: list[Out] = []
        for partition, of in enumerate(self._deciding):
            while of.head.due is not None and of.head.due <= at:
                found += self.feed(partition, tick(of.head.due, partition, of.head.offset + 1))
        return found

    def idle(self) -> list[Out]:
        """`time = data`: a quiet spell; every partition that holds something back gets its tick."""
        found: list[Out] = []
        for partition, of in enumerate(self._deciding):
            if of.head.pending:
                found += self.feed(partition, tick(of.head.now, partition, of.head.offset + 1, idle=True))
        return found

    def view(self, partition: int = 0) -> View:
        """The state of a partition, to look at."""
        return self._deciding[partition].state

    def head(self, partition: int = 0) -> Journal:
        """Last offset decided, log time, due and pending of a partition."""
        return self._deciding[partition].head

    def reopen(self) -> list[Out]:
        """A crash and a restart: state and journal are read back from the state topic. Returns the emits told again. Needs `durable`."""
        assert self._topics is not None, "only a durable local shell can be opened again"
        again: list[Out] = []
        self._deciding = [self._new(n) for n in range(len(self._topics))]
        for of, topic in zip(self._deciding, self._topics, strict=True):
            for key, raw in topic.items():
                of.state.restore(key, raw)
            again += of.opened()
        return again

    def _new(self, partition: int) -> Deciding:
        return Deciding(self.stage, partition, generation=self.generation, time=self.time)

    def _commit(self, partition: int, batch: Batch) -> None:
        if self._topics is None:
            return
        topic = self._topics[partition]
        for key, raw in batch.state:
            if raw is None:
                topic.pop(key, None)
            else:
                topic[key] = raw


def tick(at: datetime, partition: int, offset: int, *, idle: bool = False) -> Entry:
    """The entry by which a partition's owner lets time pass; its id is a function of what it follows."""
    ident = "evt_" + digest("tick", str(partition), str(offset), at.isoformat())
    return Entry(stamp=at, sender=HUB, event_id=ident, kind="tick", value=encode(Tick(at=at, idle=idle)))
