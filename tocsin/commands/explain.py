"""`tocsin alerts explain`: what happened to an alert, who was told and why, and for one person one answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from tocsin import explanation, personal_answer
from tocsin.commands.options import HomeOption, JsonOption, SettingsOption
from tocsin.commands.output import put
from tocsin.commands.running import run
from tocsin.exits import DONE, UsageError
from tocsin.explaining import known, personal
from tocsin.hub import Hub


def explain(
    alert: str,
    person: Annotated[str, typer.Option("--person", help="What became of it for one person, by the reference in the list of people.")] = "",
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Who was told an alert, who was not, and by which line of which version."""
    run(_explain(Hub.find(home, settings), alert, person, json))


async def _explain(hub: Hub, alert_id: str, person: str, as_json: bool) -> int:
    found = await known(hub, alert_id)
    if found is None:
        raise UsageError(f"there is no alert {alert_id}: `tocsin alerts list --all` names all")
    if person:
        one = await personal(hub, found, person)
        _print({"alert_id": alert_id} | personal_answer.plain(person, one), personal_answer.lines(person, one), as_json)
    else:
        _print(explanation.plain(found), explanation.lines(found), as_json)
    return DONE


def _print(plain: dict[str, Any], lines: Iterable[str], as_json: bool) -> None:
    put(plain) if as_json else print("\n".join(lines))
