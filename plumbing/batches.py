"""Many records at once: laid into batches here, so that the client keeps one promise a batch instead of one a record."""

import asyncio
import random
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from aiokafka.errors import MessageSizeTooLargeError
from aiokafka.partitioner import murmur2
from aiokafka.record.default_records import DefaultRecordBatchBuilder

from plumbing.errors import mapped
from plumbing.records import Delivered, OutRecord

_Place = tuple[str, int]


async def write_batched(client: Any, records: Sequence[OutRecord], largest: int) -> list[Delivered]:
    """Writes all through an aiokafka producer, each partition's in order, and returns where they stand once all are confirmed.

    `largest`: bytes of a record above which nothing is sent at all (TooLarge). Raises our errors; some may be written then.
    """
    for record in records:
        _check(record, largest)
    laid: dict[_Place, list[int]] = {}
    for number, place in enumerate(await _places(client, records)):
        laid.setdefault(place, []).append(number)
    sent: list[tuple[_Place, list[int], asyncio.Future[Any]]] = []
    for place, numbers in laid.items():
        sent += [(place, part, future) for part, future in await _send(client, place, records, numbers)]
    try:
        answers = await asyncio.gather(*(future for _, _, future in sent))
    except Exception as error:
        raise mapped(error, f"write of {len(records)} records") from error
    where: dict[int, Delivered] = {}
    for (place, numbers, _), answer in zip(sent, answers, strict=True):
        where |= {number: Delivered(place[1], answer.offset + n) for n, number in enumerate(numbers)}
    return [where[number] for number in range(len(records))]


def _check(record: OutRecord, largest: int) -> None:
    size = DefaultRecordBatchBuilder.estimate_size_in_bytes(record.key, record.value, list(record.headers))
    if size > largest:
        error = MessageSizeTooLargeError(f"{size} bytes, at most {largest} are written")
        raise mapped(error, f"write to {record.topic}")


async def _places(client: Any, records: Sequence[OutRecord]) -> list[_Place]:
    counts = {topic: await _partitions(client, topic) for topic in {record.topic for record in records}}
    return [(record.topic, _partition(record, counts[record.topic])) for record in records]


async def _partitions(client: Any, topic: str) -> int:
    try:
        return len(await client.partitions_for(topic))
    except Exception as error:
        raise mapped(error, f"write to {topic}") from error


def _partition(record: OutRecord, count: int) -> int:
    if record.partition is not None:
        return record.partition
    return random.randrange(count) if record.key is None else partition_of(record.key, count)  # noqa: S311 - spreads load, keeps no secret


@lru_cache(maxsize=16_384)
def partition_of(key: bytes, count: int) -> int:
    """As Java's producer does it. Kept: the client's murmur2 is Python, and what is decided of one alert goes out under one key."""
    return int((murmur2(key) & 0x7FFFFFFF) % count)


async def _send(client: Any, place: _Place, records: Sequence[OutRecord], numbers: list[int]) -> list[tuple[list[int], Any]]:
    """As many batches as the records of one partition need: which of them are in each, and the answer to come."""
    sent: list[tuple[list[int], Any]] = []
    inside: list[int] = []
    batch = client.create_batch()
    for number in numbers:
        if not _append(batch, records[number]):
            sent.append((inside, await _submit(client, batch, place)))
            batch, inside = client.create_batch(), []
            _append(batch, records[number])
        inside.append(number)
    sent.append((inside, await _submit(client, batch, place)))
    return sent


def _append(batch: Any, record: OutRecord) -> bool:
    """False where it has no room left; an empty batch takes any record."""
    return batch.append(timestamp=record.timestamp_ms, key=record.key, value=record.value, headers=list(record.headers)) is not None


async def _submit(client: Any, batch: Any, place: _Place) -> "asyncio.Future[Any]":
    batch.close()
    try:
        future: asyncio.Future[Any] = await client.send_batch(batch, place[0], partition=place[1])
    except Exception as error:
        raise mapped(error, f"write to {place[0]}") from error
    return future
