"""What the door decides about one event: the answer, the entries to append, and what is to be remembered."""

from __future__ import annotations

from dataclasses import dataclass

from alertcore.records.alert import Signal
from alertcore.records.hub import Problem, SettingsFile, Verdict
from alertcore.records.shared import Nature
from alertcore.records.shortage import Contact
from connectors.door.arrival import Arrival
from connectors.door.findings import Findings, scrubbed
from connectors.door.split import Placed
from connectors.door.world import Held

PROBLEMS_MAX = 200
"""Problems told one by one in a receipt; the rest is counted."""
REMARKS_MAX = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Remember:
    """What SQL keeps of one event, beyond its id."""

    product: tuple[str, int] | None = None
    line_count: tuple[str, int] | None = None
    snapshot: tuple[str, str, int] | None = None
    contact: tuple[str, Contact] | None = None
    setting: SettingsFile | None = None
    held: Held | None = None
    signals: tuple[Signal, ...] = ()


NOTHING = Remember()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a sender is told about one event of its own. content: hash to remember it by; empty: it is not remembered."""

    sender: str
    kind: str
    event_id: str
    verdict: Verdict
    problems: tuple[Problem, ...] = ()
    ce_id: str | None = None
    nature: Nature = Nature.ACTUAL
    content: bytes = b""
    arrival: Arrival | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Outcome of one event. further: answers to earlier events that this one settles (a command on what was held).

    dead: error code if the bytes go to the dead letters.
    """

    answer: Answer
    placed: tuple[Placed, ...] = ()
    remember: Remember = NOTHING
    further: tuple[Answer, ...] = ()
    dead: str = ""


def problems_of(found: Findings) -> tuple[Problem, ...]:
    """Faults, then remarks, as they stand in a receipt."""
    listed = [*found.faults, *found.remarks]
    told = [scrubbed(p) for p in listed[:PROBLEMS_MAX]]
    if len(listed) > PROBLEMS_MAX:
        told.append(Problem(code="more", text=f"{len(listed) - PROBLEMS_MAX} more problems of this event are not listed"))
    return tuple(told)


def remarks_of(found: Findings) -> tuple[str, ...]:
    """What an entry says about itself in the log."""
    listed = [*found.faults, *found.remarks][:REMARKS_MAX]
    return tuple(" ".join(str(part) for part in (p.code, p.field, p.line and f"line {p.line}") if part) for p in listed)
