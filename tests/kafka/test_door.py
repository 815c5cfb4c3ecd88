"""The door on the real broker: what goes in is in the logs and answered, and nothing is lost over a restart."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from alertcore.records.hub import DoorReceipt, Entry, Verdict
from alertcore.register import read_senders
from connectors.door.door import run_door
from connectors.door.world import DoorConfig
from plumbing.admin import Admin
from plumbing.metrics import Metrics
from plumbing.plan import TopicSpec
from plumbing.producer import Producer
from plumbing.reader import Reader
from plumbing.records import Received
from plumbing.settings import KafkaAccess
from schemas.codec import decode
from store.engine import open_engine
from store.metadata import metadata
from store.vault import Vault

pytestmark = pytest.mark.kafka

KINDS = ["stock.reports", "sales.reports", "shortage.declarations", "quality.defects", "reference.products", "shortage.statuses"]
SENDERS = {
    "senders": [
        {
            "name": "lab",
            "kinds": KINDS,
            "companies": ["552081317"],
            "reporters": [{"id": "GR1", "scheme": "finess", "tier": "wholesaler", "circuit": "both", "region": "11"}],
        },
        {"name": "other", "kinds": KINDS},
    ]
}
LOGS = {"stock.log": 4, "supply.log": 4, "cases.log": 1}


def declaration(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "declaration_id": f"d{number}",
        "step": "initial",
        "nature_declared": "rupture",
        "cis": "60234100",
        "company": {"id": "552081317", "scheme": "siren", "country": "FR"},
        "declared_at": "2026-01-15T09:00:00Z",
        "circuits": [{"circuit": "ville", "start": {"date": "2026-01-14", "certainty": "actual"}}],
        **changes,
    }


def stock_report(number: int = 1, lines: int = 4, **changes: Any) -> dict[str, Any]:
    return {
        "report_id": f"r{number}",
        "reporter": {"id": "GR1", "scheme": "finess", "country": "FR", "tier": "wholesaler", "circuit": "both", "region": "11"},
        "observed_at": "2026-01-15T09:00:00Z",
        "kind": "full",
        "line_count": lines,
        "lines": [{"cip13": cip13(n), "on_hand": 10 + n} for n in range(lines)],
        **changes,
    }


def cip13(number: int) -> str:
    body = f"34009{number:07d}"
    total = sum(int(digit) * (1 if place % 2 == 0 else 3) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


def status(number: int, snapshot: str = "s1") -> dict[str, Any]:
    return {
        "cis": f"6{number:07d}",
        "code": 1,
        "raw_label": "Rupture de stock",
        "snapshot_id": snapshot,
        "url": f"https://a.example/{number}",
    }


@dataclass
class Hub:
    """A door with its topics; everything under one prefix."""

    access: KafkaAccess
    prefix: str
    engine: AsyncEngine
    producer: Producer
    admin: Admin
    config: DoorConfig
    doors: list[tuple[asyncio.Event, asyncio.Task[None]]] = field(default_factory=list)

    async def open(self) -> None:
        stop, opened = asyncio.Event(), asyncio.Event()
        vault, metrics = Vault(bytes(32)), Metrics()
        work = run_door(self.access, self.engine, self.config, stop, opened.set, metrics, self.prefix, vault=vault)
        task = asyncio.create_task(work)
        self.doors.append((stop, task))
        waiting = asyncio.create_task(opened.wait())
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED, timeout=30)
        assert opened.is_set(), task
        waiting.cancel()

    async def close(self) -> None:
        while self.doors:
            stop, task = self.doors.pop()
            stop.set()
            await task

    async def kill(self) -> None:
        """The task is cancelled wherever it is, as a crash would."""
        while self.doors:
            _, task = self.doors.pop()
            task.cancel()
            await asyncio.wait([task])

    async def send(
        self, kind: str, value: Any, sender: str = "lab", ce_id: str | None = None, content_type: str = "application/json"
    ) -> None:
        raw = value if isinstance(value, bytes) else json.dumps(value).encode()
        headers = (("content-type", content_type.encode()), *((("ce_id", ce_id.encode()),) if ce_id else ()))
        await self.producer.send_and_wait(f"{self.prefix}in.{sender}.{kind}", raw, headers=headers)

    async def read(self, topic: str, count: int, within: float = 20.0) -> list[Received]:
        """The first `count` records over all partitions of the topic, and whatever else is there then."""
        reader, name = Reader(self.access), self.prefix + topic
        async with asyncio.timeout(within):
            while True:
                found = []
                for partition in await reader.partitions(name):
                    found += [r async for batch in reader.read_to_end(name, partition) for r in batch]
                if len(found) >= count:
                    return found
                await asyncio.sleep(0.05)

    async def receipts(self, count: int, sender: str = "lab") -> list[DoorReceipt]:
        return [decode(one.value) for one in await self.read(f"out.{sender}.receipts", count)]

    async def entries(self, log: str, count: int) -> list[Entry]:
        return [decode(one.value) for one in await self.read(log, count)]


@pytest.fixture
async def hub(access: KafkaAccess, admin: Admin, prefix: str, tmp_path: Path) -> AsyncIterator[Hub]:
    engine = open_engine(f"sqlite+aiosqlite:///{tmp_path}/door.db")
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    names = [*LOGS.items(), ("dead-letters", 1), ("out.lab.receipts", 1), ("out.other.receipts", 1), ("out.hub.receipts", 1)]
    names += [(f"in.lab.{kind}", 1) for kind in KINDS] + [("in.other.shortage.declarations", 1)]
    names += [("in.hub.commands", 1), ("in.hub.settings", 1), ("rapidalerts.be.acks", 1)]
    await admin.create_topics([TopicSpec(prefix + name, n, {}) for name, n in names])
    async with Producer(access) as producer:
        hub = Hub(access, prefix, engine, producer, admin, DoorConfig(agency="ansm", senders=read_senders(SENDERS)))
        yield hub
        await hub.kill()
    await engine.dispose()


async def test_a_declaration_is_in_the_cases_log_and_answered_with_its_id(hub: Hub) -> None:
    await hub.open()
    await hub.send("shortage.declarations", declaration(), ce_id="c1")
    [receipt] = await hub.receipts(1)
    [entry] = await hub.entries("cases.log", 1)
    assert (receipt.verdict, receipt.ce_id, receipt.event_id) == (Verdict.TAKEN, "c1", entry.event_id)
    assert receipt.origin is not None
    assert (receipt.origin.topic, receipt.origin.offset) == ("in.lab.shortage.declarations", 0)
    assert decode(entry.value).declaration_id == "d1"
    assert (entry.sender, entry.kind) == ("lab", "shortage.declarations")
    await hub.close()
