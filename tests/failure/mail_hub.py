"""A sending hub over SQLite for the tests of faults: people, one notice to all of them, and the desk of `deliver`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from notifiers.backoff import Backoff
from notifiers.deliver import DeliverConfig, Desk, build
from notifiers.ports import Ports, SandboxPorts, SandboxServer, Server
from notifiers.rendering import House
from notifiers.sender import SenderConfig
from store.database import Database
from store.engine import open_engine
from store.people import People
from store.queue import Queue
from store.vault import Vault
from tests.contract.stored import Hub, create_tables, csv, person

SOON = Backoff(first_s=0.05, cap_s=0.2, urgent_first_s=0.05, urgent_cap_s=0.2, attempts=4)
FAST = SenderConfig(batch=20, window=20, hold_s=2.0, poll_s=0.05, backoff=SOON)
VAULT = Vault(bytes(range(32)))


def server(port: int, name: str = "first", **more: Any) -> Server:
    """A server on this machine, without TLS."""
    return Server(name=name, host="127.0.0.1", port=port, sender="Agence <alertes@tocsin.example>", tls="none", **more)


def config(ports: Ports, sender: SenderConfig = FAST, **more: Any) -> DeliverConfig:
    """Small batches and short waits."""
    house = House("Agence", "https://tocsin.example")
    given: dict[str, Any] = {
        "worker": "w",
        "vault": VAULT,
        "ports": ports,
        "house": house,
        "message_domain": "tocsin.example",
        "connections": 4,
    }
    return DeliverConfig(sender=sender, **given | more)


def sandbox(port: int) -> SandboxPorts:
    """Everything to the server on this port."""
    return SandboxPorts(SandboxServer(server(port)))


@dataclass(slots=True)
class MailHub:
    """The ledger of one test and what runs on it."""

    hub: Hub

    @classmethod
    @asynccontextmanager
    async def open(cls, folder: Path) -> AsyncIterator[MailHub]:
        """A fresh database in `folder`, or the one that is there."""
        path = folder / "mail.db"
        fresh = not path.exists()
        engine = open_engine(f"sqlite:///{path}")
        if fresh:
            await create_tables(engine)
        try:
            yield cls(Hub(Database(engine), VAULT, chunk=7))
        finally:
            await engine.dispose()

    async def people(self, names: Iterable[str], **more: str) -> None:
        """Pharmacies with these local parts."""
        at = datetime(2026, 11, 1, tzinfo=UTC)
        report = await People(self.hub.database, VAULT).import_csv(csv(*(person(n, **more) for n in names)), at)
        assert not report.problems

    @asynccontextmanager
    async def running(self, settings: DeliverConfig, *, drain_s: float = 5.0, queue: Queue | None = None) -> AsyncIterator[Desk]:
        """Expander, limiter and sender at work until the block ends; a fault of theirs is raised."""
        desk = build(self.hub.database, settings, queue=queue)
        tasks = [asyncio.create_task(work) for work in (desk.expander.run(), desk.limiter.run(), desk.sender.run())]
        try:
            yield desk
            await desk.sender.drain(drain_s)
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        for result in ended:
            if isinstance(result, Exception):
                raise result

    async def until_some(self) -> None:
        """Lets the others work for a moment."""
        await asyncio.sleep(0.005)

    async def until(self, seconds: float = 20.0, **states: int) -> dict[str, int]:
        """Waits until the deliveries stand so; returns the counts."""
        counts: dict[str, int] = {}
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    counts = {}
                    for row in await self.hub.rows():
                        counts[row.state] = counts.get(row.state, 0) + 1
                    if counts == {k: v for k, v in states.items() if v}:
                        return counts
                    await asyncio.sleep(0.02)
        raise AssertionError(f"{states} wanted, the ledger says {counts}")


def patient_backoff(sender: SenderConfig) -> SenderConfig:
    """Nothing is tried a second time within a test."""
    return replace(sender, backoff=Backoff(first_s=3600, urgent_first_s=3600))
