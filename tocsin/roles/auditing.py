"""The auditor: looks each minute at what the logs and the states say, and calls an address outside while all is well.

Whoever watches that address raises the alarm when the call does not come: it does not come either where nothing of the hub runs any more.
"""

from __future__ import annotations

import asyncio
import urllib.request
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from datetime import UTC, datetime
from typing import Any, Protocol

import structlog

from alertcore import statejson
from alertcore.cases.audit import Clock, Place, behind, clocks_of, not_clocked, overdue, undecided
from alertcore.cases.state import AlertFile, HubCase
from alertcore.cases.timers import Timer
from alertcore.records.journal import Journal
from plumbing.errors import OffsetGone, PlumbingError
from plumbing.reader import Start
from plumbing.records import Received, TopicPartition
from schemas.codec import decode

_log = structlog.get_logger(__name__)

EVERY_S = 60.0
CALL_TIMEOUT_S = 10.0
HEAD = b"!journal"
LOOK_S = 10.0
_LAST = 256
"""Records at the end of a state topic among which its newest head is: it is the last of its transaction."""

Call = Callable[[str], Awaitable[None]]


class Topics(Protocol):
    """What is asked of a reader of topics."""

    def read_to_end(self, topic: str, partition: int, *, start: Start = "beginning") -> AsyncGenerator[list[Received], None]:
        """All records up to the end as it is now."""
        ...

    def tail(self, starts: Mapping[TopicPartition, Start], *, idle_s: float = 0.5) -> AsyncGenerator[list[Received], None]:
        """Follows partitions; an empty list when nothing comes for a while."""
        ...

    async def offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, tuple[int, int]]:
        """(first offset kept, next offset to be written) of partitions."""
        ...


class Watched:
    """What of the state of stage cases needs a clock, followed as it is written: transaction by transaction, each ends with its head."""

    def __init__(self) -> None:
        self._clocks: dict[bytes, tuple[Clock, ...]] = {}
        self._undecided: set[bytes] = set()
        self._begun: list[tuple[bytes, bytes | None]] = []
        self._head: Journal | None = None

    def take(self, key: bytes, value: bytes | None) -> None:
        """One record of the state topic."""
        if key != HEAD:
            self._begun.append((key, value))
        elif value is not None:
            self._head = journal(value)
            for one in self._begun:
                self._apply(*one)
            self._begun = []

    def problems(self) -> list[str]:
        """Clocks that do not run, and events that nobody could decide."""
        clocks = [clock for found in self._clocks.values() for clock in found]
        due = self._head.due if self._head is not None else None
        return not_clocked(clocks, due) + [f"undecided: {key.decode()}" for key in sorted(self._undecided)]

    def _apply(self, key: bytes, value: bytes | None) -> None:
        kind = key.partition(b"/")[0]
        if kind == b"alert":
            self._keep(key, clocks_of(statejson.load(AlertFile, value)) if value is not None else ())
        elif kind == b"timer":
            at = statejson.load(Timer, value).at if value is not None else None
            self._keep(key, (Clock(key.decode(), at, at),) if at is not None else ())
        elif kind == b"trouble":
            open_ = value is not None and undecided(statejson.load(HubCase, value))
            (self._undecided.add if open_ else self._undecided.discard)(key)

    def _keep(self, key: bytes, clocks: tuple[Clock, ...]) -> None:
        if clocks:
            self._clocks[key] = clocks
        else:
            self._clocks.pop(key, None)


class Auditor:
    """One for a hub. partitions: of each stage's log. by_wall: false where log time is the events' own."""

    def __init__(
        self,
        reader: Topics,
        partitions: Mapping[str, int],
        url: str,
        *,
        by_wall: bool,
        every_s: float = EVERY_S,
        call: Call | None = None,
    ) -> None:
        self._reader = reader
        self._places: list[Place] = [(stage, n) for stage, count in partitions.items() for n in range(count)]
        self._url, self._by_wall, self._every_s = url, by_wall, every_s
        self._call = call or called
        self._ends: dict[Place, int] = {}
        self._watched, self._next = Watched(), 0

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop. Nothing that fails here ends the role: it only keeps the call from going out."""
        while not stop.is_set():
            try:
                problems = await self.look()
                if problems:
                    _log.error("not all is well", problems=problems[:20], count=len(problems))
                else:
                    await self._call(self._url)
            except OffsetGone:
                self._watched, self._next = Watched(), 0
            except (PlumbingError, OSError) as error:
                _log.error("audit failed", why=type(error).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._every_s):
                    await stop.wait()

    async def look(self) -> list[str]:
        """What is not well. What stood in the logs at the look before must be decided now."""
        heads = await self._heads()
        await self._follow()
        problems = behind(self._ends, heads) + (overdue(heads, datetime.now(UTC)) if self._by_wall else [])
        problems += self._watched.problems()
        ends = await self._reader.offsets([TopicPartition(f"{stage}.log", n) for stage, n in self._places])
        self._ends = {place: ends[TopicPartition(f"{place[0]}.log", place[1])][1] for place in self._places}
        return problems

    async def _heads(self) -> dict[Place, Journal]:
        """The newest head of every partition, from the end of its state."""
        topics = {TopicPartition(f"{stage}.state", n): (stage, n) for stage, n in self._places}
        bounds = await self._reader.offsets(list(topics))
        starts = {of: max(first, end - _LAST) for of, (first, end) in bounds.items()}
        found: dict[Place, bytes] = {}
        clock = asyncio.get_running_loop().time
        until = clock() + LOOK_S
        async with aclosing(self._reader.tail(starts, idle_s=1.0)) as batches:
            async for batch in batches:
                found |= {topics[TopicPartition(r.topic, r.partition)]: r.value for r in batch if r.key == HEAD and r.value is not None}
                if not batch or clock() > until:
                    break
        return {place: head for place, raw in found.items() if (head := journal(raw)) is not None}

    async def _follow(self) -> None:
        """Read on in the state of stage cases, from where the look before ended."""
        async with aclosing(self._reader.read_to_end("cases.state", 0, start=self._next or "beginning")) as batches:
            async for batch in batches:
                for record in batch:
                    self._watched.take(record.key or b"", record.value)
                    self._next = record.offset + 1


def journal(raw: bytes) -> Journal | None:
    """A head, read."""
    found: Any = decode(raw)
    return found if isinstance(found, Journal) else None


async def called(url: str) -> None:
    """Ask an address; raises OSError where it does not answer well."""

    def ask() -> None:
        with urllib.request.urlopen(url, timeout=CALL_TIMEOUT_S) as answer:  # noqa: S310 - the settings take http and https alone
            answer.read(1)

    await asyncio.to_thread(ask)
