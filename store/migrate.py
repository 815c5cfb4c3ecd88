"""Brings a database to this version."""

from __future__ import annotations

import asyncio

from store import door_tables, ledger, people
from store.engine import open_engine
from store.metadata import metadata

_TABLES = (door_tables, ledger, people)


def upgrade(url: str) -> None:
    """Create what is missing."""

    async def create() -> None:
        engine = open_engine(url)
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        await engine.dispose()

    asyncio.run(create())
