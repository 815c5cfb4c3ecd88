"""One role's process, from its orders to its exit code."""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import uvloop

from plumbing.logs import set_up_logging
from plumbing.metrics import Metrics
from tocsin import __version__
from tocsin.exits import UsageError
from tocsin.roles.orders import Orders
from tocsin.roles.serving import Serving, serve
from tocsin.settings import Settings, load_settings

WAIT_S = 0.02

Work = Callable[[Serving, Settings], Awaitable[None]]


def run_role(orders: Orders) -> int:
    """Work until told to stop. Returns the exit code; UsageError where the settings or the orders are wrong."""
    os.nice(orders.nice)
    work = _work(orders)
    if orders.after is not None:
        _await_brokers(orders.after)
    settings = load_settings(orders.settings)
    metrics = Metrics()
    set_up_logging(orders.name, on_suppressed=lambda logger, lines: metrics.log_lines_suppressed.labels(logger).inc(lines))
    metrics.build_info.labels(orders.name, __version__).set(1)
    serving = Serving(orders.name, metrics, orders.status, health_address(orders.health))
    return uvloop.run(_serve(serving, work, settings))


def _work(orders: Orders) -> Work:
    """Only the role that is wanted is imported."""
    found: Any = getattr(import_module(f"tocsin.roles.{orders.role}"), orders.role)
    if orders.role != "decide":
        return found  # type: ignore[no-any-return]
    return lambda serving, settings: found(serving, settings, orders.stage, orders.instance)


def _await_brokers(file: Path) -> None:
    while not file.exists():
        time.sleep(WAIT_S)
    os.environ["TOCSIN_KAFKA__BOOTSTRAP"] = file.read_text(encoding="utf-8")


async def _serve(serving: Serving, work: Work, settings: Settings) -> int:
    return await serve(serving, lambda s: work(s, settings))


def health_address(text: str) -> tuple[str, int]:
    """HOST:PORT as a pair. UsageError if it is something else."""
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and int(port) <= 65535):
        raise UsageError(f"--health takes HOST:PORT, not {text!r}")
    return host, int(port)
