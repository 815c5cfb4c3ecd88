"""A sender that dies at any step: nothing is lost, and what repeats was in flight and has the same Message-ID."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from alertcore.records.notice import Channel
from store.database import Database
from store.queue import Claimed, Concluded, Queue
from tests.contract.stored import notice
from tests.failure.mail_faults import FaultyServer
from tests.failure.mail_hub import FAST, VAULT, MailHub, config, sandbox

WINDOW = FAST.window


class Killed(Exception):
    """The process is gone: whatever it tries afterwards does not happen."""


class MortalQueue(Queue):
    """Dies at the n-th call of one step, before or after the ledger has it; a dead one does nothing more."""

    def __init__(self, database: Database, step: str, number: int) -> None:
        super().__init__(database, VAULT, "mortal")
        self._step, self._left = step, number
        self.dead = asyncio.Event()

    def _reach(self, step: str) -> None:
        if self.dead.is_set():
            raise Killed
        if step == self._step:
            self._left -= 1
            if self._left == 0:
                self.dead.set()
                raise Killed

    async def claim(self, lane: int, limit: int, at: datetime, channel: Channel = Channel.EMAIL) -> list[Claimed]:
        self._reach("before claim")
        claimed = await super().claim(lane, limit, at, channel)
        if claimed:
            self._reach("after claim")
        return claimed

    async def bodies(self, ids: Sequence[int]) -> dict[int, bytes]:
        self._reach("before rendering")
        return await super().bodies(ids)

    async def record(self, results: Sequence[Concluded], at: datetime) -> None:
        self._reach("before record")
        await super().record(results, at)
        self._reach("after record")

    async def give_back(self, claimed: Sequence[int], at: datetime) -> None:
        self._reach("before giving back")
        await super().give_back(claimed, at)


STEPS = ["before claim", "after claim", "before rendering", "before record", "after record"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("number", [1, 2, 3])
async def test_a_sender_killed_at_any_step_loses_nothing_and_repeats_only_what_was_in_flight(
    tmp_path: Path, step: str, number: int
) -> None:
    async with FaultyServer() as server, MailHub.open(tmp_path) as hub:
        await hub.people([f"ok-{n}" for n in range(100)])
        await hub.hub.take(notice(1))
        await hub.hub.expand()
        mortal = MortalQueue(hub.hub.database, step, 1 if step == "before rendering" else number)
        with suppress(BaseExceptionGroup, Killed):
            async with hub.running(config(sandbox(server.port)), drain_s=0.0, queue=mortal), asyncio.timeout(20):
                await mortal.dead.wait()
        at_death = sum(server.taken.values())
        recorded = sum(r.state == "accepted" for r in await hub.hub.rows())
        now = datetime.now().astimezone()
        await hub.hub.queue("next").take_back(now + timedelta(days=1), now)
        async with hub.running(config(sandbox(server.port))):
            await hub.until(accepted=100)
        assert len(server.taken) == 100
        assert set(server.recipients) == {f"ok-{n}@dest.example" for n in range(100)}
        repeats = sum(server.taken.values()) - 100
        assert repeats <= WINDOW
        assert repeats <= max(0, sum(server.taken.values()) - recorded) - (100 - at_death) + WINDOW
        assert max(server.taken.values()) <= 2
        accepted = [e.delivery for e in await hub.hub.events() if e.kind == "accepted"]
        assert len(accepted) == len(set(accepted)) == 100


async def test_killed_many_times_in_a_row_everybody_still_gets_it(tmp_path: Path) -> None:
    """Each life gets a little further."""
    async with FaultyServer() as server, MailHub.open(tmp_path) as hub:
        await hub.people([f"ok-{n}" for n in range(120)])
        await hub.hub.take(notice(1))
        lives = 0
        for life in range(6):
            mortal = MortalQueue(hub.hub.database, STEPS[3 + life % 2], 2)
            with suppress(BaseExceptionGroup, Killed):
                async with hub.running(config(sandbox(server.port)), drain_s=0.0, queue=mortal), asyncio.timeout(20):
                    await mortal.dead.wait()
            lives += 1
            now = datetime.now().astimezone()
            await hub.hub.queue("next").take_back(now + timedelta(days=1), now)
        async with hub.running(config(sandbox(server.port))):
            await hub.until(accepted=120)
        assert len(server.taken) == 120
        assert sum(server.taken.values()) <= 120 + lives * WINDOW
