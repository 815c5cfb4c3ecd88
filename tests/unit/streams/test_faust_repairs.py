"""Each repair of Faust, beside what Faust does without it: when the second half fails, the repair can go."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import faust
import pytest
from faust.tables.manager import TableManager
from faust.transport.drivers.aiokafka import Consumer
from faust.types import TP, ConsumerMessage

from plumbing.settings import KafkaAccess
from streams.faust_repairs import CarefulConsumer, CarefulTransport, NoTables
from streams.worker import Names, build_app
from tests.toy_processes import until

pytestmark = pytest.mark.filterwarnings("default")

LOG = TP("log", 0)


@pytest.fixture
async def app() -> Any:
    app: Any = faust.App("repairs", broker="kafka://127.0.0.1:1", web_enabled=False, store="memory://", topic_disable_leader=True)
    app.transport = CarefulTransport(app.conf.broker_consumer, app)
    app.topics._acking_topics.add("log")
    app.consumer_generation_id = 7
    app.flow_control.resume()
    return app


async def nothing(*_: Any) -> None:
    """A callback."""


@contextmanager
def consumer_of(kind: type[Consumer], app: faust.App) -> Iterator[Any]:
    """A consumer that is never started; the loop it made for its thread is closed."""
    consumer: Any = kind(app.transport, callback=nothing, on_partitions_revoked=nothing, on_partitions_assigned=nothing)
    yield consumer
    consumer._thread.thread_loop.close()


def message(offset: int, generation: int) -> ConsumerMessage:
    return ConsumerMessage("log", 0, offset, 0.0, 0, [], b"k", b"v", None, 1, 1, LOG, generation_id=generation)


async def committed_over_a_hole(kind: type[Consumer], app: faust.App) -> int | None:
    """10 is committed; fetching skipped 11 to 14; 10 and 16 are done, 15 is in work."""
    with consumer_of(kind, app) as consumer:
        consumer._committed_offset[LOG] = 10
        await consumer._add_gap(LOG, 11, 15)
        for done in (10, 16):
            consumer.ack(message(done, 7))
        offset: int | None = consumer._new_offset(LOG)
        return offset


async def test_a_hole_is_never_committed_over(app: faust.App) -> None:
    assert await committed_over_a_hole(CarefulConsumer, app) == 11


async def test_faust_commits_over_a_hole_and_over_the_message_after_it(app: faust.App) -> None:
    assert await committed_over_a_hole(Consumer, app) == 17


async def acked_after_a_rebalance(kind: type[Consumer], app: faust.App) -> int | None:
    """100 was fetched in generation 6; Faust's stream throws it away in generation 7, acking it; 100 is still to be decided."""
    with consumer_of(kind, app) as consumer:
        consumer._committed_offset[LOG] = 100
        consumer.ack(message(100, 6))
        offset: int | None = consumer._new_offset(LOG)
        return offset


async def test_what_an_older_assignment_fetched_is_never_acked(app: faust.App) -> None:
    assert await acked_after_a_rebalance(CarefulConsumer, app) is None


async def test_faust_acks_what_an_older_assignment_fetched(app: faust.App) -> None:
    assert await acked_after_a_rebalance(Consumer, app) == 101


async def test_nothing_is_acked_while_the_group_rebalances(app: faust.App) -> None:
    with consumer_of(CarefulConsumer, app) as consumer:
        consumer._committed_offset[LOG] = 100
        app.flow_control.suspend()
        assert not consumer.ack(message(100, 7))
        app.flow_control.resume()
        assert consumer.ack(message(100, 7))
        assert consumer._new_offset(LOG) == 101


async def thrown_away_and_acked(app: faust.App) -> list[int]:
    """Runs the Python form of Faust's own stream over one event of an older generation, with `noack()`."""
    topic = app.topic("log", key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
    acked: list[int] = []
    old = message(100, 6)
    old.refcount = 1
    old.on_final_ack = lambda consumer: acked.append(old.offset) or True  # type: ignore[method-assign, func-returns-value]
    stream: Any = app.stream(topic)
    stream = stream.noack()
    await stream.channel.put(faust.Event(app, b"k", b"v", None, old))
    reading = asyncio.ensure_future(_first(stream))
    await until(lambda: acked, 5, "the ack")
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    made: Any = app.consumer
    made._thread.thread_loop.close()
    return acked


async def _first(stream: Any) -> Any:
    async for event in stream._py_aiter():
        return event
    return None


async def test_fausts_stream_acks_what_it_throws_away_though_told_not_to(app: faust.App) -> None:
    assert await thrown_away_and_acked(app) == [100]


async def test_a_workers_app_has_the_careful_consumer() -> None:
    app = build_app(Names("toy", "0"), KafkaAccess("127.0.0.1:1", security="PLAINTEXT"), 1, nothing, 10)
    assert isinstance(app.transport, CarefulTransport)
    assert app.transport.Consumer is CarefulConsumer


@pytest.mark.parametrize(("kind", "rests"), [(TableManager, ["1.0 s"]), (NoTables, [])])
async def test_tables_that_are_not_there_are_not_waited_for(app: Any, kind: type[TableManager], rests: list[str]) -> None:
    did: list[str] = []

    class Recovery:
        async def start(self) -> None:
            did.append("recovery")

    class Watched(kind):  # type: ignore[valid-type,misc]
        async def sleep(self, n: Any, **_: Any) -> None:
            did.append(f"{n} s")

        async def _update_channels(self) -> None:
            did.append("registered")

    manager = Watched(app)
    manager._recovery = Recovery()
    await manager.on_start()
    assert did == [*rests, "registered", "recovery"]
