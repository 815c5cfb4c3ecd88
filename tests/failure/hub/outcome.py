"""Everything a hub has to show when it is quiet: what it wrote, what its ledger holds, what arrived."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

from alertcore.records.alert import Alert
from alertcore.records.hub import DoorReceipt, Entry
from alertcore.records.notice import Notice
from alertcore.records.rapid import RapidAlert
from alertcore.records.stock import Position
from notifiers.signing import JWK
from notifiers.subscription import read_keys
from notifiers.verifying import Follower
from plumbing.reader import Reader
from plumbing.records import Received
from schemas.codec import decode
from schemas.plain import to_json
from tests.failure.hub.running import RunningHub
from tests.failure.hub.watching import asked
from tests.failure.hub.world import AUTHORITIES, LAB

Json = dict[str, Any]
SPOKEN = "safety_stock"
"""Its alerts are opened by what a stage emitted, whose place in a log is another each time: known by subject, not by id."""


@dataclass(slots=True)
class Outcome:
    """alerts: (what tells it, version) to its content without times and origin. versions: all copies of each, as digests."""

    receipts: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    logged: Counter[str] = field(default_factory=Counter)
    alerts: dict[tuple[str, int], Json] = field(default_factory=dict)
    ids: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    opened: dict[str, str] = field(default_factory=dict)
    copies: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    repeats: Counter[str] = field(default_factory=Counter)
    notices: dict[str, str] = field(default_factory=dict)
    positions: dict[str, Json] = field(default_factory=dict)
    dead_letters: int = 0
    rapid: dict[str, list[Json]] = field(default_factory=dict)
    bad: list[str] = field(default_factory=list)
    deliveries: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    rows: int = 0
    accepted_twice: int = 0
    due_ids: set[str] = field(default_factory=set)
    mails: Counter[str] = field(default_factory=Counter)


async def outcome_of(hub: RunningHub) -> Outcome:
    """Reads it all; the hub is still up."""
    found, reader = Outcome(), Reader(hub.access("operator"))
    for record in await _all(reader, f"out.{LAB}.receipts"):
        receipt = decode(record.value)
        assert isinstance(receipt, DoorReceipt)
        found.receipts[receipt.event_id].add(str(receipt.verdict))
    for record in await _all(reader, "cases.log"):
        entry = decode(record.value)
        assert isinstance(entry, Entry)
        found.logged[entry.event_id] += 1
    for topic in ("alerts", "notices", "positions"):
        for record in await _all(reader, topic):
            _decided(found, topic, record)
    found.dead_letters = len(await _all(reader, "dead-letters"))
    keys = await read_keys(reader)
    for name in (*AUTHORITIES, "public"):
        await _signed(found, reader, name, keys)
    _ledger(found, hub.home.path / "tocsin.db")
    parser = BytesHeaderParser(policy=policy.default)
    found.mails = Counter(str(parser.parsebytes(file.read_bytes())["Message-ID"]) for file in hub.home.mails.rglob("*.eml"))
    return found


def _decided(found: Outcome, topic: str, record: Received) -> None:
    value, raw = decode(record.value), record.value or b""
    if isinstance(value, Position):
        newest = found.positions.get(value.cis)
        if newest is None or value.version > newest["version"]:
            found.positions[value.cis] = to_json(value)
        own = f"{value.cis}/{value.version}"
    elif isinstance(value, Alert):
        own = f"{value.alert_id}/{value.version}"
        content = without_times(value)
        found.alerts[_name(value), value.version] = content
        found.ids[f"{value.kind}/{value.subject.id}"].add(value.alert_id)
        found.opened[value.alert_id] = value.opened_by
    else:
        assert isinstance(value, Notice)
        own = value.notice_id
        found.notices[own] = f"{value.template}/{value.purpose}/{value.params.get('cis', '')}"
    ce_id = next(v.decode() for k, v in record.headers if k == "ce_id")
    told = f"{topic} {own}"
    found.repeats[topic] += told in found.copies
    found.copies[told].add(f"{ce_id} {hashlib.sha256(raw).hexdigest()}")
    found.copies[f"{topic} id {ce_id}"].add(told)


def _name(alert: Alert) -> str:
    return f"{alert.kind}/{alert.subject.id}" if alert.kind == SPOKEN else alert.alert_id


def without_times(alert: Alert) -> Json:
    """What two runs must agree on."""
    found: Json = to_json(alert)
    for name in ("decided_at", "origin"):
        del found[name]
    found["deadlines"] = [{"duty": d["duty"], "met": d["met_at"] is not None} for d in found["deadlines"]]
    if found["release"]:
        found["release"] |= {"at": None, "until": None}
    if alert.kind == SPOKEN:
        for name in ("alert_id", "opened_by", "replaces"):
            del found[name]
        found["numbers"].pop("breach_ended_unix_s", None)
    return found


async def _signed(found: Outcome, reader: Reader, name: str, keys: dict[str, JWK]) -> None:
    """A subscriber's own check of every record from the first one."""
    follower = Follower(name, keys, from_start=True)
    topic = "alerts.published" if name == "public" else f"rapidalerts.{name}"
    found.rapid[name] = []
    for record in await _all(reader, topic):
        checked = follower.check(record)
        if not checked.good:
            found.bad.append(f"{topic} {record.offset}: {'; '.join(checked.problems)}")
        elif isinstance(checked.record, RapidAlert) and checked.record.alert_id is None:
            continue
        else:
            found.rapid[name].append(to_json(checked.record))


def _ledger(found: Outcome, database: Path) -> None:
    query = """select n.notice_id, d.audience, d.language, d.state, count(*) from deliveries d join notices n on n.id = d.notice
               group by 1, 2, 3, 4"""
    for notice, audience, language, state, count in asked(database, query):
        found.deliveries[str(notice), str(audience), str(language), str(state)] += count
    found.rows = sum(found.deliveries.values())
    twice = "select count(*) from (select delivery from delivery_events where kind = 'accepted' group by 1 having count(*) > 1)"
    found.accepted_twice = asked(database, twice)[0][0]
    due = "select delivery_id from deliveries where state <> 'suppressed'"
    found.due_ids = {str(row[0]) for row in asked(database, due)}


async def _all(reader: Reader, topic: str) -> list[Received]:
    async def read(number: int) -> list[Received]:
        return [one async for batch in reader.read_to_end(topic, number) for one in batch]

    parts = await asyncio.gather(*(read(number) for number in await reader.partitions(topic)))
    return [one for part in parts for one in part]
