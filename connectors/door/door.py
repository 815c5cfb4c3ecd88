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
    """Reads on while batches before are remembered and answered, in their order and at most UNFINISHED of them, as many at once as wait.

    So an event is in its log soon also where SQL is slow. After a crash all unfinished ones are read again: the stages know their ids.
    """

    def __init__(self, access: KafkaAccess, door: Door, prefix: str) -> None:
        self._door, self._prefix = door, prefix
        self._busy = asyncio.Lock()
        self._unfinished: list[tuple[Batch, dict[TopicPartition, int]]] = []
        self._finishing: asyncio.Task[None] | None = None
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
            if self._finishing is not None:
                self._finishing.cancel()
                await asyncio.gather(self._finishing, return_exceptions=True)
            await self._consumer.stop()

    async def _turn(self, records: Mapping[TopicPartition, list[Received]]) -> None:
        async with self._busy:
            self._door.keep_up()
            await self._go_on()
            if not records:
                await self._idle()
                return
            arrivals = [(one.topic, arrival_of(one, self._prefix)) for part in records.values() for one in part]
            batch = await self._door.handle(arrivals)
            self._unfinished.append((batch, {part: self._done(part, of[-1].offset + 1) for part, of in records.items()}))
            await self._go_on()
            if len(self._unfinished) >= UNFINISHED:
                await self._join()

    def _done(self, part: TopicPartition, after: int) -> int:
        """Next offset to commit: rows whose marker has not come are read again by whoever comes next."""
        waiting = self._door.waiting(part.topic)
        origin = waiting.arrival.origin if waiting is not None else None
        return origin.offset if origin is not None else after

    async def _go_on(self) -> None:
        """Sees to it that what is unfinished is being finished. Raises what finishing raised."""
        if self._finishing is not None and self._finishing.done():
            await self._join()
        if self._unfinished and self._finishing is None:
            self._finishing = asyncio.create_task(self._finish())

    async def _finish(self) -> None:
        """Until none is unfinished."""
        while self._unfinished:
            now, self._unfinished = self._unfinished, []
            await self._door.finish(*(batch for batch, _ in now))
            with contextlib.suppress(Rebalanced):  # the new owner answers them again, in the same words
                await self._consumer.commit({part: after for _, offsets in now for part, after in offsets.items()})

    async def _idle(self) -> None:
        expired = await self._door.expire()
        if expired is not None:
            await self._join()
            await self._door.finish(expired)

    async def _join(self) -> None:
        """Returns when none is unfinished. Raises what finishing raised."""
        finishing, self._finishing = self._finishing, None
        if finishing is not None:
            await finishing

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
