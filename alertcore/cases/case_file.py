"""The case of one subject: what officers evaluated, decided, asked and noted on it, and who did what when.

What the facts say of the subject (declarations, position, defects, alerts) stands under its own keys; measures on a medicine and the
agency's agreements stand with its shortage (`ShortageCase`), measures on everything else here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from alertcore.cases.desk import Desk
from alertcore.records.hub import Command
from alertcore.records.shared import Measure, Nature, Subject

STEPS = 500
"""Steps that a case keeps; older ones are counted here and stand in the log."""
CONSULTATIONS = 100
LONGEST = 4000
"""Characters of one text of an officer."""
PREFIX = "casefile/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """How an officer judges a shortage: impact, share of the market in percent, what is left, what can replace.

    residual_stock: in words, as officers have it from companies (packs, and how long they last).
    """

    by: str
    at: datetime
    impact: str = ""
    market_share_pct: float | None = None
    residual_stock: str = ""
    alternatives: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a body answered. by: the officer who entered it."""

    of: str
    text: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """A question to bodies. to: whom. until: when an answer is wanted. overdue: officers were told that it is missing."""

    consultation_id: str
    question: str
    to: tuple[str, ...]
    by: str
    at: datetime
    until: datetime | None = None
    answers: tuple[Answer, ...] = ()
    overdue: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """Bodies that have not answered."""
        answered = {a.of for a in self.answers}
        return tuple(body for body in self.to if body not in answered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One step of the case. by: opaque. command: id of the order. what: in a few words or codes."""

    at: datetime
    by: str
    action: str
    what: str = ""
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """What officers did on one subject (`casefile/<nature>/<subject>`). measures: not of medicines. older: steps no longer kept."""

    subject: Subject
    nature: Nature
    evaluation: Evaluation | None = None
    measures: tuple[Measure, ...] = ()
    consultations: tuple[Consultation, ...] = ()
    asked: int = 0
    steps: tuple[Done, ...] = ()
    older: int = 0
    closed_at: datetime | None = None


KINDS: dict[str, type[object]] = {"casefile": CaseFile}


def key_of(nature: Nature, subject: Subject) -> str:
    """State key of a subject's case."""
    return f"{PREFIX}{nature}/{subject.kind}:{subject.id}"


def find(desk: Desk, nature: Nature, subject: Subject) -> CaseFile | None:
    """The case of a subject, where officers have done anything on it."""
    found: CaseFile | None = desk.get(key_of(nature, subject))
    return found


def keep(desk: Desk, case: CaseFile, order: Command, what: str = "") -> None:
    """Keep the case with who did what when."""
    put(desk, case, Done(at=desk.now, by=order.by, action=order.action, what=what or order.reason[:200], command=order.command_id))


def put(desk: Desk, case: CaseFile, done: Done) -> None:
    """Keep the case with one step more; the oldest falls out of a long one."""
    over = len(case.steps) + 1 - STEPS
    steps = (*case.steps, done)[max(over, 0) :]
    desk.put(key_of(case.nature, case.subject), replace(case, steps=steps, older=case.older + max(over, 0)))
