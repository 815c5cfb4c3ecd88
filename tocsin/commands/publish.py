"""`tocsin publish`: a file's events, validated by the door, refused ones to a file with their reasons."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from schemas.binding import KINDS
from schemas.plain import to_json
from tocsin.commands.options import HomeOption, JsonOption, SettingsOption
from tocsin.commands.output import put, say
from tocsin.commands.running import run
from tocsin.exits import DONE, FAILED, UsageError
from tocsin.feeding import FORMATS, Feed, read_feed
from tocsin.hub import Hub
from tocsin.publishing import Outcome, Publisher, Refusal


def publish(
    kind: str,
    file: Path,
    sender: Annotated[str, typer.Option("--sender", help="Sender to publish as.")],
    form: Annotated[str | None, typer.Option("--format", help=f"{' | '.join(FORMATS)}; default by the file's ending.")] = None,
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Publish the events of a file; exit 1 if anything was refused."""
    if kind not in KINDS:
        raise UsageError(f"there is no kind {kind!r}; known are {', '.join(KINDS)}")
    feed = read_feed(kind, file, form)
    run(_publish(Hub.find(home, settings), kind, file, sender, feed, json))


async def _publish(hub: Hub, kind: str, file: Path, sender: str, feed: Feed, as_json: bool) -> int:
    for line, text in feed.problems[:20]:
        say(f"{file}{f':{line}' if line else ''}: {text}")
    if feed.refusal:
        say(f"{file}: refused whole: {feed.refusal}")
    with _bar(len(feed.items)) as bar:
        task = bar.add_task(kind, total=len(feed.items))
        async with Publisher(hub.access(sender), sender) as publisher:
            outcome = await publisher.publish(kind, feed.items, lambda answered, _: bar.update(task, completed=answered))
    summary = _summary(outcome, file)
    put(summary) if as_json else print(_in_words(summary))
    return FAILED if outcome.refusals or feed.refusal else DONE


def _bar(total: int) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=total < 50)


def _summary(outcome: Outcome, file: Path) -> dict[str, Any]:
    found: dict[str, Any] = {"taken": outcome.taken, "remarks": outcome.remarks, "refused": outcome.refused}
    if outcome.held:
        found["held"] = outcome.held
    for number, problem in outcome.noted[:20]:
        say(f"{file}:{number}: {_place(to_json(problem))}{problem.text}")
    if outcome.refusals:
        found["refused_file"] = str(_write_refused(outcome.refusals, file))
    return found


def _write_refused(refusals: list[Refusal], file: Path) -> Path:
    """Each refused event with its line and reasons, as JSON lines beside the file (or here, where that folder is not ours)."""
    target = file.with_name(file.name + ".refused.jsonl")
    rows = [_row(r) for r in sorted(refusals, key=lambda r: r.number)]
    for row in rows[:20]:
        say(f"{file}:{row['line']}: refused: {'; '.join(_place(p) + p['text'] for p in row['problems'])}")
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    try:
        target.write_text(text, encoding="utf-8")
    except OSError:
        target = Path(target.name)
        target.write_text(text, encoding="utf-8")
    return target


def _row(refusal: Refusal) -> dict[str, Any]:
    return {
        "line": refusal.number,
        "problems": [to_json(p) for p in refusal.problems],
        "value": refusal.value.decode("utf-8", "backslashreplace"),
    }


def _place(problem: dict[str, Any]) -> str:
    line = f"line {problem['line']}, " if problem.get("line") else ""
    field = f"{problem['field']}: " if problem.get("field") else ""
    return line + field


def _in_words(summary: dict[str, Any]) -> str:
    words = f"{summary['taken']} taken ({summary['remarks']} with remarks), {summary['refused']} refused"
    words += f", {summary['held']} held for a person (`tocsin held list`)" if "held" in summary else ""
    return words + (f"; reasons in {summary['refused_file']}" if "refused_file" in summary else "")
