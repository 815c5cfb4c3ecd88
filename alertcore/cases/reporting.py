"""An officer's answer to whether a shortage is reported to the European network and EMA: yes or no, and why (Reg. (EU) 2022/123)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from alertcore import persons
from alertcore.cases import alerts, earlier, gates, rapid_shortage, telling
from alertcore.cases.desk import Desk
from alertcore.cases.picture import NOTE_PREFIX
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.state import AlertFile
from alertcore.making import replace
from alertcore.records.alert import AlertKind, AlertStep, Release
from alertcore.records.hub import Command

ACTION = "major_event"
ANSWERS = ("yes", "no")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportAnswer:
    """The last answer on one alert (`report-answer/<alert id>`). reason: the officer's own words. states: those it was given for."""

    yes: bool
    by: str
    reason: str
    at: datetime
    states: str = ""


KINDS: dict[str, type[object]] = {"report-answer": ReportAnswer}


def answer(desk: Desk, file: AlertFile, order: Command) -> str:
    """Params: answer (yes or no), and a reason. Yes tells the authorities for shortages what the alert says now; both stand on it."""
    said = order.params.get("answer", "")
    problem = _problem(file, order, said)
    if problem is not None:
        return problem
    yes = said == "yes"
    alert = file.alert
    given = ReportAnswer(yes=yes, by=order.by, reason=order.reason.strip(), at=desk.now, states=alert.facts.get("states", ""))
    notes = {NOTE_PREFIX + name: text for name, text in _notes(desk, given).items()}
    facts = alerts.in_key_order({k: v for k, v in alert.facts.items() if not k.startswith(NOTE_PREFIX)} | notes)
    if yes:
        decided = replace(alert, facts=facts, version=alert.version + 1)
        if not rapid_shortage.report(desk, decided):
            return Outcome.NO_AUTHORITY
        file = alerts.step(desk, file, AlertStep.RELEASED, Reason.REPORTED, facts=facts, release=_release(desk, file, order.by))
        file = earlier.dropped(file, ("authorities",))
    else:
        file = alerts.step(desk, file, AlertStep.UPDATED, Reason.NOT_REPORTED, facts=facts)
    desk.put(f"report-answer/{alert.alert_id}", given)
    alerts.save(desk, telling.tell_note(desk, file))
    return Reason.REPORTED if yes else Reason.NOT_REPORTED


def _problem(file: AlertFile, order: Command, said: str) -> str | None:
    if file.ended:
        return Outcome.ALERT_ENDED
    if file.alert.kind is not AlertKind.SEVERAL_STATES:
        return Outcome.NO_QUESTION
    if said not in ANSWERS:
        return Outcome.NO_ANSWER
    return None if order.reason.strip() else Outcome.NO_REASON


def notes_of(desk: Desk, file: AlertFile | None) -> dict[str, str]:
    """The last answer on an open alert, as notes for officers."""
    given: ReportAnswer | None = desk.get(f"report-answer/{file.alert.alert_id}") if file is not None else None
    return _notes(desk, given) if given is not None else {}


def _notes(desk: Desk, given: ReportAnswer) -> dict[str, str]:
    day = given.at.astimezone(ZoneInfo(desk.agency.timezone)).date()
    fr = ("transmis au réseau européen des pénuries (SPOC) et à l'EMA", "non transmis au réseau européen des pénuries (SPOC) et à l'EMA")
    en = ("reported to the European shortages network (SPOC) and EMA", "not reported to the European shortages network (SPOC) and EMA")
    return {
        "decision": "yes" if given.yes else "no",
        "decision_by": given.by,
        "decision_fr": f"Décision du {day:%d/%m/%Y} : {fr[not given.yes]}. Motif : {given.reason}",
        "decision_en": f"Decision of {day:%Y-%m-%d}: {en[not given.yes]}. Reason: {given.reason}",
    }


def _release(desk: Desk, file: AlertFile, by: str) -> Release:
    before = file.alert.release or Release()
    return Release(audiences=gates.in_order((*before.audiences, "authorities")), by=persons.added(by, before.by), at=desk.now)
