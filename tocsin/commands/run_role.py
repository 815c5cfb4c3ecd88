"""`tocsin run ROLE`: one process of the hub."""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, NoReturn

import typer
import uvloop

from plumbing.logs import set_up_logging
from plumbing.metrics import Metrics
from plumbing.processes import die_with_parent
from tocsin import __version__
from tocsin.commands.options import SettingsOption
from tocsin.exits import UsageError
from tocsin.roles.serving import Serving, serve
from tocsin.settings import Settings, load_settings

app = typer.Typer(help="One process of the hub, for production.", no_args_is_help=True)
NameOption = Annotated[str | None, typer.Option("--name", help="Name in logs and metrics; default the role's.")]
StatusOption = Annotated[Path | None, typer.Option("--status", help="File to write once the role is ready.")]
HealthOption = Annotated[str, typer.Option("--health", help="HOST:PORT of /live, /ready and /metrics; port 0 is a free one.")]
AfterOption = Annotated[Path | None, typer.Option("--after", hidden=True, help="File of `up` to wait for: the brokers' address.")]
InstanceOption = Annotated[str, typer.Option("--instance", help="Name of this worker among those of its stage; the same after a restart.")]
LOOPBACK = "127.0.0.1:0"
WAIT_S = 0.02

Work = Callable[[Serving, Settings], Awaitable[None]]


@app.command()
def door(
    name: NameOption = None,
    status: StatusOption = None,
    health: HealthOption = LOOPBACK,
    after: AfterOption = None,
    settings: SettingsOption = None,
) -> None:
    """Takes what comes in over Kafka."""
    from tocsin.roles.door import door as work

    _run(name or "door", work, status, health, after, settings)


@app.command()
def decide(
    stage: Annotated[str, typer.Option("--stage", help="stock, supply or cases.")],
    instance: InstanceOption = "0",
    name: NameOption = None,
    status: StatusOption = None,
    health: HealthOption = LOOPBACK,
    after: AfterOption = None,
    settings: SettingsOption = None,
) -> None:
    """One worker of a decision stage."""
    from tocsin.roles.decide import decide as work

    _run(name or f"decide-{stage}", lambda s, c: work(s, c, stage, instance), status, health, after, settings)


@app.command()
def relay(
    name: NameOption = None,
    status: StatusOption = None,
    health: HealthOption = LOOPBACK,
    after: AfterOption = None,
    settings: SettingsOption = None,
) -> None:
    """Signs and writes to foreign authorities."""
    from tocsin.roles.relay import relay as work

    _run(name or "relay", work, status, health, after, settings)


@app.command()
def deliver(
    name: NameOption = None,
    status: StatusOption = None,
    health: HealthOption = LOOPBACK,
    after: AfterOption = None,
    settings: SettingsOption = None,
) -> None:
    """Brings notices to people."""
    from tocsin.roles.deliver import deliver as work

    _run(name or "deliver", work, status, health, after, settings)


@app.command()
def console(
    name: NameOption = None,
    status: StatusOption = None,
    health: HealthOption = LOOPBACK,
    after: AfterOption = None,
    settings: SettingsOption = None,
) -> None:
    """The web process: HTTP door, registry, keys, pages."""
    from tocsin.roles.console import console as work

    _run(name or "console", work, status, health, after, settings)


def _run(name: str, work: Work, status: Path | None, health: str, after: Path | None, file: Path | None) -> NoReturn:
    die_with_parent()
    if after is not None:
        _await_brokers(after)
    settings = load_settings(file)
    metrics = Metrics()
    set_up_logging(name, on_suppressed=lambda logger, lines: metrics.log_lines_suppressed.labels(logger).inc(lines))
    metrics.build_info.labels(name, __version__).set(1)
    raise typer.Exit(uvloop.run(_serve(Serving(name, metrics, status, _address(health)), work, settings)))


def _await_brokers(file: Path) -> None:
    """`up` starts its children while Kafka starts: by the time the address is known, their modules are loaded."""
    while not file.exists():
        time.sleep(WAIT_S)
    os.environ["TOCSIN_KAFKA__BOOTSTRAP"] = file.read_text(encoding="utf-8")


async def _serve(serving: Serving, work: Work, settings: Settings) -> int:
    return await serve(serving, lambda s: work(s, settings))


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not (port.isascii() and port.isdigit() and int(port) <= 65535):
        raise UsageError(f"--health takes HOST:PORT, not {text!r}")
    return host, int(port)
