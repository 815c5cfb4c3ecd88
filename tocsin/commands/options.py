"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from alertcore.persons import problem, spelt

HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder of a hub on this machine; default TOCSIN_HOME, else .tocsin here.")]
SettingsOption = Annotated[Path | None, typer.Option("--settings", help="Settings file (TOML) of the hub.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document (lists: JSON lines) and nothing else.")]


def _person(value: str) -> str:
    """The id as it will stand in the record; wrong usage where it is none."""
    if wrong := problem(value):
        raise typer.BadParameter(f"{value!r} {wrong}")
    return spelt(value)


ByOption = Annotated[str, typer.Option("--by", callback=_person, help="Who does it: an opaque id that stands in the record, one word.")]
