"""`tocsin duty`: the roster, who is in charge, and putting it into force."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from alertcore.deadlines.clock import local
from alertcore.duty import chain, read_roster
from tocsin.commands.in_force import put_in_force
from tocsin.commands.options import ByOption, HomeOption, JsonOption, SettingsOption
from tocsin.commands.output import put
from tocsin.commands.running import run
from tocsin.files import read_settings_file
from tocsin.hub import Hub
from tocsin.instants import instant_of

app = typer.Typer(help="Who is in charge: shifts, overrides and absences.", no_args_is_help=True)
AtOption = Annotated[str, typer.Option("--at", help="An instant with its offset; default now.")]


@app.command()
def who(file: Path, at: AtOption = "", json: JsonOption = False) -> None:
    """Who is called at an instant by a roster, one after the other; needs no hub."""
    roster = read_roster(read_settings_file("duty", file))
    instant = instant_of(at)
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
    run(put_in_force(Hub.find(home, settings), "duty", file.read_text(encoding="utf-8"), by, json))
