"""From a declaration at the door to its alert, through a whole hub: `tocsin up` as processes, Kafka, door, decision, alerts.

`python -m bench.latency [--idle N] [--idle-per-s R] [--load-s S] [--load-per-s R]`. The sender uses its own Kafka user, a reader of
`alerts` the operator's. Two clocks: `kept_ms` is between the times the two records carry in Kafka (the sender's send, the decider's send);
`heard_ms` is from the sender's send until the reader has the alert in hand. All on one machine, so one clock rules both. `cpu_ms` is
what each role spends on one declaration, deliver and relay included: on few cores it says who stands in whose way.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from alertcore.records.product import Product
from alertcore.records.shortage import Declaration, DeclarationStep
from bench.case_data import declarations, records
from plumbing.producer import Producer
from plumbing.reader import Reader
from plumbing.records import TopicPartition
from plumbing.settings import KafkaAccess
from schemas.codec import decode, encode
from schemas.plain import to_json
from tocsin.home import Home
from tocsin.hub import Hub
from tocsin.publishing import Publisher, as_items
from tocsin.settings import load_settings

ROOT = Path(__file__).parent.parent
READY_S, QUIET_S = 120.0, 10.0
SENDER = "demo-lab"


@asynccontextmanager
async def hub(folder: Path) -> AsyncIterator[Hub]:
    """A hub of its own with the demonstration's registers, up until the end."""
    settings, home = folder / "tocsin.toml", Home(folder / "home")
    settings.write_text('time = "wall"\nports = "sandbox"\n', encoding="utf-8")
    words = [sys.executable, "-m", "tocsin", "up", "--home", str(home.path), "--settings", str(settings)]
    with (folder / "up.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + READY_S
        while not home.endpoints_file.exists():
            if process.returncode is not None or time.monotonic() > deadline:
                raise RuntimeError((folder / "up.log").read_text()[-2000:])
            await asyncio.sleep(0.1)
        yield Hub(load_settings(settings), home)
    finally:
        process.terminate()
        await process.wait()


@dataclass(slots=True)
class Clocks:
    """By declaration id, milliseconds since 1970: when it was sent, was put into the log, its first alert was written, and was heard.

    late: how much longer than asked each rest of the sender took; on an idle machine next to nothing.
    """

    sent: dict[str, float] = field(default_factory=dict)
    logged: dict[str, float] = field(default_factory=dict)
    late: list[float] = field(default_factory=list)
    kept: dict[str, float] = field(default_factory=dict)
    heard: dict[str, float] = field(default_factory=dict)

    async def listen(self, of: Hub) -> None:
        """Reads `alerts` and the case log until cancelled."""
        access = of.access("operator")
        async with asyncio.TaskGroup() as both:
            both.create_task(self._alerts(access))
            both.create_task(self._log(access))

    async def _log(self, access: KafkaAccess) -> None:
        async with aclosing(Reader(access).tail({TopicPartition("cases.log", 0): "beginning"})) as batches:
            async for batch in batches:
                for one in batch:
                    value = decode(decode(one.value).value)
                    if isinstance(value, Declaration):
                        self.logged[value.declaration_id] = one.timestamp_ms

    async def _alerts(self, access: KafkaAccess) -> None:
        places = [TopicPartition("alerts", n) for n in await Reader(access).partitions("alerts")]
        async with aclosing(Reader(access).tail(dict.fromkeys(places, "beginning"))) as batches:
            async for batch in batches:
                now = time.time() * 1000
                for one in batch:
                    name = decode(one.value).facts.get("declaration_id", "")
                    if name in self.sent and name not in self.heard:
                        self.kept[name], self.heard[name] = one.timestamp_ms, now

    def figures(self, wanted: list[str]) -> dict[str, Any]:
        """Percentiles over these declarations. door_ms: from the send to the log; decide_ms: from there to the alert."""
        found = [name for name in wanted if name in self.heard]
        return {
            "events": len(wanted),
            "without_alert": len(wanted) - len(found),
            "door_ms": _percentiles(sorted(self.logged[n] - self.sent[n] for n in found)),
            "decide_ms": _percentiles(sorted(self.kept[n] - self.logged[n] for n in found)),
            "kept_ms": _percentiles(sorted(self.kept[n] - self.sent[n] for n in found)),
            "heard_ms": _percentiles(sorted(self.heard[n] - self.sent[n] for n in found)),
        }


def _percentiles(took: list[float]) -> dict[str, float]:
    return {f"p{p}": round(took[min(len(took) - 1, len(took) * p // 100)], 1) for p in (50, 95, 99)} | {"max": round(took[-1], 1)}


async def paced(producer: Producer, clocks: Clocks, news: list[Declaration], per_s: float) -> list[str]:
    """Sends them at an even pace, and waits until alerts no longer come; returns their ids."""
    topic, began = f"in.{SENDER}.shortage.declarations", time.monotonic()
    names = [d.declaration_id for d in news]
    for number, one in enumerate(news):
        rest = began + number / per_s - time.monotonic()
        await asyncio.sleep(rest)
        if rest > 0:
            clocks.late.append((time.monotonic() - began - number / per_s) * 1000)
        clocks.sent[one.declaration_id] = time.time() * 1000
        await producer.send(topic, encode(one), key=one.cis.encode(), headers=(("ce_id", one.declaration_id.encode()),))
    await producer.flush()
    last, heard = time.monotonic(), -1
    while time.monotonic() - last < QUIET_S and len(clocks.heard) < len(clocks.sent):
        if len(clocks.heard) != heard:
            last, heard = time.monotonic(), len(clocks.heard)
        await asyncio.sleep(0.2)
    return names


def cpu_s(of: Hub) -> dict[str, float]:
    """CPU seconds of every process of the hub so far."""
    assert of.home is not None
    found = {}
    for role, pid in of.home.endpoints()["pids"].items():
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        found[role] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


async def measured(of: Hub, producer: Producer, clocks: Clocks, coming: list[Declaration], per_s: float) -> dict[str, Any]:
    """Figures of one pace."""
    before = cpu_s(of)
    names = await paced(producer, clocks, coming, per_s)
    spent = {role: round((s - before.get(role, 0.0)) / len(names) * 1000, 1) for role, s in cpu_s(of).items()}
    return clocks.figures(names) | {"cpu_ms": spent}


def news() -> Iterator[Declaration]:
    """Declarations that each say something new of an open case."""
    return (d for d in declarations(datetime.now(UTC)) if d.step in (DeclarationStep.INITIAL, DeclarationStep.UPDATE))


async def main(told: argparse.Namespace) -> dict[str, Any]:
    """Both paces on one hub, the slow one first; some events beforehand, so that everything has been used once."""
    clocks, coming = Clocks(), news()
    with tempfile.TemporaryDirectory() as name:
        async with hub(Path(name)) as of:
            known: list[Product] = records("products", "Product")
            async with Publisher(of.access("demo-bdpm"), "demo-bdpm") as publisher:
                await publisher.publish("reference.products", as_items(to_json(p) for p in known))
            listening = asyncio.create_task(clocks.listen(of))
            try:
                async with Producer(of.access(SENDER)) as producer:
                    await paced(producer, clocks, list(islice(coming, 50)), told.idle_per_s)
                    idle = await measured(of, producer, clocks, list(islice(coming, told.idle)), told.idle_per_s)
                    many = list(islice(coming, int(told.load_s * told.load_per_s)))
                    load = await measured(of, producer, clocks, many, told.load_per_s)
            finally:
                listening.cancel()
                await asyncio.wait([listening])
    figures = {f"idle_{told.idle_per_s:g}_per_s": idle, f"load_{told.load_per_s:g}_per_s": load}
    return {**figures, "rest_late_ms": _percentiles(sorted(clocks.late))}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--idle", type=int, default=500)
    parser.add_argument("--idle-per-s", type=float, default=15)
    parser.add_argument("--load-s", type=float, default=20)
    parser.add_argument("--load-per-s", type=float, default=300)
    print(json.dumps(asyncio.run(main(parser.parse_args())), indent=1))
