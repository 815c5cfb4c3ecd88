"""`tocsin silence`: what is not told for a while, by whom and why; set, replaced, listed and ended."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.console import Console
from rich.table import Table

from alertcore.cases.silences import EXPIRE, SET
from alertcore.dispatch.durations import read_duration
from alertcore.dispatch.matcher_text import read_matchers
from alertcore.dispatch.matchers import text_of
from alertcore.dispatch.silence_records import matchers_of
from alertcore.records.alert import Alert
from alertcore.records.dispatch import Silence, SilenceState
from tocsin.alert_log import ENDED, newest
from tocsin.commands.options import ByOption, HomeOption, JsonOption, SettingsOption
from tocsin.commands.output import put, say
from tocsin.commands.running import run
from tocsin.exits import DONE, FAILED, UnreachableError, UsageError
from tocsin.hub import Hub
from tocsin.instants import instant_of
from tocsin.setting_up import send_command
from tocsin.silence_log import Order, answer_to, end_of_topic, falls_under, is_over, shown, standing

app = typer.Typer(help="What is not told for a while, by whom and why. A duty is told all the same.", no_args_is_help=True)
DECIDED_WITHIN_S = 20.0
NAMED = 20
"""Alerts that are named where more match."""


@app.command()
def add(
    matcher: Annotated[
        list[str], typer.Argument(help='What its alerts have: kind=shortage, severity=~"minor|info", subject=cis:60000001.')
    ],
    by: ByOption,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the record.")],
    until: Annotated[str, typer.Option("--until", help="When it ends: a time with its offset.")] = "",
    length: Annotated[str, typer.Option("--for", help="How long it holds (2h, 1d12h); with --at, how long each time.")] = "",
    starts: Annotated[str, typer.Option("--starts", help="When it begins; default now.")] = "",
    at: Annotated[str, typer.Option("--at", help="Only at times: from this local time of the day on, as 22:00.")] = "",
    days: Annotated[str, typer.Option("--days", help="With --at: on these days alone, as mon,tue.")] = "",
    zone: Annotated[str, typer.Option("--zone", help="With --at: time zone, as Europe/Paris; default the agency's.")] = "",
    warn: Annotated[str, typer.Option("--warn", help="How long before its end its author is told; default 1h.")] = "",
    confirm: Annotated[
        bool, typer.Option("--confirm", help="You know that open duties match, and that they are told all the same.")
    ] = False,
    replace: Annotated[str, typer.Option("--replace", help="The silence that this one replaces, under its id.")] = "",
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Set a silence."""
    params = {"matchers": joined(matcher), **times(until, length, starts, at, datetime.now(UTC))}
    params |= {"days": days, "zone": zone, "warn": warn, "confirmed": "yes" if confirm else ""}
    run(_order(Hub.find(home, settings), SET, replace, by, reason, {k: v for k, v in params.items() if v}, json))


@app.command("list")
def list_silences(
    everything: Annotated[bool, typer.Option("--all", help="Those that are over too.")] = False,
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Silences that hold or will, the first to end first."""
    run(_list(Hub.find(home, settings), everything, json))


@app.command()
def show(silence: str, json: JsonOption = False, home: HomeOption = None, settings: SettingsOption = None) -> None:
    """One silence."""
    run(_show(Hub.find(home, settings), silence, json))


@app.command()
def expire(silence: str, by: ByOption, json: JsonOption = False, home: HomeOption = None, settings: SettingsOption = None) -> None:
    """End a silence now; what it held back is told at once."""
    run(_order(Hub.find(home, settings), EXPIRE, silence, by, "", {}, json))


def joined(texts: Sequence[str]) -> str:
    """Several matchers as one text. UsageError says what is wrong with one."""
    try:
        return text_of(tuple(m for text in texts for m in read_matchers(text)))
    except ValueError as error:
        raise UsageError(str(error)) from error


def times(until: str, length: str, starts: str, at: str, now: datetime) -> dict[str, str]:
    """Beginning, end and turns, from what was said of them."""
    begin = instant_of(starts, "--starts") if starts else now
    said = {"starts": begin.isoformat()} if starts else {}
    if until:
        end = instant_of(until, "--until")
        if length and not at:
            raise UsageError("--until and --for both say when it ends: name one, or --at as well")
    elif at or not length:
        raise UsageError("a silence needs an end: name --until" + ("" if at else " or --for"))
    else:
        end = begin + _span(length)
    return said | {"ends": end.isoformat()} | ({"at": at, "for": length} if at else {})


def _span(text: str) -> timedelta:
    try:
        return read_duration(text)
    except ValueError as error:
        raise UsageError(f"--for: {error}") from error


async def _order(hub: Hub, action: str, target: str, by: str, reason: str, params: dict[str, str], as_json: bool) -> int:
    access, command = hub.access("operator"), str(uuid4())
    before = next((s for s in await standing(access) if s.silence_id == target), None) if target else None
    start = await end_of_topic(access)
    receipt = await send_command(hub.access("hub"), action, target, by, reason, params, command_id=command)
    if receipt.verdict == "refused":
        raise UsageError("; ".join(p.text for p in receipt.problems))
    order = Order(command, by, target, before.version if before else 0)
    found = await answer_to(access, order, start, DECIDED_WITHIN_S, say)
    if found is None:
        raise UnreachableError(f"the order is in the log, but was not decided for {DECIDED_WITHIN_S:g} s: see `tocsin silence list`")
    alerts = [] if found.state is SilenceState.EXPIRED else await newest(access)
    return _answer(found, alerts, as_json)


def _answer(found: Silence, alerts: list[Alert], as_json: bool) -> int:
    by_id = {a.alert_id: a for a in alerts}
    refused = found.state is SilenceState.REFUSED
    matching = [a.alert_id for a in alerts if a.step not in ENDED and falls_under(matchers_of(found), a)] if not refused else []
    if as_json:
        put(shown(found, datetime.now(UTC)) | ({} if refused else {"alerts_matching": len(matching)}))
        return FAILED if refused else DONE
    if refused:
        say(f"tocsin: refused: {found.why}")
        for line in _named(found.duties, by_id):
            say(line)
        if found.duties:
            say("  Add --confirm where that is known: these are told all the same, and whatever else matches is not.")
        return FAILED
    print("\n".join(told(found, datetime.now(UTC))))
    if found.state is SilenceState.ACTIVE:
        print(f"{len(matching)} open alert{'' if len(matching) == 1 else 's'} match{'es' if len(matching) == 1 else ''} now")
        print("\n".join(_named(matching, by_id))) if matching else None
    if found.duties:
        print("told all the same, since they are duties:")
        print("\n".join(_named(found.duties, by_id)))
    return DONE


def _named(alerts: Sequence[str], by_id: dict[str, Alert]) -> list[str]:
    """Alerts by name, the first of them where there are many."""
    lines = []
    for alert_id in alerts[:NAMED]:
        a = by_id.get(alert_id)
        about = f"  {a.kind}  {a.facts.get('name', f'{a.subject.kind}:{a.subject.id}')}" if a else ""
        lines.append(f"  {alert_id}{about}")
    return lines + ([f"  and {len(alerts) - NAMED} more"] if len(alerts) > NAMED else [])


async def _list(hub: Hub, everything: bool, as_json: bool) -> int:
    now = datetime.now(UTC)
    found = [s for s in await standing(hub.access("operator")) if everything or not is_over(s, now)]
    if as_json:
        for silence in found:
            put(shown(silence, now))
        return DONE
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("silence", "state", "matchers", "ends", "holds next", "by", "reason"):
        table.add_column(name, no_wrap=True)
    for row in (shown(s, now) for s in found):
        table.add_row(row["silence_id"], row["phase"], row["text"], _time(row["ends"]), _next(row), row["author"], row["reason"])
    Console(width=None if sys.stdout.isatty() else 200).print(table)
    return DONE


async def _show(hub: Hub, silence: str, as_json: bool) -> int:
    found = next((s for s in await standing(hub.access("operator")) if s.silence_id == silence), None)
    if found is None:
        raise UsageError(f"there is no silence {silence}: `tocsin silence list --all` names all")
    now = datetime.now(UTC)
    put(shown(found, now)) if as_json else print("\n".join(told(found, now)))
    return DONE


def told(silence: Silence, at: datetime) -> list[str]:
    """A silence in lines."""
    row = shown(silence, at)
    out = [f"{row['silence_id']}  {row['phase']}  {row['text']}", f"  by {row['author']}: {row['reason']}"]
    out.append(f"  from {_time(row['starts'])} until {_time(row['ends'])} (UTC)")
    if turns := row["recurrence"]:
        out.append(f"  {_turns(turns)}")
    if row["holds"]:
        out.append(f"  holds {_next(row)}")
    return out + ([f"  ended by {row['expired_by']}"] if row["expired_by"] else [])


def _turns(turns: dict[str, Any]) -> str:
    names = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
    days = ", ".join(names[d] for d in turns["weekdays"]) or "every day"
    clock = f"{turns['minute'] // 60:02}:{turns['minute'] % 60:02}"
    return f"{days} at {clock} ({turns['zone']}) for {turns['duration_ms'] / 3_600_000:g} h"


def _next(row: dict[str, Any]) -> str:
    return f"{_time(row['holds']['from'])} to {_time(row['holds']['until'])}" if row["holds"] else "-"


def _time(text: str) -> str:
    return text[:16].replace("T", " ")
