"""Alerts as Alertmanager's clients post them: read, checked, and their ends set as Alertmanager sets them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from alertcore.dispatch.posted import LARGEST, Posted, size
from console.alertmanager_faults import Fault
from console.alertmanager_texts import text
from console.alertmanager_times import read_time

RESOLVE_TIMEOUT = timedelta(minutes=5)
"""How long an alert stands that is posted without an end."""
MOST = 2000
"""Alerts of one request."""
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def read_json(body: bytes) -> Any:
    """The body of a request; Fault where it is no JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Fault(400, f"the body is not JSON: {error}") from error


def read_alerts(body: bytes, now: datetime) -> tuple[list[Posted], list[str]]:
    """The alerts that can be taken, and what is wrong with the others."""
    given = read_json(body)
    if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
        raise Fault(400, "a list of alerts is expected")
    if len(given) > MOST:
        raise Fault(400, f"a request has at most {MOST} alerts: post the others in another one")
    good, wrong = [], []
    for item in given:
        try:
            good.append(_read(item, now))
        except ValueError as error:
            wrong.append(str(error))
    return good, wrong


def chunks(posts: list[Posted], largest: int) -> Iterator[list[Posted]]:
    """The alerts in lists that are no longer than that as JSON."""
    chunk: list[Posted] = []
    taken = 0
    for post in posts:
        own = size(post)
        if chunk and taken + own > largest:
            yield chunk
            chunk, taken = [], 0
        chunk.append(post)
        taken += own
    if chunk:
        yield chunk


def _read(item: dict[str, Any], now: datetime) -> Posted:
    labels = {name: value for name, value in _texts(item.get("labels"), "label").items() if value}
    if not labels:
        raise ValueError("at least one label pair required")
    since, until = read_time(item.get("startsAt"), "startsAt"), read_time(item.get("endsAt"), "endsAt")
    since = since or (until if until is not None and until < now else now)
    found = Posted(
        labels=labels,
        annotations=_texts(item.get("annotations"), "annotation"),
        since=since,
        until=until or now + RESOLVE_TIMEOUT,
        timeout=until is None,
        generator=text(item.get("generatorURL", ""), "generatorURL"),
    )
    if found.until < found.since and not found.timeout:
        raise ValueError("start time must be before end time")
    if size(found) > LARGEST:
        raise ValueError(f"an alert has at most {LARGEST} bytes")
    return found


def _texts(value: Any, what: str) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError(f"{what}s are names with their texts")
    for name in value:
        if not _NAME.fullmatch(name):
            raise ValueError(f"invalid {what} name {name!r}")
    return {name: text(given, f"{what} {name}") for name, given in value.items()}
