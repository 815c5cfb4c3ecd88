"""Reading without a group: a partition from a place to its end, or following it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal

from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as ClientPartition
from aiokafka.consumer.fetcher import READ_UNCOMMITTED

from plumbing.clients import start_client, stop_consumer
from plumbing.errors import NotThere, OffsetGone, Transient, mapped
from plumbing.records import Received, TopicPartition
from plumbing.settings import KafkaAccess, aiokafka_options

Isolation = Literal["read_committed", "read_uncommitted"]
Start = int | Literal["beginning", "end"]

_FETCH_BYTES = 16 * 1024 * 1024
_POLL_MS = 50
_TAIL_WAIT_MS = 500
"""How long the broker may hold a follower's empty fetch; what comes is answered at once all the same."""


class Reader:
    """Reads any number of times; each reading has a connection of its own, closed when the iterator ends or is closed.

    Iterators yield batches (lists in offset order). Leave one early only inside `contextlib.aclosing`.
    """

    def __init__(self, access: KafkaAccess, *, timeout_s: float = 30.0) -> None:
        """`timeout_s`: how long no progress at all is borne before Transient is raised."""
        self._access = access
        self._timeout_s = timeout_s

    async def read_to_end(
        self, topic: str, partition: int, *, start: Start = "beginning", isolation: Isolation = "read_committed"
    ) -> AsyncGenerator[list[Received], None]:
        """All records of the partition up to the end as it is when the reading starts.

        The end is the last record written, of an open transaction too: read_committed then waits until that is over. (The broker
        confirms a commit before its marker stands in the partition; ending at what is settled by then would lose it.)
        It is reached by position, not by records: transaction markers, and holes left by compaction or aborts, count as read.
        Raises NotThere (also where it may not be described), Refused, OffsetGone (start below the log), Transient.
        """
        of = ClientPartition(topic, partition)
        async with self._open([of], isolation) as client:
            end = (await self._place(client, {of: start}))[of]
            clock, moved, at = asyncio.get_running_loop().time, 0.0, -1
            while (position := await self._ask(client.position(of), topic)) < end:
                if position != at:
                    at, moved = position, clock()
                elif clock() - moved > self._timeout_s:
                    raise Transient(f"read of {topic}/{partition}: stands at {at} of {end} for {self._timeout_s:.0f} s")
                batch = [one for one in await self._poll(client, _POLL_MS) if one.offset < end]
                if batch:
                    yield batch

    async def tail(
        self, starts: Mapping[TopicPartition, Start], *, isolation: Isolation = "read_committed", idle_s: float = 0.5
    ) -> AsyncGenerator[list[Received], None]:
        """Follows partitions without end; yields an empty list after `idle_s` without a record, so that the caller may stop.

        Raises NotThere, Refused, OffsetGone; where the broker goes away it waits for it.
        """
        partitions = {ClientPartition(*of): start for of, start in starts.items()}
        async with self._open(list(partitions), isolation, _TAIL_WAIT_MS) as client:
            await self._place(client, partitions)
            while True:
                yield await self._poll(client, int(idle_s * 1000))

    async def partitions(self, topic: str) -> list[int]:
        """Partition numbers of `topic`, in order. Raises NotThere (also where it may not be described)."""
        async with self._open([], "read_uncommitted") as client:
            return await self._partitions(client, topic)

    async def offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, tuple[int, int]]:
        """(first offset kept, next offset to be written) per partition."""
        of = [ClientPartition(*one) for one in partitions]
        async with self._open(of, "read_uncommitted") as client:
            first, end = await self._bounds(client, of)
        return {TopicPartition(*one): (first[one], end[one]) for one in of}

    @asynccontextmanager
    async def _open(self, partitions: Sequence[ClientPartition], isolation: Isolation, wait_ms: int = _POLL_MS) -> AsyncIterator[Any]:
        client = AIOKafkaConsumer(
            **aiokafka_options(self._access),
            isolation_level=isolation,
            auto_offset_reset="none",
            enable_auto_commit=False,
            fetch_max_wait_ms=wait_ms,
            max_partition_fetch_bytes=_FETCH_BYTES,
        )
        await start_client(client, stop_consumer, self._access, self._timeout_s, "a reader")
        try:
            for topic in {one.topic for one in partitions}:
                known = await self._partitions(client, topic)
                if missing := [one.partition for one in partitions if one.topic == topic and one.partition not in known]:
                    raise NotThere(f"{topic} has no partition {missing[0]}")
            yield client
        finally:
            await stop_consumer(client, 5.0)

    async def _partitions(self, client: Any, topic: str) -> list[int]:
        cluster = await self._ask(client._client.fetch_all_metadata(), topic)
        found = cluster.partitions_for_topic(topic)
        if not found:
            raise NotThere(f"topic {topic} does not exist, or {self._access.user} may not see it")
        return sorted(found)

    async def _place(self, client: Any, starts: Mapping[ClientPartition, Start]) -> dict[ClientPartition, int]:
        """Assigns and seeks to `starts`, with no await between (aiokafka would find no position and fail); returns the log ends."""
        first, end = await self._bounds(client, list(starts))
        for of, start in starts.items():
            if isinstance(start, int) and not first[of] <= start <= end[of]:
                raise OffsetGone(f"{of.topic}/{of.partition} has offsets {first[of]} to {end[of]}, not {start}")
        client.assign(list(starts))
        for of, start in starts.items():
            client.seek(of, {"beginning": first[of], "end": end[of]}[start] if isinstance(start, str) else start)
        return end

    async def _bounds(
        self, client: Any, partitions: Sequence[ClientPartition]
    ) -> tuple[dict[ClientPartition, int], dict[ClientPartition, int]]:
        """First offset kept and next offset to be written, whatever the client's isolation: aiokafka would give the last settled one."""
        fetcher = client._fetcher
        isolation, fetcher._isolation_level = fetcher._isolation_level, READ_UNCOMMITTED
        try:
            first = await self._ask(client.beginning_offsets(partitions), "first offsets")
            return first, await self._ask(client.end_offsets(partitions), "end offsets")
        finally:
            fetcher._isolation_level = isolation

    async def _poll(self, client: Any, timeout_ms: int) -> list[Received]:
        found = await self._ask(client.getmany(timeout_ms=timeout_ms), "read")
        return [received(one) for records in found.values() for one in records]

    async def _ask(self, request: Awaitable[Any], doing: str) -> Any:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await request
        except Exception as error:
            raise mapped(error, f"read of {doing}") from error


def received(record: Any) -> Received:
    """aiokafka's record as ours."""
    return Received(record.topic, record.partition, record.offset, record.key, record.value, tuple(record.headers), record.timestamp)
