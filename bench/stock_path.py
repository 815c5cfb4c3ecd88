"""The stock path through the real shell: reports of 200 lines in `stock.log` to positions, stock and supply as two processes.

`python -m bench.stock_path [--reports N] [--minutes M] [--runs R] [--plain-s S]`, on an embedded Kafka of its own. All reports are in the
log before `stock` starts; M is how much log time they span (flush every 60 s of it). Positions are compared with plain numpy.
The figure depends on M: every flush makes a position of each medicine that changed, so supply's work grows with M and stock's hardly does.
By default 2,000 reporters tell their 200 lines once a minute for ten minutes, and every minute all 5,000 medicines have another position.
Lines a second are given by wall, and by the CPU seconds of the busier of the two processes: on a machine of two cores that also runs
the broker, the wall measures the machine. Beside it, in the same run: Faust as a user would write it, one line an event.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from alertcore.records.stock import Position
from alertcore.sharding import shard
from bench.stock_data import LINES, before, cip13, entries, reference, reporter, reports
from plumbing.admin import Admin
from plumbing.plan import TopicSpec
from plumbing.producer import Producer
from plumbing.reader import Reader
from plumbing.records import OutRecord, TopicPartition
from plumbing.settings import KafkaAccess
from schemas.codec import decode
from tocsin.kafka.server import EmbeddedKafka
from tocsin.provision.topics import hub_topics

ROOT = Path(__file__).parent.parent
PARTITIONS = 4
WAIT_S = 600.0


class Worker:
    """A process of this folder; `cpu_s` is user and system time so far."""

    def __init__(self, module: str, access: KafkaAccess, **told: str) -> None:
        who = {"bootstrap": access.bootstrap, "user": access.user, "password": access.password.reveal(), "partitions": str(PARTITIONS)}
        command = [sys.executable, "-m", module, json.dumps({**who, **told})]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def line(self) -> str:
        """The next line it prints."""
        assert self.process.stdout is not None
        found = self.process.stdout.readline().strip()
        if not found:
            raise RuntimeError(f"{self.process.args!r} ended with {self.process.wait(20)}")
        return found

    def check(self) -> None:
        """Raises where it has ended."""
        if self.process.poll() is not None:
            raise RuntimeError(f"a worker ended with {self.process.returncode}")

    def cpu_s(self) -> float:
        """CPU seconds so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def rss_mb(self) -> float:
        """Resident memory now."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * 4096 / 1e6

    def stop(self) -> None:
        """Ends it."""
        self.process.terminate()
        self.process.wait(20)


async def write(access: KafkaAccess, topic: str, records: Any) -> None:
    """Appends (partition, value), in runs of 500."""
    async with Producer(access, linger_ms=5) as plain:
        while run := list(islice(records, 500)):
            await plain.write_all([OutRecord(topic, value, b"k", (), place) for place, value in run])


async def stock_path(access: KafkaAccess, prefix: str, count: int, minutes: float) -> dict[str, float]:
    """One run. Raises AssertionError where positions differ from the reference."""
    admin = Admin(access)
    await admin.create_topics(hub_topics(PARTITIONS, PARTITIONS, 1, prefix))
    start = datetime.now(UTC) - timedelta(minutes=minutes + 1)
    await write(access, prefix + "supply.log", before(PARTITIONS, start))
    await write(
        access, prefix + "stock.log", ((shard(of, PARTITIONS), value) for of, value in entries(count, start, timedelta(minutes=minutes)))
    )
    supply = Worker("bench.decide_worker", access, prefix=prefix, stage="supply")
    stock: Worker | None = None
    try:
        await asyncio.to_thread(supply.line)
        await _consumed(admin, prefix, supply)
        supply_before = supply.cpu_s()
        stock = Worker("bench.decide_worker", access, prefix=prefix, stage="stock")
        await asyncio.to_thread(stock.line)
        began, stock_before = time.time(), stock.cpu_s()
        ended, told = await _positions(access, prefix, reference(count), (stock, supply))
        cpu = {"stock": stock.cpu_s() - stock_before, "supply": supply.cpu_s() - supply_before}
        lines = count * LINES
        return {
            "lines_per_s_wall": lines / (ended - began),
            "lines_per_cpu_s_of_the_busier": lines / max(cpu.values()),
            "lines_per_cpu_s_of_both": lines / sum(cpu.values()),
            "stock_cpu_s": cpu["stock"],
            "supply_cpu_s": cpu["supply"],
            "stock_rss_mb": stock.rss_mb(),
            "supply_rss_mb": supply.rss_mb(),
            "positions": told,
        }
    finally:
        for one in (supply, stock):
            if one is not None:
                one.stop()


async def _consumed(admin: Admin, prefix: str, supply: Worker) -> None:
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        supply.check()
        lag = await admin.lag(f"{prefix}tocsin-supply")
        if len(lag) == PARTITIONS and not any(lag.values()):
            return
        await asyncio.sleep(0.5)
    raise TimeoutError(f"supply did not read its log in {WAIT_S} s")


async def _positions(
    access: KafkaAccess, prefix: str, wanted: dict[str, tuple[int, float]], workers: tuple[Worker, ...]
) -> tuple[float, int]:
    """(time of the last position, how many there were), once the newest of every medicine is as wanted."""
    starts: Any = {TopicPartition(prefix + "positions", n): "beginning" for n in range(PARTITIONS)}
    newest: dict[str, tuple[int, float]] = {}
    told, last, deadline = 0, 0, time.monotonic() + WAIT_S
    async for batch in Reader(access).tail(starts):
        for one in batch:
            position: Position = decode(one.value)
            newest[position.cis] = (position.saleable, position.daily_use or 0.0)
            told, last = told + 1, max(last, one.timestamp_ms)
        for worker in workers:
            worker.check()
        if newest == wanted:
            return last / 1000, told
        if time.monotonic() > deadline:
            differ = {cis: (newest.get(cis), of) for cis, of in wanted.items() if newest.get(cis) != of}
            raise AssertionError(f"{len(differ)} of {len(wanted)} positions are wrong, such as {dict(islice(differ.items(), 3))}")
    raise AssertionError("the tail ended")


async def plain_faust(access: KafkaAccess, prefix: str, seconds: float) -> dict[str, float]:
    """Lines a second of plain Faust, on as many as it does in that time."""
    topic = prefix + "lines"
    await Admin(access).create_topics([TopicSpec(topic, PARTITIONS, {}), TopicSpec(topic + ".sums", PARTITIONS, {})])
    await write(access, topic, _lines(int(seconds * 8_000)))
    worker = Worker("bench.plain_faust", access, prefix=prefix, topic=topic, seconds=str(seconds))
    try:
        found = json.loads(await asyncio.to_thread(worker.line))
    finally:
        worker.stop()
    return {"lines_per_s_wall": found["lines"] / found["seconds"], "lines_per_cpu_s": found["lines"] / found["cpu_s"]}


def _lines(count: int) -> Any:
    made = (
        (shard(reporter(r.reporter).id, PARTITIONS), {"reporter": reporter(r.reporter).id, "cip13": cip13(p), "saleable": s})
        for r in reports(count // LINES + 1)
        for p, s in zip(r.products.tolist(), r.packs.tolist(), strict=True)
    )
    return ((place, json.dumps(line).encode()) for place, line in islice(made, count))


async def main(told: argparse.Namespace) -> dict[str, Any]:
    """All runs on one broker, the medians of each figure."""
    with tempfile.TemporaryDirectory() as name, EmbeddedKafka(Path(name), heap_mib=1024) as broker:
        access = broker.access("admin")
        runs = [await stock_path(access, f"s{n}.", told.reports, told.minutes) for n in range(told.runs)]
        plain = await plain_faust(access, "f.", told.plain_s) if told.plain_s else {}
    medians = {key: round(statistics.median(run[key] for run in runs), 1) for key in runs[0]}
    return {
        "lines": told.reports * LINES,
        "runs": told.runs,
        "stock_path": medians,
        "plain_faust": {k: round(v, 1) for k, v in plain.items()},
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=20_000)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--plain-s", type=float, default=30.0)
    print(json.dumps(asyncio.run(main(parser.parse_args())), indent=1))
