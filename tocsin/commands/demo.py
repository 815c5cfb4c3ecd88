"""`tocsin demo`: a national day on this machine, in front of your eyes, and what was checked."""

from __future__ import annotations

import json
import shutil
import time
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from tocsin.commands.running import guarded
from tocsin.demo.checks import Check, check_all
from tocsin.demo.run import Demo, Played, latencies
from tocsin.exits import DONE, FAILED, UsageError
from tocsin.home import DEFAULT, Home
from tocsin.hub import Hub

MARK = "demo"


def demo(
    report: Annotated[Path | None, typer.Option("--json", help="Write the figures to this file.")] = None,
    home: Annotated[Path | None, typer.Option("--home", help="Folder to play in; emptied first. Default .tocsin/demo here.")] = None,
) -> None:
    """Real medicines, one national day: events in, alerts and mails out, everything checked; exit 1 if anything due is missing."""
    place = Home(home or Path(DEFAULT) / "demo")
    _empty(place.path)
    console = Console(stderr=True)
    figures: dict[str, Any] = {}
    code = guarded(_demo(place, console, figures))
    if report is not None and figures:
        report.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    raise typer.Exit(code)


def _empty(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise UsageError(f"{folder} is not empty and holds no earlier demonstration; name another folder with --home")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()


async def _demo(home: Home, console: Console, figures: dict[str, Any]) -> int:
    checks: list[Check] = []
    started = time.monotonic()
    columns = (TextColumn("[bold]{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task: TaskID = progress.add_task("events in", total=None)

        async def after(hub: Hub, played: Played) -> None:
            progress.console.print("checking ...")
            checks.extend(await check_all(hub, home, played))

        def bar(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        played = await Demo(home, lambda text: progress.console.print(f"{text} ..."), bar).run(after)
    figures |= _figures(played, checks, time.monotonic() - started)
    _show(figures, home, Console())
    return DONE if all(c.ok for c in checks) else FAILED


def _figures(played: Played, checks: list[Check], duration_s: float) -> dict[str, Any]:
    return {
        "events": dict(played.fed.counts),
        "taken": played.fed.taken + played.fed.held,
        "refused": len(played.fed.refused),
        "alerts": dict(Counter(str(a.kind) for a in played.seen.alerts.values())),
        "notices": len(played.seen.notices),
        "messages": {n: {"due": c.due, "accepted": c.accepted, "failed": c.failed} for n, c in played.channels.items()},
        "rapidalerts": {d.authority: {"sent": d.sent, "verified": d.verified, "acknowledged": d.acknowledged} for d in played.desks},
        "dead_letters": played.seen.dead_letters,
        "latency_ms": latencies(played),
        "duration_s": round(duration_s, 1),
        "checks": [{"name": c.name, "ok": c.ok, "detail": c.detail} for c in checks],
    }


def _show(figures: dict[str, Any], home: Home, console: Console) -> None:
    table = Table(title="A national day", title_justify="left", box=None, show_header=False, padding=(0, 2))
    table.add_row("went in", _listed(figures["events"]))
    table.add_row("", f"{figures['taken']} taken, {figures['refused']} refused, {figures['dead_letters']} dead letters")
    table.add_row("alerts", _listed(figures["alerts"]))
    table.add_row("notices", str(figures["notices"]))
    for channel, m in figures["messages"].items():
        table.add_row(channel, f"{m['due']} due, {m['accepted']} accepted, {m['failed']} given up")
    for authority, r in figures["rapidalerts"].items():
        table.add_row(authority, f"{r['sent']} RapidAlerts, {r['verified']} verified, {r['acknowledged']} read")
    for name, p in figures["latency_ms"].items():
        table.add_row(name.replace("_", " "), f"p50 {p['p50']} ms, p95 {p['p95']} ms, p99 {p['p99']} ms")
    table.add_row("took", f"{figures['duration_s']} s")
    console.print(table)
    for check in figures["checks"]:
        console.print(f"  {'[green]ok  [/]' if check['ok'] else '[red]FAIL[/]'} {check['name']}: {check['detail']}", highlight=False)
    console.print(f"mails: {home.mails}   logs: {home.logs}", highlight=False)


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{n} {kind}" for kind, n in sorted(counts.items(), key=lambda one: -one[1]))
