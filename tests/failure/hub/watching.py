"""What each role does, seen from outside as it comes: only what was not there before counts as progress."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import aclosing, suppress
from pathlib import Path

from alertcore.records.alert import Alert, AlertKind, PublishedAlert
from alertcore.records.hub import DoorReceipt, Entry
from alertcore.records.notice import Notice
from alertcore.records.rapid import RapidAlert
from alertcore.records.stock import Partial, Position
from plumbing.errors import PlumbingError
from plumbing.reader import Reader, Start
from plumbing.records import Received, TopicPartition
from plumbing.settings import KafkaAccess
from schemas.codec import decode
from tests.failure.hub.world import LAB
from tests.toy_processes import until

TOPICS = (f"out.{LAB}.receipts", "supply.log", "positions", "alerts", "alerts.published", "notices", "dead-letters")
ROLES = ("door", "decide-stock", "decide-supply", "decide-cases", "relay", "deliver")


class Watcher:
    """Follows the hub while the context is open. times: of each role's new works, milliseconds since 1970, the worker's clock."""

    def __init__(self, access: Callable[[], KafkaAccess], database: Path) -> None:
        self.receipts: set[str] = set()
        self.alerts: dict[tuple[str, int], AlertKind] = {}
        self.notices: set[str] = set()
        self.times: dict[str, list[float]] = {role: [] for role in ROLES}
        self.dead_letters = 0
        self.moved = time.monotonic()
        self._access, self._database = access, database
        self._seen: set[tuple[str, str]] = set()
        self._at: dict[TopicPartition, Start] = {}
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Watcher:
        self._task = asyncio.create_task(self._follow())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task])

    async def resumes(self, role: str, since_ms: float, within_s: float) -> float:
        """Seconds from `since_ms` to the first new work of the role; AssertionError if none came in time."""
        await until(lambda: self._first(role, since_ms) is not None, within_s, f"{role} works again")
        found = self._first(role, since_ms)
        assert found is not None
        return (found - since_ms) / 1000

    def _first(self, role: str, since_ms: float) -> float | None:
        if role == "deliver":
            return self._accepted_after(since_ms)
        return min((at for at in reversed(self.times[role]) if at > since_ms), default=None)

    def _accepted_after(self, since_ms: float) -> float | None:
        query = "select min(at) from delivery_events where kind = 'accepted' and at > ?"
        rows = asked(self._database, query, int(since_ms * 1000))
        return rows[0][0] / 1000 if rows and rows[0][0] else None

    async def _follow(self) -> None:
        assert self._task is None or not self._task.done()
        while True:
            with suppress(PlumbingError):  # the broker is away: this test does it
                await self._read()
            await asyncio.sleep(0.2)

    async def _read(self) -> None:
        reader = Reader(self._access())
        if not self._at:
            self._at = {TopicPartition(t, p): "beginning" for t in TOPICS for p in await reader.partitions(t)}
        async with aclosing(reader.tail(dict(self._at), idle_s=0.2)) as batches:
            async for batch in batches:
                for record in batch:
                    self._take(record)
                    self._at[TopicPartition(record.topic, record.partition)] = record.offset + 1

    def _take(self, record: Received) -> None:
        self.moved = time.monotonic()
        if record.topic == "dead-letters":
            self.dead_letters += 1
            return
        value = decode(record.value)
        if isinstance(value, Entry):
            value = decode(value.value) if value.kind == "partial" else None
        told = self._sign(value)
        if told is not None and told not in self._seen:
            self._seen.add(told)
            self.times.setdefault(told[0], []).append(record.timestamp_ms)

    def _sign(self, value: object) -> tuple[str, str] | None:
        """The role whose work it is, and what tells it from all others."""
        if isinstance(value, DoorReceipt):
            self.receipts.add(value.event_id)
            return "door", value.event_id
        if isinstance(value, Partial):
            return "decide-stock", f"{value.source}/{value.version}"
        if isinstance(value, Position):
            return "decide-supply", f"{value.cis}/{value.version}"
        if isinstance(value, Alert):
            self.alerts[value.alert_id, value.version] = value.kind
            return "decide-cases", f"{value.alert_id}/{value.version}"
        if isinstance(value, PublishedAlert | RapidAlert):
            return "relay", str(value.sequence)
        if isinstance(value, Notice):
            self.notices.add(value.notice_id)
        return None


def asked(database: Path, query: str, *values: object) -> list[tuple[int, ...]]:
    """Rows of the hub's database, read beside it."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30) as connection:
        found = connection.execute(query, values).fetchall()
    connection.close()
    return found
