"""`tocsin routes`: the routing file put into force, shown, and asked whom a label set would reach."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from alertcore.dispatch.durations import duration_text
from alertcore.dispatch.matcher_text import MatcherError, read_matcher
from alertcore.dispatch.matchers import text_of
from alertcore.dispatch.trial import Fall, falls, receivers_of
from alertcore.statejson import rfc3339
from tocsin.commands.in_force import put_in_force
from tocsin.commands.options import ByOption, HomeOption, JsonOption, SettingsOption
from tocsin.commands.output import put, say
from tocsin.commands.replay import show_table
from tocsin.commands.running import run
from tocsin.exits import DONE, UsageError
from tocsin.hub import Hub
from tocsin.instants import instant_of
from tocsin.rereading import under_routes
from tocsin.routes_file import chosen, chosen_text, usable_text

app = typer.Typer(help="Who is told what.", no_args_is_help=True)
FileOption = Annotated[Path | None, typer.Option("--file", help="Default files.routes of the hub, else the shipped file.")]
AtOption = Annotated[str, typer.Option("--at", help="An instant with its offset; default now.")]
LabelArgument = Annotated[list[str] | None, typer.Argument(metavar="NAME=VALUE...", help="Labels of an alert.")]


@app.command()
def plan(file: Path, json: JsonOption = False, home: HomeOption = None, settings: SettingsOption = None) -> None:
    """What a routing file would change: the case log decided again under it, the messages of the last 90 days counted, nothing sent."""
    run(_plan(Hub.find(home, settings), usable_text(file)[0], json))


@app.command()
def apply(
    file: Path, by: ByOption = "operator", json: JsonOption = False, home: HomeOption = None, settings: SettingsOption = None
) -> None:
    """Show what a routing file would change, then put it into force; it is whole, nothing is added to it."""
    content, text = usable_text(file)
    run(_apply(Hub.find(home, settings), content, text, by, json))


async def _plan(hub: Hub, content: dict[str, Any], as_json: bool) -> int:
    found = await under_routes(hub, content, say)
    put(found) if as_json else show_told(found)
    return DONE


async def _apply(hub: Hub, content: dict[str, Any], text: str, by: str, as_json: bool) -> int:
    found = await under_routes(hub, content, say)
    if not as_json:
        show_told(found)
    return await put_in_force(hub, "routes", text, by, as_json, would=found)


def show_told(found: dict[str, Any]) -> None:
    """What another routing file changes, for a person: messages by day, audience and lane, and who is newly woken at night."""
    console = Console(width=None if Console().is_terminal else 160)
    differing = [r for r in found["days"] if r["then"] != r["now"]]
    show_table(console, "Messages by day", ("day", "audience", "lane"), differing)
    show_table(console, "At night (22 to 7)", ("audience", "channels"), [r for r in found["nights"] if r["then"] != r["now"]])
    for audience in found["newly_woken"]:
        console.print(f"newly woken at night: {audience}")
    if not differing:
        console.print(f"Since {found['since'][:10]} nobody would have been told otherwise.")


@app.command()
def show(home: HomeOption = None, settings: SettingsOption = None) -> None:
    """Print the routing file: files.routes of the hub, else the shipped one, from which one's own may begin."""
    where, text = chosen_text(Hub.find(home, settings).settings.files.routes)
    say(f"routing: {where}")
    print(text, end="")


@app.command("test")
def tried(
    labels: LabelArgument = None,
    file: FileOption = None,
    at: AtOption = "",
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Which receivers an alert with these labels falls to, by which lines, and what the calendar mutes then; needs no hub."""
    given, instant = labels_of(labels or []), instant_of(at)
    where, routing = chosen(file or Hub.find(home, settings).settings.files.routes)
    found = falls(routing, given, instant)
    if json:
        answer = {"receivers": receivers_of(found), "matched": [_plain(one) for one in found], "routing": where, "at": rfc3339(instant)}
        put(answer)
        return
    say(f"routing: {where}")
    for one in found:
        print(_shown(one, instant))


def labels_of(words: list[str]) -> dict[str, str]:
    """NAME=VALUE, the value between quotes or not, as `amtool` reads them."""
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = (part.strip() for part in word.partition("="))
        if not equals or not name or name.endswith("!") or value.startswith("~"):
            raise UsageError(f"a label is NAME=VALUE, as in kind=defect, not {word!r}")
        if name in found:
            raise UsageError(f"the label {name} stands twice")
        found[name] = _unquoted(word) if value.startswith('"') else value
    return found


def _unquoted(word: str) -> str:
    try:
        return read_matcher(word).value
    except MatcherError as error:
        raise UsageError(f"a label is NAME=VALUE: {error}") from error


def _plain(one: Fall) -> dict[str, object]:
    route, known = one.route, one.receiver.audience is not None
    found: dict[str, object] = {"receiver": route.receiver, "line": route.line, "path": route.path}
    found |= {"audience": one.receiver.release_audience if known else "", "group": one.group}
    for name in ("group_wait", "group_interval", "repeat_interval"):
        found[name] = duration_text(getattr(route, name))
    if one.until is not None:
        found |= {"muted_by": one.muted_by, "until": rfc3339(one.until)}
    return found | ({"told_by": one.first} if one.first else {})


def _shown(one: Fall, at: datetime) -> str:
    """For people: the receiver, then the line that matched, its group and timers, and what mutes it."""
    route = one.route
    lines = [one.receiver.name, f"    {route.where}: {text_of(route.matchers) if route.matchers else 'everything'}"]
    if one.receiver.audience is None:
        lines.append("    tells nobody")
    elif one.first:
        lines.append(f"    told once, by {one.first}")
    else:
        group = ", ".join(f"{name}={value}" for name, value in one.group.items()) or "one for all"
        wait, interval, repeat = (duration_text(t) for t in (route.group_wait, route.group_interval, route.repeat_interval))
        lines.append(f"    group: {group}; first after {wait}, changes after {interval}, again after {repeat}")
    if one.until is not None:
        lines.append(f"    muted by {one.muted_by} until {one.until.astimezone(at.tzinfo).isoformat()}; a duty is told all the same")
    return "\n".join(lines)
