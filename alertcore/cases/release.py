"""Officers' commands on alerts: release by one or two persons, and cancel."""

from __future__ import annotations

from functools import partial

from alertcore import persons
from alertcore.cases import alerts, gates, telling
from alertcore.cases.desk import Desk, Moved
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.state import AlertFile, Approval
from alertcore.making import replace
from alertcore.policy import AUDIENCES
from alertcore.records.alert import Alert, AlertStep, Release
from alertcore.records.hub import Command

CANCELLED = {
    "instruction_fr": "Ne tenez plus compte de notre message précédent sur ce sujet.",
    "instruction_en": "Disregard our earlier message on this subject.",
    "patient_instruction_fr": "N'arrêtez pas votre traitement de vous-même. Ne tenez plus compte de notre message précédent.",
    "patient_instruction_en": "Do not stop your treatment on your own. Disregard our earlier message.",
}
"""What replaces the instructions of a cancelled alert: nobody must go on following them."""


def cancel(desk: Desk, file: AlertFile, order: Command) -> str:
    """Only with a reason. The last version says who cancelled, and why for officers; those told read that it no longer holds."""
    if file.ended:
        return Outcome.ALERT_ENDED
    if not order.reason.strip():
        return Outcome.NO_REASON
    facts = partial(_cancelled, reason=order.reason)
    alerts.end(desk, _by(file, order.by), AlertStep.CANCELLED, Reason.CANCELLED_BY_OFFICER, facts)
    return desk.reason


def _cancelled(alert: Alert, reason: str) -> dict[str, str]:
    name = alert.facts.get("name", alert.subject.id)
    facts = CANCELLED | {"headline_fr": f"{name} : alerte annulée", "headline_en": f"{name}: alert cancelled"}
    facts |= {"sentence_fr": f"{name} : l'agence annule son alerte.", "sentence_en": f"{name}: the agency cancels its alert."}
    if "sentence_others_fr" in alert.facts:  # who was told less than the officers must not go on reading it
        facts |= {f"sentence_others_{x}": facts[f"sentence_{x}"] for x in ("fr", "en")}
    return facts | {"cancelled_because": reason}


def waiting(file: AlertFile) -> tuple[str, ...]:
    """Audiences that do not have the present content yet."""
    released = file.alert.release.audiences if file.alert.release else ()
    return tuple(a for a in gates.in_order(file.wanted) if a not in released)


def release(desk: Desk, file: AlertFile, order: Command) -> str:
    """Params: audience (comma separated; absent means all that wait)."""
    if file.ended:
        return Outcome.ALERT_ENDED
    named = tuple(a.strip() for a in order.params.get("audience", "").split(",") if a.strip())
    if any(a not in AUDIENCES for a in named):
        return Outcome.UNKNOWN_AUDIENCE
    open_ = waiting(file)
    asked = tuple(a for a in open_ if a in named) if named else open_
    if not asked:
        return Outcome.NOTHING_TO_RELEASE
    new = tuple(Approval(audience=a, by=order.by) for a in asked if not persons.among(order.by, _approved(file, a)))
    if not new:
        return Outcome.SAME_PERSON
    file = replace(file, approvals=file.approvals + new)
    done = tuple(a for a in asked if _enough(desk, file, a))
    if not done:
        return _half(desk, file, order.by)
    return _done(desk, file, done, order.by)


def _enough(desk: Desk, file: AlertFile, audience: str) -> bool:
    needed = gates.PERSONS[desk.policy.gate(file.alert.kind, audience).gate]
    return len({persons.one(by) for by in _approved(file, audience)}) >= needed


def _approved(file: AlertFile, audience: str) -> list[str]:
    """Who has released the present content to an audience."""
    return [a.by for a in file.approvals if a.audience == audience]


def _half(desk: Desk, file: AlertFile, by: str) -> str:
    """One of two persons has released: the alert stays held, and says so."""
    file = alerts.step(desk, file, AlertStep.HELD, Reason.AWAITS_SECOND_PERSON, release=_release_record(desk, file, (), by))
    alerts.save(desk, file)
    return Reason.AWAITS_SECOND_PERSON


def _done(desk: Desk, file: AlertFile, done: tuple[str, ...], by: str) -> str:
    record = _release_record(desk, file, done, by)
    file = alerts.with_deadlines(desk, file, gates.met(file.alert.deadlines, done, desk.now, by))
    file = alerts.step(desk, file, AlertStep.RELEASED, Reason.RELEASED_BY_OFFICER, release=record)
    if not waiting(file):
        file = replace(file, limit_at=None, alert=file.alert)
    alerts.save(desk, telling.tell(desk, file, done))
    desk.moved.append(Moved(file.alert.kind, file.alert.subject, file.alert.nature, "released"))
    return Reason.RELEASED_BY_OFFICER


def _release_record(desk: Desk, file: AlertFile, done: tuple[str, ...], by: str) -> Release:
    before = file.alert.release or Release()
    audiences = gates.in_order((*before.audiences, *done))
    left = set(file.wanted) - set(audiences)
    return Release(
        audiences=audiences, by=persons.added(by, before.by), at=desk.now if done else before.at, until=before.until if left else None
    )


def _by(file: AlertFile, by: str) -> AlertFile:
    """The file with the person who ends it in its release, so that the last version says who it was."""
    before = file.alert.release or Release()
    return replace(file, alert=replace(file.alert, release=replace(before, by=persons.added(by, before.by))))
