"""A worker is alive as long as it gets on, or has nothing to do."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from plumbing.errors import Transient
from plumbing.records import TopicPartition
from plumbing.settings import KafkaAccess
from streams.endings import StalledError
from streams.progress import Progress
from streams.worker import Names
from tests.toy_processes import until


class Log:
    """Log ends of every partition."""

    def __init__(self, end: int) -> None:
        self.end, self.asked = end, 0
        self.away = False

    async def offsets(self, partitions: Sequence[TopicPartition], /) -> Mapping[TopicPartition, tuple[int, int]]:
        self.asked += 1
        if self.away:
            raise Transient("away")
        return dict.fromkeys(partitions, (0, self.end))


@dataclass
class Partition:
    """One that is open."""

    applied: int
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.opened.set()


class Worker:
    """One with these partitions."""

    def __init__(self, *partitions: Partition) -> None:
        self.owned = dict(enumerate(partitions))
        self.assigned = asyncio.Event()
        self.assigned.set()


def progress(log: Log) -> Progress:
    return Progress(KafkaAccess("127.0.0.1:1"), Names("toy", "0"), every_s=0.01, stall_s=0.1, ends=log)


async def looked(log: Log, watching: asyncio.Task[None], times: int = 30) -> None:
    """Returns after so many looks, or when the watch has ended."""
    await until(lambda: log.asked >= times or watching.done(), 10, "looks")


async def test_messages_that_wait_and_no_decision_is_a_stall() -> None:
    log = Log(end=10)
    subject = progress(log)
    with pytest.raises(StalledError, match="nothing decided"):
        await asyncio.wait_for(subject.watch(Worker(Partition(applied=5))), 10)
    assert not (await subject.live()).ok
    assert subject.lag() == {0: 4}


@pytest.mark.parametrize("worker", [Worker, lambda: Worker(Partition(applied=9))])
async def test_nothing_to_do_is_no_stall(worker: type[Worker]) -> None:
    log = Log(end=10)
    subject = progress(log)
    watching = asyncio.create_task(subject.watch(worker()))
    await asyncio.wait([watching], timeout=0.5)
    assert not watching.done()
    assert (await subject.live()).ok
    watching.cancel()


async def test_a_worker_that_decides_is_alive_however_much_waits() -> None:
    log, one = Log(end=1_000_000), Partition(applied=0)
    subject = progress(log)
    watching = asyncio.create_task(subject.watch(Worker(one)))
    for _ in range(40):
        before = log.asked
        one.applied += 1
        await until(lambda before=before: log.asked > before or watching.done(), 10, "a look")
    assert not watching.done()
    watching.cancel()


async def test_an_absent_broker_and_an_opening_partition_are_no_stall() -> None:
    log, one = Log(end=10), Partition(applied=-1)
    one.opened.clear()
    watching = asyncio.create_task(progress(log).watch(Worker(one)))
    await looked(log, watching)
    log.away = True
    one.opened.set()
    await looked(log, watching, log.asked + 30)
    assert not watching.done()
    watching.cancel()


async def test_no_assignment_for_too_long_is_a_stall() -> None:
    worker = Worker()
    worker.assigned.clear()
    with pytest.raises(StalledError):
        await asyncio.wait_for(progress(Log(end=0)).watch(worker), 10)
