"""Decisions a second of stage `cases` alone: real declarations of the demo's sample through the local shell, one partition.

Counted with everything the Kafka shell does but Kafka: decoding entries, deciding, state and emits to bytes, journal.
Run: python -m bench.cases_alone [decisions]
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from alertcore.agency import Agency
from alertcore.cases.stage import CasesStage
from alertcore.records.hub import Entry
from alertcore.records.product import Product
from alertcore.records.shortage import Declaration, DeclarationStep
from schemas.codec import encode
from schemas.inbound import from_json
from streams.local import LocalShell

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


def main(wanted: int) -> None:
    """Feed in batches of 300, and print the rate."""
    shell = LocalShell(CasesStage(Agency(id="ansm-demo", name="Agence")), durable=True)
    products: list[Product] = records("products", "Product")
    shell.feed_batch(0, [entry("reference.products", n, p) for n, p in enumerate(products)])
    shell.outs.clear()
    raw = [
        (encode(e), key.encode()) for e, key in (entry("shortage.declarations", n, d) for n, d in enumerate(islice(declarations(), wanted)))
    ]
    emits: Counter[str] = Counter()
    best = 0.0
    began, cpu = time.perf_counter(), time.process_time()
    for first in range(0, len(raw), 300):
        turn = time.perf_counter()
        emits.update(out.topic for out in shell.feed_raw(0, raw[first : first + 300]))
        best = max(best, len(raw[first : first + 300]) / (time.perf_counter() - turn))
        shell.outs.clear()
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    print(
        json.dumps(
            {
                "decisions": len(raw),
                "per_second": round(len(raw) / took),
                "best_batch_per_second": round(best),
                "per_cpu_second": round(len(raw) / cpu),
                "us_cpu_each": round(cpu / len(raw) * 1e6),
                "emits": dict(emits),
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3000)
