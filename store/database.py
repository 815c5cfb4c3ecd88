"""Transactions on one engine: one writer at a time in this process on SQLite, any number on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from store.engine import READS, is_sqlite, open_beside
from store.errors import StoreAway

P = ParamSpec("P")
T = TypeVar("T")


class Database:
    """Share one of these in a process: on SQLite its writers queue here, where waiting is fair and costs no polling."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.sqlite = is_sqlite(engine)
        self._readers = engine.execution_options(**{READS: True})
        self._one_writer: AbstractAsyncContextManager[Any] = asyncio.Lock() if self.sqlite else nullcontext()
        self._beside = open_beside(engine) if self.sqlite else None

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction, committed at the end of the block, rolled back if it raises. StoreAway if the database cannot be had."""
        try:
            async with self._one_writer, self.engine.begin() as connection:
                yield connection
        except (OSError, DBAPIError, PoolTimeout) as error:
            raise _mapped(error) from error

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`work(connection, ...)` as one transaction, like `writing`.

        On SQLite all of it in one thread: else each statement goes to a thread and back, and on a busy machine waits for both.
        Cancelled, it is still carried through: who gives up waits for the end, and does not know the outcome.
        """
        if self._beside is None:
            async with self.writing() as connection:
                return await connection.run_sync(work, *args, **kwargs)
        try:
            async with self._one_writer:
                return await _carried_through(_in_transaction, self._beside, lambda c: work(c, *args, **kwargs))
        except (OSError, DBAPIError, PoolTimeout) as error:
            raise _mapped(error) from error

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """One consistent view; nothing written in it is kept. StoreAway if the database cannot be had."""
        try:
            async with self._readers.connect() as connection:
                yield connection
        except (OSError, DBAPIError, PoolTimeout) as error:
            raise _mapped(error) from error


def _in_transaction(engine: Engine, work: Callable[[Connection], T]) -> T:
    with engine.begin() as connection:
        return work(connection)


async def _carried_through(work: Callable[..., T], *args: Any) -> T:
    task = asyncio.ensure_future(asyncio.to_thread(work, *args))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def _mapped(error: Exception) -> Exception:
    """Away, or a fault of ours that must not be hidden behind trying again."""
    gone = isinstance(error, OSError | PoolTimeout | InterfaceError | OperationalError)
    if gone or (isinstance(error, DBAPIError) and (error.connection_invalidated or _closing(error))):
        return StoreAway(f"the database cannot be used now: {type(error).__name__}")
    return error


def _closing(error: DBAPIError) -> bool:
    """PostgreSQL going down or not yet up (class 57P), out of connections (53), connection lost (08), or a deadlock (40)."""
    return str(getattr(error.orig, "sqlstate", "") or "").startswith(("57P", "53", "08", "40"))
