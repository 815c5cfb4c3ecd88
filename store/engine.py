"""One engine for one database: SQLite that loses no update, or PostgreSQL."""

from __future__ import annotations

import sqlite3
from time import monotonic
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.engine import Engine as SyncEngine
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

Engine = AsyncEngine
"""What the other rooms call it: SQLAlchemy stays in this one."""

PATIENCE_MS = 30_000
"""Longest wait for another process's transaction on SQLite."""
_TRY_MS = 3
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    f"busy_timeout={PATIENCE_MS}",
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
        _tame_sqlite(engine.sync_engine)
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


def open_beside(engine: AsyncEngine) -> SyncEngine:
    """The same SQLite for work that stays in one thread; it is disposed of with `engine`."""
    made = create_engine(engine.url.set(drivername="sqlite"), connect_args={"timeout": 30}, hide_parameters=True)
    _tame_sqlite(made)
    event.listen(engine.sync_engine, "engine_disposed", lambda _: made.dispose())
    return made


def _tame_sqlite(engine: SyncEngine) -> None:
    """By default two transactions that read and then write lose updates without an error: here each begins as a writer."""

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute("PRAGMA " + pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get(READS, False):
            connection.exec_driver_sql("BEGIN")
        else:
            _begin_writing(connection)


def _begin_writing(connection: Connection) -> None:
    """SQLite waits in rests that grow to 0.1 s, so who waited longest asks seldomest, and beside a busy writer would hardly ever come in.

    Many short tries instead: nobody waits more than some milliseconds longer than the lock is held.
    """
    raw: Any = connection.connection
    cursor, deadline = raw.cursor(), monotonic() + PATIENCE_MS / 1000
    cursor.execute(f"PRAGMA busy_timeout={_TRY_MS}")
    try:
        while not _has_begun(cursor):
            if monotonic() > deadline:
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # once more by the way that says what is wrong as everything else does
                return
    finally:
        cursor.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
        cursor.close()


def _has_begun(cursor: Any) -> bool:
    try:
        cursor.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    return True
