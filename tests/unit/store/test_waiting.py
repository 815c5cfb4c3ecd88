"""Two processes write one SQLite file: each comes in soon, and in the end one gives up in words."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from store import engine as rules
from store.engine import open_engine

TURNS = 20


def hammer(file: Path, stop: threading.Event) -> None:
    """One transaction after the other, each holding the lock for some milliseconds."""
    connection = sqlite3.connect(file, isolation_level=None, timeout=30)
    while not stop.is_set():
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("update n set value = value + 1")
        stop.wait(0.005)
        connection.execute("COMMIT")
    connection.close()


async def opened(folder: Path) -> tuple[AsyncEngine, AsyncEngine]:
    """Two engines on one file, as two processes have them."""
    first, second = (open_engine(f"sqlite:///{folder}/db") for _ in range(2))
    async with first.begin() as connection:
        await connection.execute(text("create table n (value integer)"))
        await connection.execute(text("insert into n values (0)"))
    return first, second


async def test_a_writer_is_not_starved_by_one_that_writes_all_the_time(tmp_path: Path) -> None:
    idle, other = await opened(tmp_path)
    await idle.dispose()
    stop = threading.Event()
    hammering = threading.Thread(target=hammer, args=(tmp_path / "db", stop))
    hammering.start()
    try:
        for _ in range(TURNS):
            async with other.begin() as connection:
                await connection.execute(text("update n set value = value + 1"))
                written = int((await connection.execute(text("select value from n"))).scalar_one())
    finally:
        stop.set()
        await asyncio.to_thread(hammering.join)
        await other.dispose()
    assert written < TURNS * 25, "the other one had more than its share"


async def test_who_waits_too_long_is_told_that_the_database_is_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    holder, waiter = await opened(tmp_path)
    monkeypatch.setattr(rules, "PATIENCE_MS", 50)
    async with holder.begin():
        with pytest.raises(OperationalError, match="locked"):
            async with waiter.begin():
                pass
    async with waiter.begin() as connection:
        assert (await connection.execute(text("select value from n"))).scalar() == 0
    await holder.dispose()
    await waiter.dispose()
