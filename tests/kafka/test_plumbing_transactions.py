"""The fenced producer on a real broker: all or nothing, and one owner."""

from collections.abc import Awaitable, Callable

import pytest

from plumbing.errors import Broken, Fenced, PlumbingError, Refused
from plumbing.plan import Acl
from plumbing.reader import Reader
from plumbing.records import OutRecord
from plumbing.settings import KafkaAccess
from plumbing.transactions import FencedProducer

pytestmark = pytest.mark.kafka

Topic = Callable[..., Awaitable[str]]


async def values(access: KafkaAccess, topic: str) -> list[bytes | None]:
    return [one.value async for batch in Reader(access).read_to_end(topic, 0) for one in batch]


def record(topic: str, value: bytes) -> OutRecord:
    return OutRecord(topic, value, key=b"k", partition=0)


async def test_a_second_owner_fences_the_first(access: KafkaAccess, topic: Topic, prefix: str) -> None:
    state = await topic("state")
    async with FencedProducer(access, f"{prefix}owner") as first, FencedProducer(access, f"{prefix}owner") as second:
        with pytest.raises(Fenced):
            await first.write([record(state, b"from the old owner")])
        await second.write([record(state, b"from the new owner")])
    assert await values(access, state) == [b"from the new owner"]


async def test_an_owner_that_has_written_is_fenced_in_its_next_transaction(access: KafkaAccess, topic: Topic, prefix: str) -> None:
    state = await topic("state")
    async with FencedProducer(access, f"{prefix}owner") as first:
        await first.write([record(state, b"1")])
        async with FencedProducer(access, f"{prefix}owner") as second:
            await second.write([record(state, b"2")])
            with pytest.raises(Fenced):
                await first.write([record(state, b"too late")])
            await second.write([record(state, b"3")])
    assert await values(access, state) == [b"1", b"2", b"3"]


async def test_what_an_owner_left_open_is_aborted_by_the_next(access: KafkaAccess, topic: Topic, prefix: str) -> None:
    state = await topic("state")
    async with FencedProducer(access, f"{prefix}owner") as first:
        await first._client.begin_transaction()
        await first._client.send_and_wait(state, b"half", key=b"k", partition=0)
        async with FencedProducer(access, f"{prefix}owner") as second:
            assert await values(access, state) == []
            await second.write([record(state, b"whole")])
    assert await values(access, state) == [b"whole"]


async def test_a_fenced_producer_writes_nothing_more(access: KafkaAccess, topic: Topic, prefix: str) -> None:
    state = await topic("state")
    async with FencedProducer(access, f"{prefix}owner") as first, FencedProducer(access, f"{prefix}owner"):
        with pytest.raises(Fenced):
            await first.write([record(state, b"a")])
        with pytest.raises(Broken):
            await first.write([record(state, b"b")])


async def test_records_of_a_transaction_are_told_where_they_stand(access: KafkaAccess, topic: Topic, prefix: str) -> None:
    state = await topic("state", partitions=2)
    async with FencedProducer(access, f"{prefix}owner") as producer:
        first = await producer.write([record(state, b"a"), record(state, b"b")])
        second = await producer.write([record(state, b"c")])
    assert [(one.partition, one.offset) for one in first] == [(0, 0), (0, 1)]
    assert second[0].offset == 3  # 2 is the transaction's marker


async def test_a_record_the_topic_does_not_take_spoils_its_whole_transaction(access: KafkaAccess, topic: Topic, prefix: str) -> None:
    small, state = await topic("small", max_message_bytes="1000"), await topic("state")
    async with FencedProducer(access, f"{prefix}owner") as producer:
        with pytest.raises(PlumbingError):
            await producer.write([record(state, b"fits"), record(small, b"x" * 5000)])
    async with FencedProducer(access, f"{prefix}owner"):
        assert await values(access, state) == []


async def test_without_the_right_the_start_is_refused(user: Callable[..., Awaitable[KafkaAccess]], topic: Topic, prefix: str) -> None:
    state = await topic("state")
    nobody = await user("nobody", Acl("", "topic", state, "write"))
    with pytest.raises(Refused):
        await FencedProducer(nobody, f"{prefix}owner").start()
    owner = await user("owner", Acl("", "topic", state, "write"), Acl("", "transactional_id", prefix, "write", "prefixed"))
    async with FencedProducer(owner, f"{prefix}owner") as producer:
        assert len(await producer.write([record(state, b"x")])) == 1
