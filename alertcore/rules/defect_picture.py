"""The picture of the defects on one subject: class, lots, actions and legal deadlines, from the records that hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from alertcore.cases.defects import as_labels, fires, kind_of
from alertcore.cases.medicines import followed_by
from alertcore.cases.picture import Picture
from alertcore.cases.state import Medicine
from alertcore.deadlines.duties import Limits
from alertcore.dispatch.routes import by_law, serious
from alertcore.records.alert import AlertKind, Severity
from alertcore.records.defect import DefectClass, QualityDefect, RecallLevel, YesNo
from alertcore.records.shared import Batch, Deadline, Nature, Subject, SubjectKind
from alertcore.rules import defect_words as words
from alertcore.statejson import rfc3339

SEVERITY = {"i": Severity.CRITICAL, "ii": Severity.SEVERE, "iii": Severity.MINOR}
LEVELS = ("unknown", "wholesale", "retail_hospital", "patient")


@dataclass(frozen=True, slots=True, kw_only=True)
class Defects:
    """What is known of one subject. heads: (thread, record that holds), of every thread. opened_at: log time of each thread's first record.
    told_abroad: threads on which authorities were told. limits: what the limits of duties are reckoned by.
    """

    subject: Subject
    nature: Nature
    heads: tuple[tuple[str, QualityDefect], ...]
    opened_at: dict[str, datetime]
    told_abroad: frozenset[str] = frozenset()
    medicine: Medicine | None
    limits: Limits = field(default_factory=Limits)


def firing(defects: Defects, kind: AlertKind) -> list[tuple[str, QualityDefect]]:
    """Defects that fire, of one alert kind: the worst first, then the earliest."""
    found = [(t, d) for t, d in defects.heads if fires(d) and kind_of(d) is kind]
    return sorted(found, key=lambda x: (_rank(x[1]), x[1].received_at, x[0]))


def _rank(d: QualityDefect) -> int:
    if serious(as_labels(d)):
        return 0
    return {DefectClass.II: 1, DefectClass.III: 3}.get(d.class_, 2)


def picture(defects: Defects, kind: AlertKind) -> Picture | None:
    """The content of the alert of this kind, or None when nothing fires."""
    found = firing(defects, kind)
    if not found:
        return None
    records = [d for _, d in found]
    lead = records[0]
    labels = _labels(defects, records)
    return Picture(
        kind=kind,
        subject=defects.subject,
        nature=defects.nature,
        severity=_severity(labels),
        also=_also(defects, records),
        labels=labels,
        facts=_facts(defects, records, lead),
        numbers={"defects": float(len(records)), "lots": float(len(_batches(records)))},
        batches=_batches(records),
        deadlines=deadlines(records, [defects.opened_at[t] for t, _ in found], defects.limits),
        audiences=_audiences(records, labels, told=any(t in defects.told_abroad for t, _ in found)),
    )


def _labels(defects: Defects, records: Sequence[QualityDefect]) -> dict[str, str]:
    lead = records[0]
    risks = {str(d.serious_risk) for d in records}
    risk = next((r for r in ("confirmed", "suspected") if r in risks), str(lead.serious_risk))
    level = max((d.level for d in records), key=lambda x: LEVELS.index(x))
    firms = {o.id for d in records for o in (d.ma_holder, d.recalling_firm) if o is not None}
    companies = firms | set(defects.medicine.companies if defects.medicine else ())
    labels = as_labels(lead) | {"serious_risk": risk, "level": str(level), "template": "defect", "companies": ",".join(sorted(companies))}
    labels["rule"] = "falsified" if kind_of(lead) is AlertKind.FALSIFIED else "defect"
    labels["species"] = str(lead.product.species)
    return labels | ({"foreign": lead.foreign.authority} if lead.foreign else {})


def _severity(labels: dict[str, str]) -> Severity:
    if serious(labels) or by_law(labels):
        return Severity.CRITICAL
    return SEVERITY.get(labels["class"], Severity.MODERATE)


def _audiences(records: Sequence[QualityDefect], labels: dict[str, str], *, told: bool) -> tuple[str, ...]:
    """Patients only where a recall goes to them; authorities not for what came from one, nor for class III unless they were told before."""
    patients = ("patients",) if labels["level"] == RecallLevel.PATIENT else ()
    ours = told or any(d.foreign is None and d.class_ is not DefectClass.III for d in records)
    return ("officers", "companies", "professionals", *patients, *(("authorities",) if ours else ()), "public")


def _batches(records: Sequence[QualityDefect]) -> tuple[Batch, ...]:
    """Every lot once, as printed, case included."""
    found = {(b.cip13, b.lot): b for d in reversed(records) for b in reversed(d.batches)}
    return tuple(found[k] for k in sorted(found, key=lambda k: (k[1], k[0] or "")))


def _also(defects: Defects, records: Sequence[QualityDefect]) -> tuple[Subject, ...]:
    packs = tuple(sorted({b.cip13 for d in records for b in d.batches if b.cip13}))
    return followed_by(defects.medicine, None, packs)


def deadlines(records: Sequence[QualityDefect], opened_at: Sequence[datetime], limits: Limits) -> tuple[Deadline, ...]:
    """Duties by law where a serious risk is suspected (CSP R.5312-1): all supply-chain actors and Member States at once; a public
    announcement within 24 h of the later of serious risk suspected and known to have reached patients.

    Where a record does not say since when, the hub counts from its first news of it.
    """
    risky = [(d, since) for d, since in zip(records, opened_at, strict=True) if by_law(as_labels(d)) and d.foreign is None]
    if not risky:
        return ()
    at_once = min(d.serious_risk_at or since for d, since in risky)
    found = [limits.of("supply_chain", since=at_once), limits.of("rapid_alert", since=at_once)]
    reached = [max(d.serious_risk_at or since, d.reached_patients_at or since) for d, since in risky if d.reached_patients is YesNo.YES]
    return (*found, *([limits.of("public_announcement", since=min(reached))] if reached else []))


def name_of(defects: Defects, lead: QualityDefect) -> str:
    """The reference data's name, else the record's."""
    return defects.medicine.name if defects.medicine else lead.product.name


def _facts(defects: Defects, records: Sequence[QualityDefect], lead: QualityDefect) -> dict[str, str]:
    name, batches = name_of(defects, lead), _batches(records)
    actions = tuple(dict.fromkeys(str(a) for d in records for a in d.actions))
    risky = any(by_law(as_labels(d)) for d in records)
    class_, falsified = str(lead.class_), str(lead.falsified)
    what = words.kind(class_, falsified)
    facts = _both("headline", (f"{name} : {what[0]}", f"{name}: {what[1]}"))
    facts |= _both("sentence", words.sentence(name, class_, falsified, actions, len(batches), serious=risky))
    facts |= _both("instruction", words.instruction(actions, serious=risky)) | _both("patient_instruction", words.PATIENT)
    firm = lead.recalling_firm or lead.ma_holder
    facts |= {
        "name": name,
        "cis": lead.product.cis or "",
        "cip13s": ",".join(sorted({b.cip13 for b in batches if b.cip13})),
        "since": lead.received_at.date().isoformat(),
        "company_name": (firm.name or firm.id) if firm else "",
        "class": class_,
        "serious_risk": str(lead.serious_risk),
        "falsified": falsified,
        "defect_type": lead.defect_type,
        "details": "\n".join(dict.fromkeys(d.details for d in records if d.details)),
        "actions": ",".join(actions),
        "level": "" if lead.level is RecallLevel.UNKNOWN else str(lead.level),
        "decided_at": rfc3339(lead.decided_at) if lead.decided_at else "",
        "recall_number": lead.recall_number or "",
        "defect_ids": ",".join(d.defect_id for d in records),
    }
    if lead.foreign is not None:
        facts |= {"foreign_reference": lead.foreign.reference, "foreign_authority": lead.foreign.authority}
    return {k: v for k, v in facts.items() if v}


def _both(name: str, text: tuple[str, str]) -> dict[str, str]:
    return {f"{name}_fr": text[0], f"{name}_en": text[1]}


def subject_of(defect: QualityDefect) -> Subject:
    """The medicine; where it is not known, the first lot, else the firm, else the record's own number as a lot."""
    if defect.product.cis:
        return Subject(kind=SubjectKind.CIS, id=defect.product.cis)
    if defect.batches:
        return Subject(kind=SubjectKind.LOT, id=defect.batches[0].lot)
    firm = defect.recalling_firm or defect.ma_holder or defect.manufacturer
    return Subject(kind=SubjectKind.COMPANY, id=firm.id) if firm else Subject(kind=SubjectKind.LOT, id=defect.defect_id)
