"""Two readings of the same logs side by side: what would have been raised, changed and cleared, and who would have been told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from alertcore.records.alert import Alert, AlertStep
from alertcore.records.notice import Notice

MOVES = {
    AlertStep.RAISED: "raised",
    AlertStep.UPDATED: "changed",
    AlertStep.RESOLVED: "cleared",
    AlertStep.CANCELLED: "cleared",
    AlertStep.SUPERSEDED: "cleared",
}
Key = tuple[str, str]
"""A day (YYYY-MM-DD, local) and a kind of alert or an audience."""


@dataclass(slots=True)
class Reading:
    """One reading, summed. lives: alerts by nature, kind and subject, each with its versions told in short."""

    moves: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    notices: Counter[Key] = field(default_factory=Counter)
    lives: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


def summed(values: Iterable[Any], zone: str) -> Reading:
    """Alert versions and notices of a reading, in order."""
    found, local = Reading(), ZoneInfo(zone)
    for value in values:
        if isinstance(value, Alert):
            _alert(found, value, local)
        elif isinstance(value, Notice):
            found.notices[_day(value.not_before, local), value.reason.rule.split(":", 1)[0]] += 1
    return found


def _alert(found: Reading, alert: Alert, local: ZoneInfo) -> None:
    move = MOVES.get(alert.step)
    if move is None:
        return
    found.moves[_day(alert.decided_at, local), str(alert.kind), move] += 1
    life = f"{alert.nature}/{alert.kind}/{alert.subject.kind}:{alert.subject.id}"
    found.lives.setdefault(life, []).append(f"{move} {alert.severity} {alert.reason}")
    found.names[life] = alert.facts.get("name", alert.subject.id)


def _day(at: datetime, local: ZoneInfo) -> str:
    return at.astimezone(local).date().isoformat()


def differences(then: Reading, now: Reading) -> dict[str, Any]:
    """As plain JSON: `days` (moves by day and kind), `told` (notices by day and audience), `alerts` (lives that differ)."""
    days = [
        {"day": day, "kind": kind, "move": move, "then": then.moves[day, kind, move], "now": now.moves[day, kind, move]}
        for day, kind, move in sorted({*then.moves, *now.moves})
    ]
    told = [
        {"day": day, "audience": audience, "then": then.notices[day, audience], "now": now.notices[day, audience]}
        for day, audience in sorted({*then.notices, *now.notices})
    ]
    return {"days": days, "told": told, "alerts": [_life(then, now, life) for life in _differing(then, now)]}


def _differing(then: Reading, now: Reading) -> list[str]:
    return [life for life in sorted({*then.lives, *now.lives}) if then.lives.get(life) != now.lives.get(life)]


def _life(then: Reading, now: Reading, life: str) -> dict[str, Any]:
    nature, kind, subject = life.split("/", 2)
    before, after = then.lives.get(life, []), now.lives.get(life, [])
    what = "only_now" if not before else "only_then" if not after else "changed"
    name = now.names.get(life) or then.names[life]
    return {"what": what, "kind": kind, "subject": subject, "nature": nature, "name": name, "then": before, "now": after}
