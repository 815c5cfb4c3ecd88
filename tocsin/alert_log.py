"""The alerts topic as a picture: the newest version of every alert, and all versions of one."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from alertcore.records.alert import Alert, AlertStep
from plumbing.reader import Reader
from plumbing.records import TopicPartition
from plumbing.settings import KafkaAccess
from schemas.codec import UndecodableError, decode
from schemas.plain import to_json

TOPIC = "alerts"
ENDED = frozenset({AlertStep.RESOLVED, AlertStep.CANCELLED, AlertStep.SUPERSEDED})
"""Steps after which an alert is over."""


async def versions(access: KafkaAccess, alert_id: str | None = None) -> list[Alert]:
    """All versions in the topic (of one alert, or of all), each once, by alert and version."""
    reader = Reader(access)
    parts = await asyncio.gather(*(_partition(reader, p) for p in await reader.partitions(TOPIC)))
    found = {(a.alert_id, a.version): a for part in parts for a in part if alert_id in (None, a.alert_id)}
    return [found[key] for key in sorted(found)]


async def newest(access: KafkaAccess) -> list[Alert]:
    """The newest version of each alert, oldest decision first."""
    last = {a.alert_id: a for a in await versions(access)}
    return sorted(last.values(), key=lambda a: (a.decided_at, a.alert_id))


async def _partition(reader: Reader, partition: int) -> list[Alert]:
    found = []
    async for batch in reader.read_to_end(TOPIC, partition):
        for record in batch:
            try:
                found.append(decode(record.value))
            except UndecodableError:
                continue
    return found


async def newer(access: KafkaAccess, alert_id: str, version: int, patience_s: float) -> AsyncGenerator[Alert]:
    """Versions of an alert above `version` as they come; ends after `patience_s` seconds."""
    reader = Reader(access)
    partitions = [TopicPartition(TOPIC, p) for p in await reader.partitions(TOPIC)]
    deadline = time.monotonic() + patience_s
    async with aclosing(reader.tail(dict.fromkeys(partitions, "beginning"), idle_s=0.1)) as batches:
        async for batch in batches:
            for record in batch:
                alert = decode(record.value)
                if alert.alert_id == alert_id and alert.version > version:
                    yield alert
            if time.monotonic() > deadline:
                return


def shown(alert: Alert) -> dict[str, Any]:
    """An alert as plain JSON, with the authorities' acknowledgements as a list."""
    plain: dict[str, Any] = to_json(alert)
    acknowledged = []
    for key, text in alert.facts.items():
        if key.startswith("ack/"):
            _, authority, level = key.split("/", 2)
            acknowledged.append({"authority": authority, "level": level, **json.loads(text)})
    return plain | {"acknowledgements": acknowledged}
