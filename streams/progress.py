"""Whether a worker gets on: what it has decided against what its log holds, asked outside Faust."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Protocol

from plumbing.errors import PlumbingError
from plumbing.health import Probe
from plumbing.reader import Reader
from plumbing.records import TopicPartition
from plumbing.settings import KafkaAccess
from streams.endings import StalledError
from streams.worker import Names

_log = logging.getLogger(__name__)

EVERY_S = 5.0
STALL_S = 60.0
"""Longest time without a decision while messages wait, and longest time without an assignment."""


class Owned(Protocol):
    """What is asked of an owned partition."""

    applied: int
    opened: asyncio.Event


class Ends(Protocol):
    """Asks the broker for (first offset, next offset) of partitions."""

    async def offsets(self, partitions: Sequence[TopicPartition], /) -> Mapping[TopicPartition, tuple[int, int]]: ...


class Owners(Protocol):
    """What is asked of a worker."""

    @property
    def owned(self) -> Mapping[int, Owned]: ...

    @property
    def assigned(self) -> asyncio.Event: ...


class Progress:
    """Looks every few seconds; `live` answers from what was last seen."""

    def __init__(
        self, access: KafkaAccess, names: Names, *, every_s: float = EVERY_S, stall_s: float = STALL_S, ends: Ends | None = None
    ) -> None:
        self._reader: Ends = ends or Reader(access, timeout_s=every_s)
        self._names = names
        self._every_s, self._stall_s = every_s, stall_s
        self._applied: dict[int, int] = {}
        self._lag: dict[int, int] = {}
        self._since: float | None = None
        self._quiet_s = 0.0

    def lag(self) -> dict[int, int]:
        """Messages per owned partition that are not decided yet, as last seen."""
        return dict(self._lag)

    async def live(self) -> Probe:
        """Not ok when messages wait (or no assignment came) and nothing was decided for the longest time borne."""
        waiting = sum(self._lag.values())
        return Probe(
            self._quiet_s < self._stall_s, f"{len(self._lag)} partitions, {waiting} messages wait, quiet for {self._quiet_s:.0f} s"
        )

    async def watch(self, owners: Owners) -> None:
        """Until cancelled. Raises StalledError: some faults of clients and coordinators show in no other way, and a restart mends them."""
        clock = asyncio.get_running_loop().time
        self._since = clock()
        while True:
            await asyncio.sleep(self._every_s)
            with suppress(PlumbingError):  # the broker is away: nobody could get on; the clients themselves wait for it
                if await self._moves(owners):
                    self._since = clock()
                self._quiet_s = clock() - self._since
                if self._quiet_s >= self._stall_s:
                    raise StalledError(f"{self._names.member}: nothing decided for {self._quiet_s:.0f} s, waiting: {self._lag}")

    async def _moves(self, owners: Owners) -> bool:
        """True if something was decided since the last look, nothing waits, or a partition is being opened (that has its own limits)."""
        applied = {number: one.applied for number, one in owners.owned.items()}
        ends = await self._reader.offsets([TopicPartition(self._names.log, number) for number in applied]) if applied else {}
        self._lag = {of.partition: end - 1 - applied[of.partition] for of, (_, end) in ends.items()}
        moved = applied != self._applied or not all(one.opened.is_set() for one in owners.owned.values())
        self._applied = applied
        return moved or (owners.assigned.is_set() and not any(self._lag.values()))
