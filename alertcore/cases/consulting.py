"""Answers that do not come: when the time of a consultation is over, officers are told, until the last body has answered."""

from __future__ import annotations

from dataclasses import replace

from alertcore.cases import alerts, case_file, matters, timers
from alertcore.cases.case_file import CaseFile, Consultation, Done
from alertcore.cases.desk import Desk
from alertcore.cases.finding import Finding, said, shown
from alertcore.cases.matters import Matter
from alertcore.cases.medicines import find
from alertcore.cases.reasons import Reason
from alertcore.records.alert import AlertKind, AlertStep, Severity
from alertcore.records.shared import Nature, SubjectKind, Text

RULE = "consultation"
_DO = Text(fr="Relancez les organismes, ou enregistrez leur réponse.", en="Ask the bodies again, or enter their answers.")
_WHAT = Text(fr="réponse attendue", en="an answer is missing")


def clock(desk: Desk, case: CaseFile) -> None:
    """Have the case looked at again when the next answer is overdue."""
    waited = [c.until for c in case.consultations if c.until is not None and c.missing and not c.overdue]
    timers.set_timer(desk, RULE, case_file.key_of(case.nature, case.subject), min(waited, default=None))


def wake(desk: Desk, key: str) -> None:
    """The time of a consultation is over."""
    case: CaseFile | None = desk.get(key)
    assert case is not None, "no case is ever forgotten"
    late = [c for c in case.consultations if c.until is not None and c.until <= desk.now and c.missing and not c.overdue]
    now = tuple(replace(c, overdue=True) if c in late else c for c in case.consultations)
    case = replace(case, consultations=now)
    ids = ", ".join(c.consultation_id for c in late)
    case_file.put(desk, case, Done(at=desk.now, by="hub", action="consultation.overdue", what=ids))
    clock(desk, case)
    tell(desk, case)


def tell(desk: Desk, case: CaseFile) -> None:
    """Bring what officers are told of missing answers up to date."""
    late = tuple(c for c in case.consultations if c.overdue and c.missing)
    if case.subject.kind is SubjectKind.CIS:
        found = tuple(_matter(desk, case, c) for c in late)
        matters.hold(desk, case.subject.id, case.nature, RULE, found, signal=False)
        return
    file = alerts.open_file(desk, AlertKind.DUTY, case.subject, case.nature)
    if late:
        alerts.show(desk, shown(_finding(case, late)), Reason.DUTY_NOT_KEPT, Reason.DUTIES_CHANGED)
    elif file is not None and file.alert.labels.get("rule") == RULE:
        over = Text(fr="Toutes les réponses attendues sont là.", en="Every answer that was awaited has come.")
        alerts.end(desk, file, AlertStep.RESOLVED, Reason.DUTY_KEPT, said({"sentence": over}))


def _matter(desk: Desk, case: CaseFile, asked: Consultation) -> Matter:
    medicine = find(desk, case.subject.id)
    name = medicine.name if medicine else f"CIS {case.subject.id}"
    assert asked.until is not None, "only what had a time is overdue"
    return Matter(
        rule=RULE,
        key=asked.consultation_id,
        severity=Severity.MINOR,
        since=asked.until,
        what=_WHAT,
        sentence=_sentence(name, (asked,)),
        ask=_DO,
        do=_DO,
    )


def _finding(case: CaseFile, late: tuple[Consultation, ...]) -> Finding:
    name = case.subject.id
    return Finding(
        rule=RULE,
        kind=AlertKind.DUTY,
        subject=case.subject,
        nature=Nature(case.nature),
        severity=Severity.MINOR,
        name=name,
        headline=Text(fr=f"{name} : {_WHAT.fr}", en=f"{name}: {_WHAT.en}"),
        sentence=_sentence(name, late),
        do=_DO,
        numbers={"matters_count": float(len(late))},
    )


def _sentence(name: str, late: tuple[Consultation, ...]) -> Text:
    bodies = ", ".join(dict.fromkeys(b for c in late for b in c.missing))
    asked = ", ".join(c.consultation_id for c in late)
    return Text(
        fr=f"{name} : réponse attendue de {bodies} (consultation {asked}) ; le délai fixé est dépassé.",
        en=f"{name}: an answer of {bodies} is missing (consultation {asked}); the time set for it is over.",
    )
