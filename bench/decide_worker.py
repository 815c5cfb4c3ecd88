"""A decide worker of one stage as a process of its own: `python -m bench.decide_worker '{"stage": ..., "bootstrap": ...}'`."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Callable

import uvloop

from alertcore.agency import Agency
from alertcore.cases.stage import CasesStage
from alertcore.stage import Stage
from alertcore.stock.stage import StockStage
from alertcore.supply.stage import SupplyStage
from plumbing.garbage import settle
from plumbing.settings import KafkaAccess, Secret
from streams.shell import run_decide


async def main(told: dict[str, str]) -> None:
    """Runs until SIGTERM; prints `ready` once everything is open."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    access = KafkaAccess(bootstrap=told["bootstrap"], user=told["user"], password=Secret(told["password"]))
    partitions = int(told["partitions"])
    stages: dict[str, Callable[[], Stage]] = {
        "stock": lambda: StockStage(partitions),
        "supply": lambda: SupplyStage("agency"),
        "cases": lambda: CasesStage(Agency(id="ansm-demo", name="Agence")),
    }
    stage = stages[told["stage"]]()

    def ready() -> None:
        settle()
        print("ready", flush=True)

    await run_decide(stage, access, partitions, "0", stop, ready, prefix=told["prefix"])


def run() -> None:
    """The process; with BENCH_PROFILE set, what it spends its time on goes to that file."""
    asyncio.run(main(json.loads(sys.argv[1])))


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    uvloop.install()
    if os.environ.get("BENCH_PROFILE"):
        import cProfile

        cProfile.run("run()", os.environ["BENCH_PROFILE"] + "." + json.loads(sys.argv[1])["stage"])
    else:
        run()
