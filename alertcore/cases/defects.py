"""What a record on a defect comes to: its kind, whether it fires and how grave it is, and where it stands in its thread."""

from __future__ import annotations

from alertcore.cases.threads import Link
from alertcore.dispatch.routes import by_law, serious
from alertcore.records.alert import AlertKind, Severity
from alertcore.records.defect import DefectClass, DefectStep, Falsified, QualityDefect
from alertcore.records.shared import Nature, Subject

RANKS = {DefectStep.INITIAL: 0, DefectStep.UPDATE: 1, DefectStep.CLOSED: 2}


def board_key(nature: Nature, subject: Subject) -> str:
    """State key of the defects of a subject."""
    return f"defects/{nature}/{subject.kind}:{subject.id}"


def kind_of(defect: QualityDefect) -> AlertKind:
    """Falsified medicines are a kind of their own."""
    return AlertKind.FALSIFIED if defect.falsified in (Falsified.SUSPECTED, Falsified.CONFIRMED) else AlertKind.DEFECT


def as_labels(defect: QualityDefect) -> dict[str, str]:
    """Class and risk as the routes read them; a falsified product without a class counts as class I."""
    class_ = defect.class_
    if class_ is DefectClass.UNASSIGNED and kind_of(defect) is AlertKind.FALSIFIED:
        class_ = DefectClass.I
    return {"class": str(class_), "serious_risk": str(defect.serious_risk)}


def fires(defect: QualityDefect) -> bool:
    """Serious risk suspected, a class or an action set, or falsification suspected; and not closed."""
    if defect.step is DefectStep.CLOSED:
        return False
    class_set = as_labels(defect)["class"] in ("i", "ii", "iii")
    return by_law(as_labels(defect)) or class_set or bool(defect.actions)


SEVERITY = {"i": Severity.CRITICAL, "ii": Severity.SEVERE, "iii": Severity.MINOR}


def severity_of(defect: QualityDefect) -> Severity:
    """Critical for class I and any suspected serious risk, else by class; what has none yet is moderate."""
    labels = as_labels(defect)
    if serious(labels):
        return Severity.CRITICAL
    return SEVERITY.get(labels["class"], Severity.MODERATE)


def link_of(d: QualityDefect) -> Link:
    """Where a record stands in its thread. It speaks at the latest instant it names: updates often keep the day of the first report."""
    at = max(x for x in (d.received_at, d.decided_at, d.serious_risk_at, d.reached_patients_at) if x is not None)
    previous = d.previous_id if d.previous_id != d.defect_id else None
    return Link(id=d.defect_id, previous=previous, at=at, rank=RANKS.get(d.step, 0))
