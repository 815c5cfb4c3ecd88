"""One owned partition: opening it behind a fence, and deciding its messages batch by batch."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any, Protocol

from alertcore.records.hub import Entry
from alertcore.stage import Stage
from plumbing.producer import Producer
from plumbing.reader import Reader
from plumbing.records import OutRecord, TopicPartition
from plumbing.settings import KafkaAccess
from plumbing.transactions import FencedProducer
from schemas.codec import encode
from streams.deciding import Batch, Deciding, Record, Time
from streams.emitting import Out
from streams.endings import LogBeginsTooLateError, OutOfOrderError
from streams.guard import Contiguity, Verdict
from streams.measuring import Measures
from streams.ticker import Clock, Ticker
from streams.worker import Names

BATCH_MESSAGES, BATCH_BYTES = 300, 4 * 1024 * 1024
CRUMB_S = 0.2
"""Longest wait for messages the log is known to have."""
PUT_BACK_S = 5.0
CLOSE_S = 15.0
"""How long a batch under way may hold up a rebalance: less than the group waits for its members."""


class Event(Protocol):
    """What is used of Faust's event."""

    key: Any
    value: Any
    message: Any

    def ack(self) -> bool:
        """Marks it as done."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all partitions of a worker share.

    failed(partition, error): called once it cannot go on. put_back(partition, offset): the group's place in the log, to be set there.
    """

    stage: Stage
    names: Names
    access: KafkaAccess
    plain: Producer
    time: Time
    clock: Clock
    generation: int
    measures: Measures
    failed: Callable[[int, Exception], None]
    put_back: Callable[[int, int], Awaitable[None]]


class OwnedPartition:
    """A partition from its assignment to its revocation. Its own task opens it, then decides what `put` brings.

    The law of a batch: decide all; one transaction of changes and journal; emit and await; ack in order.
    """

    def __init__(self, around: Surroundings, number: int, assignment: int, buffer: int) -> None:
        """`assignment`: the group's generation that gave us the partition. `buffer`: messages held before `put` must wait for room."""
        self.number, self.assignment = number, assignment
        self._buffer, self._enough = buffer, min(buffer, BATCH_MESSAGES)
        self._later: asyncio.TimerHandle | None = None
        self.applied = -1
        self.moved_at: datetime = around.clock()
        self.opened = asyncio.Event()
        self._around = around
        self._inbox: deque[Event] = deque()
        self._some, self._room, self._barrier = asyncio.Event(), asyncio.Event(), asyncio.Lock()
        self._closing = False
        self._deciding = Deciding(around.stage, number, generation=around.generation, time=around.time)
        self._fence = FencedProducer(around.access, around.names.transaction(number))
        self._guard = Contiguity(-1)
        self._ticker = Ticker(number, self._append, around.clock, around.time)
        self._tasks = [asyncio.create_task(self._live(), name=f"partition-{number}")]

    def put(self, event: Event, end: int) -> bool:
        """One more message, in the order of the log, whose `end` is known to be the next offset to be written. True: wait for room.

        A batch begins when everything known to be there is here, or it is full: else a backlog would be decided in crumbs.
        """
        self._inbox.append(event)
        held = len(self._inbox)
        if held >= self._enough or event.message.offset + 1 >= end:
            self._some.set()
        elif self._later is None:
            self._later = asyncio.get_running_loop().call_later(CRUMB_S, self._some.set)
        return held >= self._buffer

    async def room(self) -> None:
        """Returns when the next batch was taken out, or the partition closes."""
        self._room.clear()
        self._some.set()
        if not self._closing:
            await self._room.wait()

    async def close(self) -> None:
        """The barrier: waits for the batch under way (TimeoutError after CLOSE_S), drops the rest unacked, gives the fence up."""
        self._closing = True
        for waited in (self._room, self._some, self.opened):
            waited.set()
        async with asyncio.timeout(CLOSE_S):
            await self._barrier.acquire()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._fence.stop()

    async def _live(self) -> None:
        try:
            await self._open()
            self._tasks.append(asyncio.create_task(self._tick(), name=f"ticker-{self.number}"))
            while True:
                await self._some.wait()
                async with self._barrier:
                    if self._closing:
                        return
                    await self._batch(self._next())
        except OutOfOrderError as error:
            # the next owner is to begin where we stopped, wherever the group's committed offset has got to
            with suppress(Exception):
                async with asyncio.timeout(PUT_BACK_S):
                    await self._around.put_back(self.number, self._guard.last + 1)
            self._around.failed(self.number, error)
        except Exception as error:
            self._around.failed(self.number, error)

    async def _tick(self) -> None:
        try:
            await self._ticker.run()
        except Exception as error:
            self._around.failed(self.number, error)

    async def _open(self) -> None:
        """Fence first: what is read after it no older owner can change any more."""
        await self._fence.start()
        reader, state = Reader(self._around.access), self._deciding.state
        async with aclosing(reader.read_to_end(self._around.names.state, self.number)) as batches:
            async for batch in batches:
                for one in batch:
                    state.restore((one.key or b"").decode(), one.value)
        again = self._deciding.opened()
        await self._emit(again)
        head = self._deciding.head
        self.applied, self._guard = head.offset, Contiguity(head.offset)
        first = (await reader.offsets([self._log]))[self._log][0]
        if first > self.applied + 1:
            raise LogBeginsTooLateError(f"{self._around.names.log}/{self.number} begins at {first}, decided is {self.applied}")
        self._around.measures.opened(self.number, head, len(state), len(again))
        self._ticker.moved(head)
        self.opened.set()

    def _next(self) -> list[Event]:
        """What is there now, within the limits of a batch."""
        inbox, size = self._inbox, 0
        taken: list[Event] = []
        while inbox and len(taken) < BATCH_MESSAGES and size < BATCH_BYTES:
            event = inbox.popleft()
            size += len(event.value or b"")
            taken.append(event)
        if not inbox:
            self._some.clear()
        if self._later is not None:
            self._later.cancel()
            self._later = None
        self._room.set()
        return taken

    async def _batch(self, events: list[Event]) -> None:
        began = perf_counter()
        records = [Record(e.message.offset, e.key or b"", e.value or b"") for e in events if self._is_next(e.message.offset)]
        if records:
            done = self._deciding.batch(records)
            await self._commit(done)
            await self._emit(done.outs)
            self.applied, self.moved_at = done.head.offset, self._around.clock()
            self._ticker.moved(done.head)
            self._around.measures.batch(self.number, done, perf_counter() - began)
        for event in events:
            event.ack()

    def _is_next(self, offset: int) -> bool:
        verdict = self._guard.judge(offset)
        if verdict is Verdict.JUMP:
            raise OutOfOrderError(f"{self._around.names.log}/{self.number}: offset {offset} after {self._guard.last}")
        return verdict is Verdict.NEXT

    async def _commit(self, batch: Batch) -> None:
        topic, number = self._around.names.state, self.number
        await self._fence.write([OutRecord(topic, raw, key.encode(), (), number) for key, raw in batch.state])

    async def _emit(self, outs: list[Out]) -> None:
        prefix = self._around.names.prefix
        records = [OutRecord(prefix + w.topic, w.value, w.key, tuple(w.headers.items()), w.partition) for w in (one.wire for one in outs)]
        if records:
            await self._around.plain.write_all(records)

    async def _append(self, entry: Entry) -> int:
        names = self._around.names
        written = await self._around.plain.send_and_wait(names.log, encode(entry), key=b"hub", partition=self.number)
        return written.offset

    @property
    def _log(self) -> TopicPartition:
        return TopicPartition(self._around.names.log, self.number)
