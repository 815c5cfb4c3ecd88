"""Mails a second through the ledger: one notice to many, expanded, claimed, sent with links of its own each, and recorded.

Expansion, claims, events and records are all in the figure.

python -m bench.mail [MAILS] [DATABASE_URL]      default 23,500 over SQLite in a temporary folder
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import uvloop

from alertcore.records.notice import Audience, AudienceFilter, Purpose
from notifiers.deliver import DeliverConfig, build
from notifiers.ports import SandboxPorts, SandboxServer, Server
from notifiers.rendering import House
from notifiers.samples import sample
from schemas.codec import encode
from store.database import Database
from store.engine import Engine, open_engine
from store.intake import Intake
from store.migrate import upgrade
from store.people import People
from store.people_csv import HEADER
from store.progress import Progress
from store.vault import Vault, new_key


@contextmanager
def sink() -> Iterator[int]:
    """The port of a sink of its own process."""
    process = subprocess.Popen([sys.executable, "-m", "bench.mail_sink"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(10)


def people(count: int) -> str:
    """As many pharmacies."""
    row = "r{n},community_pharmacy,finess,{n},FR,11,75,{language},pharmacie{n}@dest.example,,"
    return "\n".join([",".join(HEADER), *(row.format(n=n, language="en" if n % 5 == 0 else "fr") for n in range(count))])


async def prepare(engine: Engine, vault: Vault, count: int) -> None:
    """Directory and one notice."""
    database, now = Database(engine), datetime.now(UTC)
    await People(database, vault).import_csv(people(count), now)
    everybody = Audience(filter=AudienceFilter(kinds=("community_pharmacy",), mandatory=True))
    notice = replace(sample("defect", Purpose.ALERT), audience=everybody)
    await Intake(database).take("notices", 0, None, 1, [(notice, encode(notice))], now)


async def measure(url: str, count: int, port: int) -> None:
    """Prints one line."""
    await upgrade(url)
    engine, vault = open_engine(url), Vault(new_key())
    await prepare(engine, vault, count)
    server = Server(name="sink", host="127.0.0.1", port=port, sender="Agence <alertes@tocsin.example>", tls="none")
    house = House("Agence", "https://tocsin.example")
    config = DeliverConfig(
        worker="bench", vault=vault, ports=SandboxPorts(SandboxServer(server)), house=house, message_domain="tocsin.example"
    )
    desk = build(Database(engine), config)
    progress, began, cpu = Progress(Database(engine)), time.perf_counter(), time.process_time()
    tasks = [asyncio.create_task(work) for work in (desk.expander.run(), desk.limiter.run(), desk.sender.run())]
    first = 0.0
    while (done := (await progress.counts("ntc_example_defect")).get("accepted", 0)) < count:
        first = first or (time.perf_counter() - began if done else 0.0)
        assert not any(t.done() for t in tasks), [t.result() for t in tasks if t.done()]
        await asyncio.sleep(0.1)
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await engine.dispose()
    name = url.split(":", 1)[0]
    figures = {"mails": count, "per_s": round(count / took), "seconds": round(took, 2), "first_after_s": round(first, 2)}
    print(json.dumps({name: {**figures, "us_cpu_each": round(cpu / count * 1e6)}}, indent=1))


def main() -> None:
    """One run."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 23_500
    with tempfile.TemporaryDirectory() as folder, sink() as port, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        url = sys.argv[2] if len(sys.argv) > 2 else f"sqlite:///{Path(folder)}/bench.db"
        runner.run(measure(url, count, port))


if __name__ == "__main__":
    main()
