"""The door on Kafka: every sender's topics in, batches through the desk, offsets committed when all is answered."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from alertcore.records.alert import LogOrigin
from connectors.door.arrival import Arrival
from connectors.door.desk import Batch, Door
from connectors.door.topics import inbound_pattern, way_in
from connectors.door.world import DoorConfig
from plumbing.consumer import GroupConsumer
from plumbing.errors import Rebalanced
from plumbing.metrics import Metrics
from plumbing.records import Headers, Received, TopicPartition
from plumbing.settings import KafkaAccess
from store.vault import Vault

GROUP = "door"
BATCH = 256
UNFINISHED = 4
NEW_TOPICS_S = 3.0
"""A new sender's topics are found within about so many seconds."""

log = structlog.get_logger(__name__)


async def run_door(
    access: KafkaAccess,
    engine: AsyncEngine,
    config: DoorConfig,
    stop: asyncio.Event,
    ready: Callable[[], None],
    metrics: Metrics,
    prefix: str = "",
    *,
    vault: Vault,
) -> None:
    """Runs until `stop` is set. Raises plumbing's errors and the database's: the process ends, and is started again."""
    door = Door(access, engine, config, vault, metrics, prefix)
    await door.start()
    try:
        await DoorLoop(access, door, prefix).run(stop, ready)
    finally:
        await door.stop()


class DoorLoop:
    """Reads on while batches before are remembered and answered, in their order and at most UNFINISHED of them.

    So an event is in its log soon also where SQL is slow. After a crash all unfinished ones are read again: the stages know their ids.
    """

    def __init__(self, access: KafkaAccess, door: Door, prefix: str) -> None:
        self._door, self._prefix = door, prefix
        self._busy = asyncio.Lock()
        self._tail: asyncio.Task[None] | None = None
        self._unfinished = 0
        self._consumer = GroupConsumer(
            access,
            prefix + GROUP,
            pattern=inbound_pattern(prefix),
            on_revoked=self._revoked,
            fetch_wait_ms=100,
            metadata_age_s=NEW_TOPICS_S,
        )

    async def run(self, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        """Until `stop` is set."""
        await self._consumer.start()
        try:
            ready()
            while not stop.is_set():
                await self._turn(await self._consumer.getmany(BATCH))
            async with self._busy:
                await self._join()
        finally:
            if self._tail is not None:
                self._tail.cancel()
                await asyncio.gather(self._tail, return_exceptions=True)
            await self._consumer.stop()

    async def _turn(self, records: Mapping[TopicPartition, list[Received]]) -> None:
        async with self._busy:
            if not records:
                await self._idle()
                return
            if self._door.is_behind():
                await self._keep_up()
            arrivals = [(one.topic, arrival_of(one, self._prefix)) for part in records.values() for one in part]
            batch = await self._door.handle(arrivals)
            offsets = {part: self._done(part, of[-1].offset + 1) for part, of in records.items()}
            if self._unfinished >= UNFINISHED or (self._tail is not None and self._tail.done()):
                await self._join()
            self._unfinished += 1
            self._tail = asyncio.create_task(self._finish(batch, offsets, self._tail))

    def _done(self, part: TopicPartition, after: int) -> int:
        """Next offset to commit: rows whose marker has not come are read again by whoever comes next."""
        waiting = self._door.waiting(part.topic)
        origin = waiting.arrival.origin if waiting is not None else None
        return origin.offset if origin is not None else after

    async def _finish(self, batch: Batch, offsets: dict[TopicPartition, int], before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await before
        await self._door.finish(batch)
        with contextlib.suppress(Rebalanced):  # the new owner answers them again, in the same words
            await self._consumer.commit(offsets)
        self._unfinished -= 1

    async def _idle(self) -> None:
        await self._keep_up()
        expired = await self._door.expire()
        if expired is not None:
            await self._door.finish(expired)

    async def _keep_up(self) -> None:
        """What SQL says may replace what the desk knows only while nothing is on its way into SQL."""
        await self._join()
        await self._door.keep_up()

    async def _join(self) -> None:
        tail, self._tail = self._tail, None
        if tail is not None:
            await tail

    async def _revoked(self, _: frozenset[TopicPartition]) -> None:
        async with self._busy:
            await self._join()
            self._door.drop_waiting()


def arrival_of(record: Received, prefix: str) -> Arrival:
    """A record as read, as an arrival of the sender whose topic it is."""
    sender, kind = way_in(record.topic, prefix)
    origin = LogOrigin(topic=record.topic.removeprefix(prefix), partition=record.partition, offset=record.offset)
    return Arrival(sender, kind, record.value or b"", headers_of(record.headers), record.key or b"", origin)


def headers_of(headers: Headers) -> dict[str, str]:
    """Header names in lower case; bytes that are no UTF-8 are replaced and can then match nothing."""
    return {name.lower(): value.decode("utf-8", "replace") if value is not None else "" for name, value in headers}
