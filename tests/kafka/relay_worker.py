"""A relay as a process of its own, so that it can be killed: `python -m tests.kafka.relay_worker BOOTSTRAP SECRETS KEYS PREFIX`."""

import asyncio
import sys
from pathlib import Path

from notifiers.relay import RelayConfig, run_relay
from plumbing.errors import Fenced
from plumbing.metrics import Metrics
from plumbing.settings import KafkaAccess
from tocsin.kafka.passwords import read_password

FENCED = 75


async def main(bootstrap: str, secrets: str, keys: str, prefix: str) -> int:
    """Says `ready` on stdout; runs until it is killed or fenced."""
    access = KafkaAccess(bootstrap, user="relay", password=read_password(Path(secrets) / "relay"))
    config = RelayConfig(agency="ansm", country="FR", name="Agence", keys=Path(keys), authorities=("be", "de"), heartbeat_s=0.3)
    try:
        await run_relay(access, config, asyncio.Event(), lambda: print("ready", flush=True), Metrics(), prefix)
    except Fenced:
        return FENCED
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:])))
