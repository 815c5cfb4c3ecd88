"""From the ledger to the channels and back: one coroutine claims, the connections pull, one records.

Nothing is awaited per message. At most `window` messages are between being taken and being recorded: that many may be
repeated after a crash, under the same Message-ID; what was only claimed is not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

import structlog

from notifiers.backoff import Backoff, concluded
from notifiers.ports import Attempt, Channel, Verdict
from notifiers.waiting import Waiting
from plumbing.metrics import Metrics
from store.errors import StoreAway
from store.ledger import LaneNumber
from store.metadata import to_micros
from store.queue import Claimed, Concluded, Queue

T = TypeVar("T")
AT_ONCE = 20
"""Deliveries made ready between two turns of the loop."""
_log = structlog.get_logger(__name__)


class Press(Protocol):
    """Makes ready what a batch needs, and says what cannot be sent at all."""

    async def prepare(self, claimed: Sequence[Claimed], now: datetime) -> tuple[dict[str, list[Claimed]], list[Concluded]]:
        """Deliveries by the name of the route they take, and those concluded without an attempt."""


@dataclass(frozen=True, slots=True)
class SenderConfig:
    """`window`: messages on their way or answered and not yet recorded. Times in seconds."""

    batch: int = 500
    window: int = 500
    hold_s: float = 20.0  # longest wait in memory for a connection
    lease_s: float = 120.0  # a claim older than this belongs to a worker that is dead
    poll_s: float = 0.5
    linger_s: float = 0.02
    backoff: Backoff = field(default_factory=Backoff)


class Route:
    """One way out with what waits for it."""

    def __init__(self, window: int) -> None:
        self.waiting = Waiting()
        self.channels: list[Channel] = []
        self.out = 0
        self.closing = False
        self._window = window

    def take(self) -> Claimed | None:
        """The next delivery, unless too many are unrecorded."""
        if self.closing or self.out >= self._window:
            return None
        claimed = self.waiting.take()
        if claimed is not None:
            self.out += 1
        return claimed

    def count(self) -> int:
        """How many `take` could give now."""
        return 0 if self.closing or self.out >= self._window else len(self.waiting)

    def kick(self) -> None:
        """Tells the channels that there is something."""
        for channel in self.channels:
            channel.kick()


class Sender:
    """One worker. `wake` is set by whoever puts deliveries into the ledger in this process."""

    def __init__(
        self,
        queue: Queue,
        press: Press,
        routes: dict[str, Route],
        config: SenderConfig,
        wake: asyncio.Event,
        metrics: Metrics | None = None,
    ) -> None:
        self._queue = queue
        self._press = press
        self._routes = routes
        self._config = config
        self._wake = wake
        self._metrics = metrics
        self._results: list[tuple[Route, Attempt]] = []
        self._early: list[Concluded] = []
        self._handing: list[Claimed] = []  # claimed, and not yet with a route
        self._full = asyncio.Event()
        self._low = asyncio.Event()

    def done(self, route: Route) -> Callable[[Attempt], None]:
        """The callback for the channels of `route`."""

        def told(attempt: Attempt) -> None:
            if attempt.verdict is Verdict.UNSENT:
                route.out -= 1
                route.waiting.put_back(attempt.claimed, asyncio.get_running_loop().time())
                return
            self._results.append((route, attempt))
            if len(self._results) >= self._config.batch // 4:
                self._full.set()

        return told

    async def run(self) -> None:
        """Until cancelled. What is answered by then is recorded, and what waits is given back."""
        try:
            async with asyncio.TaskGroup() as group:
                for route in self._routes.values():
                    for channel in route.channels:
                        group.create_task(channel.run())
                group.create_task(self._claim_on())
                group.create_task(self._record_on())
                group.create_task(self._sweep_on())
        finally:
            await asyncio.shield(self._close())

    async def drain(self, seconds: float) -> None:
        """Nothing new is taken; returns when everything under way is answered and recorded, or after `seconds`."""
        for route in self._routes.values():
            route.closing = True
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._results or self._early or any(route.out for route in self._routes.values()):
                    self._full.set()
                    await asyncio.sleep(self._config.linger_s)

    async def _close(self) -> None:
        with suppress(StoreAway):
            await self._record()
            left = [c.id for route in self._routes.values() for c in route.waiting.drain()] + [c.id for c in self._handing]
            await self._queue.give_back(left, _now())

    def _held(self) -> int:
        return sum(len(route.waiting) for route in self._routes.values())

    async def _claim_on(self) -> None:
        while True:
            if self._held() > self._config.batch // 2:
                self._low.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._config.poll_s):
                        await self._low.wait()
                continue
            self._wake.clear()
            if not await self._claim():
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._config.poll_s):
                        await self._wake.wait()

    async def _claim(self) -> bool:
        """One batch of the most urgent lane that has something due."""
        for lane in LaneNumber:
            claimed = await patiently(lambda n=int(lane): self._queue.claim(n, self._config.batch, _now()))  # type: ignore[misc]
            if claimed:
                await self._hand_out(claimed)
                return True
        return False

    async def _hand_out(self, claimed: list[Claimed]) -> None:
        """Some at a time: each notice is written anew, and nobody shall wait for the last one, nor for the loop."""
        self._handing = list(claimed)
        while some := self._handing[:AT_ONCE]:
            ready, early = await patiently(lambda s=some: self._press.prepare(s, _now()))  # type: ignore[misc]
            at = asyncio.get_running_loop().time()
            for name, deliveries in ready.items():
                self._routes[name].waiting.add(deliveries, at)
                self._routes[name].kick()
            if early:
                self._early += early
                self._full.set()
            del self._handing[: len(some)]
            await asyncio.sleep(0)

    async def _record_on(self) -> None:
        while True:
            if len(self._results) < self._config.batch // 4 and not self._early:
                self._full.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._config.linger_s if self._results or self._busy() else self._config.poll_s):
                        await self._full.wait()
            await self._record()
            if self._held() <= self._config.batch // 2:
                self._low.set()
            for route in self._routes.values():
                route.kick()

    def _busy(self) -> bool:
        return any(route.out for route in self._routes.values()) or self._held() > 0

    async def _record(self) -> None:
        """They stay in memory until the ledger has them: written twice changes nothing, not written would send twice."""
        results, early, now = self._results.copy(), self._early.copy(), _now()
        if not results and not early:
            return
        rows = [concluded(attempt, self._config.backoff, to_micros(now)) for _, attempt in results] + early
        await patiently(lambda: self._queue.record(rows, now))
        del self._results[: len(results)], self._early[: len(early)]
        for route, _ in results:
            route.out -= 1
        self._measure(rows)

    async def _sweep_on(self) -> None:
        """Gives back what found no connection, and takes back what dead workers hold."""
        while True:
            await asyncio.sleep(min(5.0, self._config.hold_s / 4))
            now = _now()
            before = asyncio.get_running_loop().time() - self._config.hold_s
            old = [c.id for route in self._routes.values() for c in route.waiting.older_than(before)]
            with suppress(StoreAway):
                await self._queue.give_back(old, now + timedelta(seconds=min(30.0, self._config.hold_s)))
                freed = await self._queue.take_back(now - timedelta(seconds=self._config.lease_s), now)
                if freed:
                    _log.warning("deliveries of a dead worker are due again", count=freed)
                await self._measure_waiting(now)

    async def _measure_waiting(self, now: datetime) -> None:
        if self._metrics is not None:
            counts = await self._queue.waiting(now)
            for lane in LaneNumber:
                self._metrics.ledger_waiting_rows.labels(lane.name.lower()).set(counts.get(lane, 0))

    def _measure(self, rows: Sequence[Concluded]) -> None:
        if self._metrics is None:
            return
        counts: dict[tuple[str, str, str], int] = {}
        for row in rows:
            key = (row.claimed.channel, row.state.value, LaneNumber(row.claimed.lane).name.lower())
            counts[key] = counts.get(key, 0) + 1
        for labels, count in counts.items():
            self._metrics.deliveries.labels(*labels).inc(count)


async def patiently(operation: Callable[[], Awaitable[T]]) -> T:
    """Tries again while the database is away, up to five seconds apart; a sender has nothing better to do."""
    wait = 0.1
    while True:
        try:
            return await operation()
        except StoreAway as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():  # a driver may answer a cancellation with an error of its own
                raise asyncio.CancelledError from error
            _log.warning("database away", why=str(error), seconds=wait)
            await asyncio.sleep(wait)
            wait = min(5.0, wait * 2)


def _now() -> datetime:
    return datetime.now(UTC)
