"""`tocsin held`: what the door keeps back until a person decides."""

from __future__ import annotations

from typing import Any

import typer

from schemas.plain import to_json
from store.door import DoorMemory
from store.engine import open_engine
from tocsin.commands.options import ByOption, HomeOption, JsonOption, SettingsOption
from tocsin.commands.output import put
from tocsin.commands.running import run
from tocsin.exits import DONE, FAILED, UsageError
from tocsin.hub import Hub
from tocsin.setting_up import send_command
from tocsin.signal_log import rows_gone

app = typer.Typer(help="What waits for a person: refused snapshots, held reports, rows gone.", no_args_is_help=True)


@app.command("list")
def list_held(json: JsonOption = False, home: HomeOption = None, settings: SettingsOption = None) -> None:
    """What waits."""
    run(_list(Hub.find(home, settings), json))


@app.command()
def accept(held: str, by: ByOption, json: JsonOption = False, home: HomeOption = None, settings: SettingsOption = None) -> None:
    """Let it in as it is."""
    run(_decide(Hub.find(home, settings), "held.accept", held, by, json))


@app.command()
def refuse(held: str, by: ByOption, json: JsonOption = False, home: HomeOption = None, settings: SettingsOption = None) -> None:
    """Refuse it for good."""
    run(_decide(Hub.find(home, settings), "held.refuse", held, by, json))


async def _list(hub: Hub, as_json: bool) -> int:
    rows = [r for r in await waiting(hub) if r["state"] == "held"] + await rows_gone(hub.access("operator"))
    for row in rows:
        if as_json:
            put(row)
        else:
            print(_line(row))
    if not rows and not as_json:
        print("nothing waits")
    return DONE


async def waiting(hub: Hub) -> list[dict[str, Any]]:
    """Everything ever held, without its content."""
    engine = open_engine(hub.database_url)
    try:
        rows = await DoorMemory(engine).held_rows()
    finally:
        await engine.dispose()
    return [{name: to_json(row[name]) for name in row if name != "events"} for row in rows]


def _line(row: dict[str, Any]) -> str:
    if row["what"] == "row gone":
        return f"{row['held_id']}  {row['what']}: {row['sentence']['en']} {row['at']}"
    return "{held_id}  {what} of {subject} from {sender}: {now} rows after {before}, {at}".format(**row)


async def _decide(hub: Hub, action: str, held: str, by: str, as_json: bool) -> int:
    receipt = await send_command(hub.access("hub"), action, held, by)
    if receipt.verdict == "refused":
        raise UsageError("; ".join(p.text for p in receipt.problems))
    problems = [p.text for p in receipt.problems]
    verb = "accepted" if action.endswith("accept") else "refused"
    put({"held_id": held, "decided": verb, "problems": problems}) if as_json else print(
        f"{held} {verb}" + "".join(f"; {p}" for p in problems)
    )
    return FAILED if problems else DONE
