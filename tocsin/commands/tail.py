"""`tocsin tail`: decoded records of a topic as JSON lines."""

from __future__ import annotations

import base64
import json as jsonlib
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from plumbing.reader import Reader, Start
from plumbing.records import Received, TopicPartition
from schemas.codec import UndecodableError, decode
from schemas.plain import format_time, to_json
from tocsin.commands.options import HomeOption, JsonOption, SettingsOption
from tocsin.commands.output import put
from tocsin.commands.running import run
from tocsin.exits import UsageError
from tocsin.hub import Hub


def tail(
    topic: str,
    start: Annotated[str, typer.Option("--from", help="beginning, end, or an offset (of every partition).")] = "end",
    count: Annotated[int | None, typer.Option("--count", min=1, help="Stop after so many records.")] = None,
    timeout: Annotated[float | None, typer.Option("--timeout", min=0, help="Stop after so many seconds without a record.")] = None,
    user: Annotated[str, typer.Option("--user", help="Kafka user to read as.", hidden=True)] = "operator",
    json: JsonOption = False,
    home: HomeOption = None,
    settings: SettingsOption = None,
) -> None:
    """Decoded records of a topic, one JSON object a line."""
    del json  # JSON lines are the only form
    run(_tail(Hub.find(home, settings), topic, start_of(start), count, timeout, user))


def start_of(text: str) -> Start:
    """Where to begin reading, as a person says it."""
    if text == "beginning":
        return "beginning"
    if text == "end":
        return "end"
    if text.isascii() and text.isdigit():
        return int(text)
    raise UsageError(f"--from takes beginning, end or an offset, not {text!r}")


async def _tail(hub: Hub, topic: str, start: Start, count: int | None, timeout: float | None, user: str) -> int:
    seen = 0
    async with aclosing(follow(Reader(hub.access(user)), topic, start, timeout)) as records:
        async for record in records:
            put(shown(record))
            seen += 1
            if seen == count:
                break
    return 0


async def follow(reader: Reader, topic: str, start: Start, timeout: float | None) -> AsyncGenerator[Received, None]:
    """Records of all partitions as they come; ends after `timeout` seconds without one (None: never)."""
    starts = {TopicPartition(topic, p): start for p in await reader.partitions(topic)}
    last = time.monotonic()
    async with aclosing(reader.tail(starts, isolation="read_committed", idle_s=0.1)) as batches:
        async for batch in batches:
            for record in sorted(batch, key=lambda r: (r.timestamp_ms, r.partition, r.offset)):
                yield record
            if batch:
                last = time.monotonic()
            elif timeout is not None and time.monotonic() - last >= timeout:
                return


def shown(record: Received) -> dict[str, Any]:
    """A record in the form all commands print."""
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": format_time(datetime.fromtimestamp(record.timestamp_ms / 1000, UTC)),
        "key": None if record.key is None else record.key.decode("utf-8", "backslashreplace"),
        "headers": {name: value.decode("utf-8", "backslashreplace") for name, value in record.headers},
        "value": shown_value(record.value),
    }


def shown_value(raw: bytes | None) -> Any:
    """Framed bytes as plain JSON (an entry's own value too), other JSON or text as it is, the rest as base64."""
    if raw is None:
        return None
    try:
        plain = to_json(value := decode(raw))
    except UndecodableError:
        return _foreign(raw)
    if type(value).__name__ in ("Entry", "DeadLetter"):
        plain["value"] = shown_value(value.value)
    return plain


def _foreign(raw: bytes) -> Any:

    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return base64.b64encode(raw).decode()
    try:
        return jsonlib.loads(text)
    except ValueError:
        return text
