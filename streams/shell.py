"""The shell: a stage over its log on Kafka. The only loop of the hub in which decisions are made."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from faust.types import TP

from alertcore.stage import Stage
from plumbing.errors import Broken
from plumbing.producer import Producer
from plumbing.settings import KafkaAccess
from streams.deciding import Time
from streams.endings import DONE, FAILED, FENCED, LOG_GONE, POISONED, End, LogBeginsTooLateError, OutOfOrderError, end_now
from streams.measuring import Measures
from streams.partition import Event, OwnedPartition, Surroundings
from streams.preflight import preflight
from streams.progress import Progress
from streams.ticker import Clock
from streams.undecided import TooManyUndecided
from streams.worker import App, Names, build_app

_log = logging.getLogger(__name__)

BUFFER = 1024
BUFFERS = {"stock": 64}
"""Messages held in memory before fetching pauses; those of `stock` are large."""
STOP_S, FLUSH_S = 6.0, 2.0
"""Together less than the ten seconds a process has to end; what is cut off is done again by the next owner."""


def utc_now() -> datetime:
    """The wall clock of the process."""
    return datetime.now(UTC)


class Ownership:
    """The partitions this worker owns now: they come by assignment, and go before the group moves on."""

    def __init__(self, around: Surroundings, generation: Callable[[], int], end: Callable[[TP], int], buffer: int) -> None:
        """`generation` of the group now; `end` of a partition's log as last fetched."""
        self.owned: dict[int, OwnedPartition] = {}
        self.assigned = asyncio.Event()
        self._around, self._generation, self._end, self._buffer = around, generation, end, buffer
        self._closed = False

    async def take(self, event: Event) -> None:
        """An event from Faust, to its partition; what belongs to an older assignment is dropped, unacked."""
        message = event.message
        one = self.owned.get(message.partition)
        if one is None or one.assignment != message.generation_id:
            if self._closed or message.generation_id != self._generation():
                return
            one = self._own(message.partition)  # fetched before Faust told us of the assignment
        if one.put(event, self._end(message.tp)):
            await one.room()

    def _own(self, partition: int) -> OwnedPartition:
        found = self.owned[partition] = OwnedPartition(self._around, partition, self._generation(), self._buffer)
        return found

    async def on_assigned(self, *sent: Any, **_: Any) -> None:
        """Begins to open what is ours, and waits for none of it: heartbeats and other partitions go on."""
        assigned: set[TP] = sent[-1]
        for tp in assigned:
            if tp.topic == self._around.names.log and tp.partition not in self.owned and not self._closed:
                self._own(tp.partition)
        _log.info("%s: partitions %s", self._around.names.member, sorted(self.owned))
        self.assigned.set()

    async def on_revoked(self, *_: Any, **__: Any) -> None:
        """The barrier: returns when no batch runs any more and nothing is owned."""
        self.assigned.clear()
        await self._close_all()

    async def close(self) -> None:
        """No more partitions: lets running batches end."""
        self._closed = True
        await self._close_all()

    async def _close_all(self) -> None:
        closing, self.owned = list(self.owned.values()), {}
        try:
            await asyncio.gather(*(one.close() for one in closing))
        except TimeoutError as error:
            self._around.failed(-1, OutOfOrderError(f"a batch did not end before the group moved on: {error!r}"))

    async def all_open(self) -> None:
        """Returns when the first assignment came and everything in it is open."""
        opening: list[OwnedPartition] = []
        while not self.assigned.is_set() or opening != list(self.owned.values()):
            await self.assigned.wait()
            opening = list(self.owned.values())
            await asyncio.gather(*(one.opened.wait() for one in opening))


class Shell:
    """One worker of one stage."""

    def __init__(self, stage: Stage, access: KafkaAccess, names: Names, partitions: int, **how: Any) -> None:
        """`how`: plain, time, clock, generation, measures, die, as `run_decide` has them."""
        self._names = names
        self._die: End = how.pop("die")
        self._failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        around = Surroundings(stage=stage, names=names, access=access, failed=self._failed, put_back=self._put_back, **how)
        buffer = BUFFERS.get(stage.name, BUFFER)
        self.ownership = Ownership(around, self._generation, self._end, buffer)
        self.app: App = build_app(names, access, partitions, self.ownership.take, buffer)
        self.app.on_partitions_assigned.connect(self.ownership.on_assigned, weak=False)
        self.app.on_partitions_revoked.connect(self.ownership.on_revoked, weak=False)

    def _generation(self) -> int:
        return int(self.app.consumer_generation_id)

    def _end(self, tp: TP) -> int:
        return int(self.app.monitor.tp_end_offsets.get(tp) or 0)

    async def _put_back(self, partition: int, offset: int) -> None:
        consumer: Any = self.app.consumer
        await consumer._commit({TP(self._names.log, partition): offset})

    async def run(self, stop: asyncio.Event, ready: Callable[[], None], progress: Progress) -> None:
        """Until `stop`; raises where something broke that a restart may mend."""
        watched: list[asyncio.Future[Any]] = [
            asyncio.ensure_future(stop.wait()),
            asyncio.ensure_future(self._started(ready)),
            asyncio.ensure_future(progress.watch(self.ownership)),
            asyncio.ensure_future(self._crashed()),
        ]
        try:
            while not stop.is_set():
                done, _ = await asyncio.wait([*watched, self._failure], return_when=asyncio.FIRST_COMPLETED)
                for one in done:
                    one.result()
                watched = [one for one in watched if not one.done()]
        finally:
            for one in watched:
                one.cancel()
            await asyncio.gather(*watched, return_exceptions=True)
            await self._stop()

    async def _started(self, ready: Callable[[], None]) -> None:
        await self.app.start()
        await self.ownership.all_open()
        ready()

    async def _crashed(self) -> None:
        await self.app._crashed.wait()
        raise RuntimeError(f"the consumer ended: {self.app._crash_reason!r}") from self.app._crash_reason

    async def _stop(self) -> None:
        """Lets the batches end and commits; a Faust that cannot be stopped (it swallows cancellation) is left by leaving the process."""
        ending = asyncio.ensure_future(self._wind_up())
        done, _ = await asyncio.wait({ending}, timeout=STOP_S)
        if not done:
            self._die(FAILED if self._failure.done() else DONE, "the consumer does not stop in time; everything decided is safe")
        for one in done:
            one.result()

    async def _wind_up(self) -> None:
        await self.ownership.close()
        await self.app.stop()

    def _failed(self, partition: int, error: Exception) -> None:
        code = _ending(error)
        if code is not None:
            self._die(code, f"partition {partition}: {error}")
        if not self._failure.done():
            self._failure.set_exception(error)


def _ending(error: Exception) -> int | None:
    """Exit code of what must end the process at once; None: it may be cleared up first."""
    if isinstance(error, Broken | OutOfOrderError):
        return FENCED
    if isinstance(error, LogBeginsTooLateError):
        return LOG_GONE
    return POISONED if isinstance(error, TooManyUndecided) else None


async def run_decide(
    stage: Stage,
    access: KafkaAccess,
    partitions: int,
    instance: str,
    stop: asyncio.Event,
    ready: Callable[[], None],
    *,
    time: Time = "wall",
    prefix: str = "",
    generation: int = 1,
    measures: Measures | None = None,
    progress: Progress | None = None,
    clock: Clock = utc_now,
    die: End = end_now,
) -> None:
    """Decides the stage's log as worker `instance` (static id `<stage>-<instance>`) until `stop` is set.

    partitions: of the log and of the state topic, checked before the start. Raises Refused or NotThere where rights or topics are
    missing, Transient where the broker stays away, StalledError where messages wait and nothing moves: the process is to end and
    be started again. Fenced, out of order, a log begun too late, too many undecided: ends the process by `die` (streams.endings).
    """
    names = Names(stage.name, instance, prefix)
    await preflight(access, names, partitions)
    plain = Producer(access)
    await plain.start()
    try:
        shell = Shell(
            stage,
            access,
            names,
            partitions,
            plain=plain,
            time=time,
            clock=clock,
            generation=generation,
            measures=measures or Measures(stage.name),
            die=die,
        )
        await shell.run(stop, ready, progress or Progress(access, names))
    finally:
        await plain.stop(FLUSH_S)
