"""Rapid alerts of other authorities, read as quality defects with a foreign reference."""

from __future__ import annotations

from datetime import date

from alertcore.cases.desk import Desk
from alertcore.cases.reasons import Outcome
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
from alertcore.records.shared import Org, OrgScheme
from alertcore.rules import defect

CLASSES = {RapidClass.I: DefectClass.I, RapidClass.II: DefectClass.II, RapidClass.III: DefectClass.III}


def decide(desk: Desk, alert: RapidAlert) -> str:
    """Judge a foreign notification as a defect of the authority that sent it; other kinds of message are no defects."""
    if alert.message_kind not in (MessageKind.QUALITY_DEFECT, MessageKind.FALSIFIED):
        return Outcome.NOT_A_DEFECT
    return defect.decide(desk, as_defect(alert, desk.message.sender), desk.message.sender)


def as_defect(alert: RapidAlert, authority: str) -> QualityDefect:
    """The form as a defect. Class I, or none yet, is a serious risk suspected: that is why it was sent.

    References begin again each year, so the year is part of the number; a follow-up names what it follows.
    """
    class_ = CLASSES.get(alert.class_, DefectClass.UNASSIGNED)
    number = _number(alert.reference, alert.issued_at.date())
    return QualityDefect(
        nature=alert.nature,
        defect_id=number,
        step=DefectStep.INITIAL if alert.message_no <= 1 else DefectStep.UPDATE,
        previous_id=_previous(alert),
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
        serious_risk=SeriousRisk.SUSPECTED if class_ in (DefectClass.I, DefectClass.UNASSIGNED) else SeriousRisk.UNASSESSED,
        serious_risk_at=alert.issued_at,
        class_=class_,
        falsified=Falsified.SUSPECTED if alert.message_kind is MessageKind.FALSIFIED else Falsified.NO,
        falsification_note=alert.falsification_note or None,
        distribution=Distribution(text=alert.distribution),
        ma_holder=_firm(alert.ma_holder, alert.country),
        manufacturer=_firm(alert.manufacturer, alert.country),
        recalling_firm=_firm(alert.recalling_firm, alert.country),
        recall_number=alert.recall_number or None,
        foreign=Foreign(reference=alert.reference, authority=authority),
        files=alert.files,
    )


def _number(reference: str, sent: date) -> str:
    return f"{reference}@{sent.year}"


def _previous(alert: RapidAlert) -> str | None:
    if alert.follows is not None:
        return _number(alert.follows.reference, alert.follows.sent)
    if alert.message_no <= 1:
        return None
    stem = alert.reference.rsplit("/", 1)[0]
    return _number(f"{stem}/{alert.message_no - 1:02d}", alert.issued_at.date())


def _firm(name: str, country: str) -> Org | None:
    """A firm named in the form; no register is named there, so the name stands for the id."""
    return Org(id=name, scheme=OrgScheme.UNKNOWN, name=name, country=country) if name else None
