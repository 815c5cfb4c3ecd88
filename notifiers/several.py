"""A message about several alerts: each of them as facts of its own; and what stands beside the news, in a line each."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from alertcore.records.notice import AlertRef, Notice, Purpose
from notifiers.facts import Facts


@dataclass(frozen=True, slots=True)
class Standing:
    """Alerts that were told before and still stand; more: how many beyond those named."""

    lines: tuple[str, ...] = ()
    more: int = 0


TEMPLATE = "digest"


def has_items(notice: Notice) -> bool:
    """Whether its template speaks of each alert by itself."""
    return notice.template == TEMPLATE or "items" in notice.params


def items(notice: Notice, language: str) -> list[Facts]:
    """The alerts of a message in its order; one that names none is about itself."""
    versions = {ref.alert_id: ref.version for ref in notice.alerts}
    found = [_facts(notice, item, versions, language) for item in rows_of(notice.params.get("items"))]
    return found or [Facts(notice, language)]


def standing(notice: Notice, language: str) -> Standing:
    """Their headlines; where one has none its sentence."""
    other = "en" if language == "fr" else "fr"
    lines = []
    for row in rows_of(notice.params.get("standing")):
        said = (row.get(f"{what}_{x}") for x in (language, other) for what in ("headline", "sentence"))
        line = next((" ".join(str(s).split()).rstrip(".") for s in said if s), "")
        lines += [line] if line else []
    return Standing(tuple(lines), _count(notice.params.get("standing_more")))


def merged(notice: Notice) -> int:
    """How many messages this one brings together, so as not to exceed a limit; 0 where it is one of its own."""
    return _count(notice.params.get("merged"))


def _facts(notice: Notice, item: dict[str, Any], versions: dict[str, int], language: str) -> Facts:
    """As its own template would have them; a merged one says itself why it was told."""
    params = {name: value if isinstance(value, str) else json.dumps(value) for name, value in item.items() if value is not None}
    alert_id = params.get("alert_id", "")
    version = _count(params.get("version")) or versions.get(alert_id, 1)
    own = params.get("purpose", "")
    purpose = Purpose(own) if own in set(Purpose) else notice.purpose
    refs = (AlertRef(alert_id=alert_id, version=version),) if alert_id else notice.alerts
    return Facts(replace(notice, params=params, alerts=refs, purpose=purpose), language)


def rows_of(text: str | None) -> list[dict[str, Any]]:
    """A JSON list of objects; nothing where it is something else."""
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return []
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _count(text: str | None) -> int:
    try:
        return int(text or 0)
    except ValueError:
        return 0
