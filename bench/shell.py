"""Decisions a second and event-to-emit latency of the shell with a toy stage, on an embedded Kafka of its own; median of runs.

`python bench/shell.py [--messages N] [--runs N] [--partitions N]`. The toy stage does next to nothing: what is measured is the shell.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from contextlib import aclosing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from plumbing.admin import Admin
from plumbing.producer import Producer
from plumbing.reader import Reader
from plumbing.records import OutRecord, TopicPartition
from plumbing.settings import KafkaAccess
from schemas.codec import decode, encode
from tests.toy_processes import ToyWorker, toy_topics, until
from tests.toy_stage import entry
from tocsin.kafka.server import EmbeddedKafka

LATENCY_EVENTS = 500
PER_S = 100


async def throughput(access: KafkaAccess, prefix: str, folder: Path, messages: int, partitions: int) -> dict[str, float]:
    """A log of `messages` is there before the worker starts; timed from its first emit to its last."""
    await toy_topics(Admin(access), prefix, partitions)
    values = [encode(entry("count", f"k{i % 2000}", pad="x" * 200)) for i in range(2000)]
    async with Producer(access, linger_ms=5) as plain:
        for start in range(0, messages, 2000):
            run = range(start, min(start + 2000, messages))
            await plain.write_all([OutRecord(prefix + "toy.log", values[i % 2000], b"k", (), i % partitions) for i in run])
    worker = ToyWorker(access, prefix, folder / f"{prefix}log", partitions=partitions)
    worker.start()
    try:
        return await _timed(access, prefix, messages, worker.pid)
    finally:
        worker.kill()


async def _timed(access: KafkaAccess, prefix: str, messages: int, pid: int) -> dict[str, float]:
    """From the first batch of emits that arrives to the last."""
    done, first = 0, (0, 0.0, 0.0)
    async with aclosing(Reader(access).tail({TopicPartition(prefix + "toy.out", 0): "beginning"})) as batches:
        async for batch in batches:
            done += len(batch)
            if batch and not first[0]:
                first = (done, time.monotonic(), _cpu_s(pid))
            if done >= messages:
                break
    number = done - first[0]
    return {"per_s": number / (time.monotonic() - first[1]), "cpu_us": (_cpu_s(pid) - first[2]) / number * 1e6}


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


async def latency(access: KafkaAccess, prefix: str, folder: Path, partitions: int) -> list[float]:
    """Milliseconds from the send of an event to the arrival of its emit, at PER_S events a second on an idle worker."""
    await toy_topics(Admin(access), prefix, partitions)
    worker = ToyWorker(access, prefix, folder / f"{prefix}log", partitions=partitions)
    worker.start()
    sent: dict[str, float] = {}
    took: list[float] = []

    async def read() -> None:
        async for batch in Reader(access).tail({TopicPartition(prefix + "toy.out", 0): "beginning"}):
            now = time.perf_counter()
            took.extend((now - sent[decode(one.value).target]) * 1000 for one in batch)

    reading = asyncio.create_task(read())
    try:
        await worker.ready()
        async with Producer(access) as plain:
            for i in range(LATENCY_EVENTS):
                sent[f"l{i}"] = time.perf_counter()
                await plain.write_all([OutRecord(prefix + "toy.log", encode(entry("count", f"l{i}")), b"k", (), i % partitions)])
                await asyncio.sleep(1 / PER_S)
        await until(lambda: len(took) >= LATENCY_EVENTS, 60, "all emits")
    finally:
        reading.cancel()
        worker.kill()
    return sorted(took[50:])


async def main(messages: int, runs: int, partitions: int) -> dict[str, float]:
    """All runs on one broker."""
    with tempfile.TemporaryDirectory() as name, EmbeddedKafka(Path(name)) as broker:
        access, folder = broker.access("admin"), Path(name)
        found = [await throughput(access, f"t{n}.", folder, messages, partitions) for n in range(runs)]
        took = await latency(access, "l.", folder, partitions)
    return {
        "decisions_per_s": round(statistics.median(one["per_s"] for one in found)),
        "cpu_us_per_decision": round(statistics.median(one["cpu_us"] for one in found)),
        "event_to_emit_p50_ms": round(took[len(took) // 2], 1),
        "event_to_emit_p95_ms": round(took[int(len(took) * 0.95)], 1),
        "event_to_emit_p99_ms": round(took[int(len(took) * 0.99)], 1),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=40_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--partitions", type=int, default=4)
    told = parser.parse_args()
    print(json.dumps(asyncio.run(main(told.messages, told.runs, told.partitions)), indent=1))
