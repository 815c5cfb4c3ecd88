"""The door's memory in SQL: one transaction a batch, and reads that never wait for a writer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, case, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from store.door_tables import contacts, events, held, line_counts, products, settings, signals, snapshots, stamps
from store.engine import READS, is_sqlite

MEMORY = timedelta(days=30)
"""Event ids are forgotten after this."""
_CHUNK = 500

Row = Mapping[str, Any]
"""Column name to value."""


@dataclass(slots=True)
class Writes:
    """Rows one batch leaves, by table; names as in store/door_tables.py. `events` keep the latest verdict."""

    events: list[Row] = field(default_factory=list)
    line_counts: list[Row] = field(default_factory=list)
    snapshots: list[Row] = field(default_factory=list)
    held: list[Row] = field(default_factory=list)
    products: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)
    settings: list[Row] = field(default_factory=list)
    signals: list[Row] = field(default_factory=list)
    stamps: list[Row] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any(getattr(self, table.name.removeprefix("door_")) for table in _TABLES)


_TABLES = (events, line_counts, snapshots, held, products, contacts, settings, signals, stamps)


class DoorMemory:
    """The tables of the door in one database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._readers = engine.execution_options(**{READS: True})
        self._insert: Any = sqlite.insert if is_sqlite(engine) else postgresql.insert

    async def known(self, ids: Sequence[str]) -> dict[str, tuple[bytes, str]]:
        """(content hash, verdict) of those event ids that were answered before."""
        found: dict[str, tuple[bytes, str]] = {}
        if ids:
            async with self._reading() as connection:
                for start in range(0, len(ids), _CHUNK):
                    wanted = select(events.c.event_id, events.c.content, events.c.verdict)
                    rows = await connection.execute(wanted.where(events.c.event_id.in_(ids[start : start + _CHUNK])))
                    found.update({row.event_id: (row.content, row.verdict) for row in rows})
        return found

    async def rows(self, *tables: Table) -> list[list[Row]]:
        """Everything in some small tables, in one reading."""
        async with self._reading() as connection:
            return [[row._asdict() for row in await connection.execute(select(table))] for table in tables]

    async def since(self, at: datetime, *tables: Table) -> list[list[Row]]:
        """Rows that came or changed at or after `at`."""
        async with self._reading() as connection:
            return [[row._asdict() for row in await connection.execute(select(t).where(t.c.at >= at))] for t in tables]

    async def held_rows(self, state: str | None = None) -> list[Row]:
        """What is held, oldest first; without the events themselves unless a state is asked for."""
        async with self._reading() as connection:
            columns = [c for c in held.c if state is not None or c.name != "events"]
            wanted = select(*columns).order_by(held.c.at)
            return [row._asdict() for row in await connection.execute(wanted if state is None else wanted.where(held.c.state == state))]

    async def held_row(self, held_id: str) -> Row | None:
        """One thing held, or None."""
        async with self._reading() as connection:
            found = (await connection.execute(select(held).where(held.c.held_id == held_id))).first()
            return found._asdict() if found is not None else None

    async def contact(self, sender: str, ref: str) -> bytes | None:
        """A sealed contact block."""
        async with self._reading() as connection:
            wanted = select(contacts.c.sealed).where(contacts.c.sender == sender, contacts.c.ref == ref)
            found: bytes | None = (await connection.execute(wanted)).scalar()
            return found

    async def write(self, writes: Writes) -> None:
        """All rows in one transaction; a row that is there is brought up to date."""
        if not writes:
            return
        async with self._engine.begin() as connection:
            for table in _TABLES:
                await self._upsert(connection, table, getattr(writes, table.name.removeprefix("door_")))

    async def forget(self, now: datetime) -> None:
        """Drop event ids older than 30 days."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(events).where(events.c.at < now - MEMORY))

    def _reading(self) -> AsyncConnection:
        return self._readers.connect()

    async def _upsert(self, connection: AsyncConnection, table: Table, rows: Iterable[Row]) -> None:
        rows = list(rows)
        if not rows:
            return
        statement = self._insert(table)
        keys = [c.name for c in table.primary_key.columns]
        changes: dict[str, Any] = {c.name: statement.excluded[c.name] for c in table.c if c.name not in keys}
        if table is stamps:  # two processes stamp the same logs: the later stamp stays
            changes["stamp"] = case((statement.excluded.stamp > stamps.c.stamp, statement.excluded.stamp), else_=stamps.c.stamp)
        await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes), rows)
