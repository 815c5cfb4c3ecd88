"""The owner's ticks: when due passes, one at a time, or after a quiet spell."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from alertcore.records.hub import Entry, Tick
from alertcore.records.journal import Journal
from schemas.codec import decode
from streams import ticker as subject
from streams.deciding import Time
from streams.ticker import Ticker
from tests.toy_processes import until
from tests.toy_stage import EPOCH


class Log:
    """Takes ticks; `now` is the wall clock."""

    def __init__(self, time: Time) -> None:
        self.now = EPOCH
        self.entries: list[Entry] = []
        self.ticker = Ticker(3, self._append, lambda: self.now, time)
        self.task = asyncio.create_task(self.ticker.run())

    async def _append(self, entry: Entry) -> int:
        self.entries.append(entry)
        return 10 * len(self.entries)

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    def head(self, offset: int, due: datetime | None = None, *, pending: bool = False) -> None:
        self.ticker.moved(Journal(offset=offset, now=EPOCH, due=due, pending=pending))


async def settle() -> None:
    """Lets the ticker run until it waits."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_what_is_due_already_is_ticked_at_once_and_only_once_while_it_is_under_way() -> None:
    log = Log("wall")
    log.head(1, EPOCH - timedelta(hours=1))
    await settle()
    log.head(2, EPOCH - timedelta(hours=1))
    await settle()
    assert len(log.entries) == 1
    log.head(10, EPOCH - timedelta(hours=1))  # the tick was decided, and something is due still
    await settle()
    assert len(log.entries) == 2
    await log.stop()


async def test_a_tick_carries_the_wall_clock() -> None:
    log = Log("wall")
    log.now = EPOCH + timedelta(seconds=7)
    log.head(1, EPOCH)
    await settle()
    (tick,) = log.entries
    assert (tick.kind, tick.sender, tick.stamp) == ("tick", "hub", log.now)
    assert decode(tick.value) == Tick(at=log.now)
    await log.stop()


async def test_it_waits_for_what_is_not_due_and_for_nothing_without_due() -> None:
    log = Log("wall")
    log.head(1, EPOCH + timedelta(milliseconds=50))
    await settle()
    assert not log.entries
    log.now = EPOCH + timedelta(milliseconds=60)
    await until(lambda: len(log.entries) == 1, 5, "the tick")
    log.head(10, None)
    await settle()
    assert len(log.entries) == 1
    await log.stop()


async def test_in_data_time_only_a_quiet_partition_that_holds_something_back_is_ticked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "IDLE_S", 0.05)
    log = Log("data")
    log.head(1, EPOCH - timedelta(hours=1))
    await settle()
    assert not log.entries
    log.head(2, pending=True)
    await until(lambda: len(log.entries) == 1, 5, "the idle tick")
    assert decode(log.entries[0].value) == Tick(at=EPOCH, idle=True)
    await log.stop()
