"""Stage `cases`: everything after facts and positions: cases, alerts, releases, who is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alertcore import statejson
from alertcore.agency import Agency
from alertcore.cases import acknowledged, due, medicines, release, seen, settings
from alertcore.cases.desk import Desk
from alertcore.cases.reasons import Outcome
from alertcore.cases.state import KINDS
from alertcore.rules import declared, defect, foreign_defect, hub_signals, published
from alertcore.stage import Decision, Message, View

Rule = Callable[[Desk, Any], str]

WITHOUT_DEDUP = ("tick", "position", "reference.products", "policy", "authorities", "senders", "routes", "duty", "calendar")
"""Kinds that change nothing when they come twice; their ids need no remembering."""

RULES: dict[str, Rule] = {
    "shortage.declarations": declared.decide,
    "shortage.statuses": lambda desk, status: published.decide(desk, status, desk.message.sender),
    "quality.defects": lambda desk, record: defect.decide(desk, record, desk.message.sender),
    "rapidalerts": foreign_defect.decide,
    "signal": hub_signals.decide,
    "reference.products": medicines.take,
    "command": release.command,
    "acknowledgement": acknowledged.take,
    "policy": settings.take,
    "authorities": settings.take,
    "senders": settings.take,
    "routes": settings.take,
    "duty": settings.take,
    "calendar": settings.take,
}


class CasesStage:
    """The stage over one agency's case log; one partition an agency."""

    name = "cases"

    def __init__(self, agency: Agency) -> None:
        self.agency = agency

    def decide(self, view: View, message: Message) -> Decision:
        """Decide one message. The reason is one of alertcore.cases.reasons."""
        version, policy = settings.policy(view)
        desk = Desk(view, message, self.agency, policy, version)
        reason = self._decide(desk)
        return Decision(emits=tuple(desk.emits), changes=desk.changes, due=due.earliest(desk), reason=reason)

    def _decide(self, desk: Desk) -> str:
        kind = desk.message.kind
        if kind == "tick":
            return _tick(desk)
        rule = RULES.get(kind)
        if rule is None:
            return Outcome.KIND_WITHOUT_RULE
        if kind not in WITHOUT_DEDUP and seen.is_repeat(desk):
            return Outcome.REPEAT
        return rule(desk, desk.message.value)

    def dump(self, key: str, value: Any) -> bytes:  # noqa: ARG002 - the contract of a stage; the value knows its type
        """State value to bytes."""
        return statejson.dump(value)

    def load(self, key: str, raw: bytes) -> Any:
        """State value from bytes; its type follows from the key."""
        return statejson.load(KINDS[key.split("/", 1)[0]], raw)


def _tick(desk: Desk) -> str:
    desk.reason = Outcome.TICK
    for file in due.reached(desk):
        release.ring(desk, file)
    return desk.reason
