"""Stage `cases`: everything after facts and positions: cases, alerts, releases, who is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from alertcore import statejson
from alertcore.agency import Agency
from alertcore.cases import covering, dispatching, due, external, ringing, seen, settings, silences, timers
from alertcore.cases.desk import Desk
from alertcore.cases.reasons import Outcome
from alertcore.cases.wiring import FOLLOWERS, KINDS, RULES, WAKERS
from alertcore.dispatch import state as dispatch_state
from alertcore.dispatch.events import Tick
from alertcore.making import maker
from alertcore.records.shared import Nature
from alertcore.stage import Decision, Message, View

WITHOUT_DEDUP = (
    *("tick", "position", "receipt", "reference.products", "reference.devices"),
    *("policy", "authorities", "senders", "routes", "duty", "calendar"),
)
"""Kinds that change nothing when they come twice; their ids need no remembering."""

OF_OFFICERS = ("command", "policy", "authorities", "senders", "routes", "duty", "calendar")
"""Kinds that may be of nature `test`: a check of contact points has no product, so no fact of that nature becomes an alert."""

_decision = maker(Decision)


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
        _follow(desk)
        covering.told(desk)
        dispatching.emit_verdicts(desk)
        return _decision(emits=tuple(desk.emits), changes=desk.changes, due=_due(desk), reason=reason)

    def _decide(self, desk: Desk) -> str:
        kind = desk.message.kind
        if kind == "tick":
            return _tick(desk)
        rules = RULES.get(kind)
        if rules is None:
            return Outcome.KIND_WITHOUT_RULE
        if kind not in OF_OFFICERS and getattr(desk.message.value, "nature", None) is Nature.TEST:
            return Outcome.TEST_WITHOUT_CONTENT
        if kind not in WITHOUT_DEDUP and not external.of(desk.message.value) and seen.is_repeat(desk):
            return Outcome.REPEAT
        reason, *_ = [rule(desk, desk.message.value) for rule in rules]
        return reason

    def dump(self, key: str, value: Any) -> bytes:  # noqa: ARG002 - the contract of a stage; the value knows its type
        """State value to bytes."""
        return statejson.dump(value)

    def load(self, key: str, raw: bytes) -> Any:
        """State value from bytes; its type follows from the key."""
        kind = key.split("/", 1)[0]
        return dispatch_state.load(key, raw) if kind == "dispatch" else statejson.load(KINDS[kind], raw)


def _tick(desk: Desk) -> str:
    desk.reason = Outcome.TICK
    for file in due.reached(desk):
        ringing.ring(desk, file)
    for rule, subject in timers.reached(desk):
        WAKERS[rule](desk, subject)
    for ending in dispatching.put(desk, Tick()).endings:
        silences.ending(desk, ending)
    return desk.reason


def _follow(desk: Desk) -> None:
    """Every follower hears of every alert that moved; what it moves itself is heard too, once."""
    heard = 0
    while FOLLOWERS and heard < len(desk.moved):
        moved = desk.moved[heard]
        heard += 1
        for follower in FOLLOWERS:
            follower(desk, moved)


def _due(desk: Desk) -> datetime | None:
    instants = (due.earliest(desk), timers.earliest(desk), dispatching.due(desk))
    return min((at for at in instants if at is not None), default=None)
