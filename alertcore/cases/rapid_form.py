"""The fields of the rapid alert notification form (3 to 26), filled from a defect and what is known of the product."""

from __future__ import annotations

from alertcore.cases.defect_standing import NO_LONGER
from alertcore.cases.defects import as_labels
from alertcore.cases.desk import Desk
from alertcore.cases.publishing import UNSIGNED
from alertcore.cases.state import DefectThread, Medicine, Notified
from alertcore.deadlines.clock import local_day
from alertcore.dispatch.routes import serious
from alertcore.records.defect import DefectAction, DefectClass, Falsified, QualityDefect
from alertcore.records.rapid import MessageKind, RapidAlert, RapidClass
from alertcore.records.shared import Org

CONTACT_FUNCTION = "Rapid alert contact point, quality defects"
SIGNATORY_FUNCTION = "Duty officer, quality defects"
CLOSED = "Closed by the issuing authority"
"""What field 20 says of a matter that is closed."""

ACTIONS = {
    DefectAction.RECALL: "Recall",
    DefectAction.WITHDRAWAL: "Withdrawal",
    DefectAction.QUARANTINE: "Quarantine of undistributed batches",
    DefectAction.CAUTION_IN_USE: "Caution in use",
    DefectAction.USER_ALERT: "Alert to users",
}
LEVELS = {"wholesale": "to wholesale level", "retail_hospital": "to pharmacies and hospitals", "patient": "to patient level"}


def form(desk: Desk, defect: QualityDefect, thread: DefectThread, *, closed: bool) -> RapidAlert:
    """Everything but addressee, sequence and reference. What is not known stays empty, or says so where the form expects a word."""
    p = defect.product
    medicine: Medicine | None = desk.get(f"medicine/{p.cis}") if p.cis else None
    substances = medicine.substances if medicine else ()
    # A strength of the reference data is that of the substance as declared, often a salt: never without the substance's name.
    strength = p.strength or " / ".join(f"{s.name} {s.strength}" for s in substances if s.strength)
    dosage_form = p.form or (medicine.form if medicine else "")
    return RapidAlert(
        nature=defect.nature,
        message_kind=_kind(defect, thread),
        authority="",
        sequence=0,
        previous_hash=UNSIGNED,
        country=desk.agency.country,
        class_=RapidClass(defect.class_.value),
        falsification_note=_falsification(defect),
        product=", ".join((p.name, *(x for x in (p.strength, p.form) if x and x not in p.name))),
        ma_number=", ".join(p.ma_numbers),
        species=p.species,
        brand_name=medicine.name if medicine else p.name,
        inn=p.inn or " / ".join(s.name for s in substances),
        dosage_form=dosage_form,
        strength=strength,
        batches=defect.batches,
        pack_presentation=p.pack or ", ".join(medicine.packs if medicine else ()),
        ma_holder=_org(defect.ma_holder),
        manufacturer=_org(defect.manufacturer),
        recalling_firm="" if defect.recalling_firm == defect.ma_holder else _org(defect.recalling_firm),
        recall_number=defect.recall_number or "",
        defect_details=_details(defect, thread),
        distribution=_distribution(defect),
        action_taken=_taken(defect, desk.agency.timezone, closed=closed),
        proposed_action="" if defect.actions or closed else "Under assessment",
        issuing_authority=desk.agency.name or desk.agency.id,
        contact_function=CONTACT_FUNCTION,
        signatory_function=SIGNATORY_FUNCTION,
        issued_at=desk.now,
        files=defect.files,
    )


def non_urgent(defect: QualityDefect) -> bool:
    """Class III is no rapid alert; where it is told at all, it is as information (PIC/S PI 010: not normally sent)."""
    return defect.class_ is DefectClass.III and not serious(as_labels(defect)) and defect.falsified in (Falsified.NO, Falsified.UNKNOWN)


def _kind(defect: QualityDefect, thread: DefectThread) -> MessageKind:
    """A matter that was told as a rapid alert goes on as one, whatever its class becomes."""
    if defect.falsified not in (Falsified.NO, Falsified.UNKNOWN):
        return MessageKind.FALSIFIED
    before = thread.notified
    information = non_urgent(defect) and (before is None or non_urgent(before.content))
    return MessageKind.NON_URGENT if information else MessageKind.QUALITY_DEFECT


def _org(org: Org | None) -> str:
    return "" if org is None else org.name or org.id


def _falsification(defect: QualityDefect) -> str:
    """Field 3: the note given, else the plain words."""
    words = {Falsified.SUSPECTED: "Suspected falsified", Falsified.CONFIRMED: "Confirmed falsified"}
    return defect.falsification_note or words.get(defect.falsified, "")


def _details(defect: QualityDefect, thread: DefectThread) -> str:
    """Field 18; a follow-up cites the message before (the practice of the network)."""
    before = thread.notified
    cited = "" if before is None else f"In addition to our notification {before.reference} of {before.sent.isoformat()}. "
    return cited + " ".join(x for x in (_lots(defect, before), defect.details or defect.defect_type) if x)


def _lots(defect: QualityDefect, before: Notified | None) -> str:
    """What a follow-up changes in the list of batches."""
    if before is None:
        return ""
    old, new = ({b.lot for b in d.batches} for d in (before.content, defect))
    parts = (("Batches added", new - old), (NO_LONGER, old - new))
    return " ".join(f"{what}: {', '.join(sorted(lots))}." for what, lots in parts if lots)


def _distribution(defect: QualityDefect) -> str:
    d = defect.distribution
    if not (d.known or d.text or d.countries):
        return "not available"
    return "; ".join(x for x in (d.text, ", ".join(d.countries)) if x) or "known, no country named"


def _taken(defect: QualityDefect, zone: str, *, closed: bool) -> str:
    """Field 20."""
    if closed:
        return CLOSED
    level = LEVELS.get(defect.level, "")
    done = ", ".join(ACTIONS.get(a, str(a)) for a in defect.actions)
    when = f"(decided {local_day(defect.decided_at, zone).isoformat()})" if defect.decided_at and done else ""
    return " ".join(x for x in (done, level if done else "", when) if x)
