"""Notices of devices passed on to other authorities: to whom, and with which message (Article 10a MDR and IVDR)."""

from __future__ import annotations

from dataclasses import replace

from alertcore.cases import settings
from alertcore.cases.desk import Desk
from alertcore.cases.device_law import Law, judge
from alertcore.cases.devices import DeviceNotified, DeviceThread, is_over, name_of, on_board, record_of, thread_key
from alertcore.cases.publishing import UNSIGNED
from alertcore.cases.rapid_sending import next_serial, printed, reference, send
from alertcore.deadlines.clock import local_day
from alertcore.records.alert import Alert, AlertKind
from alertcore.records.device import DeviceNotice
from alertcore.records.rapid import AckWanted, Follows, MessageKind, RapidAlert
from alertcore.records.shared import Nature
from alertcore.register import Authority

CONTACT_FUNCTION = "Contact point, supply of medical devices"
SIGNATORY_FUNCTION = "Duty officer, medical devices"
COMMISSION = ("commission", "ec")
"""Words by which the register names the Commission among bodies."""


def law_of(desk: Desk, notice: DeviceNotice, thread: DeviceThread) -> Law:
    """What Article 10a says of a thread's report; the period is reckoned to the first report's local day."""
    return judge(notice, local_day(thread.opened_at, desk.agency.timezone), desk.agency.country, desk.policy)


def recipients(everyone: tuple[Authority, ...], notice: DeviceNotice, sender: str, country: str) -> tuple[Authority, ...]:
    """Device authorities of all other member states, and the Commission; never whoever sent the notice.

    An exercise goes only to those who take part, a contact test to nobody.
    """
    if notice.nature not in (Nature.ACTUAL, Nature.EXERCISE):
        return ()
    able = [a for a in everyone if "device" in a.domains and a.id not in (sender, notice.from_authority)]
    if notice.nature is Nature.EXERCISE:
        able = [a for a in able if a.exercises]
    return tuple(a for a in able if _is_commission(a) or (a.member_state and a.country != country))


def _is_commission(authority: Authority) -> bool:
    words = f"{authority.body or ''}".lower().replace("-", " ").replace("_", " ").split()
    return authority.country is None and any(word in COMMISSION for word in words)


def to_tell(desk: Desk, notice: DeviceNotice, thread: DeviceThread) -> tuple[Authority, ...]:
    """Whom a notice is to be passed on to; nobody where that is another authority's duty."""
    if not law_of(desk, notice, thread).relay:
        return ()
    return recipients(settings.authorities(desk.view).authorities, notice, thread.sender, desk.agency.country)


def notify(desk: Desk, alert: Alert) -> None:
    """Pass on what is new of each notice of a device alert; other alerts are not looked at."""
    if alert.kind is AlertKind.DEVICE:
        for thread in on_board(desk, alert.nature, alert.subject):
            _notify(desk, alert, thread)


def notify_end(desk: Desk, alert: Alert, *, latest: bool) -> None:
    """Tell those who were told that the matter is closed, whoever closed it. latest: its last notice may be told."""
    if alert.kind is AlertKind.DEVICE:
        for thread in on_board(desk, alert.nature, alert.subject):
            before = thread.notified
            if before is not None and not before.closed:
                _send(desk, alert, thread, record_of(desk, alert.nature, thread) if latest else before.content, closed=True)


def notify_corrected(desk: Desk, alert: Alert) -> None:
    """Tell those who were told, and no other, what the alert says now."""
    if alert.kind is AlertKind.DEVICE:
        for thread in on_board(desk, alert.nature, alert.subject):
            before = thread.notified
            if before is not None and not before.closed:
                _send(desk, alert, thread, before.content, closed=False, told_alone=True)


def _notify(desk: Desk, alert: Alert, thread: DeviceThread) -> None:
    notice, before = record_of(desk, alert.nature, thread), thread.notified
    final = is_over(desk, alert.nature, thread)
    if before is None or before.content != notice or before.closed is not final:
        _send(desk, alert, thread, notice, closed=final)


def _send(desk: Desk, alert: Alert, thread: DeviceThread, notice: DeviceNotice, *, closed: bool, told_alone: bool = False) -> None:
    before = thread.notified
    told = set(before.authorities) if before else set()
    wanted = {a.id for a in to_tell(desk, notice, thread)}
    targets = [a for a in settings.authorities(desk.view).authorities if a.id in (told if closed or told_alone else told | wanted)]
    if not targets:
        return
    mark = _mark(desk, before, notice, tuple(a.id for a in targets), closed=closed)
    message = _form(desk, alert, notice, before, closed=closed)
    send(desk, replace(message, reference=mark.reference, serial=mark.serial, message_no=mark.message_no), targets)
    desk.put(thread_key(alert.nature, thread.thread), replace(thread, notified=mark))


def _mark(desk: Desk, before: DeviceNotified | None, notice: DeviceNotice, targets: tuple[str, ...], *, closed: bool) -> DeviceNotified:
    today = desk.today
    year, serial, number = (today.year, next_serial(desk), 1) if before is None else (before.year, before.serial, before.message_no + 1)
    cited = reference(desk.agency.country, "", serial, number)
    return DeviceNotified(
        year=year, serial=serial, message_no=number, reference=cited, sent=today, authorities=targets, content=notice, closed=closed
    )


def _form(desk: Desk, alert: Alert, notice: DeviceNotice, before: DeviceNotified | None, *, closed: bool) -> RapidAlert:
    """The notice itself goes along unaltered, but for the reference to its contact, who is known here alone."""
    names = ", ".join(dict.fromkeys(name_of(desk, d) for d in notice.devices))
    cited = "" if before is None else f"In addition to our message {before.reference} of {before.sent.isoformat()}. "
    return RapidAlert(
        nature=notice.nature,
        message_kind=MessageKind.DEVICE_SUPPLY,
        authority="",
        sequence=0,
        previous_hash=UNSIGNED,
        alert_id=alert.alert_id,
        version=alert.version,
        country=desk.agency.country,
        follows=None if before is None else Follows(reference=before.reference, sent=before.sent),
        product=names,
        brand_name=names,
        manufacturer=notice.manufacturer.name or notice.manufacturer.id,
        defect_details=cited + alert.facts.get("sentence_others_en", ""),
        distribution=", ".join(notice.states_concerned),
        action_taken="Closed by the issuing authority" if closed else "Information under Article 10a MDR/IVDR",
        issuing_authority=desk.agency.name or desk.agency.id,
        contact_function=CONTACT_FUNCTION,
        signatory_function=SIGNATORY_FUNCTION,
        issued_at=desk.now,
        issued_at_text=printed(desk.now, desk.agency.timezone),
        device=replace(notice, contact_ref=None),
        files=notice.files,
        ack_wanted=AckWanted.RECEIVED,
    )
