"""The door on the real broker: what goes in is in the logs and answered, and nothing is lost over a restart."""

from __future__ import annotations

import asyncio
import hashlib
import json
from array import array
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from alertcore.records.hub import DoorReceipt, Entry, Verdict
from alertcore.records.stock import StockSheet
from alertcore.register import read_senders
from connectors.door.desk import Batch, Door
from connectors.door.door import run_door
from connectors.door.keeper import PURPOSE, Keeper
from connectors.door.world import DoorConfig
from plumbing.admin import Admin
from plumbing.metrics import Metrics
from plumbing.plan import TopicSpec
from plumbing.producer import Producer
from plumbing.reader import Reader
from plumbing.records import Received
from plumbing.settings import KafkaAccess
from schemas.codec import decode
from store.door import DoorMemory
from store.engine import open_engine
from store.metadata import metadata
from store.vault import Vault

pytestmark = pytest.mark.kafka

KINDS = ["stock.reports", "sales.reports", "shortage.declarations", "quality.defects", "reference.products", "shortage.statuses"]
SENDERS: dict[str, list[dict[str, Any]]] = {
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


async def test_a_stock_report_goes_to_its_reporters_partition_as_columns_with_the_medicines_known(hub: Hub) -> None:
    await hub.open()
    await hub.send("reference.products", {"cip13": cip13(0), "cis": "60000001", "name": "A"})
    await hub.receipts(1)
    await hub.send("stock.reports", stock_report())
    receipts = await hub.receipts(2)
    products = [one for one in await hub.read("stock.log", 5) if decode(one.value).kind == "reference.products"]
    [report] = [one for one in await hub.read("stock.log", 5) if decode(one.value).kind == "stock.reports"]
    sheet: StockSheet = decode(decode(report.value).value)
    assert sorted(one.partition for one in products) == [0, 1, 2, 3]
    assert report.key == b"GR1"
    assert list(array("i", sheet.cis)) == [60000001, 0, 0, 0]
    assert list(array("i", sheet.saleable)) == [10, 11, 12, 13]
    assert [r.verdict for r in receipts] == [Verdict.TAKEN, Verdict.REMARKS]
    assert len(await hub.entries("supply.log", 4)) == 4
    await hub.close()


async def test_what_cannot_be_read_gets_a_refused_receipt_and_a_dead_letter_and_spares_its_neighbours(hub: Hub) -> None:
    await hub.open()
    await hub.send("shortage.declarations", declaration(1))
    await hub.send("shortage.declarations", b"\x00\x00\x00\x00\x67garbage", content_type="application/avro", ce_id="bad")
    await hub.send("shortage.declarations", b"{half", ce_id="half")
    await hub.send("shortage.declarations", declaration(2))
    receipts = await hub.receipts(4)
    assert [r.verdict.value for r in receipts] == ["taken", "refused", "refused", "taken"]
    assert [r.problems[0].code for r in receipts[1:3]] == ["undecodable", "undecodable"]
    letters = [decode(one.value) for one in await hub.read("dead-letters", 2)]
    assert [(one.error, one.origin.offset) for one in letters] == [("body", 1), ("json", 2)]
    assert letters[0].headers["ce_id"] == "bad"
    assert len(await hub.entries("cases.log", 2)) == 2
    await hub.close()


async def test_the_same_id_and_content_is_answered_again_and_other_content_is_a_conflict(hub: Hub) -> None:
    await hub.open()
    await hub.send("shortage.declarations", declaration(1), ce_id="one")
    await hub.receipts(1)
    await hub.send("shortage.declarations", declaration(1), ce_id="one")
    await hub.send("shortage.declarations", declaration(2), ce_id="one")
    receipts = await hub.receipts(3)
    assert [r.verdict.value for r in receipts] == ["taken", "taken", "refused"]
    assert len({r.event_id for r in receipts}) == 1
    assert receipts[2].problems[0].code == "conflict"
    await hub.close()
    await hub.open()
    await hub.send("shortage.declarations", declaration(2), ce_id="one")
    assert (await hub.receipts(4))[3].problems[0].code == "conflict"
    assert len(await hub.entries("cases.log", 1)) == 1
    await hub.close()


async def test_a_door_killed_after_appending_and_before_committing_loses_nothing(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    appended = asyncio.Event()

    async def never(*_: object) -> None:
        appended.set()
        await asyncio.Event().wait()

    await hub.open()
    with monkeypatch.context() as patch:
        patch.setattr(Door, "finish", never)
        for number in range(5):
            await hub.send("shortage.declarations", declaration(number), ce_id=f"c{number}")
        async with asyncio.timeout(20):
            await appended.wait()
        await hub.kill()
    await hub.open()
    receipts = await hub.receipts(5)
    assert {r.ce_id for r in receipts} == {f"c{number}" for number in range(5)}
    assert {r.verdict for r in receipts} == {Verdict.TAKEN}
    entries = await hub.entries("cases.log", 5)
    assert {decode(e.value).declaration_id for e in entries} == {f"d{number}" for number in range(5)}
    assert len({e.event_id for e in entries}) == 5
    await hub.close()


async def test_events_reach_the_log_while_sql_is_slow_and_are_answered_in_order(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    free, finish = asyncio.Event(), Door.finish

    async def slowly(self: Door, *batches: Batch) -> None:
        await free.wait()
        await finish(self, *batches)

    monkeypatch.setattr(Door, "finish", slowly)
    await hub.open()
    for number in range(3):
        await hub.send("shortage.declarations", declaration(number), ce_id=f"c{number}")
        await hub.entries("cases.log", number + 1)
    assert await hub.receipts(0) == []
    free.set()
    assert [r.ce_id for r in await hub.receipts(3)] == ["c0", "c1", "c2"]
    await hub.close()


async def test_events_reach_the_log_and_are_answered_while_sql_is_asked_what_others_took(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = asyncio.Event()

    async def never(*_: object) -> None:
        asked.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(Keeper, "look", never)
    await hub.open()
    async with asyncio.timeout(20):
        await asked.wait()
    await hub.send("shortage.declarations", declaration(1), ce_id="c1")
    await hub.entries("cases.log", 1)
    assert [r.ce_id for r in await hub.receipts(1)] == ["c1"]
    await hub.close()


async def test_a_full_report_that_lost_more_than_half_waits_until_an_officer_takes_it(hub: Hub) -> None:
    await hub.open()
    await hub.send("stock.reports", stock_report(1, lines=10))
    await hub.receipts(1)
    await hub.send("stock.reports", stock_report(2, lines=4))
    receipt = (await hub.receipts(2))[1]
    assert receipt.verdict is Verdict.HELD
    [raised] = [e for e in await hub.entries("cases.log", 1) if e.kind == "signal"]
    assert (decode(raised.value).rule, decode(raised.value).subject.id) == ("held", "GR1")
    [waiting] = await DoorMemory(hub.engine).held_rows("held")
    await hub.close()
    await hub.open()
    await hub.send("commands", command("held.accept", waiting["held_id"]), sender="hub")
    assert (await hub.receipts(1, sender="hub"))[0].verdict is Verdict.TAKEN
    answers = await hub.receipts(3)
    assert [r.verdict.value for r in answers] == ["remarks", "held", "taken"]
    assert answers[2].event_id == receipt.event_id
    reports = [e for e in await hub.entries("stock.log", 2) if e.kind == "stock.reports"]
    assert [decode(e.value).report_id for e in reports] == ["r1", "r2"]
    kinds = [(e.kind, getattr(decode(e.value), "state", None)) for e in await hub.entries("cases.log", 3)]
    assert kinds == [("signal", "raised"), ("command", None), ("signal", "cleared")]
    assert [row["decided_by"] for row in await DoorMemory(hub.engine).held_rows()] == ["officer-1"]
    await hub.close()


async def test_a_list_is_taken_with_its_marker_and_a_much_shorter_one_is_refused_whole(hub: Hub) -> None:
    await hub.open()
    await publish_list(hub, "s1", rows=10)
    assert {r.verdict for r in await hub.receipts(11)} == {Verdict.TAKEN}
    await publish_list(hub, "s2", rows=7)
    refused = (await hub.receipts(19))[11:]
    assert {r.verdict for r in refused} == {Verdict.REFUSED}
    entries = await hub.entries("cases.log", 12)
    signal = decode(entries[-1].value)
    assert (signal.rule, signal.subject.id, signal.state.value, signal.severity.value) == ("refused_snapshot", "lab", "raised", "moderate")
    await publish_list(hub, "s3", rows=8)
    entries = await hub.entries("cases.log", 22)
    assert [e.kind for e in entries].count("shortage.statuses") == 20
    assert decode(entries[-1].value).state.value == "cleared"
    await hub.close()


async def test_a_list_whose_marker_has_not_come_is_read_again_after_a_restart(hub: Hub) -> None:
    await hub.open()
    for number in range(3):
        await hub.send("shortage.statuses", status(number), ce_id=f"s1-{number}")
    await hub.send("shortage.declarations", declaration(1))
    await hub.receipts(1)  # the rows before it were read
    await hub.kill()
    await hub.open()
    await hub.send("shortage.statuses", {"snapshot_id": "s1", "rows": 3}, ce_id="s1-end")
    receipts = await hub.receipts(5)
    assert [r.verdict.value for r in receipts if r.kind == "shortage.statuses"] == ["taken"] * 4
    await hub.close()


async def test_a_settings_file_changes_who_may_send(hub: Hub) -> None:
    await hub.open()
    await hub.send("shortage.declarations", declaration(1), sender="other")
    assert (await hub.receipts(1, sender="other"))[0].problems[0].code == "not_your_id"
    changed = {"senders": [{**SENDERS["senders"][1], "companies": ["552081317"]}]}
    await hub.send("settings", settings_file("senders", json.dumps(changed)), sender="hub")
    assert (await hub.receipts(1, sender="hub"))[0].verdict is Verdict.TAKEN
    await hub.send("shortage.declarations", declaration(1), sender="other")
    assert (await hub.receipts(2, sender="other"))[1].verdict is Verdict.TAKEN
    for log, partitions in LOGS.items():
        assert len([e for e in await hub.entries(log, partitions) if e.kind == "senders"]) == partitions
    await hub.close()
    await hub.open()
    await hub.send("shortage.declarations", declaration(3), sender="lab")
    assert (await hub.receipts(1))[0].problems[0].code == "kind_not_allowed"
    await hub.close()


async def test_an_acknowledgement_under_a_foreign_name_is_refused(hub: Hub) -> None:
    await hub.open()
    ack = {"authority": "be", "alert_id": "alr_x", "version": 1, "sequence": 1, "level": "received", "at": "2026-01-15T09:00:00Z"}
    for authority in ("de", "be"):
        topic = f"{hub.prefix}rapidalerts.be.acks"
        await hub.producer.send_and_wait(topic, json.dumps(ack | {"authority": authority}).encode())
    [entry] = await hub.entries("cases.log", 1)
    assert (entry.kind, entry.sender, decode(entry.value).authority) == ("acknowledgement", "be", "be")
    await hub.close()


async def test_a_contact_block_is_in_no_topic_and_sealed_in_sql(hub: Hub) -> None:
    await hub.open()
    person = {"function": "pharmacien responsable", "name": "Une Personne", "email": "personne@labo.example", "phone": "+33123456789"}
    await hub.send("shortage.declarations", {**declaration(1), "contact": person})
    await hub.receipts(1)
    [entry] = await hub.read("cases.log", 1)
    assert entry.value is not None
    reference = decode(decode(entry.value).value).contact_ref
    for record in (entry, *await hub.read("out.lab.receipts", 1)):
        assert b"personne@labo" not in (record.value or b"")
    sealed = await DoorMemory(hub.engine).contact("lab", reference)
    assert sealed is not None
    assert b"personne" not in sealed
    assert json.loads(Vault(bytes(32)).open(sealed, PURPOSE)) == person
    await hub.close()


async def test_the_topics_of_a_new_sender_are_found_while_the_door_runs(hub: Hub) -> None:
    await hub.open()
    await hub.admin.create_topics(
        [TopicSpec(hub.prefix + "in.late.quality.defects", 1, {}), TopicSpec(hub.prefix + "out.late.receipts", 1, {})]
    )
    await hub.send("quality.defects", b"{}", sender="late")
    [receipt] = await hub.receipts(1, sender="late")
    assert receipt.verdict is Verdict.REFUSED
    await hub.close()


async def publish_list(hub: Hub, snapshot: str, rows: int) -> None:
    for number in range(rows):
        await hub.send("shortage.statuses", status(number, snapshot), ce_id=f"{snapshot}-{number}")
    await hub.send("shortage.statuses", {"snapshot_id": snapshot, "rows": rows}, ce_id=f"{snapshot}-end")


def command(action: str, target: str) -> dict[str, Any]:
    return {"command_id": "k1", "by": "officer-1", "action": action, "target": target, "at": "2026-01-15T09:00:00Z"}


def settings_file(name: str, content: str) -> dict[str, Any]:
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    return {"name": name, "content": content, "sha256": sha256, "by": "officer-1", "at": "2026-01-15T09:00:00Z"}
