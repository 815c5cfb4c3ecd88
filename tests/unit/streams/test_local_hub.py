"""Stages wired together in memory, and a log read again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from alertcore.stage import Decision, Emit, Message, View
from schemas.codec import encode
from streams.deciding import Record
from streams.local_hub import LocalHub
from streams.replay import OutOfOrderError, Place, replay
from tests.toy_stage import EPOCH, ToyStage, command, entry


class Passing(ToyStage):
    """Passes each command on to the next log, twice the same."""

    def __init__(self, name: str, to: str) -> None:
        super().__init__(name)
        self._to = to

    def decide(self, view: View, message: Message) -> Decision:
        one = Emit(self._to, message.value.target, command("count", message.value.target), kind="command")
        return Decision(emits=(one, one))


def test_what_one_stage_emits_to_a_log_the_next_decides() -> None:
    hub = LocalHub(stock=Passing("stock", "supply.log"), supply=Passing("supply", "cases.log"), cases=ToyStage("cases"))
    outs = hub.feed("stock.log", entry("count", "k"))
    assert [one.topic for one in outs] == ["supply.log"] * 2 + ["cases.log"] * 4 + ["toy.out"] * 4
    assert hub.shells["cases.log"].view().get("n/k") == "4"


def test_time_goes_down_with_the_entries() -> None:
    hub = LocalHub(supply=Passing("supply", "cases.log"), cases=ToyStage("cases"))
    later = EPOCH + timedelta(hours=1)
    hub.feed("supply.log", entry("count", "k", later))
    assert hub.shells["cases.log"].head().now == later


def test_an_entry_for_all_goes_to_every_partition() -> None:
    hub = LocalHub(supply=ToyStage("supply"), partitions={"supply.log": 3})
    hub.feed_all("supply.log", entry("count", "k"))
    assert [hub.shells["supply.log"].view(n).get("n/k") for n in range(3)] == ["1", "1", "1"]


async def places(*of: Place) -> AsyncIterator[Place]:
    for one in of:
        yield one


def record(offset: int) -> Record:
    return Record(offset, b"k", encode(entry("count", "k")))


async def test_a_log_read_again_gives_the_same_bytes() -> None:
    def read() -> AsyncIterator[Place]:
        return places(*((n % 2, record(n // 2)) for n in range(20)))

    first = [(place, out.wire) async for place, out in replay(ToyStage(), read(), partitions=2)]
    again = [(place, out.wire) async for place, out in replay(ToyStage(), read(), partitions=2)]
    assert first == again
    assert len(first) == 20


async def test_a_log_without_its_beginning_is_refused() -> None:
    with pytest.raises(OutOfOrderError, match="offset 5 where 0"):
        _ = [one async for one in replay(ToyStage(), places((0, record(5))))]
