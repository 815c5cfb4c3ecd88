"""An alert as somebody outside posts it: labels, annotations and until when it stands, as Alertmanager and Prometheus have it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from alertcore.making import replace
from alertcore.statejson import json_text, rfc3339

LARGEST = 32 * 1024
"""Bytes of one alert as JSON: it must fit into a record with all that stands beside it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """until: the first instant at which it is over. timeout: nobody said so, it is only what a source has to post again."""

    labels: dict[str, str]
    annotations: dict[str, str] = field(default_factory=dict)
    since: datetime
    until: datetime
    timeout: bool = False
    generator: str = ""


def written(posts: list[Posted]) -> str:
    """As a command carries them."""
    return json_text([_plain(p) for p in posts])


def size(post: Posted) -> int:
    """Bytes that it takes in a command."""
    return len(json_text(_plain(post)).encode())


def read(text: str) -> list[Posted]:
    """What `written` wrote. ValueError where it is anything else."""
    given = json.loads(text)
    if not isinstance(given, list):
        raise ValueError("a list of alerts is wanted")
    try:
        return [_read(item) for item in given]
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError("this is no alert that was posted") from error


def merged(old: Posted | None, new: Posted) -> Posted:
    """What stands after another post of the same labels: where their times overlap the earliest beginning, and an end somebody named."""
    if old is None or not _overlap(old, new):
        return new
    since = min(old.since, new.since)
    if old.until > new.until and not old.timeout:
        return replace(new, since=since, until=old.until, timeout=False)
    return replace(new, since=since)


def _overlap(old: Posted, new: Posted) -> bool:
    return old.since < new.until < old.until or old.since < new.since < old.until


def _plain(post: Posted) -> dict[str, Any]:
    return {
        "labels": dict(sorted(post.labels.items())),
        "annotations": dict(sorted(post.annotations.items())),
        "since": rfc3339(post.since),
        "until": rfc3339(post.until),
        "timeout": post.timeout,
        "generator": post.generator,
    }


def _read(item: Any) -> Posted:
    return Posted(
        labels=_texts(item["labels"]),
        annotations=_texts(item["annotations"]),
        since=_instant(item["since"]),
        until=_instant(item["until"]),
        timeout=item["timeout"] is True,
        generator=str(item["generator"]),
    )


def _texts(value: Mapping[str, Any]) -> dict[str, str]:
    if not all(isinstance(v, str) for v in value.values()):
        raise ValueError("labels and annotations are texts")
    return dict(value)


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text!r} is too far away") from error
