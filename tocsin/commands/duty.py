"""`tocsin duty`: the roster, who is in charge, and putting it into force."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from alertcore.deadlines.clock import local
from alertcore.duty import chain, read_roster
from tocsin.commands.options import ByOption, HomeOption, JsonOption, SettingsOption
from tocsin.commands.output import put
from tocsin.commands.running import run
from tocsin.exits import DONE, FAILED, UsageError
from tocsin.files import read_settings_file
from tocsin.hub import Hub
from tocsin.setting_up import send_file

app = typer.Typer(help="Who is in charge: shifts, overrides and absences.", no_args_is_help=True)
AtOption = Annotated[str, typer.Option("--at", help="An instant with its offset; default now.")]


@app.command()
def who(file: Path, at: AtOption = "", json: JsonOption = False) -> None:
    """Who is called at an instant by a roster, one after the other; needs no hub."""
    roster = read_roster(read_settings_file("duty", file))
    instant = _instant(at)
    found = chain(roster, instant)
    if json:
        put({"at": instant.isoformat(), "chain": list(found)})
        return
    print(f"{local(instant, roster.zone):%A %Y-%m-%d %H:%M} ({roster.zone})")
    for n, person in enumerate(found, 1):
        print(f"  {n}. {person}" + ("  (director)" if person == roster.director else ""))
    if not found:
        print("  nobody: all officers are called together")


@app.command()
def apply(
    file: Path, by: ByOption = "operator", json: JsonOption = False, home: HomeOption = None, settings: SettingsOption = None
) -> None:
    """Put a roster into force."""
    read_settings_file("duty", file)
    run(_apply(Hub.find(home, settings), file.read_text(encoding="utf-8"), by, json))


async def _apply(hub: Hub, text: str, by: str, as_json: bool) -> int:
    receipt = await send_file(hub.access("hub"), "duty", text, by)
    problems = [p.text for p in receipt.problems]
    taken = receipt.verdict in ("taken", "remarks")
    if as_json:
        put({"name": "duty", "verdict": receipt.verdict, "problems": problems})
    else:
        print("duty is in force" if taken else "duty was refused:\n" + "\n".join(f"  {p}" for p in problems))
    return DONE if taken else FAILED


def _instant(text: str) -> datetime:
    if not text:
        return datetime.now(UTC)
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--at takes an instant such as 2026-11-22T08:00+01:00, not {text!r}") from error
    if at.tzinfo is None:
        raise UsageError(f"--at needs an offset, as in {text}+01:00")
    return at
