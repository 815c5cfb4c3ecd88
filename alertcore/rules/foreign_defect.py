"""Rapid alerts of other authorities, read as quality defects with a foreign reference; rules `defect` and `falsified` judge them.

PIC/S PI 010 and the EU Compilation: the reference is country, class, running number of the year, message number. All
messages of one running number are one matter, whatever class the later ones name: a later one adds its lots to those told (domain 1.3,
field 18), takes out those of which it says so, and leaves standing what it does not speak of. It ends where field 20 says that the
authority has closed it. What came from an authority is never relayed back.
"""

from __future__ import annotations

from dataclasses import replace

from alertcore.cases.defect_scope import subject_of
from alertcore.cases.defect_told import record_of
from alertcore.cases.defects import fires
from alertcore.cases.desk import Desk
from alertcore.cases.rapid_form import CLOSED
from alertcore.cases.reasons import Outcome
from alertcore.cases.state import DefectThread, SignalMark
from alertcore.identifiers import ran_reference
from alertcore.identity import signal_id
from alertcore.records.alert import Severity
from alertcore.records.defect import (
    DefectClass,
    DefectProduct,
    DefectSource,
    DefectStep,
    Distribution,
    Falsified,
    Foreign,
    QualityDefect,
    SeriousRisk,
)
from alertcore.records.rapid import MessageKind, RapidAlert, RapidClass
from alertcore.records.shared import Org, OrgScheme, Text
from alertcore.rules import defect

KINDS = (MessageKind.QUALITY_DEFECT, MessageKind.FALSIFIED, MessageKind.NON_URGENT)
CLASSES = {RapidClass.I: DefectClass.I, RapidClass.II: DefectClass.II, RapidClass.III: DefectClass.III}


def decide(desk: Desk, alert: RapidAlert) -> str:
    """Judge a foreign notification as a defect of the authority that sent it; other kinds of message are no defects."""
    if alert.message_kind not in KINDS:
        return Outcome.NOT_A_DEFECT
    sender = desk.message.sender
    found = as_defect(alert, sender, _follows(desk, alert, sender))
    reason = defect.decide(desk, found, sender)
    if alert.message_kind is MessageKind.NON_URGENT and reason != Outcome.REPEAT and not _stands(desk, found, sender):
        _inform(desk, found, sender)
    return reason


def _stands(desk: Desk, found: QualityDefect, sender: str) -> bool:
    """True where the matter of a message fires, by this or by an earlier one: then the alert tells it."""
    thread: DefectThread | None = desk.get(f"defect/{found.nature}/{desk.get(f'defect-of/{found.nature}/{sender}/{found.defect_id}')}")
    assert thread is not None, "a record that was judged has its thread"
    return fires(record_of(desk, found.nature, thread))


def _inform(desk: Desk, found: QualityDefect, sender: str) -> None:
    """Non-urgent information without a class is no alert: officers find it on the console. Another matter's signal stays as it was."""
    subject, name = subject_of(desk, found), found.product.name
    reference = found.foreign.reference if found.foreign else found.defect_id
    fr = f"{name} : {sender} informe sans urgence d'un défaut de qualité, sous la référence {reference}."
    en = f"{name}: {sender} informs, without urgency, of a quality defect, under the reference {reference}."
    key = f"signal/{signal_id('defect', subject.kind, subject.id, found.nature)}"
    before: SignalMark | None = desk.get(key)
    desk.signal("defect", subject, found.nature, severity=Severity.INFO, sentence=Text(fr=fr, en=en), question=True)
    mark: SignalMark | None = desk.get(key)
    assert mark is not None, "a signal leaves its mark"
    kept = replace(before, version=mark.version) if before is not None and before.open else replace(mark, open=False)
    desk.put(key, kept)


def _follows(desk: Desk, alert: RapidAlert, sender: str) -> str:
    """The matter a message belongs to: of the message it names, else of its running number this year, or last year for a follow-up."""
    known = f"defect-of/{alert.nature}/{sender}/"
    if alert.follows is not None:
        named = _number(alert.follows.reference, alert.follows.sent.year)
        if desk.get(known + named) is not None:
            return named
    year = alert.issued_at.year
    matters = [_matter(alert, y) for y in ((year, year - 1) if alert.message_no > 1 else (year,))]
    return next((m for m in matters if desk.get(known + m) is not None), matters[0])


def as_defect(alert: RapidAlert, authority: str, previous: str | None = None) -> QualityDefect:
    """The form as a defect. Class I, or none yet, is a serious risk suspected: that is why it was sent; non-urgent information is not.

    References begin again each year, so the year is part of the number. previous: the matter it belongs to.
    """
    class_ = CLASSES.get(alert.class_, DefectClass.UNASSIGNED)
    number = _number(alert.reference, alert.issued_at.year)
    urgent = alert.message_kind is not MessageKind.NON_URGENT
    return QualityDefect(
        nature=alert.nature,
        defect_id=number,
        step=_step(alert),
        previous_id=previous,
        received_at=alert.issued_at,
        source=DefectSource.AUTHORITY,
        product=DefectProduct(
            name=alert.brand_name or alert.product,
            ma_numbers=(alert.ma_number,) if alert.ma_number else (),
            inn=alert.inn,
            form=alert.dosage_form,
            strength=alert.strength,
            pack=alert.pack_presentation,
            species=alert.species,
        ),
        batches=alert.batches,
        details=alert.defect_details,
        serious_risk=SeriousRisk.SUSPECTED if urgent and class_ in (DefectClass.I, DefectClass.UNASSIGNED) else SeriousRisk.UNASSESSED,
        serious_risk_at=alert.issued_at if urgent else None,
        class_=class_,
        falsified=_falsified(alert),
        falsification_note=alert.falsification_note or None,
        distribution=Distribution(text=alert.distribution),
        ma_holder=_firm(alert.ma_holder, alert.country),
        manufacturer=_firm(alert.manufacturer, alert.country),
        recalling_firm=_firm(alert.recalling_firm, alert.country),
        recall_number=alert.recall_number or None,
        foreign=Foreign(reference=alert.reference, authority=authority),
        files=alert.files,
    )


def _step(alert: RapidAlert) -> DefectStep:
    if alert.action_taken == CLOSED:
        return DefectStep.CLOSED
    return DefectStep.INITIAL if alert.message_no <= 1 else DefectStep.UPDATE


def _falsified(alert: RapidAlert) -> Falsified:
    """The kind of message says that it is about a fake; field 3 says in words whether that is confirmed."""
    if alert.message_kind is not MessageKind.FALSIFIED:
        return Falsified.NO
    return Falsified.CONFIRMED if alert.falsification_note.casefold().startswith("confirmed") else Falsified.SUSPECTED


def _number(reference: str, year: int) -> str:
    """The number of one message."""
    return f"{reference}@{year}"


def _matter(alert: RapidAlert, year: int) -> str:
    """The number of all messages on one matter: country and running number; of a reference that cannot be read, all but its last part."""
    read = ran_reference(alert.reference)
    stem = f"{read.country}/{read.serial}" if read is not None else alert.reference.rsplit("/", 1)[0]
    return f"{stem}@{year}"


def _firm(name: str, country: str) -> Org | None:
    """A firm named in the form; no register is named there, so the name stands for the id."""
    return Org(id=name, scheme=OrgScheme.UNKNOWN, name=name, country=country) if name else None
