"""Brings a database to the tables of this release, and says how far it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeVar

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

import store.directory
import store.door_tables
import store.ledger  # noqa: F401 - their tables
from store.database import Database
from store.engine import open_engine
from store.metadata import Micros, metadata

T = TypeVar("T")
ALL = metadata
"""Every table of the hub."""


async def upgrade(url: str) -> str:
    """Applies what is missing, all or nothing; returns the revision reached. StoreAway if the database cannot be had."""
    await _on(url, lambda connection: command.upgrade(_config(connection), "head"))
    return await revision(url) or ""


async def revision(url: str) -> str | None:
    """The revision the database is at, or None for an empty one."""
    return await _on(url, lambda connection: MigrationContext.configure(connection).get_current_revision())


async def is_current(url: str) -> bool:
    """True when nothing is missing."""
    return await revision(url) == newest()


def newest() -> str | None:
    """The revision of this release."""
    return ScriptDirectory.from_config(_config(None)).get_current_head()


async def differences(url: str) -> list[Any]:
    """What the database's tables lack, or have too much of, against the program's: empty when migrations and tables agree."""
    return await _on(url, _differences)


def rendered(kind: str, value: Any, _context: Any) -> str | Literal[False]:
    """A migration does not depend on the program's types, which go on changing."""
    return "sa.BigInteger()" if kind == "type" and isinstance(value, Micros) else False


def _differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


async def _on(url: str, work: Callable[[Connection], T]) -> T:
    engine = open_engine(url)
    try:
        async with Database(engine).writing() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()
