"""Real declarations of the demo's sample, and as many updates of them as a bench wants."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import chain
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


def declarations(start: datetime = START) -> Iterator[Declaration]:
    """The sample's declarations, then updates of each, round after round: new dates and stock, as companies send them.

    Each is moved in time as a whole, so that it is declared an hour before it comes (see `stamp`); none of its dates is years old.
    """
    real: list[Declaration] = records("declarations", "Declaration")
    updated = [d for d in real if d.step is DeclarationStep.INITIAL]
    for number, (turn, d) in enumerate(chain(((0, d) for d in real), ((turn, d) for turn in range(1, 1000) for d in updated))):
        moved: Declaration = later(d, stamp(number, start) - timedelta(hours=1) - d.declared_at)
        if turn:
            circuits = tuple(replace(c, stock=(c.stock or 0) + turn) for c in moved.circuits)
            following: dict[str, Any] = {
                "declaration_id": f"{d.declaration_id}-{turn}",
                "previous_id": d.declaration_id,
                "step": DeclarationStep.UPDATE,
            }
            moved = replace(moved, circuits=circuits, **following)
        yield moved


def stamp(number: int, start: datetime = START) -> datetime:
    """When the one of this number comes: one each second."""
    return start + timedelta(seconds=number)


def later(value: Any, by: timedelta) -> Any:
    """A record, or anything in one, with every time and every day moved."""
    if isinstance(value, date):
        return value + by
    if isinstance(value, tuple):
        return tuple(later(one, by) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: later(getattr(value, f.name), by) for f in fields(value)})
    return value


def entry(kind: str, number: int, value: Any) -> tuple[Entry, str]:
    """One entry of the case log."""
    return Entry(stamp=stamp(number), sender="demo-lab", event_id=f"evt_{kind}_{number}", kind=kind, value=encode(value)), "ansm-demo"
