"""`tocsin people`: the directory."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import typer

from store.database import Database
from store.engine import open_engine
from store.errors import StoreAway
from store.people import ImportReport, People
from store.vault import open_vault
from tocsin.commands.options import HomeOption, JsonOption, SettingsOption
from tocsin.commands.output import put, say
from tocsin.commands.running import run
from tocsin.exits import DONE, FAILED, UnreachableError, UsageError
from tocsin.hub import Hub

app = typer.Typer(help="The directory of people and bodies.", no_args_is_help=True)


@app.callback()
def _directory() -> None:
    """The directory of people and bodies."""


@app.command("import")
def import_people(file: Path, json: JsonOption = False, home: HomeOption = None, settings: SettingsOption = None) -> None:
    """Import people from a CSV file; who is known by ref is brought up to date, nobody else is touched."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {file} as UTF-8 text: {error}") from error
    run(_import(Hub.find(home, settings), file, text, json))


async def _import(hub: Hub, file: Path, text: str, as_json: bool) -> int:
    report = await import_text(hub, text)
    for problem in report.problems[:50]:
        say(f"{file}:{problem.line}: {problem.field}: {problem.text}")
    counts = {"added": report.added, "changed": report.changed, "unchanged": report.unchanged}
    if as_json:
        problems = [{"line": p.line, "field": p.field, "text": p.text} for p in report.problems]
        put(counts | {"refused": len({p.line for p in report.problems}), "problems": problems})
    else:
        print(", ".join(f"{n} {what}" for what, n in counts.items()) + f", {len(report.problems)} problems")
    return FAILED if report.problems else DONE


async def import_text(hub: Hub, text: str) -> ImportReport:
    """Import a list into the hub's directory. UnreachableError if the database cannot be had."""
    engine = open_engine(hub.database_url)
    try:
        return await People(Database(engine), open_vault(hub.vault_key, create=hub.home is not None)).import_csv(text, datetime.now(UTC))
    except StoreAway as error:
        raise UnreachableError(f"the database cannot be reached: {error}") from error
    finally:
        await engine.dispose()
