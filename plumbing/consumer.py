"""Reading as a member of a group: partitions come and go by rebalance, offsets are committed by hand."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Self

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener
from aiokafka import TopicPartition as ClientPartition

from plumbing.clients import start_client, stop_consumer
from plumbing.errors import Broken, PlumbingError, mapped
from plumbing.reader import Isolation, received
from plumbing.records import Received, TopicPartition
from plumbing.settings import MAX_RECORD_BYTES, KafkaAccess, aiokafka_options

RebalanceCallback = Callable[[frozenset[TopicPartition]], Awaitable[None]]


async def no_callback(_: frozenset[TopicPartition]) -> None:
    """For a reader that keeps nothing per partition."""


class GroupConsumer:
    """Member of `group`; reads `topics`, or all topics whose name fully matches the regular expression `pattern`.

    Rebalancing is eager: `on_revoked` gets all partitions held, and is awaited before the group moves on; commit in it what was
    done. `on_assigned` gets all partitions of the new assignment, and is awaited before `getmany` returns a record of it.
    A callback that raises makes every later `getmany` raise Broken.
    """

    def __init__(
        self,
        access: KafkaAccess,
        group: str,
        topics: Sequence[str] = (),
        *,
        pattern: str | None = None,
        instance_id: str | None = None,
        on_assigned: RebalanceCallback = no_callback,
        on_revoked: RebalanceCallback = no_callback,
        isolation: Isolation = "read_uncommitted",
        session_timeout_s: float = 10.0,
        rebalance_timeout_s: float = 20.0,
        fetch_wait_ms: int = 100,
        metadata_age_s: float = 10.0,
        start_timeout_s: float = 30.0,
    ) -> None:
        """`instance_id`: static membership; a restart within the session timeout moves no partition.

        `metadata_age_s`: how soon a new topic that matches `pattern` is found. A group without offsets begins at the beginning.
        """
        assert bool(topics) != (pattern is not None), "topics or a pattern"
        self._access, self.group = access, group
        self._topics, self._pattern = tuple(topics), pattern
        self._listener = _Listener(on_assigned, on_revoked)
        self._start_timeout_s = start_timeout_s
        self._client: Any = None
        self._options: dict[str, Any] = {
            "group_id": group,
            "group_instance_id": instance_id,
            "isolation_level": isolation,
            "session_timeout_ms": int(session_timeout_s * 1000),
            "heartbeat_interval_ms": int(session_timeout_s * 1000 / 5),
            "rebalance_timeout_ms": int(rebalance_timeout_s * 1000),
            "fetch_max_wait_ms": fetch_wait_ms,
            "metadata_max_age_ms": int(metadata_age_s * 1000),
            "max_partition_fetch_bytes": MAX_RECORD_BYTES,
            "enable_auto_commit": False,
            "auto_offset_reset": "earliest",
        }

    async def start(self) -> None:
        """Joins. Raises Refused, Transient (no assignment in time: broker away, or rights missing, which the broker does not say)."""
        client = AIOKafkaConsumer(**aiokafka_options(self._access), **self._options)
        client.subscribe(topics=self._topics, pattern=self._pattern and f"^(?:{self._pattern})$", listener=self._listener)
        await start_client(client, stop_consumer, self._access, self._start_timeout_s, f"consumer in group {self.group}")
        self._client = client

    async def stop(self, timeout_s: float = 10.0) -> None:
        """Leaves the group (a static member keeps its place until the session ends). `on_revoked` is not called."""
        client, self._client = self._client, None
        if client is not None:
            await stop_consumer(client, timeout_s)

    async def getmany(self, max_records: int = 300, timeout_s: float = 0.2) -> dict[TopicPartition, list[Received]]:
        """What is there now, at most `max_records`; waits up to `timeout_s` for the first one."""
        if not await self._listener.settled_within(timeout_s):
            return {}
        generation = self._listener.generation
        try:
            raw = await self._started().getmany(timeout_ms=int(timeout_s * 1000), max_records=max_records)
        except Exception as error:
            raise mapped(error, f"read in group {self.group}") from error
        if generation != self._listener.generation:
            self._give_back(raw)
            return {}
        return {TopicPartition(*of): [received(one) for one in records] for of, records in raw.items()}

    def _give_back(self, raw: Mapping[Any, Sequence[Any]]) -> None:
        """Records fetched across a rebalance: whoever owns them now reads them after its `on_assigned`."""
        for partition, records in raw.items():
            if partition in self._started().assignment():
                self._started().seek(partition, records[0].offset)

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Commits the NEXT offset to read per partition. Raises Rebalanced where the partition is no longer ours."""
        if offsets:
            await self._ask(self._started().commit({ClientPartition(*of): offset for of, offset in offsets.items()}), "commit")

    async def committed(self, partition: TopicPartition) -> int | None:
        """The next offset to read as the group has it, or None."""
        offset: int | None = await self._ask(self._started().committed(ClientPartition(*partition)), "committed offset")
        return offset

    async def end_offsets(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Log end per partition (next offset to be written)."""
        found = await self._ask(self._started().end_offsets([ClientPartition(*of) for of in partitions]), "end offsets")
        return {TopicPartition(*of): offset for of, offset in found.items()}

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """The next record read of `partition` is the one at `offset`. Raises Rebalanced if it is not ours."""
        try:
            self._started().seek(ClientPartition(*partition), offset)
        except Exception as error:
            raise mapped(error, f"seek in {partition.topic}") from error

    def assignment(self) -> frozenset[TopicPartition]:
        """What is ours now."""
        return frozenset(TopicPartition(*of) for of in self._started().assignment())

    def pause(self, *partitions: TopicPartition) -> None:
        """No more records of these until `resume`."""
        self._started().pause(*(ClientPartition(*of) for of in partitions))

    def resume(self, *partitions: TopicPartition) -> None:
        """Undoes `pause`."""
        self._started().resume(*(ClientPartition(*of) for of in partitions))

    def _started(self) -> Any:
        if self._client is None:
            raise Broken(f"consumer in group {self.group}: not started")
        return self._client

    async def _ask(self, request: Awaitable[Any], doing: str) -> Any:
        try:
            async with asyncio.timeout(self._start_timeout_s):
                return await request
        except Exception as error:
            raise mapped(error, f"{doing} of group {self.group}") from error

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """Keeps what aiokafka does not: whether an assignment is complete, and a callback's error (aiokafka only logs it)."""

    def __init__(self, on_assigned: RebalanceCallback, on_revoked: RebalanceCallback) -> None:
        self._on_assigned, self._on_revoked = on_assigned, on_revoked
        self._settled = asyncio.Event()
        self._failure: BaseException | None = None
        self.generation = 0

    async def on_partitions_revoked(self, revoked: Iterable[Any]) -> None:
        self._settled.clear()
        self.generation += 1
        await self._call(self._on_revoked, revoked)

    async def on_partitions_assigned(self, assigned: Iterable[Any]) -> None:
        await self._call(self._on_assigned, assigned)
        self._settled.set()

    async def _call(self, callback: RebalanceCallback, partitions: Iterable[Any]) -> None:
        try:
            await callback(frozenset(TopicPartition(*of) for of in partitions))
        except Exception as error:
            self._failure = error

    async def settled_within(self, timeout_s: float) -> bool:
        """Whether an assignment is in force; waits for one. Raises what a callback raised."""
        if not self._settled.is_set():
            try:
                async with asyncio.timeout(timeout_s):
                    await self._settled.wait()
            except TimeoutError:
                return False
        if self._failure is not None:
            raise self._failure if isinstance(self._failure, PlumbingError) else Broken(f"rebalance callback: {self._failure!r}")
        return True
