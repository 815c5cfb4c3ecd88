"""Decisions a second of stage `cases` through the real shell: real declarations in `cases.log` to alerts and notices on their topics.

`python -m bench.cases_path [--declarations N] [--runs R]`, on an embedded Kafka of its own. The medicines are decided beforehand and all
declarations are in the log before the worker starts. Timed by the broker's records, from the first alert to the last; beside it the CPU
seconds of the worker, since on a machine of two cores that also runs the broker the wall measures the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Iterable
from contextlib import aclosing
from itertools import islice
from pathlib import Path
from typing import Any

from alertcore.records.alert import Alert
from alertcore.records.product import Product
from bench.case_data import declarations, entry, records
from bench.stock_path import Worker, write
from plumbing.admin import Admin
from plumbing.reader import Reader
from plumbing.records import TopicPartition
from plumbing.settings import KafkaAccess
from schemas.codec import decode, encode
from tocsin.kafka.server import EmbeddedKafka
from tocsin.provision.topics import hub_topics

WAIT_S = 300.0


async def _append(access: KafkaAccess, prefix: str, kind: str, values: Iterable[Any]) -> int:
    """Entries of one kind to the case log; how many."""
    raw = [encode(entry(kind, n, value)[0]) for n, value in enumerate(values)]
    await write(access, prefix + "cases.log", ((0, one) for one in raw))
    return len(raw)


def _worker(access: KafkaAccess, prefix: str) -> Worker:
    return Worker("bench.decide_worker", access, prefix=prefix, stage="cases", partitions="1")


async def _prepared(access: KafkaAccess, prefix: str) -> None:
    """Topics, and the medicines decided by a worker that is gone again."""
    admin = Admin(access)
    await admin.create_topics(hub_topics(1, 1, 1, prefix))
    known: list[Product] = records("products", "Product")
    await _append(access, prefix, "reference.products", known)
    worker = _worker(access, prefix)
    try:
        await asyncio.to_thread(worker.line)
        deadline = time.monotonic() + WAIT_S
        while sum((await admin.lag(f"{prefix}tocsin-cases")).values() or [1]):
            worker.check()
            if time.monotonic() > deadline:
                raise TimeoutError(f"the medicines were not decided in {WAIT_S:.0f} s")
            await asyncio.sleep(0.2)
    finally:
        worker.stop()


async def cases_path(access: KafkaAccess, prefix: str, count: int) -> dict[str, float]:
    """One run."""
    await _prepared(access, prefix)
    await _append(access, prefix, "shortage.declarations", islice(declarations(), count))
    first = len(records("products", "Product"))
    worker = _worker(access, prefix)
    try:
        await asyncio.to_thread(worker.line)
        cpu, seen = worker.cpu_s(), []
        async with aclosing(Reader(access).tail({TopicPartition(prefix + "alerts", n): "beginning" for n in range(4)})) as batches:
            async for batch in batches:
                worker.check()
                seen += [(one.timestamp_ms, _offset(one.value)) for one in batch]
                if seen and max(offset for _, offset in seen[-4000:]) >= first + count - 1 and not batch:
                    break
        return _figures(seen, first, count, worker.cpu_s() - cpu) | {"rss_mb": worker.rss_mb()}
    finally:
        worker.stop()


def _offset(raw: bytes | None) -> int:
    alert: Alert = decode(raw)
    return alert.origin.offset


def _figures(seen: list[tuple[int, int]], first: int, count: int, cpu_s: float) -> dict[str, float]:
    """The first batch is where the clock starts, so it does not count."""
    began, ended = min(at for at, _ in seen), max(at for at, _ in seen)
    before = max(offset for at, offset in seen if at <= began + 5) - first + 1
    return {"per_s_wall": (count - before) / (ended - began) * 1000, "per_cpu_s": count / cpu_s, "cpu_us_each": cpu_s / count * 1e6}


async def main(told: argparse.Namespace) -> dict[str, float]:
    """All runs on one broker, the medians of each figure."""
    with tempfile.TemporaryDirectory() as name, EmbeddedKafka(Path(name)) as broker:
        access = broker.access("admin")
        runs = [await cases_path(access, f"c{n}.", told.declarations) for n in range(told.runs)]
    return {key: round(statistics.median(run[key] for run in runs), 1) for key in runs[0]}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--declarations", type=int, default=12_000)
    parser.add_argument("--runs", type=int, default=3)
    print(json.dumps(asyncio.run(main(parser.parse_args())), indent=1))
