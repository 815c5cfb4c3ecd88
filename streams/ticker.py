"""The owner's ticks: time passes in a partition because its owner writes it into the log, one tick at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from alertcore.records.hub import Entry
from alertcore.records.journal import Journal
from streams.deciding import Time
from streams.local import tick

Append = Callable[[Entry], Awaitable[int]]
Clock = Callable[[], datetime]

IDLE_S = 1.0
"""`time = data`: a partition quiet for this long lets go what it holds back."""


class Ticker:
    """Ticks of one partition. `append` writes an entry to the partition and returns its offset."""

    def __init__(self, partition: int, append: Append, clock: Clock, time: Time) -> None:
        self._partition, self._append, self._clock, self._time = partition, append, clock, time
        self._head: Journal | None = None
        self._outstanding: int | None = None
        self._moved = asyncio.Event()

    def moved(self, head: Journal) -> None:
        """The partition has decided up to `head`."""
        if self._outstanding is not None and head.offset >= self._outstanding:
            self._outstanding = None
        self._head = head
        self._moved.set()

    async def run(self) -> None:
        """Until cancelled. Raises what `append` raises."""
        while True:
            wait = self._wait_s()
            if wait is None or wait > 0:
                self._moved.clear()
                try:
                    async with asyncio.timeout(wait):
                        await self._moved.wait()
                except TimeoutError:
                    pass
                else:
                    continue  # something was decided: what is due, or how long it is quiet, is new
            if self._wanted():
                await self._tick()

    def _wait_s(self) -> float | None:
        """Seconds until a tick may be wanted; None: not before something is decided."""
        head = self._head
        if head is None or self._outstanding is not None:
            return None
        if self._time == "data":
            return IDLE_S if head.pending else None
        return None if head.due is None else (head.due - self._clock()).total_seconds()

    def _wanted(self) -> bool:
        head = self._head
        if head is None or self._outstanding is not None:
            return False
        return head.pending if self._time == "data" else head.due is not None and head.due <= self._clock()

    async def _tick(self) -> None:
        head = self._head
        assert head is not None
        idle = self._time == "data"
        at = head.now if idle else self._clock()
        offset = await self._append(tick(at, self._partition, head.offset + 1, idle=idle))
        if self._head is not None and self._head.offset < offset:
            self._outstanding = offset
