"""`tocsin run ROLE`: one process of the hub."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from tocsin.commands.options import SettingsOption
from tocsin.roles.orders import LOOPBACK, Orders
from tocsin.roles.process import run_role

app = typer.Typer(help="One process of the hub, for production.", no_args_is_help=True)
NameOption = Annotated[str | None, typer.Option("--name", help="Name in logs and metrics; default the role's.")]
StatusOption = Annotated[Path | None, typer.Option("--status", help="File to write once the role is ready.")]
HealthOption = Annotated[str, typer.Option("--health", help="HOST:PORT of /live, /ready and /metrics; port 0 is a free one.")]
InstanceOption = Annotated[str, typer.Option("--instance", help="Name of this worker among those of its stage; the same after a restart.")]


@app.command()
def door(name: NameOption = None, status: StatusOption = None, health: HealthOption = LOOPBACK, settings: SettingsOption = None) -> None:
    """Takes what comes in over Kafka."""
    _run(Orders(role="door", name=name or "door", status=status, health=health, settings=settings))


@app.command()
def decide(
    stage: Annotated[str, typer.Option("--stage", help="stock, supply or cases.")],
    instance: InstanceOption = "0",
    name: NameOption = None,
    status: StatusOption = None,
    health: HealthOption = LOOPBACK,
    settings: SettingsOption = None,
) -> None:
    """One worker of a decision stage."""
    named = name or f"decide-{stage}"
    _run(Orders(role="decide", name=named, status=status, health=health, settings=settings, stage=stage, instance=instance))


@app.command()
def relay(name: NameOption = None, status: StatusOption = None, health: HealthOption = LOOPBACK, settings: SettingsOption = None) -> None:
    """Signs and writes to foreign authorities."""
    _run(Orders(role="relay", name=name or "relay", status=status, health=health, settings=settings))


@app.command()
def deliver(name: NameOption = None, status: StatusOption = None, health: HealthOption = LOOPBACK, settings: SettingsOption = None) -> None:
    """Brings notices to people."""
    _run(Orders(role="deliver", name=name or "deliver", status=status, health=health, settings=settings))


@app.command()
def console(name: NameOption = None, status: StatusOption = None, health: HealthOption = LOOPBACK, settings: SettingsOption = None) -> None:
    """The web process: HTTP door, registry, keys, pages."""
    _run(Orders(role="console", name=name or "console", status=status, health=health, settings=settings))


def _run(orders: Orders) -> NoReturn:
    raise typer.Exit(run_role(orders))
