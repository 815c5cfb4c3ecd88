"""Officers' orders on a case, by its subject: evaluate, consult, answer, note, close and reopen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from alertcore import persons
from alertcore.cases import case_file, consulting
from alertcore.cases.alerts import life_key, open_file
from alertcore.cases.case_file import CONSULTATIONS, LONGEST, Answer, CaseFile, Consultation, Done, Evaluation
from alertcore.cases.desk import Desk, Moved
from alertcore.cases.reasons import Outcome
from alertcore.deadlines.clock import FIRST, LAST, day_of, end_of_day, reckoned
from alertcore.records.alert import AlertKind
from alertcore.records.hub import Command
from alertcore.records.shared import Nature, Subject, SubjectKind
from alertcore.statejson import dump

CaseOrder = Callable[[Desk, CaseFile, Command], str]
"""Does what is commanded on a case; returns the reason. What cannot be done is named and changes nothing."""


LARGEST = 1024 * 1024
LESS = ("case.close", "case.reopen", "measure.refuse", "measure.end", "text.refuse")
"""Orders that a full case still takes."""
EVALUATED = {"impact", "market_share_pct", "residual_stock", "alternatives", "text"}


def take(desk: Desk, command: Command, orders: Mapping[str, CaseOrder]) -> str:
    """Do what an officer commands on a case; nothing is returned where the action is not on a case. Target: `<kind>:<id>`."""
    order = orders.get(command.action)
    if order is None:
        return ""
    if persons.problem(command.by):
        return Outcome.NO_PERSON
    command = replace(command, by=persons.spelt(command.by))
    subject = subject_of(command.target)
    if subject is None or not is_known(desk, command.nature, subject):
        return Outcome.UNKNOWN_SUBJECT
    if any(len(text) > LONGEST for text in (command.reason, *command.params.values())):
        return Outcome.TOO_LONG
    case = case_file.find(desk, command.nature, subject) or CaseFile(subject=subject, nature=command.nature)
    if command.action not in LESS and _size(desk, case) > LARGEST:
        return Outcome.CASE_FULL
    return order(desk, case, command)


def _size(desk: Desk, case: CaseFile) -> int:
    """Bytes of what officers said of the subject: it is written whole at each step, and must stay far below what a record may be."""
    kept = desk.get(f"case/{case.nature}/{case.subject.id}") if case.subject.kind is SubjectKind.CIS else None
    return len(dump(case)) + (len(dump(kept)) if kept is not None else 0)


def subject_of(target: str) -> Subject | None:
    """The subject that a target names, `cis:60000001`."""
    kind, _, id_ = target.partition(":")
    known = next((k for k in SubjectKind if k == kind and k is not SubjectKind.UNKNOWN), None)
    return Subject(kind=known, id=id_) if known is not None and id_ else None


def is_known(desk: Desk, nature: Nature, subject: Subject) -> bool:
    """True for a medicine or a shortage that is known, and for what an alert ever was about: a slip of the pen opens no case."""
    if subject.kind is SubjectKind.CIS and any(desk.get(k) is not None for k in (f"medicine/{subject.id}", f"case/{nature}/{subject.id}")):
        return True
    return any(desk.get(life_key(kind, subject, nature)) is not None for kind in AlertKind)


def evaluate(desk: Desk, case: CaseFile, order: Command) -> str:
    """Params: impact, market_share_pct, residual_stock, alternatives, text; what is not given stays as it was."""
    given: dict[str, Any] = {k: v.strip() for k, v in order.params.items() if v.strip()}
    if not given or not given.keys() <= EVALUATED:
        return Outcome.UNKNOWN_VALUE
    if "market_share_pct" in given:
        share = _percent(given["market_share_pct"])
        if share is None:
            return Outcome.UNKNOWN_VALUE
        given["market_share_pct"] = share
    before = case.evaluation or Evaluation(by=order.by, at=desk.now)
    case = replace(case, evaluation=replace(before, by=order.by, at=desk.now, **given))
    case_file.keep(desk, case, order)
    return Outcome.CASE_KEPT


def _percent(text: str) -> float | None:
    """A share in percent; None where it is none."""
    try:
        share = float(text)
    except ValueError:
        return None
    return share if 0 <= share <= 100 else None


def consult(desk: Desk, case: CaseFile, order: Command) -> str:
    """Params: question, to (bodies, comma separated), until (a day, or an instant with its offset)."""
    question = order.params.get("question", "").strip()
    to = tuple(dict.fromkeys(b.strip() for b in order.params.get("to", "").split(",") if b.strip()))
    said = order.params.get("until", "").strip()
    until = _until(said, desk.agency.timezone) if said else None
    if not question or not to or (said and until is None) or (until is not None and until <= desk.now):
        return Outcome.UNKNOWN_VALUE
    if len(case.consultations) >= CONSULTATIONS:
        return Outcome.CASE_FULL
    number = f"c{case.asked + 1}"
    asked = Consultation(consultation_id=number, question=question, to=to, by=order.by, at=desk.now, until=until)
    case = replace(case, consultations=(*case.consultations, asked), asked=case.asked + 1)
    case_file.keep(desk, case, order, f"{number} {', '.join(to)}")
    consulting.clock(desk, case)
    return Outcome.CASE_KEPT


def _until(text: str, zone: str) -> datetime | None:
    """The instant at which the time for an answer is over; None where the text is neither a day nor an instant with its offset."""
    day = day_of(text)
    if day is not None:
        return end_of_day(day, zone) if day == reckoned(day) else None
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo is not None and FIRST <= at.date() <= LAST else None
    except (ValueError, OverflowError):
        return None


def answer(desk: Desk, case: CaseFile, order: Command) -> str:
    """Params: id (of the consultation), of (the body), text. A body that answers again has its last word."""
    asked = next((c for c in case.consultations if c.consultation_id == order.params.get("id", "")), None)
    of, text = order.params.get("of", "").strip(), order.params.get("text", "").strip()
    if asked is None or of not in asked.to or not text:
        return Outcome.UNKNOWN_VALUE
    others = tuple(a for a in asked.answers if a.of != of)
    now = replace(asked, answers=(*others, Answer(of=of, text=text, at=desk.now, by=order.by)))
    case = replace(case, consultations=tuple(now if c is asked else c for c in case.consultations))
    case_file.keep(desk, case, order, f"{now.consultation_id} {of}")
    consulting.clock(desk, case)
    consulting.tell(desk, case)
    return Outcome.CASE_KEPT


def note(desk: Desk, case: CaseFile, order: Command) -> str:
    """Params: text. A note is a step of the case and tells nobody."""
    text = order.params.get("text", "").strip()
    if not text:
        return Outcome.UNKNOWN_VALUE
    case_file.keep(desk, case, order, text)
    return Outcome.CASE_KEPT


def close(desk: Desk, case: CaseFile, order: Command) -> str:
    """Only with a reason, and only where no alert on the subject is open and no answer is missing."""
    if case.closed_at is not None:
        return Outcome.CASE_CLOSED
    if not order.reason.strip():
        return Outcome.NO_REASON
    if any(open_file(desk, kind, case.subject, case.nature) is not None for kind in AlertKind):
        return Outcome.ALERTS_OPEN
    if any(c.missing for c in case.consultations):
        return Outcome.ANSWERS_MISSING
    case_file.keep(desk, replace(case, closed_at=desk.now), order)
    return Outcome.CASE_KEPT


def reopen(desk: Desk, case: CaseFile, order: Command) -> str:
    """Only with a reason."""
    if case.closed_at is None:
        return Outcome.NOTHING_NEW
    if not order.reason.strip():
        return Outcome.NO_REASON
    case_file.keep(desk, replace(case, closed_at=None), order)
    return Outcome.CASE_KEPT


def follow(desk: Desk, moved: Moved) -> None:
    """A new alert opens a closed case again: it is no longer done with."""
    if moved.how != "raised":
        return
    case = case_file.find(desk, moved.nature, moved.subject)
    if case is not None and case.closed_at is not None:
        case_file.put(desk, replace(case, closed_at=None), Done(at=desk.now, by="hub", action="case.reopen", what=f"{moved.kind} raised"))


ORDERS: dict[str, CaseOrder] = {
    "case.evaluate": evaluate,
    "case.consult": consult,
    "case.answer": answer,
    "case.note": note,
    "case.close": close,
    "case.reopen": reopen,
}
