"""The whole hub under kills: what comes out is what an undisturbed hub gives, once."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.failure.hub.disturbing import Disturber, some_roles
from tests.failure.hub.feeding import Feeder
from tests.failure.hub.inputs import BELOW_FLOOR, Inputs, make_inputs
from tests.failure.hub.outcome import Outcome, outcome_of
from tests.failure.hub.reckoning import Figures, reckon, reckon_against
from tests.failure.hub.running import RunningHub
from tests.failure.hub.watching import Watcher, asked
from tests.failure.hub.world import write_world
from tests.toy_processes import until

pytestmark = pytest.mark.kafka

CALM_S = 4.0
SETTLES_S = 240.0
STALLS_S = 120.0
FULL_SPEED = 400.0
Disturb = Callable[[Disturber], Awaitable[None]]


async def played(folder: Path, inputs: Inputs, per_s: float, share: int, disturb: Disturb | None) -> tuple[Outcome, Figures]:
    """One hub from nothing: the reference, the flow (disturbed or not), the recovery, and what it has to show when it is quiet."""
    began = time.monotonic()
    settings = write_world(folder / "settings", inputs.declared)
    async with (
        RunningHub(folder / "home", settings) as hub,
        Watcher(lambda: hub.access("operator"), hub.home.path / "tocsin.db") as watcher,
    ):
        feeder = Feeder(lambda: hub.access("kill-lab"), inputs.all, FULL_SPEED)
        try:
            for reference in (inputs.products, inputs.sales):  # no order holds between two topics
                await feeder.feed(len(reference))
                await answered(watcher, inputs, feeder.sent)
            feeder.pace(per_s)
            disturber = Disturber(hub, feeder, watcher, random.Random(7), share)
            if disturb is not None:
                await disturb(disturber)
            await feeder.feed(feeder.left - len(inputs.recovery))
            await until(lambda: floors_missed(watcher) >= BELOW_FLOOR, SETTLES_S, "every floor that is missed is told")
            await feeder.feed(len(inputs.recovery))
        finally:
            await feeder.close()
        await answered(watcher, inputs, feeder.sent)
        await quiet(watcher, hub)
        figures = Figures(dict(disturber.resumed), hub.restarts(), feeder.again, time.monotonic() - began)
        return await outcome_of(hub), figures


async def answered(watcher: Watcher, inputs: Inputs, count: int) -> None:
    """Returns when the door has answered so many events."""
    wanted = {event.event_id for event in inputs.all[:count]}
    await until(lambda: wanted <= watcher.receipts, SETTLES_S, f"{count} answers of the door")


def floors_missed(watcher: Watcher) -> int:
    """Medicines told to be below their floor."""
    return sum(kind == "safety_stock" and version == 1 for (_, version), kind in watcher.alerts.items())


async def quiet(watcher: Watcher, hub: RunningHub) -> None:
    """Returns when nothing new has come for a while, every notice is in the ledger, and no message waits."""
    database = hub.home.path / "tocsin.db"

    def ledger() -> tuple[int, ...]:
        waiting = "select count(*) from deliveries where state in ('intended', 'claimed', 'deferred')"
        return (*asked(database, "select count(*) from notices where state = 'expanded'")[0], *asked(database, waiting)[0])

    def calm() -> bool:
        still = time.monotonic() - watcher.moved > CALM_S
        return still and ledger() == (len(watcher.notices), 0)

    while not calm():
        before = (watcher.moved, ledger())
        await until(lambda b=before: calm() or (watcher.moved, ledger()) != b, STALLS_S, "a quiet hub, or one that gets on")
        await asyncio.sleep(0.5)


async def test_five_kills_a_suspended_worker_and_a_killed_broker_change_nothing(tmp_path: Path) -> None:
    inputs = make_inputs(datetime.now(UTC), declarations=300, defects=12, reports=60)

    async def disturb(one: Disturber) -> None:
        first, *rest = some_roles(5, one.chance)
        await one.kill(first)
        await one.broker_killed()
        for role in rest[:2]:
            await one.kill(role)
        await one.suspend(15.0, tmp_path)
        for role in rest[2:]:
            await one.kill(role)

    await compared(tmp_path, inputs, 30.0, 40, disturb)


@pytest.mark.chaos
async def test_long_twenty_kills_a_minute_suspended_and_the_broker_away(tmp_path: Path) -> None:
    inputs = make_inputs(datetime.now(UTC), declarations=5000, defects=12, reports=500)

    async def disturb(one: Disturber) -> None:
        roles = some_roles(20, one.chance)
        for role in roles[:7]:
            await one.kill(role)
        await one.suspend(60.0, tmp_path)
        for role in roles[7:14]:
            await one.kill(role)
        await one.broker_held(30.0)
        await one.broker_killed()
        for role in roles[14:]:
            await one.kill(role)

    await compared(tmp_path, inputs, 25.0, 200, disturb)


async def compared(folder: Path, inputs: Inputs, per_s: float, share: int, disturb: Disturb) -> None:
    """An undisturbed hub and a disturbed one, one after the other, with the same inputs."""
    plain, calm_figures = await played(folder / "undisturbed", inputs, FULL_SPEED, share, None)
    reckon(plain, inputs, kills_of_deliver=0)
    shaken, figures = await played(folder / "disturbed", inputs, per_s, share, disturb)
    print(figures.table(shaken, calm_figures))
    reckon(shaken, inputs, kills_of_deliver=figures.restarts.get("deliver", 0))
    reckon_against(shaken, plain)
    figures.hold()
