"""Many records written at once: where they stand, in which order, and what is refused before anything is sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from plumbing.errors import NotThere, TooLarge
from plumbing.producer import Producer
from plumbing.reader import Reader
from plumbing.records import OutRecord, Received
from plumbing.settings import MAX_RECORD_BYTES, KafkaAccess
from plumbing.transactions import FencedProducer

pytestmark = pytest.mark.kafka
Topic = Callable[..., Awaitable[str]]


async def kept(access: KafkaAccess, topic: str, partition: int) -> list[Received]:
    """All records of a partition."""
    return [one async for batch in Reader(access).read_to_end(topic, partition) for one in batch]


async def test_more_than_one_batch_a_partition_keeps_order_and_says_where_each_stands(
    access: KafkaAccess, topic: Topic, prefix: str
) -> None:
    log = await topic("log", partitions=3)
    records = [OutRecord(log, b"%05d" % n + bytes(20_000), b"k%d" % (n % 7), (("n", b"%d" % n),), n % 3) for n in range(60)]
    async with FencedProducer(access, f"{prefix}owner") as producer:
        written = await producer.write(records)
    for partition in range(3):
        found = await kept(access, log, partition)
        mine = [n for n in range(60) if n % 3 == partition]
        assert [(one.value, one.key, one.headers) for one in found] == [
            (records[n].value, records[n].key, records[n].headers) for n in mine
        ]
        assert [(partition, one.offset) for one in found] == [written[n] for n in mine]


async def test_a_key_goes_where_it_goes_by_single_sends(access: KafkaAccess, topic: Topic) -> None:
    log = await topic("log", partitions=5)
    keys = [b"", *(b"alr_%d" % n for n in range(40))]
    async with Producer(access) as producer:
        alone = [await producer.send_and_wait(log, b"alone", key=key) for key in keys]
        await producer.write_all([OutRecord(log, b"together", key) for key in keys])
    found = {one.key: partition for partition in range(5) for one in await kept(access, log, partition) if one.value == b"together"}
    assert [found[key] for key in keys] == [one.partition for one in alone]


async def test_nothing_is_sent_where_one_is_too_large_and_the_producer_goes_on(access: KafkaAccess, topic: Topic) -> None:
    log = await topic("log", max_message_bytes=str(MAX_RECORD_BYTES))
    async with Producer(access) as producer:
        with pytest.raises(TooLarge):
            await producer.write_all([OutRecord(log, b"small", b"k"), OutRecord(log, bytes(MAX_RECORD_BYTES), b"k")])
        await producer.write_all([OutRecord(log, b"after", b"k"), OutRecord(log, None, b"gone")])
    assert [one.value for one in await kept(access, log, 0)] == [b"after", None]


async def test_a_topic_that_is_not_there_is_named(access: KafkaAccess, prefix: str) -> None:
    async with Producer(access, request_timeout_s=2.0) as producer:
        with pytest.raises(NotThere, match=f"{prefix}nowhere"):
            await producer.write_all([OutRecord(f"{prefix}nowhere", b"v", b"k")])
