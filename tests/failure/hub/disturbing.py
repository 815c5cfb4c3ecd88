"""What is done to a hub under load: processes killed, one suspended while another takes over, the broker killed or held still."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.failure.hub.feeding import Feeder
from tests.failure.hub.running import RunningHub, now_ms
from tests.failure.hub.watching import ROLES, Watcher

WITHIN_S = 90.0
"""How long a test waits; what is promised is held against the figures."""
JITTER_S = 0.4


@dataclass(slots=True)
class Disturber:
    """One hub under load. Each disturbance takes `share` events of the feed, so that there is always work for who was hit."""

    hub: RunningHub
    feeder: Feeder
    watcher: Watcher
    chance: random.Random
    share: int
    resumed: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    async def kill(self, role: str) -> None:
        """SIGKILL in the middle of work; returns when the role has done something new."""
        await self.feeder.feed(self.share // 2)
        await asyncio.sleep(self.chance.uniform(0, JITTER_S))
        _, at = await self.hub.send(role, signal.SIGKILL)
        await self._goes_on(role, role, at, self.share - self.share // 2)

    async def suspend(self, seconds: float, folder: Path) -> None:
        """decide-cases stands still for `seconds`; a second worker takes over; the first wakes, and stays alone again."""
        part = self.share // 3
        await self.feeder.feed(part)
        pid, at = await self.hub.send("decide-cases", signal.SIGSTOP)
        second = self.hub.second_worker("cases", folder / "second-worker.log")
        try:
            held = asyncio.create_task(asyncio.sleep(seconds))
            await self._goes_on("taken over", "decide-cases", at, part)
            await held
        finally:
            os.kill(pid, signal.SIGCONT)
        woken = now_ms()
        await self._goes_on("after waking", "decide-cases", woken, self.share - 2 * part)
        at = now_ms()
        second.terminate()
        code = await asyncio.to_thread(second.wait, 60.0)
        assert code == 0, f"the second worker ended with code {code}, see {folder / 'second-worker.log'}"
        await self._goes_on("given back", "decide-cases", at, self.share)

    async def broker_killed(self) -> None:
        """SIGKILL to Kafka, which `up` starts again."""
        await self.feeder.feed(self.share // 2)
        pid, at = await self.hub.send("kafka", signal.SIGKILL)
        feeding = asyncio.create_task(self.feeder.feed(self.share - self.share // 2))
        await self.hub.up_again("kafka", pid)
        await self._all("broker killed", at, feeding)

    async def broker_held(self, seconds: float) -> None:
        """SIGSTOP to Kafka for `seconds`: it neither answers nor refuses."""
        await self.feeder.feed(self.share // 2)
        pid, _ = await self.hub.send("kafka", signal.SIGSTOP)
        feeding = asyncio.create_task(self.feeder.feed(self.share - self.share // 2))
        await asyncio.sleep(seconds)
        os.kill(pid, signal.SIGCONT)
        await self._all("broker held", now_ms(), feeding)

    async def _all(self, name: str, at: float, feeding: asyncio.Task[None]) -> None:
        times = await asyncio.gather(*(self.watcher.resumes(role, at, WITHIN_S) for role in ROLES))
        self.resumed[name].append(max(times))
        await feeding

    async def _goes_on(self, name: str, role: str, at: float, share: int) -> None:
        feeding = asyncio.create_task(self.feeder.feed(share))
        try:
            self.resumed[name].append(await self.watcher.resumes(role, at, WITHIN_S))
            await feeding
        finally:
            feeding.cancel()


def some_roles(kills: int, chance: random.Random) -> Sequence[str]:
    """Roles to be killed, each about as often, in any order; never the same twice running."""
    found: list[str] = []
    while len(found) < kills:
        more = list(ROLES)
        chance.shuffle(more)
        if not found or more[0] != found[-1]:
            found += more
    return found[:kills]
