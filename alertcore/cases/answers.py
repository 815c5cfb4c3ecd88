"""Orders that changed nothing, with the reason: whoever gave one reads it in the state of the stage. The last of them are kept."""

from __future__ import annotations

from dataclasses import dataclass

from alertcore.cases.desk import Desk
from alertcore.cases.reasons import Outcome
from alertcore.records.hub import Command

KEY = "order-answers"
KEPT = 50
"""So many refusals; older ones were read long ago, or by nobody."""
LONGEST_ID = 100
_DONE = (Outcome.CASE_KEPT, Outcome.TEST_SENT, Outcome.AWAITS_ANOTHER_PERSON, Outcome.HELD_BY_THE_DOOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An order that changed nothing. reason: one of `reasons.Outcome`."""

    command: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """The last orders that changed nothing (`order-answers`), oldest first."""

    refused: tuple[Refused, ...] = ()


KINDS: dict[str, type[object]] = {KEY: Answers}


def noted(desk: Desk, order: Command, reason: str) -> str:
    """The reason of a decision on an order, kept where it is a refusal."""
    if is_refusal(reason) and 0 < len(order.command_id) <= LONGEST_ID:
        before: Answers = desk.get(KEY) or Answers()
        refused = (*before.refused, Refused(command=order.command_id, reason=str(reason)))
        desk.put(KEY, Answers(refused=refused[-KEPT:]))
    return reason


def is_refusal(reason: str) -> bool:
    """True for an outcome that is neither a step of an alert nor something that was kept or sent."""
    return reason in set(Outcome) and reason not in _DONE
