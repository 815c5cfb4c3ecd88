"""The shell under kills, stops and a broker that goes away: every message is decided exactly once, and nobody has to help."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.failure.toy_hub import ToyHub
from tests.toy_processes import until
from tocsin.kafka.server import EmbeddedKafka

pytestmark = pytest.mark.kafka

RESUME_S = 30.0
FENCED = 75


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    """A broker of its own: it is stopped and started."""
    with EmbeddedKafka(tmp_path_factory.mktemp("kills"), quick=True) as one:
        yield one


Hub = Callable[[str, int, int], Awaitable[ToyHub]]


@pytest.fixture
async def hub(broker: EmbeddedKafka, tmp_path: Path) -> AsyncIterator[Hub]:
    """`await hub(prefix, workers, partitions)` starts one."""
    made: list[ToyHub] = []

    async def start(prefix: str, workers: int, partitions: int) -> ToyHub:
        one = ToyHub(broker.access("admin"), prefix, tmp_path, workers=workers, partitions=partitions)
        made.append(one)
        await one.start()
        return one

    yield start
    for one in made:
        await one.stop()


async def kills(one: ToyHub, number: int, rng: random.Random) -> None:
    """Under a steady feed, one of the workers at work gets SIGKILL or SIGTERM, each time when decisions have resumed."""
    done = asyncio.Event()
    feed = asyncio.create_task(one.feed_until(done, per_s=300, rng=rng))
    for _ in range(number):
        await one.resumes(RESUME_S)
        await asyncio.sleep(rng.uniform(0.0, 1.0))
        await until(lambda: any(worker.owns() for worker in one.workers), RESUME_S, "a worker at work")
        at_work = [worker for worker in one.workers if worker.owns()]
        rng.choice(at_work).send(rng.choice([signal.SIGKILL, signal.SIGTERM]))
    await one.resumes(RESUME_S)
    done.set()
    await feed
    await one.settled(90)
    await one.reckon()


async def suspended(one: ToyHub, seconds: float, messages: int, rng: random.Random) -> None:
    """Suspends a worker that owns partitions until another took them all over, wakes it, and reckons."""
    feed = asyncio.create_task(one.feed(messages, per_s=messages / (seconds + 10), rng=rng))
    await one.resumes(60)
    first = next(worker for worker in one.workers if worker.owns())
    (second,) = [worker for worker in one.workers if worker is not first]
    before = second.opened()
    first.send(signal.SIGSTOP)
    await asyncio.sleep(seconds)
    assert second.opened() > before, "nobody took over what the suspended worker had"
    first.send(signal.SIGCONT)
    await feed
    await one.settled(90)
    await one.reckon()


async def broker_away(one: ToyHub, broker: EmbeddedKafka, seconds: float, rng: random.Random) -> None:
    """Stops the broker in the middle of work, and starts it again."""
    await one.feed(1000, per_s=1000, rng=rng)
    await one.resumes(60)
    await asyncio.to_thread(broker.stop)
    await asyncio.sleep(seconds)
    await asyncio.to_thread(broker.start)
    await one.feed(500, per_s=1000, rng=rng)
    await one.settled(RESUME_S)
    await one.reckon()


async def test_five_kills_lose_nothing_and_double_nothing(hub: Hub) -> None:
    one = await hub("kills.", 2, 4)
    await kills(one, 5, random.Random(1))
    assert sum(one.ends.values()) >= 4


async def test_a_worker_suspended_past_its_session_is_fenced_when_it_wakes(hub: Hub) -> None:
    one = await hub("stopped.", 2, 4)
    await suspended(one, 15.0, 3000, random.Random(2))


async def test_two_workers_on_one_partition_take_turns(hub: Hub) -> None:
    one = await hub("turns.", 2, 1)
    feed = asyncio.create_task(one.feed(3000, per_s=100, rng=random.Random(3)))
    await one.resumes(60)
    (first,) = [worker for worker in one.workers if worker.owns()]
    (second,) = [worker for worker in one.workers if worker is not first]
    first.send(signal.SIGSTOP)
    await until(second.owns, RESUME_S, "the second takes over")
    await one.resumes(RESUME_S)
    first.send(signal.SIGCONT)
    second.send(signal.SIGKILL)
    await one.resumes(RESUME_S)
    await feed
    await one.settled(60)
    await one.reckon()


async def test_a_broker_that_was_away_is_no_loss(hub: Hub, broker: EmbeddedKafka) -> None:
    await broker_away(await hub("away.", 1, 4), broker, 5.0, random.Random(4))


async def test_a_worker_ends_in_ten_seconds_though_the_broker_is_away(hub: Hub, broker: EmbeddedKafka) -> None:
    one = await hub("ends.", 1, 4)
    await one.feed(200, per_s=1000, rng=random.Random(8))
    await one.settled(60)
    one.unattended()
    await asyncio.to_thread(broker.stop)
    try:
        one.workers[0].send(signal.SIGTERM)
        assert await asyncio.to_thread(one.workers[0].wait, 10.0) in (0, 1)
    finally:
        await asyncio.to_thread(broker.start)


@pytest.mark.chaos
async def test_long_twenty_kills(hub: Hub) -> None:
    one = await hub("long-kills.", 2, 4)
    await kills(one, 20, random.Random(5))
    assert sum(one.ends.values()) >= 15
    assert sum(worker.opened() for worker in one.workers) >= 20


@pytest.mark.chaos
async def test_long_suspended_for_a_minute(hub: Hub) -> None:
    await suspended(await hub("long-stopped.", 2, 4), 60.0, 8000, random.Random(6))


@pytest.mark.chaos
async def test_long_broker_away(hub: Hub, broker: EmbeddedKafka) -> None:
    await broker_away(await hub("long-away.", 1, 4), broker, 30.0, random.Random(7))
