"""What the tests of the SQL side share: tables, people as CSV, notices, and a hub of ledger parts on one database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, text

import store.ledger  # noqa: F401 - its tables
from alertcore.records.notice import (
    AckMode,
    AlertRef,
    Audience,
    AudienceFilter,
    Channel,
    Lane,
    Notice,
    NoticeReason,
    Purpose,
)
from alertcore.records.shared import Subject, SubjectKind
from schemas.codec import decode, encode
from store.database import Database
from store.engine import Engine
from store.expansion import Expanded, Expansion
from store.intake import Intake
from store.ledger import DeliveryState, deliveries, delivery_events
from store.metadata import metadata
from store.people_csv import HEADER
from store.queue import Claimed, Concluded, Queue
from store.vault import Vault

EPOCH = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
EMAIL = frozenset({"email"})


async def create_tables(engine: Engine) -> None:
    """All tables, without the migrations."""
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)


def person(ref: str, kind: str = "community_pharmacy", follows: str = "", **more: str) -> dict[str, str]:
    """A line of the list; `email` is made from the ref unless given."""
    given = {
        "org_scheme": "finess",
        "org_id": f"org-{ref}",
        "country": "FR",
        "region": "11",
        "departement": "75",
        "language": "fr",
        "sms": "",
    }
    return {"ref": ref, "kind": kind, "follows": follows, "email": f"{ref}@dest.example"} | given | more


def csv(*lines: Mapping[str, str]) -> str:
    """The list as a file."""
    return "\n".join([",".join(HEADER), *(",".join(line[name] for name in HEADER) for line in lines)]) + "\n"


def cis(*codes: str) -> tuple[Subject, ...]:
    """Subjects by medicine code."""
    return tuple(Subject(kind=SubjectKind.CIS, id=code) for code in codes)


EVERYBODY = Audience(filter=AudienceFilter(kinds=("community_pharmacy",), mandatory=True))


def notice(number: int = 1, audience: Audience = EVERYBODY, alert: str = "alr_a", **more: Any) -> Notice:
    """A notice about `alert`; its id comes from the number."""
    given: dict[str, Any] = {
        "purpose": Purpose.ALERT,
        "lane": Lane.NORMAL,
        "channels": (Channel.EMAIL,),
        "template": "declared",
        "not_before": EPOCH,
        "reason": NoticeReason(rule="test"),
        "ack": AckMode.NONE,
        "params": {"name": "EXEMPLOMYCINE 500 mg, gélule", "cis": "60000001"},
    }
    alerts = (AlertRef(alert_id=alert, version=number),)
    return Notice(notice_id=f"ntc_{number}", group_key=alert, alerts=alerts, audience=audience, **given | more)


@dataclass(frozen=True, slots=True)
class Hub:
    """Intake, expansion and one queue on a database."""

    database: Database
    vault: Vault
    chunk: int = 3

    async def take(self, *notices: Notice) -> None:
        """Notices into the ledger, behind what is there."""
        intake = Intake(self.database)
        position = await intake.position("notices", 0)
        batch = [(n, encode(n)) for n in notices]
        await intake.take("notices", 0, position, (position or 0) + len(batch), batch, EPOCH)

    async def step(self, at: datetime = EPOCH) -> Expanded | None:
        """One chunk."""
        return await Expansion(self.database, self.vault, decode, ("fr", "en"), chunk=self.chunk).step(at, EMAIL)

    async def expand(self, at: datetime = EPOCH) -> int:
        """Everything; returns the number of deliveries."""
        rows = 0
        while (done := await self.step(at)) is not None:
            rows += done.rows
        return rows

    def queue(self, worker: str = "w") -> Queue:
        """A worker's queue."""
        return Queue(self.database, self.vault, worker)

    async def claim(self, lane: int = 1, limit: int = 100, at: datetime = EPOCH, worker: str = "w") -> list[Claimed]:
        """Claims for e-mail."""
        return await self.queue(worker).claim(lane, limit, at)

    async def accept(self, claimed: list[Claimed], at: datetime = EPOCH, worker: str = "w") -> None:
        """All of them accepted."""
        await self.queue(worker).record([Concluded(c, DeliveryState.ACCEPTED, 250, "", "sink") for c in claimed], at)

    async def rows(self) -> list[Any]:
        """All deliveries."""
        async with self.database.reading() as connection:
            return list(await connection.execute(select(deliveries).order_by(deliveries.c.id)))

    async def events(self) -> list[Any]:
        """All events."""
        async with self.database.reading() as connection:
            return list(await connection.execute(select(delivery_events).order_by(delivery_events.c.id)))

    async def everything(self) -> str:
        """Every row of every table as text, bytes in hexadecimal: what a thief of the database reads."""
        found = []
        async with self.database.reading() as connection:
            for table in metadata.sorted_tables:
                names = await connection.execute(text(f"select * from {table.name}"))
                found += [f"{table.name} " + " ".join(v.hex() if isinstance(v, bytes) else str(v) for v in row) for row in names]
        return "\n".join(found)
