"""Reading on a real broker: to the end past what is no record, following, and as members of a group."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing

import pytest

from plumbing.consumer import GroupConsumer
from plumbing.errors import Broken, NotThere, OffsetGone, Refused, TooLarge, Transient
from plumbing.plan import Acl
from plumbing.producer import Producer
from plumbing.reader import Reader
from plumbing.records import OutRecord, Received, TopicPartition
from plumbing.settings import KafkaAccess
from plumbing.transactions import FencedProducer

pytestmark = pytest.mark.kafka

Topic = Callable[..., Awaitable[str]]
User = Callable[..., Awaitable[KafkaAccess]]


async def fill(access: KafkaAccess, topic: str, count: int, partitions: int = 1) -> None:
    async with Producer(access) as producer:
        sent = [await producer.send(topic, b"%d" % n, key=b"k", partition=n % partitions) for n in range(count)]
        await asyncio.gather(*sent)


async def read(access: KafkaAccess, topic: str, **options: object) -> list[bytes | None]:
    return [one.value async for batch in Reader(access).read_to_end(topic, 0, **options) for one in batch]  # type: ignore[arg-type]


async def drain(consumer: GroupConsumer, count: int, deadline_s: float = 20.0) -> list[Received]:
    got: list[Received] = []
    async with asyncio.timeout(deadline_s):
        while len(got) < count:
            got += [one for batch in (await consumer.getmany()).values() for one in batch]
    return got


async def test_an_empty_partition_ends_at_once(access: KafkaAccess, topic: Topic) -> None:
    assert await read(access, await topic("log")) == []


async def test_reading_ends_behind_a_transaction_marker(access: KafkaAccess, topic: Topic, prefix: str) -> None:
    state = await topic("state")
    async with FencedProducer(access, f"{prefix}owner") as producer:
        for n in range(3):
            await producer.write([OutRecord(state, b"%d" % n, partition=0)])
    assert await Reader(access).offsets([TopicPartition(state, 0)]) == {TopicPartition(state, 0): (0, 6)}
    async with asyncio.timeout(10.0):
        assert await read(access, state) == [b"0", b"1", b"2"]


async def test_reading_ends_behind_an_aborted_transaction(access: KafkaAccess, topic: Topic, prefix: str) -> None:
    state = await topic("state")
    async with FencedProducer(access, f"{prefix}owner") as producer:
        await producer.write([OutRecord(state, b"kept", partition=0)])
        await producer._client.begin_transaction()
        await producer._client.send_and_wait(state, b"dropped", partition=0)
        await producer._client.abort_transaction()
    async with asyncio.timeout(10.0):
        assert await read(access, state) == [b"kept"]
    assert await read(access, state, isolation="read_uncommitted") == [b"kept", b"dropped"]


async def test_what_is_written_during_the_reading_is_not_waited_for(access: KafkaAccess, topic: Topic) -> None:
    log = await topic("log")
    await fill(access, log, 5)
    got: list[bytes | None] = []
    async with Producer(access) as producer:
        async for batch in Reader(access).read_to_end(log, 0):
            got += [one.value for one in batch]
            await producer.send_and_wait(log, b"later", partition=0)
    assert got == [b"0", b"1", b"2", b"3", b"4"]


async def test_reading_starts_where_it_is_told(access: KafkaAccess, topic: Topic) -> None:
    log = await topic("log")
    await fill(access, log, 5)
    assert await read(access, log, start=3) == [b"3", b"4"]
    assert await read(access, log, start="end") == []
    with pytest.raises(OffsetGone):
        await read(access, log, start=6)


async def test_a_topic_or_partition_that_is_not_there_is_named(access: KafkaAccess, topic: Topic, prefix: str) -> None:
    log = await topic("log")
    with pytest.raises(NotThere, match="does not exist"):
        await read(access, f"{prefix}none")
    with pytest.raises(NotThere, match="no partition 7"):
        _ = [batch async for batch in Reader(access).read_to_end(log, 7)]
    assert await Reader(access).partitions(log) == [0]


async def test_headers_keys_tombstones_and_times_come_back_as_sent(access: KafkaAccess, topic: Topic) -> None:
    log = await topic("log")
    headers = (("ce_id", b"1"), ("ce_id", b"\xff"))
    async with Producer(access) as producer:
        where = await producer.send_and_wait(log, b"v", key=b"k", headers=headers, timestamp_ms=1_700_000_000_000)
        await producer.send_and_wait(log, None, key=b"k")
    first, second = [one async for batch in Reader(access).read_to_end(log, 0) for one in batch]
    assert first == Received(log, where.partition, where.offset, b"k", b"v", headers, 1_700_000_000_000)
    assert (second.key, second.value, second.headers) == (b"k", None, ())


async def test_a_tail_follows_and_says_when_it_is_idle(access: KafkaAccess, topic: Topic) -> None:
    log = await topic("log")
    async with Producer(access) as producer, aclosing(Reader(access).tail({TopicPartition(log, 0): "end"}, idle_s=0.1)) as tail:
        assert await anext(tail) == []
        await producer.send_and_wait(log, b"new", partition=0)
        async with asyncio.timeout(10.0):
            while not (batch := await anext(tail)):
                pass
    assert [one.value for one in batch] == [b"new"]


async def test_a_record_of_nearly_8_mib_passes_and_a_larger_one_is_refused(access: KafkaAccess, topic: Topic) -> None:
    log = await topic("log", max_message_bytes=str(8 * 1024 * 1024))
    large = bytes(8 * 1024 * 1024 - 4096)
    async with Producer(access) as producer:
        await producer.send_and_wait(log, large, partition=0)
        with pytest.raises(TooLarge):
            await producer.send_and_wait(log, large + bytes(8192), partition=0)
    assert await read(access, log) == [large]


async def test_a_member_gets_what_the_group_has_not_committed(access: KafkaAccess, topic: Topic, prefix: str) -> None:
    log = await topic("log")
    of = TopicPartition(log, 0)
    await fill(access, log, 10)
    async with GroupConsumer(access, f"{prefix}g", [log]) as consumer:
        assert await consumer.committed(of) is None
        assert [one.offset for one in await drain(consumer, 10)] == list(range(10))
        await consumer.commit({of: 6})
    async with GroupConsumer(access, f"{prefix}g", [log]) as consumer:
        assert [one.offset for one in await drain(consumer, 4)] == [6, 7, 8, 9]
        consumer.seek(of, 2)
        assert (await drain(consumer, 1))[0].offset == 2
        assert await consumer.end_offsets([of]) == {of: 10}


async def test_at_most_as_many_records_as_asked_for_come_at_once(access: KafkaAccess, topic: Topic, prefix: str) -> None:
    log = await topic("log", partitions=3)
    await fill(access, log, 90, partitions=3)
    async with GroupConsumer(access, f"{prefix}g", [log]) as consumer:
        sizes: list[int] = []
        async with asyncio.timeout(20.0):
            while sum(sizes) < 90:
                sizes.append(sum(len(one) for one in (await consumer.getmany(max_records=20)).values()))
    assert max(sizes) <= 20


async def test_partitions_move_only_after_the_old_owner_has_let_go(access: KafkaAccess, topic: Topic, prefix: str) -> None:
    log = await topic("log", partitions=2)
    told: list[tuple[str, str, int]] = []

    def member(name: str) -> GroupConsumer:
        async def assigned(partitions: frozenset[TopicPartition]) -> None:
            told.append((name, "assigned", len(partitions)))

        async def revoked(partitions: frozenset[TopicPartition]) -> None:
            told.append((name, "revoked", len(partitions)))

        return GroupConsumer(access, f"{prefix}g", [log], on_assigned=assigned, on_revoked=revoked, session_timeout_s=6.0)

    async with member("a") as first:
        await first.getmany()
        async with member("b") as second:
            async with asyncio.timeout(20.0):
                while not (len(first.assignment()) == len(second.assignment()) == 1):
                    await first.getmany()
                    await second.getmany()
            assert first.assignment() | second.assignment() == {TopicPartition(log, 0), TopicPartition(log, 1)}
    assert ("a", "assigned", 2) in told
    assert told.index(("a", "revoked", 2)) < told.index(("b", "assigned", 1))


async def test_no_record_comes_before_its_assignment_was_dealt_with(access: KafkaAccess, topic: Topic, prefix: str) -> None:
    log = await topic("log")
    await fill(access, log, 3)
    opened = asyncio.Event()

    async def slow(_: frozenset[TopicPartition]) -> None:
        await opened.wait()

    consumer = GroupConsumer(access, f"{prefix}g", [log], on_assigned=slow)
    starting = asyncio.create_task(consumer.start())
    await starting
    try:
        assert await consumer.getmany(timeout_s=0.5) == {}
        opened.set()
        assert [one.offset for one in await drain(consumer, 3)] == [0, 1, 2]
    finally:
        await consumer.stop()


async def test_a_failing_callback_breaks_the_reader(access: KafkaAccess, topic: Topic, prefix: str) -> None:
    async def fails(_: frozenset[TopicPartition]) -> None:
        raise LookupError("state is gone")

    async with GroupConsumer(access, f"{prefix}g", [await topic("log")], on_assigned=fails) as consumer:
        with pytest.raises(Broken, match="state is gone"):
            await drain(consumer, 1, 10.0)


async def test_a_pattern_finds_topics_made_later(access: KafkaAccess, topic: Topic, prefix: str) -> None:
    pattern = prefix.replace(".", r"\.") + r"in\..*"
    async with GroupConsumer(access, f"{prefix}door", pattern=pattern, metadata_age_s=0.5) as consumer:
        assert await consumer.getmany() == {}
        wanted, other = await topic("in.lab.stock"), await topic("out.in.lab")
        await fill(access, wanted, 1)
        await fill(access, other, 1)
        got = await drain(consumer, 1)
        assert [one.topic for one in got] == [wanted]


async def test_a_static_member_comes_back_to_its_partitions_without_moving_others(access: KafkaAccess, topic: Topic, prefix: str) -> None:
    log = await topic("log", partitions=2)
    moved: list[frozenset[TopicPartition]] = []

    async def revoked(partitions: frozenset[TopicPartition]) -> None:
        moved.append(partitions)

    first = GroupConsumer(access, f"{prefix}g", [log], instance_id="one", on_revoked=revoked)
    async with first:
        second = GroupConsumer(access, f"{prefix}g", [log], instance_id="two")
        await second.start()
        async with asyncio.timeout(20.0):
            while not (len(first.assignment()) == len(second.assignment()) == 1):
                await first.getmany()
                await second.getmany()
        held, count = second.assignment(), len(moved)
        await second.stop()
        async with GroupConsumer(access, f"{prefix}g", [log], instance_id="two") as again:
            assert again.assignment() == held
        assert len(moved) == count


async def test_without_rights_the_start_ends_in_time(user: User, topic: Topic, prefix: str) -> None:
    log = await topic("log")
    nobody, no_group = await user("nobody"), await user("no-group", Acl("", "topic", log, "read"))
    for access in (nobody, no_group):
        with pytest.raises((Refused, Transient)):
            await GroupConsumer(access, f"{prefix}g", [log], start_timeout_s=2.0).start()


async def test_reading_waits_for_a_transaction_that_is_under_way(access: KafkaAccess, topic: Topic, prefix: str) -> None:
    state = await topic("state")
    async with FencedProducer(access, f"{prefix}owner") as producer:
        await producer._client.begin_transaction()
        await producer._client.send_and_wait(state, b"under way", partition=0)
        with pytest.raises(Transient, match="stands at 0 of 1"):
            _ = [one async for one in Reader(access, timeout_s=0.5).read_to_end(state, 0)]
        reading = asyncio.create_task(read(access, state))
        await producer._client.commit_transaction()
        assert await reading == [b"under way"]
