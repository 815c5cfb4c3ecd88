"""One engine for one database: SQLite that loses no update, or PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

Engine = AsyncEngine
"""What the other rooms call it: SQLAlchemy stays in this one."""

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=30000",
    "foreign_keys=ON",
    "cache_size=-65536",
    "wal_autocheckpoint=4000",
)

READS = "tocsin_reads"
"""Execution option of a connection that only reads: on SQLite it does not wait for the writer, nor make it wait."""


def open_engine(url: str, *, pool_size: int = 8) -> AsyncEngine:
    """An engine for `sqlite+aiosqlite:///FILE` or `postgresql+asyncpg://…` (`sqlite:` and `postgresql:` are taken for these).

    ValueError for anything else. Nothing is connected yet.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ValueError("the database URL cannot be read; sqlite+aiosqlite:///FILE or postgresql+asyncpg://HOST/NAME") from error
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        engine = create_async_engine(parsed.set(drivername="sqlite+aiosqlite"), connect_args={"timeout": 30}, hide_parameters=True)
        _tame_sqlite(engine)
        return engine
    if backend == "postgresql":
        # Parameters are hidden: an error's text never carries an address into a log.
        return create_async_engine(
            parsed.set(drivername="postgresql+asyncpg"), pool_size=pool_size, max_overflow=8, pool_pre_ping=True, hide_parameters=True
        )
    raise ValueError(f"a database of kind {backend} is not known; sqlite or postgresql")


def is_sqlite(engine: AsyncEngine) -> bool:
    """True for SQLite, false for PostgreSQL."""
    return engine.dialect.name == "sqlite"


def _tame_sqlite(engine: AsyncEngine) -> None:
    """By default two transactions that read and then write lose updates without an error: here each begins as a writer."""

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute("PRAGMA " + pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get(READS, False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
