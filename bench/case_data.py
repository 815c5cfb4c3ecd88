"""Real declarations of the demo's sample, and as many updates of them as a bench wants."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alertcore.records.hub import Entry
from alertcore.records.shortage import Declaration, DeclarationStep
from schemas.codec import encode
from schemas.inbound import from_json

DATA = Path(__file__).resolve().parents[1] / "tocsin" / "demo" / "data"
START = datetime(2026, 1, 26, 8, tzinfo=UTC)


def records(name: str, record: str) -> list[Any]:
    """Records of a demo file."""
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [from_json(record, json.loads(line)).value for line in lines]


def declarations() -> Iterator[Declaration]:
    """The sample's declarations, then updates of each, round after round: new dates and stock, as companies send them."""
    real: list[Declaration] = records("declarations", "Declaration")
    yield from real
    updated = [d for d in real if d.step is DeclarationStep.INITIAL]
    for turn in range(1, 1000):
        for d in updated:
            circuits = tuple(replace(c, stock=(c.stock or 0) + turn) for c in d.circuits)
            at = d.declared_at + timedelta(days=turn)
            number = f"{d.declaration_id}-{turn}"
            yield replace(
                d, declaration_id=number, previous_id=d.declaration_id, step=DeclarationStep.UPDATE, declared_at=at, circuits=circuits
            )


def entry(kind: str, number: int, value: Any) -> tuple[Entry, str]:
    """One entry of the case log."""
    stamp = START + timedelta(milliseconds=number)
    return Entry(stamp=stamp, sender="demo-lab", event_id=f"evt_{kind}_{number}", kind=kind, value=encode(value)), "ansm-demo"
