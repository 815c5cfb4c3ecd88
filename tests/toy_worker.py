"""A decide worker of the toy stage as a process of its own: `python -m tests.toy_worker '{"bootstrap": ..., ...}'`."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import sys

import uvloop

from alertcore.stage import Stage
from plumbing.settings import KafkaAccess, Secret
from streams.shell import run_decide
from tests.toy_stage import ToyStage


async def main(told: dict[str, str], stage: Stage) -> None:
    """Runs until SIGTERM; prints `ready` once everything first assigned is open."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    access = KafkaAccess(bootstrap=told["bootstrap"], user=told["user"], password=Secret(told["password"]))
    await run_decide(
        stage,
        access,
        int(told["partitions"]),
        told["instance"],
        stop,
        lambda: print("ready", flush=True),
        prefix=told["prefix"],
        time="data" if told.get("time") == "data" else "wall",
    )


def run(stage: Stage) -> None:
    """The process of a worker of this stage; what it needs to know is its first argument."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    uvloop.install()
    try:
        asyncio.run(main(json.loads(sys.argv[1]), stage))
    except Exception:
        logging.exception("worker ends")
        sys.exit(1)


if __name__ == "__main__":
    run(ToyStage())
