"""`tocsin dead-letters`: records that could not be handled, and another try."""

from __future__ import annotations

import asyncio
import base64
from datetime import datetime
from typing import Any

import typer

from alertcore.records.hub import DeadLetter
from plumbing.reader import Reader
from plumbing.records import Received
from schemas.codec import UndecodableError, decode, encode
from schemas.plain import format_time, to_json
from tocsin.commands.options import ByOption, HomeOption, JsonOption, SettingsOption
from tocsin.commands.output import put
from tocsin.commands.running import run
from tocsin.commands.tail import shown_value
from tocsin.exits import DONE, FAILED, UsageError
from tocsin.hub import Hub
from tocsin.setting_up import send_command

app = typer.Typer(help="Records that could not be handled.", no_args_is_help=True)
TOPIC = "dead-letters"


@app.command("list")
def list_letters(json: JsonOption = False, home: HomeOption = None, settings: SettingsOption = None) -> None:
    """Dead letters, oldest first."""
    run(_list(Hub.find(home, settings), json))


@app.command()
def show(place: str, json: JsonOption = False, home: HomeOption = None, settings: SettingsOption = None) -> None:
    """One dead letter (PARTITION:OFFSET of the list) with its content and trace."""
    del json  # one JSON document is the only form
    run(_show(Hub.find(home, settings), place))


@app.command()
def retry(
    place: str, by: ByOption = "operator", json: JsonOption = False, home: HomeOption = None, settings: SettingsOption = None
) -> None:
    """Send it through the door again, under its old event id."""
    run(_retry(Hub.find(home, settings), place, by, json))


async def letters(hub: Hub) -> list[tuple[str, DeadLetter]]:
    """(PARTITION:OFFSET, dead letter), by time."""
    reader = Reader(hub.access("operator"))
    parts = await asyncio.gather(*(_partition(reader, p) for p in await reader.partitions(TOPIC)))
    return sorted((one for part in parts for one in part), key=lambda one: (one[1].at, one[0]))


async def _partition(reader: Reader, partition: int) -> list[tuple[str, DeadLetter]]:
    found = []
    async for batch in reader.read_to_end(TOPIC, partition):
        found += [one for record in batch if (one := _letter(record))]
    return found


def _letter(record: Received) -> tuple[str, DeadLetter] | None:
    try:
        return f"{record.partition}:{record.offset}", decode(record.value)
    except UndecodableError:
        return None


async def _list(hub: Hub, as_json: bool) -> int:
    for place, letter in await letters(hub):
        row = _row(place, letter)
        put(row) if as_json else print("{place:>8}  {at}  {role}  {origin}  {error}: {text}".format(**row))
    return DONE


def _row(place: str, letter: DeadLetter) -> dict[str, Any]:
    origin = letter.origin
    at: datetime = letter.at
    where = f"{origin.topic}/{origin.partition}/{origin.offset}"
    return {"place": place, "at": format_time(at), "role": letter.role, "origin": where, "error": letter.error, "text": letter.text}


async def _find(hub: Hub, place: str) -> DeadLetter:
    found = dict(await letters(hub))
    if place not in found:
        raise UsageError(f"there is no dead letter {place}; `tocsin dead-letters list` names them")
    return found[place]


async def _show(hub: Hub, place: str) -> int:
    letter = await _find(hub, place)
    put({"place": place, **to_json(letter), "value": shown_value(letter.value)})
    return DONE


async def _retry(hub: Hub, place: str, by: str, as_json: bool) -> int:
    letter = await _find(hub, place)
    params = {"letter": base64.b64encode(encode(letter)).decode()}
    receipt = await send_command(hub.access("hub"), "dead_letter.retry", place, by, params=params)
    problems = [p.text for p in receipt.problems]
    row = {"place": place, "verdict": receipt.verdict, "problems": problems}
    put(row) if as_json else print(f"{place}: {receipt.verdict}" + "".join(f"; {p}" for p in problems))
    return FAILED if receipt.verdict == "refused" else DONE
