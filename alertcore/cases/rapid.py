"""Rapid alerts on defects: to which authorities, in which sequence, under which reference, with every field of the form."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from alertcore.cases import settings
from alertcore.cases.defect_told import in_kind, record_of
from alertcore.cases.defects import as_labels, board_key, fires
from alertcore.cases.desk import Desk
from alertcore.cases.rapid_form import form, non_urgent
from alertcore.cases.rapid_sending import next_serial, printed, reference, send
from alertcore.cases.state import DefectBoard, DefectThread, Notified
from alertcore.dispatch.routes import serious
from alertcore.policy import Policy
from alertcore.records.alert import Alert
from alertcore.records.defect import DefectClass, QualityDefect
from alertcore.records.rapid import AckWanted, Follows
from alertcore.records.shared import Nature
from alertcore.register import Authority

CLASS_IN_REFERENCE = {DefectClass.I: "I", DefectClass.II: "II", DefectClass.III: "III"}
"""An unassigned class stands as an underscore, as seen in use."""


def recipients(defect: QualityDefect, everyone: tuple[Authority, ...], policy: Policy) -> tuple[Authority, ...]:
    """Authorities a defect is sent to (EU Compilation of Union Procedures; PIC/S PI 010).

    Class I, and a serious risk suspected: all. Class II: the listed countries where distribution is known (bodies only if
    named), else by policy. Class III: none, or as non-urgent information to the countries named, where the policy says so. An exercise
    goes only to those who take part; a foreign defect is never relayed back.
    """
    if defect.foreign is not None or defect.nature not in (Nature.ACTUAL, Nature.EXERCISE):
        return ()
    able = tuple(a for a in everyone if "defect" in a.domains and defect.product.species in a.species)
    if defect.nature is Nature.EXERCISE:
        able = tuple(a for a in able if a.exercises)
    if serious(as_labels(defect)):
        return able
    informed = non_urgent(defect) and policy.defect.class3 == "non_urgent" and defect.distribution.known
    if defect.class_ is not DefectClass.II and not informed:
        return ()
    if not defect.distribution.known and policy.defect.class2 == "all_contacts":
        return able
    named = defect.distribution.countries
    return tuple(a for a in able if (a.country or a.body or a.id) in named or a.id in named)


def notify(desk: Desk, alert: Alert) -> None:
    """Send what is new of each defect of an alert, now that it is released to authorities."""
    for thread in _threads(desk, alert):
        defect, before = record_of(desk, alert.nature, thread), thread.notified
        if fires(defect) and (before is None or before.closed or before.content != defect):
            _send(desk, alert, thread, defect, closed=False)
        elif before is not None and not before.closed and not fires(defect):
            _send(desk, alert, thread, defect, closed=True)


def notify_end(desk: Desk, alert: Alert, *, latest: bool) -> None:
    """Tell those authorities who were told that the matter is closed. latest: its last record may be told; else what they know is over."""
    for thread in _threads(desk, alert):
        before = thread.notified
        if before is not None and not before.closed:
            _send(desk, alert, thread, record_of(desk, alert.nature, thread) if latest else before.content, closed=True)


def notify_corrected(desk: Desk, alert: Alert, text: str) -> None:
    """Tell those authorities who were told, and no other, what is right, with what they were told and no newer record."""
    for thread in _threads(desk, alert):
        before = thread.notified
        if before is not None and not before.closed:
            _send(desk, alert, thread, before.content, closed=False, correction=text)


def _threads(desk: Desk, alert: Alert) -> list[DefectThread]:
    board: DefectBoard = desk.get(board_key(alert.nature, alert.subject)) or DefectBoard()
    threads = [desk.get(f"defect/{alert.nature}/{t}") for t in board.threads]
    return [t for t in threads if t is not None and in_kind(desk, alert, t)]


def _send(desk: Desk, alert: Alert, thread: DefectThread, defect: QualityDefect, *, closed: bool, correction: str = "") -> None:
    before = thread.notified
    told = set(before.authorities) if before else set()
    everyone = settings.authorities(desk.view).authorities
    wanted = {a.id for a in recipients(defect, everyone, desk.policy)} if not closed and not correction else set()
    targets = [a for a in everyone if a.id in wanted | told]
    if not targets:
        return
    mark = _mark(desk, before, defect, tuple(a.id for a in targets), closed=closed)
    message = replace(form(desk, defect, thread, closed=closed), alert_id=alert.alert_id, version=alert.version, **_numbering(mark, before))
    if correction:
        message = replace(message, defect_details=f"{correction} {message.defect_details}".strip())
    wanted_ack, minutes = _ack(defect, desk.policy, closed=closed)
    due = desk.now + timedelta(minutes=minutes) if minutes else None
    message = replace(message, ack_wanted=wanted_ack, ack_due=due, issued_at_text=printed(desk.now, desk.agency.timezone))
    send(desk, message, targets)
    desk.put(f"defect/{alert.nature}/{thread.thread}", replace(thread, notified=mark))


def _mark(desk: Desk, before: Notified | None, defect: QualityDefect, targets: tuple[str, ...], *, closed: bool) -> Notified:
    """The numbers of this message: a serial of the year at first, the next message number after that."""
    today = desk.today
    if before is None:
        year, serial, number = today.year, next_serial(desk), 1
    else:
        year, serial, number = before.year, before.serial, before.message_no + 1
    cited = reference(desk.agency.country, CLASS_IN_REFERENCE.get(defect.class_, ""), serial, number)
    return Notified(
        year=year, serial=serial, message_no=number, reference=cited, sent=today, authorities=targets, content=defect, closed=closed
    )


def _numbering(mark: Notified, before: Notified | None) -> dict[str, Any]:
    follows = None if before is None else Follows(reference=before.reference, sent=before.sent)
    return {"reference": mark.reference, "serial": mark.serial, "message_no": mark.message_no, "follows": follows}


def _ack(defect: QualityDefect, policy: Policy, *, closed: bool) -> tuple[AckWanted, int]:
    """Which acknowledgement is wanted, and within how many minutes (internal targets; no rule of the network was found)."""
    if closed:
        return AckWanted.RECEIVED, policy.defect.ack_read_min_class2
    if serious(as_labels(defect)):
        return AckWanted.READ, policy.defect.ack_read_min_class1
    return AckWanted.READ, policy.defect.ack_read_min_class2
