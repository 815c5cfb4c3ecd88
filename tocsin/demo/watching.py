"""What the demonstration sees of the hub from outside: alerts, notices and dead letters as they come, and when."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from alertcore.records.alert import Alert
from alertcore.records.hub import DoorReceipt
from plumbing.errors import NotThere
from plumbing.reader import Reader, Start
from plumbing.records import Received, TopicPartition
from plumbing.settings import KafkaAccess
from schemas.codec import decode
from tocsin.alert_log import ENDED
from tocsin.publishing import receipt_of

FOLLOWED = ("alerts", "notices", "dead-letters")


@dataclass(slots=True)
class Seen:
    """Everything seen so far. raised: opening event id to when its alert stood in the topic, ms."""

    alerts: dict[str, Alert] = field(default_factory=dict)
    life: list[Alert] = field(default_factory=list)
    raised: dict[str, int] = field(default_factory=dict)
    notices: set[str] = field(default_factory=set)
    dead_letters: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, record: Received) -> None:
        """One record of a followed topic."""
        if record.topic == "dead-letters":
            self.dead_letters += 1
        elif record.topic == "notices":
            self.notices.add(decode(record.value).notice_id)
        else:
            self._alert(decode(record.value), record.timestamp_ms)
        self.changed.set()

    def _alert(self, alert: Alert, at_ms: int) -> None:
        known = self.alerts.get(alert.alert_id)
        if known is None or alert.version > known.version:
            self.alerts[alert.alert_id] = alert
            self.life.append(alert)
        if alert.version == 1:
            self.raised.setdefault(alert.opened_by, at_ms)

    def held(self) -> list[Alert]:
        """Alerts with a gate that waits for an officer, the gravest first."""
        waiting = (a for a in self.alerts.values() if a.step not in ENDED and a.release is not None and a.release.until is not None)
        return sorted(waiting, key=lambda a: (a.facts.get("class") != "i", a.alert_id))


async def watch(access: KafkaAccess, seen: Seen) -> None:
    """Follow the topics until cancelled."""
    reader = Reader(access)
    starts: dict[TopicPartition, Start] = {TopicPartition(t, p): "beginning" for t in FOLLOWED for p in await reader.partitions(t)}
    async with aclosing(reader.tail(starts, idle_s=0.2)) as batches:
        async for batch in batches:
            for record in batch:
                seen.take(record)


async def arrivals(access: KafkaAccess, senders: list[str]) -> dict[str, int]:
    """Event id to when the event arrived in Kafka (ms, the broker's clock), by the door's receipts."""
    reader = Reader(access)
    inbound = {name: times for sender in senders for name, times in (await _times(reader, sender)).items()}
    receipts = [r for sender in senders for r in await _receipts(reader, sender)]
    return {
        r.event_id: inbound[p] for r in receipts if r.origin and (p := (r.origin.topic, r.origin.partition, r.origin.offset)) in inbound
    }


async def _times(reader: Reader, sender: str) -> dict[tuple[str, int, int], int]:
    found: dict[tuple[str, int, int], int] = {}
    for kind in ("shortage.declarations", "quality.defects"):
        for record in await _read(reader, f"in.{sender}.{kind}"):
            found[(record.topic, record.partition, record.offset)] = record.timestamp_ms
    return found


async def _receipts(reader: Reader, sender: str) -> list[DoorReceipt]:
    records = await _read(reader, f"out.{sender}.receipts")
    return [receipt for record in records if (receipt := receipt_of(record.value)) is not None]


async def _read(reader: Reader, topic: str) -> list[Received]:
    try:
        partitions = await reader.partitions(topic)
    except NotThere:  # this sender does not publish that kind
        return []
    return [r for p in partitions async for batch in reader.read_to_end(topic, p) for r in batch]


def percentiles(values: list[float]) -> dict[str, Any]:
    """p50, p95 and p99, or nothing where there is nothing."""
    if not values:
        return {"p50": None, "p95": None, "p99": None}
    ordered = sorted(values)
    return {f"p{q}": round(ordered[min(len(ordered) - 1, len(ordered) * q // 100)], 1) for q in (50, 95, 99)}
