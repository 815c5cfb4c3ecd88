"""What every role's process has in common: logs, signals, health and metrics, readiness, exit codes."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from plumbing.errors import PlumbingError
from plumbing.health import Check, HealthServer, Probe
from plumbing.metrics import Metrics
from store.errors import OtherOwner, StoreAway
from tocsin.exits import DONE, FAILED, FENCED, UNREACHABLE, ExitError
from tocsin.home import write_atomically

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Serving:
    """A role's surroundings. `stop` is set by SIGTERM and SIGINT; `http`: address of the web pages, where the role has any."""

    name: str
    metrics: Metrics
    status_file: Path | None
    address: tuple[str, int] = ("127.0.0.1", 0)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    live: dict[str, Check] = field(default_factory=dict)
    http: str | None = None
    _ready: bool = False
    _address: str = ""

    def ready(self) -> None:
        """Call once the role does its work: `/ready` turns 200 and the status file is written."""
        self._ready = True
        log.info("ready", role=self.name)
        if self.status_file is not None:
            said: dict[str, Any] = {"pid": os.getpid(), "metrics": f"{self._address}/metrics"}
            write_atomically(self.status_file, json.dumps(said | ({"http": self.http} if self.http else {})))

    async def is_ready(self) -> Probe:
        """Answer of `/ready`."""
        return Probe(self._ready, "at work" if self._ready else "starting")

    def listening(self, port: int) -> None:
        """The health server listens on this port."""
        self._address = f"http://{self.address[0]}:{port}"


async def serve(serving: Serving, work: Callable[[Serving], Awaitable[None]]) -> int:
    """Run a role until it is told to stop. Returns the exit code; says on the log why it ends."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, serving.stop.set)
    health = HealthServer(serving.metrics.render, live=serving.live, ready={"role": serving.is_ready})
    serving.listening(await health.start(*serving.address))
    try:
        await work(serving)
    except ExitError as error:
        log.error("ended", role=serving.name, code=error.code, text=error.text)
        return error.code
    except OtherOwner as error:
        log.error("ended", role=serving.name, code=FENCED, text=str(error))
        return FENCED
    except (PlumbingError, StoreAway) as error:
        log.error("ended", role=serving.name, code=UNREACHABLE, text=str(error))
        return UNREACHABLE
    except Exception:
        log.exception("crashed", role=serving.name)
        return FAILED
    finally:
        await health.stop()
    return DONE
