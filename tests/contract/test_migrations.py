"""Migrations: an empty database becomes what the program's tables are, on both databases, and twice is once."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from store.errors import StoreAway
from store.migrate import differences, is_current, newest, revision, upgrade


async def test_an_empty_database_is_brought_to_the_tables_of_the_program(url: str) -> None:
    assert await revision(url) is None
    assert not await is_current(url)
    assert await upgrade(url) == newest()
    assert await differences(url) == []
    assert await upgrade(url) == newest()
    assert await is_current(url)


async def test_partial_indexes_are_made_on_sqlite(tmp_path: Path) -> None:
    """Alembic does not compare their conditions."""
    await upgrade(f"sqlite:///{tmp_path}/t.db")
    with sqlite3.connect(tmp_path / "t.db") as connection:
        made = dict(connection.execute("select name, sql from sqlite_master where type = 'index' and sql like '%where%'"))
    connection.close()
    of_deliveries = {"deliveries_due", "deliveries_claimed", "deliveries_held", "deliveries_limited", "deliveries_merged"}
    assert set(made) == of_deliveries | {"notices_open", "notices_receipt_due", "notices_waiting", "notices_limited"}


async def test_a_database_that_cannot_be_reached_is_said_to_be_away() -> None:
    with pytest.raises(StoreAway):
        await upgrade("postgresql://tocsin@127.0.0.1:1/nowhere")
