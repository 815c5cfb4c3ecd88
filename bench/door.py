"""Events a second through the door, and its latency when idle, on an embedded Kafka of its own; medians of runs.

`python bench/door.py [--declarations N] [--reports N] [--runs N]`. The events are in their topics before the door starts; timed
from its start to its last receipt. CPU seconds are those of the door's process alone, by which runs on busy machines compare.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvloop

from alertcore.register import read_senders
from connectors.door.door import run_door
from connectors.door.world import DoorConfig
from plumbing.admin import Admin
from plumbing.metrics import Metrics
from plumbing.plan import TopicSpec
from plumbing.producer import Producer
from plumbing.reader import Reader
from plumbing.records import TopicPartition
from plumbing.settings import KafkaAccess
from schemas.codec import encode
from schemas.inbound import from_json
from store.door import DoorMemory, Row, Writes
from store.engine import open_engine
from store.metadata import metadata
from store.vault import Vault
from tocsin.kafka.server import EmbeddedKafka

LINES, REPORTERS, PRODUCTS, LATENCIES = 200, 2000, 5000, 200
COMPANY = {"id": "552081317", "scheme": "siren", "country": "FR"}
Value = dict[str, Any]


def cip13(number: int) -> str:
    """A CIP13 with a right check digit."""
    body = f"34009{number:07d}"
    total = sum(int(digit) * (1 if place % 2 == 0 else 3) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


def declaration(number: int) -> Value:
    """A declaration as companies send them: one circuit, a cause, some text."""
    return {
        "declaration_id": f"d{number}",
        "step": "initial",
        "nature_declared": "rupture",
        "cis": f"6{number % 10_000_000:07d}",
        "company": COMPANY,
        "declared_at": "2026-01-15T09:00:00Z",
        "known_at": "2026-01-14T09:00:00Z",
        "circuits": [{"circuit": "ville", "start": {"date": "2026-01-14", "certainty": "actual"}, "stock": 100, "monthly_sales": 5000}],
        "causes": [{"code": "capacity", "raw": "Capacité de production insuffisante"}],
        "context": "Retard de libération d'un lot. " * 6,
        "atc": "C09AA05",
    }


def report(number: int) -> Value:
    """A full report of 200 lines."""
    reporter = {
        "id": f"GR{number % REPORTERS}",
        "scheme": "finess",
        "country": "FR",
        "tier": "wholesaler",
        "circuit": "both",
        "region": "11",
    }
    lines = [{"cip13": cip13((number * 7 + n) % PRODUCTS), "on_hand": n, "dispensed": n % 9, "period_days": 7} for n in range(LINES)]
    head = {"report_id": f"r{number}", "reporter": reporter, "observed_at": "2026-01-15T09:00:00Z", "kind": "full"}
    return {**head, "line_count": LINES, "lines": lines}


def config() -> DoorConfig:
    """One sender for 2,000 reporters."""
    reporter = {"scheme": "finess", "tier": "wholesaler", "circuit": "both", "region": "11"}
    kinds = ["shortage.declarations", "stock.reports"]
    reporters = [{"id": f"GR{n}", **reporter} for n in range(REPORTERS)]
    sender = {"name": "lab", "kinds": kinds, "companies": ["552081317"], "reporters": reporters}
    return DoorConfig(agency="ansm", senders=read_senders({"senders": [sender]}))


@asynccontextmanager
async def door(access: KafkaAccess, prefix: str, folder: Path) -> AsyncIterator[Metrics]:
    """A door at work, with 5,000 products known."""
    engine = open_engine(f"sqlite+aiosqlite:///{folder}/{prefix}db")
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    products: list[Row] = [{"cip13": cip13(n), "cis": 60_000_000 + n // 2, "at": datetime.now(UTC)} for n in range(PRODUCTS)]
    await DoorMemory(engine).write(Writes(products=products))
    stop, opened, metrics = asyncio.Event(), asyncio.Event(), Metrics()
    work = run_door(access, engine, config(), stop, opened.set, metrics, prefix, vault=Vault(bytes(32)))
    task = asyncio.create_task(work)
    await opened.wait()
    try:
        yield metrics
    finally:
        stop.set()
        await task
        await engine.dispose()


async def topics(access: KafkaAccess, prefix: str) -> None:
    """The topics of one run."""
    names = [("stock.log", 4), ("supply.log", 4), ("cases.log", 1), ("out.lab.receipts", 1), ("dead-letters", 1)]
    names += [("in.lab.shortage.declarations", 1), ("in.lab.stock.reports", 1)]
    await Admin(access).create_topics([TopicSpec(prefix + name, n, {}) for name, n in names])


def answered(metrics: Metrics) -> float:
    """Events whose receipts are written."""
    samples = (sample for metric in metrics.door_events.collect() for sample in metric.samples)
    return sum(sample.value for sample in samples if sample.name.endswith("_total"))


async def throughput(access: KafkaAccess, prefix: str, folder: Path, kind: str, values: Iterator[bytes], count: int) -> tuple[float, float]:
    """(events a second, events a CPU second)."""
    await topics(access, prefix)
    async with Producer(access, linger_ms=5) as producer:
        for number, value in enumerate(values):
            await producer.send(f"{prefix}in.lab.{kind}", value, headers=(("ce_id", f"c{number}".encode()),))
        await producer.flush()
    began, cpu = time.monotonic(), time.process_time()
    async with door(access, prefix, folder) as metrics:
        while answered(metrics) < count:  # noqa: ASYNC110  # the door counts what it has answered
            await asyncio.sleep(0.05)
        took, used = time.monotonic() - began, time.process_time() - cpu
    return count / took, count / used


async def idle_latency(access: KafkaAccess, prefix: str, folder: Path) -> list[float]:
    """Milliseconds from the send of a declaration to its entry read from the cases log, one after another."""
    await topics(access, prefix)
    took: list[float] = []
    async with door(access, prefix, folder), Producer(access) as producer:
        tail = Reader(access).tail({TopicPartition(f"{prefix}cases.log", 0): "beginning"}, isolation="read_uncommitted", idle_s=5)
        for number in range(LATENCIES):
            value = encode(from_json("Declaration", declaration(number)).value)
            began = time.perf_counter()
            await producer.send_and_wait(f"{prefix}in.lab.shortage.declarations", value)
            while not await anext(tail):
                pass
            took.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(0.02)
        await tail.aclose()
    return took


def encoded(record: str, make: Callable[[int], Value], count: int, avro: bool) -> Iterator[bytes]:
    """Events as Avro or JSON."""
    for number in range(count):
        value = make(number)
        yield encode(from_json(record, value).value) if avro else json.dumps(value).encode()


async def measure(access: KafkaAccess, folder: Path, declarations: int, reports: int, runs: int) -> dict[str, Any]:
    """All figures."""
    found: dict[str, Any] = {}
    kinds = (
        ("declarations", "Declaration", declaration, "shortage.declarations", declarations),
        ("reports", "StockReport", report, "stock.reports", reports),
    )
    for name, record, make, kind, count in kinds:
        for form in ("avro", "json"):
            each = []
            for run in range(runs):
                values = encoded(record, make, count, form == "avro")
                each.append(await throughput(access, f"{name}{form}{run}.", folder, kind, values, count))
            found[f"{name}_{form}_per_s"] = round(statistics.median(a for a, _ in each))
            found[f"{name}_{form}_per_cpu_s"] = round(statistics.median(b for _, b in each))
    took = sorted(await idle_latency(access, "idle.", folder))
    found["idle_ms"] = {"p50": round(took[len(took) // 2], 1), "p95": round(took[int(len(took) * 0.95)], 1)}
    return found


def main() -> None:
    """Starts a broker in a folder of its own, measures, prints one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--declarations", type=int, default=20_000)
    parser.add_argument("--reports", type=int, default=3_000)
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        broker = EmbeddedKafka(Path(folder) / "hub", quick=True)
        broker.start()
        try:
            found = uvloop.run(measure(broker.access("admin"), Path(folder), given.declarations, given.reports, given.runs))
        finally:
            broker.stop()
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
