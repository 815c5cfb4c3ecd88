"""`tocsin cases`, by subject: the list, one case, and what officers do on it."""

from __future__ import annotations

import sys
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.console import Console
from rich.table import Table

from alertcore.cases.case_orders import subject_of
from alertcore.cases.case_view import case as view
from alertcore.cases.case_view import cases as lines
from alertcore.records.shared import Nature, Subject
from alertcore.statejson import plain
from tocsin.case_state import Answer, answer_to, end_of_state, read_state
from tocsin.commands.options import ByOption, HomeOption, JsonOption, SettingsOption
from tocsin.commands.output import put, say
from tocsin.commands.running import run
from tocsin.exits import DONE, FAILED, UsageError
from tocsin.hub import Hub
from tocsin.refusals import why
from tocsin.setting_up import send_command

DECIDED_WITHIN_S = 15.0
SubjectArgument = Annotated[str, typer.Argument(help="What the case is about, as cis:60000001, substance:00123, basic_udi_di:….")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it stands in the record.")]
NeededReason = Annotated[str, typer.Option("--reason", help="Why; it stands in the record.")]
NatureOption = Annotated[str, typer.Option("--nature", help="actual or exercise.")]


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    app.command("list")(list_cases)
    for one in (show, evaluate, consult, answer, note, close, reopen):
        app.command()(one)
    app.command("agree-text")(agree_text)


def list_cases(json: JsonOption = False, home: HomeOption = None, settings: SettingsOption = None) -> None:
    """Every subject that officers worked on, or that an alert is open on."""
    run(_list(Hub.find(home, settings), json))


def show(
    subject: SubjectArgument,
    nature: NatureOption = "actual",
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """One case: facts, evaluation, measures, consultations, limits, alerts, and who did what when."""
    run(_show(Hub.find(home, settings), parsed(subject), _nature(nature), json))


def evaluate(
    subject: SubjectArgument,
    by: ByOption,
    impact: Annotated[str, typer.Option("--impact", help="Impact on patients.")] = "",
    share: Annotated[str, typer.Option("--market-share-pct", help="The company's share of the market, in percent.")] = "",
    stock: Annotated[str, typer.Option("--residual-stock", help="What is left, and how long it lasts.")] = "",
    alternatives: Annotated[str, typer.Option("--alternatives", help="What can replace it.")] = "",
    text: Annotated[str, typer.Option("--text", help="Whatever else.")] = "",
    reason: ReasonOption = "",
    nature: NatureOption = "actual",
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Evaluate a shortage; what is not said stays as it was."""
    given = {"impact": impact, "market_share_pct": share, "residual_stock": stock, "alternatives": alternatives, "text": text}
    if not any(given.values()):
        raise UsageError("nothing is evaluated: name --impact, --market-share-pct, --residual-stock, --alternatives or --text")
    run(order(Hub.find(home, settings), "case.evaluate", subject, by, reason, given, json, nature))


def consult(
    subject: SubjectArgument,
    by: ByOption,
    question: Annotated[str, typer.Option("--question", help="What is asked.")],
    to: Annotated[str, typer.Option("--to", help="Bodies asked, comma separated.")],
    until: Annotated[str, typer.Option("--until", help="When an answer is wanted: a day, or an instant with its offset.")] = "",
    reason: ReasonOption = "",
    nature: NatureOption = "actual",
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Note a question to bodies; officers are told when an answer is late."""
    given = {"question": question, "to": to, "until": until}
    run(order(Hub.find(home, settings), "case.consult", subject, by, reason, given, json, nature))


def answer(
    subject: SubjectArgument,
    consultation: Annotated[str, typer.Argument(help="The consultation, as `tocsin cases show` numbers it.")],
    by: ByOption,
    of: Annotated[str, typer.Option("--of", help="The body that answered.")],
    text: Annotated[str, typer.Option("--text", help="What it answered.")],
    nature: NatureOption = "actual",
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Note what a body answered."""
    given = {"id": consultation, "of": of, "text": text}
    run(order(Hub.find(home, settings), "case.answer", subject, by, "", given, json, nature))


def note(
    subject: SubjectArgument,
    text: Annotated[str, typer.Argument(help="The note.")],
    by: ByOption,
    nature: NatureOption = "actual",
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Note something; nobody is told."""
    run(order(Hub.find(home, settings), "case.note", subject, by, "", {"text": text}, json, nature))


def close(
    subject: SubjectArgument,
    by: ByOption,
    reason: NeededReason,
    nature: NatureOption = "actual",
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Close a case on which no alert is open and no answer is missing."""
    run(order(Hub.find(home, settings), "case.close", subject, by, reason, {}, json, nature))


def reopen(
    subject: SubjectArgument,
    by: ByOption,
    reason: NeededReason,
    nature: NatureOption = "actual",
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Open a closed case again; a new alert does it too."""
    run(order(Hub.find(home, settings), "case.reopen", subject, by, reason, {}, json, nature))


def agree_text(
    subject: SubjectArgument,
    company: Annotated[str, typer.Argument(help="Organisation id of the company.")],
    by: ByOption,
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse it instead.")] = False,
    reason: ReasonOption = "",
    nature: NatureOption = "actual",
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Agree to what a company says of alternatives, as it says it now: from then on it is told to professionals (CSP L.5121-32)."""
    action = "text.refuse" if refuse else "text.agree"
    run(order(Hub.find(home, settings), action, subject, by, reason, {"company": company}, json, nature))


async def order(
    hub: Hub, action: str, target: str, by: str, reason: str, params: dict[str, str], as_json: bool, nature: str = "actual"
) -> int:
    """Send an order on a case and wait until it is decided."""
    subject, of, command = parsed(target), _nature(nature), str(uuid4())
    start = await end_of_state(hub.access("operator"))
    given = {k: v for k, v in params.items() if v}
    receipt = await send_command(hub.access("hub"), action, target, by, reason, given, command_id=command, nature=of)
    if receipt.verdict == "refused":
        raise UsageError("; ".join(p.text for p in receipt.problems))
    answer = await answer_to(hub.access("operator"), command, start, DECIDED_WITHIN_S)
    found = answer.case
    if found is None:
        return not_done(f"{action} on {subject.kind}:{subject.id}", action, answer, as_json)
    step = next(s for s in found.steps if s.command == command)
    put(plain(found)) if as_json else print(f"{target}: {step.action} {step.what}".rstrip())
    return DONE


def not_done(what: str, action: str, answer: Answer, as_json: bool) -> int:
    """Say why an order changed nothing, and what to do."""
    if not answer.decided:
        text = f"is not decided after {DECIDED_WITHIN_S:g} s; it stands in the log, and will be when the hub goes on"
    elif not answer.refused:
        text = "changed nothing, and nothing is said of why: see `tocsin dead-letters list`"
    else:
        text = f"is refused ({answer.refused}): {why(action, answer.refused)}"
    say(f"tocsin: {what} {text}")
    if as_json:
        put({"refused": answer.refused or None, "decided": answer.decided, "text": text})
    return FAILED


def parsed(target: str) -> Subject:
    """The subject of a target. UsageError where it is none."""
    subject = subject_of(target)
    if subject is None:
        raise UsageError(f"{target!r} names no subject: expected its kind and its id, as cis:60000001")
    return subject


def _nature(text: str) -> Nature:
    if text not in (Nature.ACTUAL, Nature.EXERCISE):
        raise UsageError(f"--nature takes actual or exercise, not {text!r}")
    return Nature(text)


async def _list(hub: Hub, as_json: bool) -> int:
    found = lines(await read_state(hub.access("operator"), say))
    if as_json:
        for line in found:
            put(line)
        return DONE
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("subject", "state", "open alerts", "answers missing", "last step", "name"):
        table.add_column(name, no_wrap=True)
    for line in found:
        last = line["last_step"]
        done = f"{last['at'][:16]} {last['action']}" if last else ""
        table.add_row(line["subject"], line["state"], ", ".join(line["open_alerts"]), str(line["answers_missing"]), done, line["name"])
    Console(width=None if sys.stdout.isatty() else 200).print(table)
    return DONE


async def _show(hub: Hub, subject: Subject, nature: Nature, as_json: bool) -> int:
    found = view(await read_state(hub.access("operator"), say), nature, subject, hub.settings.agency.timezone)
    if found is None:
        raise UsageError(f"nothing is known of {subject.kind}:{subject.id}")
    put(found) if as_json else print("\n".join(told(found)))
    return DONE


def told(found: dict[str, Any]) -> list[str]:
    """A case in lines."""
    out = [f"{found['subject']['kind']}:{found['subject']['id']}  {found['name']}" + ("  (closed)" if found["closed_at"] else "")]
    declared = found.get("declarations", ())
    out += [f"  declared {d['declared_at'][:10]} by {d['company']['id']}: {d['nature_declared']}, {d['step']}" for d in declared]
    if found["evaluation"]:
        said = {k: v for k, v in found["evaluation"].items() if v not in (None, "") and k not in ("by", "at")}
        out.append("  evaluated: " + "; ".join(f"{k} {v}" for k, v in said.items()))
    for m in found["measures"]:
        whose = f" of {m['company']}" if "company" in m else ""
        out.append(f"  measure {m['measure_id']}{whose}: {m['code']}, {m['status']} {m['detail']}".rstrip())
    for c in found["consultations"]:
        out.append(f"  {c['consultation_id']} to {', '.join(c['to'])}: {c['question']}")
        out += [f"     {a['of']}: {a['text']}" for a in c["answers"]]
    out += [f"  due {d['due'][:16]} {d['duty']} by {d['to']}" + (" (met)" if d["met_at"] else "") for d in found["deadlines"]]
    out += [f"  alert {a['alert_id']} {a['kind']} {a['severity']} {a['step']}, version {a['version']}" for a in found["alerts"]]
    return out + [f"  {s['at'][:16]}  {s['by']}  {s['action']} {s['what']}".rstrip() for s in found["steps"]]
