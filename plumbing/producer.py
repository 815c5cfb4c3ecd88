"""The plain idempotent producer: what it confirms is written once, in order, on every replica in sync."""

import asyncio
from collections.abc import Awaitable, Sequence
from functools import partial
from typing import Any, Self

from aiokafka import AIOKafkaProducer

from plumbing.batches import write_batched
from plumbing.clients import start_client, stop_producer
from plumbing.errors import Broken, Transient, mapped
from plumbing.records import Delivered, Headers, OutRecord
from plumbing.settings import MAX_RECORD_BYTES, KafkaAccess, aiokafka_options


class Producer:
    """Idempotent, acks=all, murmur2 on the key (as Java's default). One per process is enough; it is not transactional.

    Use as `async with Producer(access) as producer`, or `start()` and `stop()`.
    """

    def __init__(
        self,
        access: KafkaAccess,
        *,
        linger_ms: int = 0,
        max_request_size: int = MAX_RECORD_BYTES,
        request_timeout_s: float = 60.0,
        start_timeout_s: float = 30.0,
        client_id: str | None = None,
    ) -> None:
        """`linger_ms`: 0 for urgent paths up to some hundred records a second, 5-20 above."""
        self._access = access
        self._options: dict[str, Any] = {
            "linger_ms": linger_ms,
            "max_request_size": max_request_size,
            "request_timeout_ms": int(request_timeout_s * 1000),
            "client_id": client_id,
            "enable_idempotence": True,
            "acks": "all",
            "max_batch_size": 256 * 1024,
        }
        self._start_timeout_s = start_timeout_s
        self._client: Any = None
        self._unconfirmed: set[asyncio.Future[Delivered]] = set()

    async def start(self) -> None:
        """Connects and gets a producer id. Raises Refused (password), Transient (nobody there in time)."""
        client = AIOKafkaProducer(**aiokafka_options(self._access), **self._options)
        await start_client(client, stop_producer, self._access, self._start_timeout_s, "a producer")
        self._client = client

    async def stop(self, timeout_s: float = 10.0) -> None:
        """Flushes what is buffered, for at most `timeout_s`, and closes. What is not confirmed by then fails as Transient."""
        client, self._client = self._client, None
        if client is not None:
            await stop_producer(client, timeout_s)
        for confirmed in list(self._unconfirmed):
            if not confirmed.done():
                confirmed.set_exception(Transient("the producer was closed before the broker confirmed: outcome unknown"))

    async def send(
        self,
        topic: str,
        value: bytes | None,
        *,
        key: bytes | None = None,
        headers: Headers = (),
        partition: int | None = None,
        timestamp_ms: int | None = None,
    ) -> Awaitable[Delivered]:
        """Buffers the record (first await); the returned awaitable gives where the broker put it.

        Raises TooLarge, NotThere, Refused here or at the second await; order within a partition is the order of the calls.
        """
        return await self.send_record(OutRecord(topic, value, key, headers, partition, timestamp_ms))

    async def send_record(self, record: OutRecord) -> Awaitable[Delivered]:
        """`send` for a record at hand."""
        future = await buffered(self._started(), record)
        confirmed: asyncio.Future[Delivered] = asyncio.get_running_loop().create_future()
        self._unconfirmed.add(confirmed)
        confirmed.add_done_callback(self._unconfirmed.discard)
        future.add_done_callback(partial(_settle, confirmed, record.topic))
        return confirmed

    async def send_and_wait(
        self,
        topic: str,
        value: bytes | None,
        *,
        key: bytes | None = None,
        headers: Headers = (),
        partition: int | None = None,
        timestamp_ms: int | None = None,
    ) -> Delivered:
        """Writes the record and returns where it stands."""
        return await (await self.send(topic, value, key=key, headers=headers, partition=partition, timestamp_ms=timestamp_ms))

    async def write_all(self, records: Sequence[OutRecord]) -> None:
        """Writes all, each partition's in order, and returns when all are confirmed. Raises what `send` does; some may be written then."""
        await write_batched(self._started(), records, self._options["max_request_size"])

    async def flush(self) -> None:
        """Returns when everything buffered so far was confirmed or failed."""
        await self._started().flush()

    def _started(self) -> Any:
        if self._client is None:
            raise Broken("producer: not started")
        return self._client

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


async def buffered(client: Any, record: OutRecord) -> "asyncio.Future[Any]":
    """aiokafka's send, errors mapped."""
    try:
        future: asyncio.Future[Any] = await client.send(
            record.topic,
            record.value,
            key=record.key,
            partition=record.partition,
            timestamp_ms=record.timestamp_ms,
            headers=list(record.headers),
        )
    except Exception as error:
        raise mapped(error, f"write to {record.topic}") from error
    return future


def _settle(confirmed: "asyncio.Future[Delivered]", topic: str, future: "asyncio.Future[Any]") -> None:
    """Hands aiokafka's answer on as ours."""
    if confirmed.done():
        return
    if future.cancelled():
        confirmed.set_exception(Transient(f"write to {topic}: the producer was closed"))
    elif (error := future.exception()) is not None:
        fault = mapped(error, f"write to {topic}")
        fault.__cause__ = error
        confirmed.set_exception(fault)
    else:
        metadata = future.result()
        confirmed.set_result(Delivered(metadata.partition, metadata.offset))
