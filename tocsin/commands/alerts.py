"""`tocsin alerts`: what is open, one alert with its life and why who was told, and its release."""

from __future__ import annotations

import sys
from contextlib import aclosing
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.console import Console
from rich.table import Table

from alertcore.records.alert import Alert
from tocsin.alert_log import ENDED, newer, newest, shown, versions
from tocsin.case_state import answer_to, end_of_state
from tocsin.commands.case_orders import not_done
from tocsin.commands.explain import explain
from tocsin.commands.options import ByOption, HomeOption, JsonOption, SettingsOption
from tocsin.commands.output import put
from tocsin.commands.running import run
from tocsin.exits import DONE, UsageError
from tocsin.hub import Hub
from tocsin.setting_up import send_command

app = typer.Typer(help="The officer's work with alerts.", no_args_is_help=True)
app.command()(explain)
DECIDED_WITHIN_S = 15.0


@app.command("list")
def list_alerts(
    everything: Annotated[bool, typer.Option("--all", help="Ended alerts too.")] = False,
    kind: Annotated[str | None, typer.Option("--kind", help="Only this kind.")] = None,
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Open alerts, newest version of each."""
    run(_list(Hub.find(home, settings), everything, kind, json))


@app.command()
def show(alert: str, json: JsonOption = False, home: HomeOption = None, settings: SettingsOption = None) -> None:
    """One alert and its life."""
    run(_show(Hub.find(home, settings), alert, json))


@app.command()
def release(
    alert: str,
    by: ByOption,
    audience: Annotated[str | None, typer.Option("--audience", help="Only this audience; default all that wait.")] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why.")] = "",
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Release a held alert to those who wait for it."""
    run(decide(Hub.find(home, settings), "release", alert, by, reason, {"audience": audience} if audience else {}, json))


@app.command()
def cancel(
    alert: str,
    by: ByOption,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the record.")],
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Cancel an alert, with a reason."""
    run(decide(Hub.find(home, settings), "cancel", alert, by, reason, {}, json))


@app.command()
def report(
    alert: str,
    by: ByOption,
    answer: Annotated[str, typer.Option("--answer", help="yes: report it to the European network and EMA; no: do not.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the record.")],
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Answer whether a shortage is reported to the European network (SPOC) and EMA."""
    if answer not in ("yes", "no"):
        raise UsageError(f"--answer takes yes or no, not {answer!r}")
    run(decide(Hub.find(home, settings), "major_event", alert, by, reason, {"answer": answer}, json))


@app.command()
def correct(
    alert: str,
    by: ByOption,
    text_fr: Annotated[str, typer.Option("--text-fr", help="What is right, in French.")],
    text_en: Annotated[str, typer.Option("--text-en", help="What is right, in English.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the record.")],
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Put right what an alert said; told to exactly those who were told it."""
    run(decide(Hub.find(home, settings), "correct", alert, by, reason, {"text_fr": text_fr, "text_en": text_en}, json))


@app.command()
def contest(
    alert: str,
    by: ByOption,
    company: Annotated[str, typer.Option("--company", help="Organisation id of the company that contests it.")],
    text: Annotated[str, typer.Option("--text", help="What it holds against it.")],
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Enter on behalf of a company that it contests an alert; officers are told, and the alert stays."""
    run(decide(Hub.find(home, settings), "contest", alert, by, "", {"company": company, "text": text}, json))


@app.command()
def ack(alert: str, by: ByOption, json: JsonOption = False, home: HomeOption = None, settings: SettingsOption = None) -> None:
    """Say that you have seen what an alert says now."""
    run(decide(Hub.find(home, settings), "ack", alert, by, "", {}, json))


async def _list(hub: Hub, everything: bool, kind: str | None, as_json: bool) -> int:
    found = [a for a in await newest(hub.access("operator")) if (everything or a.step not in ENDED) and kind in (None, a.kind)]
    if as_json:
        for alert in found:
            put(shown(alert))
        return DONE
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("alert", "kind", "severity", "step", "version", "since", "about"):
        table.add_column(name, no_wrap=True)
    for a in found:
        about = a.facts.get("name", f"{a.subject.kind}:{a.subject.id}")
        step = f"{a.step}, covered" if a.covered_by is not None and a.step != "covered" else a.step
        table.add_row(a.alert_id, a.kind, a.severity, step, str(a.version), a.facts.get("since", ""), about)
    Console(width=None if sys.stdout.isatty() else 200).print(table)
    return DONE


async def _show(hub: Hub, alert_id: str, as_json: bool) -> int:
    life = await _known(hub, alert_id)
    if as_json:
        put(shown(life[-1]) | {"versions": [_step(a) for a in life]})
        return DONE
    last = life[-1]
    print(f"{last.alert_id}  {last.kind}  {last.subject.kind}:{last.subject.id}  {last.facts.get('name', '')}")
    for a in life:
        print(f"  {a.version:>3}  {a.decided_at:%Y-%m-%d %H:%M:%S}  {a.step:<12} {a.reason}")
    if last.covered_by is not None:
        print(f"  covered by {last.covered_by}")
    for name, value in sorted(last.facts.items()):
        print(f"  {name}: {value}")
    for deadline in last.deadlines:
        met = f", met {deadline.met_at:%Y-%m-%d %H:%M}" if deadline.met_at else ""
        print(f"  due {deadline.due:%Y-%m-%d %H:%M} {deadline.duty} by {deadline.to} ({deadline.basis}, {deadline.article}){met}")
    return DONE


async def decide(hub: Hub, action: str, alert_id: str, by: str, reason: str, params: dict[str, str], as_json: bool) -> int:
    before = (await _known(hub, alert_id))[-1]
    start, command = await end_of_state(hub.access("operator")), str(uuid4())
    receipt = await send_command(hub.access("hub"), action, alert_id, by, reason, params, command_id=command)
    if receipt.verdict == "refused":
        raise UsageError("; ".join(p.text for p in receipt.problems))
    answer = await answer_to(hub.access("operator"), command, start, DECIDED_WITHIN_S)
    if answer.refused or not answer.decided:
        return not_done(f"{action} on {alert_id}", action, answer, as_json)
    after: Alert | None = None
    async with aclosing(newer(hub.access("operator"), alert_id, before.version, DECIDED_WITHIN_S)) as found:
        async for version in found:
            after = version
            break
    if after is None:
        return not_done(f"{action} on {alert_id}, which stays {before.step} ({before.reason}),", action, answer, as_json)
    put(shown(after)) if as_json else print(f"{alert_id} is now {after.step} ({after.reason}), version {after.version}")
    return DONE


async def _known(hub: Hub, alert_id: str) -> list[Alert]:
    life = await versions(hub.access("operator"), alert_id)
    if not life:
        raise UsageError(f"there is no alert {alert_id}")
    return life


def _step(alert: Alert) -> dict[str, Any]:
    return {"version": alert.version, "step": alert.step, "reason": alert.reason, "decided_at": shown(alert)["decided_at"]}
