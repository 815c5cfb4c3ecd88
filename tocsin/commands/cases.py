"""`tocsin cases`: cases by subject, and by one of their alerts measures, whether alternatives cover the need, and duties that are met."""

from __future__ import annotations

from typing import Annotated

import typer

from alertcore.cases.measure_codes import AGENCY, OPEN_DATA
from alertcore.rules.police_measures import CODES
from tocsin.commands.alerts import decide
from tocsin.commands.case_orders import add_to, order
from tocsin.commands.options import ByOption, HomeOption, JsonOption, SettingsOption
from tocsin.commands.running import run
from tocsin.exits import UsageError
from tocsin.hub import Hub

app = typer.Typer(help="The officer's work on cases, by their subject or by one of their alerts.", no_args_is_help=True)
add_to(app)
BY_STATUS = {
    "proposed": "measure.propose",
    "agreed": "measure.agree",
    "refused": "measure.refuse",
    "in_force": "measure.start",
    "ended": "measure.end",
}
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it stands in the record.")]


@app.command()
def measure(
    target: Annotated[str, typer.Argument(help="The case's subject (cis:60000001), or one of its alerts.")],
    code: Annotated[
        str, typer.Argument(help=f"A measure's code, or its id where it is proposed already; {', '.join((*AGENCY, *OPEN_DATA, *CODES))}.")
    ],
    by: ByOption,
    status: Annotated[str, typer.Option("--status", help="proposed, agreed, refused, in_force or ended.")] = "in_force",
    detail: Annotated[str, typer.Option("--detail", help="What exactly.")] = "",
    first: Annotated[str, typer.Option("--from", help="First day in force, YYYY-MM-DD.")] = "",
    last: Annotated[str, typer.Option("--to", help="Last day in force, YYYY-MM-DD.")] = "",
    company: Annotated[str, typer.Option("--company", help="Whose measure it is; default the agency's own.")] = "",
    number: Annotated[str, typer.Option("--id", help="Id of a measure that is proposed; default its code.")] = "",
    reason: ReasonOption = "",
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """A measure goes its way: proposed, agreed or refused, in force, ended. By an alert it is only noted as it stands."""
    if status not in BY_STATUS:
        raise UsageError(f"--status takes {', '.join(BY_STATUS)}, not {status!r}")
    given = {"detail": detail, "from": first, "to": last}
    if ":" not in target:
        noted = {"code": code, "status": status} | {k: v for k, v in given.items() if v}
        run(decide(Hub.find(home, settings), "measure", target, by, reason, noted, json))
    named = {"code": code, "id": number} if status == "proposed" else {"id": code, "company": company}
    run(order(Hub.find(home, settings), BY_STATUS[status], target, by, reason, given | named, json))


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
