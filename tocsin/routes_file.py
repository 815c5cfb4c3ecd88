"""The routing file as commands find it: one that is named, else the hub's own, else the shipped one."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from alertcore.dispatch.reading import Problem
from alertcore.dispatch.routing import Routing
from alertcore.dispatch.settings_text import joined
from connectors.routes_file import RoutesFile, read_routes_file
from tocsin.exits import UsageError
from tocsin.files import read_text

SHIPPED = "shipped"


def shipped_text() -> str:
    """The shipped file, in force until a hub is given its own."""
    return (files("tocsin") / "routes.yaml").read_text(encoding="utf-8")


def chosen_text(file: Path | None) -> tuple[str, str]:
    """Which file it is, and its text."""
    return (str(file), read_text(file)) if file is not None else (SHIPPED, shipped_text())


def chosen(file: Path | None) -> tuple[str, Routing]:
    """Which file it is, and what it says. UsageError with every problem."""
    where, text = chosen_text(file)
    return where, _usable(read_routes_file(text), where)


def usable_text(file: Path) -> tuple[dict[str, Any], str]:
    """A file that is named: as the door puts it into the log, and its text. UsageError with every problem."""
    text = read_text(file)
    found = read_routes_file(text)
    _usable(found, str(file))
    return joined(found.plain, found.lines), text


def placed(where: str, problem: Problem) -> str:
    """As compilers write it, so that editors find the place: `routes.yaml:12: route.receiver: ...`."""
    return ": ".join(part for part in (f"{where}:{problem.line}" if problem.line else where, problem.path, problem.text) if part)


def _usable(found: RoutesFile, where: str) -> Routing:
    if found.routing is None:
        raise UsageError(f"{where} cannot be used:\n" + "\n".join(placed(where, p) for p in found.problems))
    return found.routing
