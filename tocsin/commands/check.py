"""`tocsin check`: settings, files, schemas, templates, connections: a line each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer

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
from tocsin.files import check_file, read_registers
from tocsin.hub import Hub
from tocsin.roles.deliver import house_of

Found = tuple[bool, str]


def check(
    routes: Annotated[Path | None, typer.Option("--routes", help="Check this routes file alone; needs no hub.")] = None,
    policy: Annotated[Path | None, typer.Option("--policy", help="Check this policy file alone; needs no hub.")] = None,
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Check what a hub needs; exit 1 on a fault."""
    for name, file in (("routes", routes), ("policy", policy)):
        if file is not None:
            check_file(name, file.read_text(encoding="utf-8"), str(file))
            print(f"ok    {name}: {file} can be used")
    if routes is None and policy is None:
        run(_check(Hub.find(home, settings), json))


async def _check(hub: Hub, as_json: bool) -> int:
    good = True
    for name, look in _looks(hub):
        try:
            ok, detail = await look()
        except (ExitError, PlumbingError, StoreAway) as error:
            ok, detail = False, str(error)
        good &= ok
        put({"check": name, "ok": ok, "detail": detail}) if as_json else print(f"{'ok   ' if ok else 'FAULT'} {name}: {detail}")
    return DONE if good else FAILED


def _looks(hub: Hub) -> list[tuple[str, Callable[[], Awaitable[Found]]]]:
    async def settings() -> Found:
        return True, f"agency {hub.settings.agency.id}, time {hub.settings.time}, ports {hub.settings.ports}"

    async def files() -> Found:
        registers = read_registers(hub.settings)
        return True, f"{len(registers.senders.senders)} senders, {len(registers.authorities.authorities)} authorities"

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

    looks = (settings, files, schemas, templates, kafka, database)
    return [(look.__name__, look) for look in looks]
