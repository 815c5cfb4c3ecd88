"""One owned partition on a real broker: the fence, the guard, and what must end the process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from plumbing.admin import Admin
from plumbing.errors import Fenced
from plumbing.producer import Producer
from plumbing.settings import KafkaAccess
from schemas.codec import decode, encode
from streams.endings import LogBeginsTooLateError, OutOfOrderError
from streams.measuring import Measures
from streams.partition import OwnedPartition, Surroundings
from streams.shell import utc_now
from streams.undecided import BORNE, TooManyUndecided
from streams.worker import Names
from tests.toy_processes import everything, toy_topics, until
from tests.toy_stage import ToyStage, entry

pytestmark = pytest.mark.kafka


@dataclass
class Message:
    """What is used of Faust's message."""

    offset: int


@dataclass
class FakeEvent:
    """An event of Faust, with its ack written down."""

    message: Message
    value: bytes
    acked: list[int]
    key: bytes = b"k"

    def ack(self) -> bool:
        self.acked.append(self.message.offset)
        return True


@dataclass
class Worker:
    """One partition, what failed in it, and which offsets it acked or put back."""

    prefix: str
    access: KafkaAccess
    plain: Producer
    failures: list[Exception] = field(default_factory=list)
    acked: list[int] = field(default_factory=list)
    back: list[int] = field(default_factory=list)

    def open(self) -> OwnedPartition:
        async def put_back(_: int, offset: int) -> None:
            self.back.append(offset)

        around = Surroundings(
            stage=ToyStage(),
            names=Names("toy", "0", self.prefix),
            access=self.access,
            plain=self.plain,
            time="wall",
            clock=utc_now,
            generation=1,
            measures=Measures("toy"),
            failed=lambda _, error: self.failures.append(error),
            put_back=put_back,
        )
        return OwnedPartition(around, 0, 1, 1024)

    def event(self, offset: int, action: str = "count") -> FakeEvent:
        return FakeEvent(Message(offset), encode(entry(action, "k")), self.acked)

    async def told(self) -> list[str]:
        return [decode(one.value).command_id for one in await everything(self.access, self.prefix + "toy.out")]


@asynccontextmanager
async def closing(one: OwnedPartition) -> AsyncIterator[OwnedPartition]:
    """Open until the end of the block."""
    try:
        await asyncio.wait_for(one.opened.wait(), 30)
        yield one
    finally:
        await one.close()


@pytest.fixture
async def worker(admin: Admin, access: KafkaAccess, prefix: str) -> AsyncIterator[Worker]:
    await toy_topics(admin, prefix, 1)
    async with Producer(access) as plain:
        yield Worker(prefix, access, plain)


def acked(worker: Worker, last: int) -> Callable[[], bool]:
    return lambda: bool(worker.acked) and worker.acked[-1] >= last


async def test_messages_are_acked_in_order_after_their_emits_are_written(worker: Worker) -> None:
    async with closing(worker.open()) as one:
        for offset in range(5):
            one.put(worker.event(offset), end=5)
        await until(acked(worker, 4), 20, "acks")
        assert worker.acked == list(range(5))
        assert len(await worker.told()) == 5


async def test_an_older_owner_that_wakes_up_is_fenced_and_decides_nothing_more(worker: Worker) -> None:
    async with closing(worker.open()) as old:
        old.put(worker.event(0), end=1)
        await until(acked(worker, 0), 20, "the old owner's batch")
        async with closing(worker.open()) as new:
            old.put(worker.event(1), end=2)
            await until(lambda: worker.failures, 30, "the fence")
            assert isinstance(worker.failures[0], Fenced)
            assert worker.acked == [0]
            new.put(worker.event(1), end=2)
            await until(acked(worker, 1), 20, "the new owner's batch")
    assert (await worker.told())[-1] == "k:2:0:1"


async def test_repeats_are_acked_without_a_second_decision(worker: Worker) -> None:
    async with closing(worker.open()) as one:
        for offset in (0, 1):
            one.put(worker.event(offset), end=2)
        await until(acked(worker, 1), 20, "acks")
    async with closing(worker.open()) as again:
        for offset in (0, 1, 2):
            again.put(worker.event(offset), end=3)
        await until(acked(worker, 2), 20, "acks")
        assert worker.acked == [0, 1, 0, 1, 2]
        assert set(await worker.told()) == {"k:1:0:0", "k:2:0:1", "k:3:0:2"}


async def test_a_jump_ends_the_process_and_puts_the_groups_place_back(worker: Worker) -> None:
    async with closing(worker.open()) as one:
        one.put(worker.event(0), end=1)
        await until(acked(worker, 0), 20, "the first")
        one.put(worker.event(2), end=3)
        await until(lambda: worker.failures, 20, "the guard")
    assert isinstance(worker.failures[0], OutOfOrderError)
    assert worker.back == [1]
    assert worker.acked == [0]
    assert len(await worker.told()) == 1


async def test_a_log_that_begins_beyond_the_journal_is_a_case_for_the_operator(
    worker: Worker, admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def trimmed(*_: object, **__: object) -> dict[object, tuple[int, int]]:
        return _Everywhere()

    monkeypatch.setattr("streams.partition.Reader.offsets", trimmed)
    one = worker.open()
    await until(lambda: worker.failures, 20, "the guard")
    await one.close()
    assert isinstance(worker.failures[0], LogBeginsTooLateError)


class _Everywhere(dict[object, tuple[int, int]]):
    """Every partition begins at offset 100."""

    def __missing__(self, _: object) -> tuple[int, int]:
        return 100, 200


async def test_too_many_undecided_messages_leave_the_last_batch_to_the_operator(worker: Worker) -> None:
    async with closing(worker.open()) as one:
        for offset in range(BORNE + 1):
            one.put(worker.event(offset, "raise"), end=BORNE + 1)
        await until(lambda: worker.failures, 20, "too many")
    assert isinstance(worker.failures[0], TooManyUndecided)
    assert worker.acked == []
    assert not await everything(worker.access, worker.prefix + "dead-letters")


async def test_closing_waits_for_the_batch_under_way_and_drops_the_rest_unacked(worker: Worker) -> None:
    async with closing(worker.open()) as one:
        for offset in range(300):
            one.put(worker.event(offset), end=10_000)
        await asyncio.sleep(0)  # the batch begins
        one.put(worker.event(300), end=10_000)
    assert 300 not in worker.acked
    assert worker.acked == list(range(len(worker.acked)))
    assert len(await worker.told()) == len(worker.acked)
