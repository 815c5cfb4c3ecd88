"""The signals topic read for what waits for an officer: rows gone from a public list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from alertcore.records.alert import Signal, SignalState
from plumbing.reader import Reader
from plumbing.settings import KafkaAccess
from schemas.codec import UndecodableError, decode
from schemas.plain import to_json

TOPIC = "signals"
GONE = "absent_publications_count"
"""The number that a question about a row gone carries."""


async def rows_gone(access: KafkaAccess) -> list[dict[str, Any]]:
    """Rows gone whose end nobody has confirmed or denied, the earliest question first, as `tocsin held list` shows them."""
    reader = Reader(access)
    values: list[bytes | None] = []
    for partition in await reader.partitions(TOPIC):
        async for batch in reader.read_to_end(TOPIC, partition):
            values += [record.value for record in batch]
    return open_questions(values)


def open_questions(values: Iterable[bytes | None]) -> list[dict[str, Any]]:
    """The newest version of each signal decides; what cannot be read is passed over."""
    last: dict[str, Signal] = {}
    for signal in filter(None, map(_published, values)):
        if signal.signal_id not in last or signal.version > last[signal.signal_id].version:
            last[signal.signal_id] = signal
    asked = [s for s in last.values() if s.state is not SignalState.CLEARED and GONE in s.numbers]
    return [_row(s) for s in sorted(asked, key=lambda s: (s.at, s.signal_id))]


def _published(value: bytes | None) -> Signal | None:
    try:
        record = decode(value)
    except UndecodableError:
        return None
    return record if isinstance(record, Signal) and record.rule == "published" else None


def _row(signal: Signal) -> dict[str, Any]:
    plain = to_json(signal)
    names = {"held_id": signal.signal_id, "what": "row gone", "subject": signal.subject.id, "state": "held"}
    return names | {name: plain[name] for name in ("nature", "at", "sentence")}
