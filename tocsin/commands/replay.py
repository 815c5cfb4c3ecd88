"""`tocsin replay`: the case log decided again, nothing sent, and compared with what was decided; or under another policy."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from alertcore.records.alert import Alert
from plumbing.reader import Reader
from plumbing.records import TopicPartition
from schemas.codec import decode
from tocsin.alert_log import shown
from tocsin.commands.options import HomeOption, JsonOption, SettingsOption
from tocsin.commands.output import put, say
from tocsin.commands.running import run
from tocsin.exits import DONE, FAILED
from tocsin.files import read_settings_file
from tocsin.hub import Hub
from tocsin.rereading import replayed, under

ALERTS, TOLD = "alerts", ("notices", "verdicts")
PolicyOption = Annotated[Path | None, typer.Option("--policy", help="Decide again under this policy file, and show what would differ.")]


def replay_command(policy: PolicyOption = None, json: JsonOption = False, home: HomeOption = None, settings: SettingsOption = None) -> None:
    """Decide the case log again from its beginning: each alert version as it comes out; exit 1 if any differs from the topic.

    With --policy, what would have been raised, changed and cleared under it, by day, and who would have been told.
    """
    hub = Hub.find(home, settings)
    if policy is None:
        run(_replay(hub, json))
    run(_under(hub, read_settings_file("policy", policy), json))


async def _replay(hub: Hub, as_json: bool) -> int:
    differing, count = 0, 0
    reader = Reader(hub.access("operator"))
    written, told = await _written(reader), {topic: await _hashes(reader, topic) for topic in TOLD}
    again: dict[str, set[bytes]] = {topic: set() for topic in TOLD}
    async for out in replayed(hub):
        if out.topic in again:
            again[out.topic].add(_hash(out.wire.value))
        if out.topic != ALERTS:
            continue
        alert: Alert = decode(out.wire.value)
        same = written.pop((alert.alert_id, alert.version), None) == out.wire.value
        differing += not same
        count += 1
        _show(alert, same, as_json)
    for alert_id, version in sorted(written):
        say(f"only in the topic: {alert_id} version {version}")
    say(f"{count} alert versions decided again, {differing} differ, {len(written)} missing")
    other = [_compared(topic, told[topic], again[topic]) for topic in TOLD]
    return FAILED if differing or written or not all(other) else DONE


def _compared(topic: str, then: tuple[set[bytes], bool], now: set[bytes]) -> bool:
    """Whether a second reading says the same. What the topic no longer keeps is not missed."""
    kept, whole = then
    gone, new = len(kept - now), len(now - kept) if whole else 0
    say(f"{len(now)} {topic} decided again, {new} of them only now, {gone} only then" + ("" if whole else "; older ones are not kept"))
    return not gone and not new


async def _hashes(reader: Reader, topic: str) -> tuple[set[bytes], bool]:
    """What stands in a topic, and whether it is kept from its beginning."""
    partitions, found = await reader.partitions(topic), set[bytes]()
    begins = await reader.offsets([TopicPartition(topic, p) for p in partitions])
    for partition in partitions:
        async for batch in reader.read_to_end(topic, partition):
            found |= {_hash(record.value or b"") for record in batch}
    return found, not any(first for first, _ in begins.values())


def _hash(value: bytes) -> bytes:
    return sha256(value).digest()


async def _written(reader: Reader) -> dict[tuple[str, int], bytes]:
    """Every alert version in the topic; a repeat has the same bytes, or it stands here and shows as a difference."""
    parts = await asyncio.gather(*(_read(reader, p) for p in await reader.partitions(ALERTS)))
    return {key: value for part in parts for key, value in part}


async def _read(reader: Reader, partition: int) -> list[tuple[tuple[str, int], bytes]]:
    found = []
    async for batch in reader.read_to_end(ALERTS, partition):
        for record in batch:
            alert: Alert = decode(record.value)
            found.append(((alert.alert_id, alert.version), record.value or b""))
    return found


def _show(alert: Alert, same: bool, as_json: bool) -> None:
    if as_json:
        put(shown(alert))
        return
    mark = "" if same else "  DIFFERS"
    print(
        f"{alert.decided_at:%Y-%m-%d %H:%M:%S}  {alert.alert_id} {alert.version:>3}  {alert.kind:<13} {alert.step:<11} {alert.reason}{mark}"
    )


async def _under(hub: Hub, policy: dict[str, Any], as_json: bool) -> int:
    found = await under(hub, policy, say)
    put(found) if as_json else show_differences(found)
    return DONE


def show_differences(found: dict[str, Any]) -> None:
    """What another policy changes, for a person: by day, who is told, and the alerts concerned."""
    console = Console(width=None if Console().is_terminal else 160)
    show_table(console, "Alerts by day", ("day", "kind", "move"), [r for r in found["days"] if r["then"] != r["now"]])
    show_table(console, "Messages by day", ("day", "audience"), [r for r in found["told"] if r["then"] != r["now"]])
    words = {"only_now": "new", "only_then": "no longer", "changed": "otherwise"}
    for life in found["alerts"]:
        console.print(f"{words[life['what']]:<10} {life['kind']:<13} {life['name']}  ({'; '.join(life['now'] or life['then'])})")
    if not found["alerts"]:
        console.print("Nothing would have been decided otherwise.")


def show_table(console: Console, title: str, names: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    """Rows with what was and what would be; nothing where there are none."""
    if not rows:
        return
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    for name in (*names, "was", "would be"):
        table.add_column(name, no_wrap=True)
    for row in rows:
        table.add_row(*(str(row[name]) for name in names), str(row["then"]), str(row["now"]))
    console.print(table)
