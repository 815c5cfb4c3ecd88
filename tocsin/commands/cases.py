"""`tocsin cases`: what an officer notes on a case: measures, whether alternatives cover the need, and duties that are met."""

from __future__ import annotations

from typing import Annotated

import typer

from alertcore.rules.police_measures import CODES
from tocsin.commands.alerts import decide
from tocsin.commands.options import ByOption, HomeOption, JsonOption, SettingsOption
from tocsin.commands.running import run
from tocsin.exits import UsageError
from tocsin.hub import Hub

app = typer.Typer(help="The officer's notes on a case, by one of its alerts.", no_args_is_help=True)
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it stands in the record.")]


@app.command()
def measure(
    alert: str,
    code: Annotated[str, typer.Argument(help=f"A measure's code; police measures: {', '.join(CODES)}.")],
    by: ByOption,
    status: Annotated[str, typer.Option("--status", help="proposed, agreed, refused, in_force or ended.")] = "in_force",
    detail: Annotated[str, typer.Option("--detail", help="What exactly.")] = "",
    first: Annotated[str, typer.Option("--from", help="First day in force, YYYY-MM-DD.")] = "",
    last: Annotated[str, typer.Option("--to", help="Last day in force, YYYY-MM-DD.")] = "",
    reason: ReasonOption = "",
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Note a measure on the case of a shortage or a stop, or that it has ended."""
    given = {"code": code, "status": status, "detail": detail, "from": first, "to": last}
    run(decide(Hub.find(home, settings), "measure", alert, by, reason, {k: v for k, v in given.items() if v}, json))


@app.command()
def alternatives(
    alert: str,
    cover: Annotated[str, typer.Argument(help="yes, no, or unknown: go by what the company names.")],
    by: ByOption,
    reason: ReasonOption,
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Say whether alternatives cover the need of a medicine whose marketing stops."""
    if cover not in ("yes", "no", "unknown"):
        raise UsageError(f"{cover} says nothing: yes, no or unknown is expected")
    run(decide(Hub.find(home, settings), "alternatives", alert, by, reason, {"cover": cover}, json))


@app.command("duty-met")
def duty_met(
    alert: str,
    duty: Annotated[str, typer.Argument(help="Code of the duty, as `tocsin alerts show` names it.")],
    by: ByOption,
    to: Annotated[str, typer.Option("--to", help="Organisation id of the company that owes it; default the agency itself.")] = "",
    reason: ReasonOption = "",
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Say that a duty is met, where the hub itself cannot see it."""
    given = {"duty": duty} | ({"to": to} if to else {})
    run(decide(Hub.find(home, settings), "duty_met", alert, by, reason, given, json))
