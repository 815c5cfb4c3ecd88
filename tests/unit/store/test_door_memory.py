"""The door's memory on SQLite: what was written is found again, and what is old is forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from connectors.door.keeper import pack_events, unpack_events
from connectors.door.world import HeldEvent
from store.door import MEMORY, DoorMemory, Writes
from store.door_tables import line_counts, products, stamps
from store.engine import open_engine
from store.metadata import metadata

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    made = open_engine(f"sqlite+aiosqlite:///{tmp_path}/door.db")
    async with made.begin() as connection:
        await connection.run_sync(metadata.create_all)
    yield made
    await made.dispose()


def event(number: int, verdict: str = "taken", at: datetime = NOW) -> dict[str, object]:
    return {"event_id": f"evt_{number}", "content": bytes([number % 256]) * 16, "verdict": verdict, "at": at}


async def test_event_ids_are_found_in_any_number_with_their_latest_verdict(engine: AsyncEngine) -> None:
    memory = DoorMemory(engine)
    await memory.write(Writes(events=[event(n, "held") for n in range(1200)]))
    await memory.write(Writes(events=[event(7, "taken")]))
    found = await memory.known([f"evt_{n}" for n in range(1300)])
    assert len(found) == 1200
    assert (found["evt_7"][1], found["evt_8"][1]) == ("taken", "held")
    assert found["evt_8"][0] == b"\x08" * 16
    assert await memory.known([]) == {}


async def test_event_ids_are_forgotten_after_thirty_days_and_not_before(engine: AsyncEngine) -> None:
    memory = DoorMemory(engine)
    await memory.write(Writes(events=[event(1, at=NOW - MEMORY), event(2, at=NOW - MEMORY - timedelta(microseconds=1))]))
    await memory.forget(NOW)
    assert set(await memory.known(["evt_1", "evt_2"])) == {"evt_1"}


async def test_a_stamp_never_goes_back_whoever_writes_it(engine: AsyncEngine) -> None:
    memory = DoorMemory(engine)
    for hours in (2, 1, 3, 0):
        await memory.write(Writes(stamps=[{"log": "cases.log", "partition": 0, "stamp": NOW + timedelta(hours=hours)}]))
    [[row]] = await memory.rows(stamps)
    assert row["stamp"] == NOW + timedelta(hours=3)


async def test_only_what_came_since_is_read_to_keep_up(engine: AsyncEngine) -> None:
    memory = DoorMemory(engine)
    old, new = ({"cip13": f"{n}", "cis": n, "at": NOW + timedelta(seconds=n)} for n in (1, 2))
    await memory.write(Writes(products=[old, new], line_counts=[{"reporter": "r", "lines": 3, "at": NOW}]))
    [found, counts] = await memory.since(NOW + timedelta(seconds=2), products, line_counts)
    assert ([row["cip13"] for row in found], counts) == (["2"], [])


async def test_reading_does_not_wait_for_a_writer(engine: AsyncEngine) -> None:
    memory = DoorMemory(engine)
    await memory.write(Writes(events=[event(1)]))
    async with engine.begin() as writer:
        await writer.execute(text("delete from door_events"))
        async with asyncio.timeout(5):
            assert set(await memory.known(["evt_1"])) == {"evt_1"}


async def test_nothing_to_write_opens_no_transaction(engine: AsyncEngine) -> None:
    async with engine.begin(), asyncio.timeout(5):
        await DoorMemory(engine).write(Writes())


def test_held_events_are_packed_and_unpacked_whole() -> None:
    events = (HeldEvent("evt_1", "ce", b"c" * 16, b"\x00value"), HeldEvent("evt_2", None, b"", b""))
    assert unpack_events(pack_events(events)) == events
