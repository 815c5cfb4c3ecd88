"""A feed of counted messages, workers that are started again when they end, and the reckoning afterwards."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, defaultdict
from pathlib import Path

from alertcore.records.hub import Command
from plumbing.admin import Admin
from plumbing.producer import Producer
from plumbing.reader import Reader
from plumbing.records import OutRecord, TopicPartition
from plumbing.settings import KafkaAccess
from schemas.codec import decode, encode
from tests.toy_processes import ToyWorker, everything, toy_topics, until
from tests.toy_stage import entry

KEYS, BURST = 100, 25


class ToyHub:
    """Workers of the toy stage on a broker, and what was fed to them."""

    def __init__(self, access: KafkaAccess, prefix: str, folder: Path, *, workers: int, partitions: int) -> None:
        self.access, self.prefix, self.partitions = access, prefix, partitions
        self.workers = [
            ToyWorker(access, prefix, folder / f"worker-{n}.log", instance=str(n), partitions=partitions) for n in range(workers)
        ]
        self.ends: Counter[int] = Counter()
        self.fed: Counter[str] = Counter()
        self.places = 0
        self._keeper: asyncio.Task[None] | None = None
        self._reader = Reader(access)

    async def start(self) -> None:
        """Topics and workers; from now on a worker that ends is started again."""
        await toy_topics(Admin(self.access), self.prefix, self.partitions)
        for one in self.workers:
            one.start()
        self._keeper = asyncio.create_task(self._keep())

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(0.3)
            for one in self.workers:
                code = one.ended()
                if code is not None:
                    self.ends[code] += 1
                    one.start()

    def unattended(self) -> None:
        """From now on a worker that ends stays ended."""
        if self._keeper is not None:
            self._keeper.cancel()

    async def stop(self) -> None:
        """No worker is left."""
        self.unattended()
        for one in self.workers:
            one.kill()

    async def feed(self, number: int, per_s: float, rng: random.Random) -> None:
        """Counts of random keys, each key in a partition of its own choosing, at this pace."""
        async with Producer(self.access) as plain:
            began = time.monotonic()
            for sent in range(0, number, BURST):
                keys = [rng.randrange(KEYS) for _ in range(min(BURST, number - sent))]
                log = f"{self.prefix}toy.log"
                await plain.write_all([OutRecord(log, encode(entry("count", f"k{key}")), b"k", (), key % self.partitions) for key in keys])
                self.fed.update(f"k{key}" for key in keys)
                self.places += len(keys)
                await asyncio.sleep(max(0.0, began + sent / per_s - time.monotonic()))

    async def feed_until(self, done: asyncio.Event, per_s: float, rng: random.Random) -> None:
        """The same without end, until `done`."""
        while not done.is_set():
            await self.feed(round(per_s), per_s, rng)

    async def decided(self) -> int:
        """How many different places of the log have a decision."""
        return len(await self._decisions())

    async def _decisions(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for one in await everything(self.access, self.prefix + "toy.out"):
            told = decode(one.value)
            assert isinstance(told, Command)
            count, place = told.command_id.split(":", 2)[1:]
            found[place].add(f"{told.target}:{count}")
        return found

    async def settled(self, timeout_s: float) -> None:
        """Returns when everything fed is decided."""

        async def all_decided() -> bool:
            return await self.decided() >= self.places

        await until(all_decided, timeout_s, f"{self.places} decisions")

    async def reckon(self) -> None:
        """Every message has exactly one decision, and every counter has gone up by one each time."""
        decisions = await self._decisions()
        assert len(decisions) == self.places
        twice = {place: found for place, found in decisions.items() if len(found) > 1}
        assert not twice, f"decided twice with another outcome: {twice}"
        counts: dict[str, list[int]] = defaultdict(list)
        for (one,) in decisions.values():
            key, n = one.rsplit(":", 1)
            counts[key].append(int(n))
        wrong = {key: len(found) for key, found in counts.items() if sorted(found) != list(range(1, self.fed[key] + 1))}
        assert not wrong, f"counters wrong: {wrong}"
        assert not await everything(self.access, self.prefix + "dead-letters")

    async def resumes(self, timeout_s: float) -> float:
        """Seconds from now until decisions are made again, more than an opened partition tells again."""
        before, began = await self._emitted(), time.monotonic()

        async def more() -> bool:
            return await self._emitted() > before + BURST

        await until(more, timeout_s, "decisions resume")
        return time.monotonic() - began

    async def _emitted(self) -> int:
        out = TopicPartition(self.prefix + "toy.out", 0)
        return (await self._reader.offsets([out]))[out][1]
