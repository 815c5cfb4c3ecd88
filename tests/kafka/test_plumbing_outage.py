"""A broker that goes away: what was promised is kept, and nobody hangs."""

import asyncio
from collections.abc import Iterator
from uuid import uuid4

import pytest

from plumbing.admin import Admin
from plumbing.consumer import GroupConsumer
from plumbing.errors import Transient
from plumbing.plan import TopicSpec
from plumbing.producer import Producer
from plumbing.reader import Reader
from plumbing.records import OutRecord
from plumbing.settings import KafkaAccess
from plumbing.transactions import FencedProducer
from tocsin.kafka.server import EmbeddedKafka

pytestmark = [
    pytest.mark.kafka,
    # aiokafka drops its half-open connections when it is closed during an outage
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    """The broker of this file: its tests stop and start it."""
    broker = EmbeddedKafka(tmp_path_factory.mktemp("outage"), quick=True)
    yield broker
    broker.stop()


@pytest.fixture
async def own(broker: EmbeddedKafka) -> EmbeddedKafka:
    """The broker, running, with a fresh topic `log`."""
    if not broker.running():
        await asyncio.to_thread(broker.start)
    admin = Admin(broker.access("admin"))
    await admin.delete_topics(["log"])
    await admin.create_topics([TopicSpec("log", 1)])
    return broker


async def test_what_is_sent_during_an_outage_arrives_once_and_in_order(own: EmbeddedKafka) -> None:
    async with Producer(own.access("admin")) as producer:
        await producer.send_and_wait("log", b"0", partition=0)
        await asyncio.to_thread(own.stop)
        sent = [await producer.send("log", b"%d" % n, partition=0) for n in range(1, 50)]
        await asyncio.to_thread(own.start)
        async with asyncio.timeout(60.0):
            await asyncio.gather(*sent)
    read = [one.value async for batch in Reader(own.access("admin")).read_to_end("log", 0) for one in batch]
    assert read == [b"%d" % n for n in range(50)]


async def test_a_member_goes_on_where_it_was(own: EmbeddedKafka) -> None:
    async with Producer(own.access("admin")) as producer, GroupConsumer(own.access("admin"), f"g-{uuid4()}", ["log"]) as consumer:
        for end in (own.stop, own.kill):
            await asyncio.to_thread(end)
            await asyncio.to_thread(own.stop)
            await asyncio.to_thread(own.start)
            await producer.send_and_wait("log", end.__name__.encode(), partition=0)
        offsets: list[int] = []
        async with asyncio.timeout(60.0):
            while len(offsets) < 2:
                offsets += [one.offset for batch in (await consumer.getmany()).values() for one in batch]
    assert offsets == [0, 1]


async def test_nobody_hangs_when_closed_during_an_outage(own: EmbeddedKafka) -> None:
    access = own.access("admin")
    producer, fenced, consumer = Producer(access), FencedProducer(access, "owner"), GroupConsumer(access, f"g-{uuid4()}", ["log"])
    for one in (producer, fenced, consumer):
        await one.start()
    await asyncio.to_thread(own.stop)
    unsent = asyncio.ensure_future(await producer.send("log", b"x", partition=0))
    async with asyncio.timeout(30.0):
        await producer.stop(timeout_s=1.0)
        await fenced.stop(timeout_s=1.0)
        await consumer.stop(timeout_s=1.0)
    with pytest.raises(Transient, match="closed before the broker confirmed"):
        await asyncio.wait_for(unsent, 5.0)


async def test_a_transaction_during_an_outage_is_transient_in_time(own: EmbeddedKafka) -> None:
    fenced = FencedProducer(own.access("admin"), "owner", write_timeout_s=2.0)
    await fenced.start()
    await asyncio.to_thread(own.stop)
    with pytest.raises(Transient):
        await fenced.write([OutRecord("log", b"lost", partition=0)])
    await fenced.stop(timeout_s=1.0)
    access = await asyncio.to_thread(own.start)
    async with FencedProducer(access, "owner") as again:
        await again.write([OutRecord("log", b"kept", partition=0)])
    assert [one.value async for batch in Reader(access).read_to_end("log", 0) for one in batch] == [b"kept"]


async def test_starting_during_an_outage_is_transient(own: EmbeddedKafka) -> None:
    access: KafkaAccess = own.access("admin")
    await asyncio.to_thread(own.stop)
    for client in (Producer(access, start_timeout_s=3.0), GroupConsumer(access, f"g-{uuid4()}", ["log"], start_timeout_s=3.0)):
        with pytest.raises(Transient):
            await client.start()
    with pytest.raises(Transient):
        await Reader(access, timeout_s=3.0).partitions("log")
