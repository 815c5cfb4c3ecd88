"""The local shell keeps what every shell promises."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from alertcore.records.hub import Entry
from schemas.codec import encode
from streams.deciding import Time
from streams.emitting import Out
from streams.local import LocalShell
from tests.contract.shells import Shell, ShellContract, Told, count
from tests.toy_stage import ToyStage, entry


class LocalUnderTest:
    """The local shell, durable, as the contract drives it."""

    def __init__(self, time: Time) -> None:
        self._shell = LocalShell(ToyStage(), partitions=2, time=time, durable=True)
        self._time = time
        self._outs: list[Out] = []

    async def feed(self, partition: int, *entries: Entry) -> None:
        self._outs += self._shell.feed_batch(partition, [(one, "key") for one in entries])

    async def feed_raw(self, partition: int, value: bytes) -> None:
        self._outs += self._shell.feed_raw(partition, [(value, b"key")])

    async def told(self, number: int, topic: str = "toy.out", *, repeats: bool = False) -> list[Told]:
        wires = [one.wire for one in self._outs if one.topic == topic]
        found = [Told(one.topic, one.key, one.value, one.headers) for one in wires]
        assert count(found, repeats) >= number
        return found

    async def pass_time(self) -> None:
        self._outs += self._shell.idle() if self._time == "data" else self._shell.advance(datetime.now(UTC))

    async def restart(self) -> None:
        self._outs += self._shell.reopen()


class TestLocalShell(ShellContract):
    """All of the contract."""

    @pytest.fixture
    def shell(self) -> Shell:
        return LocalUnderTest("wall")

    @pytest.fixture
    def data_shell(self) -> Shell:
        return LocalUnderTest("data")


def test_one_by_one_and_as_a_batch_give_the_same_bytes() -> None:
    entries = [(entry("count", f"k{i % 7}"), "key") for i in range(100)]
    single, batched = LocalShell(ToyStage()), LocalShell(ToyStage())
    for one, key in entries:
        single.feed(0, one, key)
    batched.feed_batch(0, entries)
    assert [one.wire for one in single.outs] == [one.wire for one in batched.outs]
    assert encode(single.outs[0].value) == single.outs[0].wire.value
