"""Roles as forks of one prepared process: what they import is imported once, and a role that died is back in no time."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing import forkserver, get_context
from pathlib import Path
from typing import Protocol

from plumbing.processes import end_with_parent
from tocsin.exits import ExitError
from tocsin.roles.orders import Orders

PREPARED = (
    "tocsin.forking",
    "tocsin.roles.process",
    "tocsin.roles.decide",
    "tocsin.roles.door",
    "tocsin.roles.relay",
    "tocsin.roles.deliver",
    "tocsin.roles.console",
    "alertcore.stock.stage",
    "alertcore.supply.stage",
    "alertcore.cases.stage",
)
"""Modules the prepared process imports. None of them starts a thread or a loop: those would not survive the fork."""


class Forked(Protocol):
    """A process as multiprocessing has it. exitcode: None while it runs, minus the signal where one ended it."""

    @property
    def pid(self) -> int | None: ...

    @property
    def exitcode(self) -> int | None: ...

    def terminate(self) -> None: ...

    def kill(self) -> None: ...

    def join(self, timeout: float | None = None) -> None: ...


class Forks:
    """The prepared process of this one; there is one in a program."""

    def __init__(self, modules: Sequence[str] = PREPARED) -> None:
        self._context = get_context("forkserver")
        self._context.set_forkserver_preload(list(modules))

    def prepare(self) -> None:
        """Starts it; returns at once, while it imports."""
        forkserver.ensure_running()

    def start(self, orders: Orders, environment: Mapping[str, str], log: Path) -> Forked:
        """A process with exactly this environment, whose words go to the end of `log`. Waits until the imports are done."""
        process = self._context.Process(target=_begin, args=(orders, dict(environment), log), name=orders.name, daemon=True)
        process.start()
        return process


def _begin(orders: Orders, environment: dict[str, str], log: Path) -> None:
    """The child: a session of its own, so that Ctrl-C at the terminal reaches `up` alone, which ends its children in order."""
    os.setsid()
    _redirect(log)
    os.environ.clear()
    os.environ.update(environment)
    with suppress(OSError):  # Linux: its name for `ps` and `top`, since all have one command line
        Path("/proc/self/comm").write_text(orders.name, encoding="ascii")
    end_with_parent()
    sys.exit(_code(orders))


def _redirect(log: Path) -> None:
    with log.open("ab") as out, open(os.devnull, "rb") as nothing:
        for number, file in enumerate((nothing, out, out)):
            os.dup2(file.fileno(), number)


def _code(orders: Orders) -> int:
    from tocsin.roles.process import run_role  # not for `up`, which forks and does no role's work

    try:
        return run_role(orders)
    except ExitError as error:
        print(f"tocsin: {error.text}", file=sys.stderr, flush=True)
        return error.code
