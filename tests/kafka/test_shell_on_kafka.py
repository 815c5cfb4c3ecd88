"""The shell on Kafka keeps what every shell promises, as a process that is killed and started again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from alertcore.records.hub import Entry
from plumbing.admin import Admin
from plumbing.consumer import GroupConsumer
from plumbing.producer import Producer
from plumbing.records import TopicPartition
from plumbing.settings import KafkaAccess
from schemas.codec import encode
from streams.endings import FENCED
from tests.contract.shells import Shell, ShellContract, Told, count, texts
from tests.toy_processes import ToyWorker, everything, toy_topics, until
from tests.toy_stage import entry

pytestmark = pytest.mark.kafka


class KafkaUnderTest:
    """A worker process on the test session's broker, as the contract drives it."""

    def __init__(self, access: KafkaAccess, prefix: str, worker: ToyWorker, plain: Producer) -> None:
        self._access, self._prefix, self._worker, self._plain = access, prefix, worker, plain

    async def feed(self, partition: int, *entries: Entry) -> None:
        for one in entries:
            await self._plain.send_and_wait(self._prefix + "toy.log", encode(one), key=b"key", partition=partition)

    async def feed_raw(self, partition: int, value: bytes) -> None:
        await self._plain.send_and_wait(self._prefix + "toy.log", value, key=b"key", partition=partition)

    async def told(self, number: int, topic: str = "toy.out", *, repeats: bool = False) -> list[Told]:
        found: list[Told] = []

        async def enough() -> bool:
            records = await everything(self._access, self._prefix + topic)
            found[:] = [Told(topic, one.key or b"", one.value or b"", dict(one.headers)) for one in records]
            return count(found, repeats) >= number

        await until(enough, 30, f"{number} records in {topic}")
        return found

    async def pass_time(self) -> None:
        """Its own clock does that."""

    async def restart(self) -> None:
        self._worker.kill()
        self._worker.start()


class TestShellOnKafka(ShellContract):
    """All of the contract."""

    @pytest.fixture
    async def shell(self, admin: Admin, access: KafkaAccess, prefix: str, tmp_path: Path) -> AsyncIterator[Shell]:
        async for one in self._started(admin, access, prefix, tmp_path, "wall"):
            yield one

    @pytest.fixture
    async def data_shell(self, admin: Admin, access: KafkaAccess, prefix: str, tmp_path: Path) -> AsyncIterator[Shell]:
        async for one in self._started(admin, access, prefix, tmp_path, "data"):
            yield one

    async def _started(self, admin: Admin, access: KafkaAccess, prefix: str, folder: Path, mode: str) -> AsyncIterator[Shell]:
        await toy_topics(admin, prefix)
        worker = ToyWorker(access, prefix, folder / "worker.log", mode=mode)
        worker.start()
        try:
            async with Producer(access) as plain:
                yield KafkaUnderTest(access, prefix, worker, plain)
        finally:
            worker.kill()


async def test_a_group_that_committed_too_far_is_put_back_and_nothing_is_lost(
    admin: Admin, access: KafkaAccess, prefix: str, tmp_path: Path
) -> None:
    await toy_topics(admin, prefix, 1)
    worker = ToyWorker(access, prefix, tmp_path / "worker.log", partitions=1)
    async with Producer(access) as plain:
        under_test = KafkaUnderTest(access, prefix, worker, plain)
        await under_test.feed(0, *(entry("count", "k") for _ in range(5)))
        async with GroupConsumer(access, f"{prefix}tocsin-toy", [f"{prefix}toy.log"], instance_id="toy-0") as stranger:
            await stranger.commit({TopicPartition(f"{prefix}toy.log", 0): 3})
        worker.start()
        try:
            assert await asyncio.to_thread(worker.wait, 60.0) == FENCED
            worker.start()
            assert texts(await under_test.told(5)) == [f"k:{n + 1}:0:{n}" for n in range(5)]
        finally:
            worker.kill()
