"""`tocsin check`: settings, files, schemas, templates, connections: a line each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from connectors.routes_file import RoutesFile, read_routes_file
from notifiers.rendering import Renderer
from notifiers.template_check import check as differences
from plumbing.admin import Admin
from plumbing.errors import PlumbingError
from schemas.catalogue import catalogue
from store.errors import StoreAway
from store.migrate import is_current, revision
from tocsin.commands.options import HomeOption, JsonOption, SettingsOption
from tocsin.commands.output import put
from tocsin.commands.running import run
from tocsin.exits import DONE, FAILED, ExitError
from tocsin.files import check_file, read_registers, read_text
from tocsin.hub import Hub
from tocsin.roles.deliver import house_of
from tocsin.routes_file import chosen_text, placed

Found = tuple[bool, str]


def check(
    routes: Annotated[Path | None, typer.Option("--routes", help="Check this routes file alone; needs no hub.")] = None,
    policy: Annotated[Path | None, typer.Option("--policy", help="Check this policy file alone; needs no hub.")] = None,
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Check what a hub needs; exit 1 on a fault."""
    good = True
    if policy is not None:
        check_file("policy", read_text(policy), str(policy))
        _tell("policy", True, f"{policy} can be used", json)
    if routes is not None:
        good = _check_routes(str(routes), read_routes_file(read_text(routes)), json)
    if routes is not None or policy is not None:
        raise typer.Exit(DONE if good else FAILED)
    run(_check(Hub.find(home, settings), json))


def _check_routes(where: str, found: RoutesFile, as_json: bool) -> bool:
    """A line for each fault and warning, then one for the file."""
    for word, problems in (("fault", found.problems), ("warning", found.warnings)):
        for p in problems:
            if as_json:
                put({"check": "routes", "ok": word == "warning", "file": where, **asdict(p)})
            else:
                print(placed(where, p) if word == "fault" else placed(where, replace(p, text=f"warning: {p.text}")))
    good = found.routing is not None
    _tell("routes", good, f"{where} {'can' if good else 'cannot'} be used", as_json)
    return good


def _tell(name: str, ok: bool, detail: str, as_json: bool) -> None:
    put({"check": name, "ok": ok, "detail": detail}) if as_json else print(f"{'ok   ' if ok else 'FAULT'} {name}: {detail}")


async def _check(hub: Hub, as_json: bool) -> int:
    good = True
    for name, look in looks(hub).items():
        try:
            ok, detail = await look()
        except (ExitError, PlumbingError, StoreAway) as error:
            ok, detail = False, str(error)
        good &= ok
        _tell(name, ok, detail, as_json)
    return DONE if good else FAILED


def looks(hub: Hub) -> dict[str, Callable[[], Awaitable[Found]]]:
    """What is looked at, by its name, in order."""

    async def settings() -> Found:
        return True, f"agency {hub.settings.agency.id}, time {hub.settings.time}, ports {hub.settings.ports}"

    async def files() -> Found:
        registers = read_registers(hub.settings)
        return True, f"{len(registers.senders.senders)} senders, {len(registers.authorities.authorities)} authorities"

    async def routes() -> Found:
        where, text = chosen_text(hub.settings.files.routes)
        found = read_routes_file(text)
        told = [placed(where, p) for p in (*found.problems, *found.warnings)]
        return found.routing is not None, "; ".join(told) or f"{where}: nothing to say against it"

    async def schemas() -> Found:
        return True, f"{len(catalogue().by_id)} released schemas"

    async def templates() -> Found:
        found = differences(Renderer(house_of(hub.settings), hub.settings.files.templates))
        return not found, "; ".join(f"{d.template}/{d.audience}: {d.text}" for d in found[:3]) or "every language says the same"

    async def kafka() -> Found:
        cluster = await Admin(hub.access("admin" if hub.home else "")).cluster()
        return True, f"{len(cluster.nodes)} broker answers"

    async def database() -> Found:
        good, at = await is_current(hub.database_url), await revision(hub.database_url)
        return good, f"at revision {at}" if good else f"at revision {at}: run `tocsin db upgrade`"

    return {look.__name__: look for look in (settings, files, routes, schemas, templates, kafka, database)}
