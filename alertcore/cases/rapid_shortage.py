"""Shortages reported to the European network and EMA: to whom, and with which message (Reg. (EU) 2022/123 Art. 4(2)).

What an officer decided to report goes out; a company's own texts do not (CSP L.5121-32).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from alertcore.cases import settings
from alertcore.cases.desk import Desk
from alertcore.cases.publishing import UNSIGNED
from alertcore.cases.rapid_sending import next_serial, printed, reference, send
from alertcore.records.alert import Alert, AlertKind
from alertcore.records.rapid import AckWanted, Follows, MessageKind, RapidAlert, RapidClass, RapidShortage
from alertcore.records.shared import Certainty, Nature, When
from alertcore.register import Authority
from alertcore.substances_english import english_of

CONTACT_FUNCTION = "Single point of contact, medicine shortages"
SIGNATORY_FUNCTION = "Duty officer, medicine shortages"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortageReport:
    """What was told of one alert (`shortage-report/<alert id>`). sent: day of the last message."""

    serial: int
    message_no: int
    reference: str
    sent: date
    authorities: tuple[str, ...]
    closed: bool = False


KINDS: dict[str, type[object]] = {"shortage-report": ShortageReport}


def recipients(everyone: tuple[Authority, ...], nature: Nature) -> tuple[Authority, ...]:
    """Authorities and bodies for shortages. An exercise goes only to those who take part, a contact test to nobody."""
    if nature not in (Nature.ACTUAL, Nature.EXERCISE):
        return ()
    able = tuple(a for a in everyone if "shortage" in a.domains and "human" in a.species)
    return able if nature is Nature.ACTUAL else tuple(a for a in able if a.exercises)


def told(desk: Desk, alert_id: str) -> tuple[str, ...]:
    """Who was told of an alert."""
    before: ShortageReport | None = desk.get(f"shortage-report/{alert_id}")
    return before.authorities if before is not None else ()


def report(desk: Desk, alert: Alert) -> bool:
    """Tell what the alert says now, for the first time or as a follow-up. False where the register names nobody to tell."""
    everyone = settings.authorities(desk.view).authorities
    wanted = {a.id for a in recipients(everyone, alert.nature)} | set(told(desk, alert.alert_id))
    return _send(desk, alert, tuple(a for a in everyone if a.id in wanted), closed=False)


def notify_end(desk: Desk, alert: Alert) -> None:
    """Tell those who were told that the matter is closed, whoever closed it."""
    before: ShortageReport | None = desk.get(f"shortage-report/{alert.alert_id}")
    if alert.kind is AlertKind.SEVERAL_STATES and before is not None and not before.closed:
        targets = tuple(a for a in settings.authorities(desk.view).authorities if a.id in before.authorities)
        _send(desk, alert, targets, closed=True)


def notify_corrected(desk: Desk, alert: Alert, text: str) -> None:
    """Tell those who were told, and no other, what is right."""
    before: ShortageReport | None = desk.get(f"shortage-report/{alert.alert_id}")
    if before is not None and not before.closed:
        targets = tuple(a for a in settings.authorities(desk.view).authorities if a.id in before.authorities)
        _send(desk, replace(alert, facts=alert.facts | {"report_en": text}), targets, closed=False)


def _send(desk: Desk, alert: Alert, targets: tuple[Authority, ...], *, closed: bool) -> bool:
    if not targets:
        return False
    before: ShortageReport | None = desk.get(f"shortage-report/{alert.alert_id}")
    serial, number = (next_serial(desk), 1) if before is None else (before.serial, before.message_no + 1)
    mark = ShortageReport(
        serial=serial,
        message_no=number,
        reference=reference(desk.agency.country, "", serial, number),
        sent=desk.today,
        authorities=tuple(a.id for a in targets),
        closed=closed,
    )
    message = _form(desk, alert, before, closed=closed)
    send(desk, replace(message, reference=mark.reference, serial=serial, message_no=number), targets)
    desk.put(f"shortage-report/{alert.alert_id}", mark)
    return True


def _form(desk: Desk, alert: Alert, before: ShortageReport | None, *, closed: bool) -> RapidAlert:
    name = alert.facts.get("name", alert.subject.id)
    cited = "" if before is None else f"In addition to our message {before.reference} of {before.sent.isoformat()}. "
    return RapidAlert(
        nature=alert.nature,
        message_kind=MessageKind.SHORTAGE,
        authority="",
        sequence=0,
        previous_hash=UNSIGNED,
        alert_id=alert.alert_id,
        version=alert.version,
        country=desk.agency.country,
        follows=None if before is None else Follows(reference=before.reference, sent=before.sent),
        class_=RapidClass.NONE,
        product=name,
        inn=_substance(alert.facts, name),
        defect_details=cited + alert.facts.get("report_en", alert.facts.get("sentence_en", "")),
        distribution=alert.facts.get("states", "").replace(",", ", "),
        action_taken="Closed by the issuing authority" if closed else "Information under Article 4(2) of Regulation (EU) 2022/123",
        issuing_authority=desk.agency.name or desk.agency.id,
        contact_function=CONTACT_FUNCTION,
        signatory_function=SIGNATORY_FUNCTION,
        issued_at=desk.now,
        issued_at_text=printed(desk.now, desk.agency.timezone),
        shortage=_shortage(desk, alert, closed=closed),
        ack_wanted=AckWanted.RECEIVED if closed else AckWanted.READ,
    )


def _substance(facts: dict[str, str], name: str) -> str:
    """Its INN in English where that is known, for this goes abroad; else as the reference data writes it."""
    return " / ".join(english_of(part) or part for part in facts.get("substance", name).split(" / "))


def _shortage(desk: Desk, alert: Alert, *, closed: bool) -> RapidShortage:
    facts = alert.facts
    return RapidShortage(
        substance=_substance(facts, facts.get("name", alert.subject.id)),
        cis=_codes(facts.get("medicines", "")),
        start=_when(facts.get("start", "")),
        end=_end(desk.today, facts.get("expected_return", ""), closed=closed),
        cause=facts.get("causes", ""),
        states=_codes(facts.get("states", "")) or (desk.agency.country,),
    )


def _end(today: date, expected: str, *, closed: bool) -> When | None:
    if closed:
        return When(date=today, certainty=Certainty.ACTUAL)
    return When(date=date.fromisoformat(expected), certainty=Certainty.ESTIMATED) if expected else None


def _when(day: str) -> When | None:
    return When(date=date.fromisoformat(day), certainty=Certainty.ESTIMATED) if day else None


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code for code in text.split(",") if code)
