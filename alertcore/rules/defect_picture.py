"""The picture of the defects on one subject: class, lots, actions and legal deadlines, from the records that hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from alertcore.cases.defect_standing import Standing
from alertcore.cases.defects import SEVERITY, as_labels, fires, kind_of
from alertcore.cases.medicines import followed_by
from alertcore.cases.picture import Picture
from alertcore.cases.state import Medicine
from alertcore.deadlines.clock import local_day
from alertcore.deadlines.duties import Limits
from alertcore.dispatch.routes import serious
from alertcore.records.alert import AlertKind, Severity
from alertcore.records.defect import DefectClass, DefectScope, QualityDefect, RecallLevel, Species, YesNo
from alertcore.records.holding import ReachRow
from alertcore.records.shared import Batch, Deadline, Nature, Subject, SubjectKind
from alertcore.rules import defect_words as words
from alertcore.rules import reach_words
from alertcore.rules.recall_reach import added
from alertcore.statejson import rfc3339

SUBSTANCE, COMPANY = SubjectKind.SUBSTANCE, SubjectKind.COMPANY
LEVELS = ("unknown", "wholesale", "retail_hospital", "patient")


@dataclass(frozen=True, slots=True, kw_only=True)
class Defects:
    """What is known of one subject. heads: (thread, record that holds), of every thread. standing: the same with since when.

    told_abroad: threads on which authorities were told. medicines: all that each thread means. title: what the subject is called where
    it is no medicine. limits: what the limits of duties are reckoned by. reach: of each thread's recall. class3: as the policy has it.
    """

    subject: Subject
    nature: Nature
    heads: tuple[tuple[str, QualityDefect], ...]
    standing: dict[str, Standing]
    told_abroad: frozenset[str] = frozenset()
    medicines: dict[str, tuple[Medicine, ...]] = field(default_factory=dict)
    title: str = ""
    limits: Limits = field(default_factory=Limits)
    reach: dict[str, tuple[ReachRow, ...]] = field(default_factory=dict)
    class3: str = "none"

    def meant(self, found: Sequence[tuple[str, QualityDefect]]) -> tuple[Medicine, ...]:
        """All medicines that these defects mean, by CIS."""
        known = {m.cis: m for t, _ in found for m in self.medicines.get(t, ())}
        return tuple(known[cis] for cis in sorted(known))


def firing(defects: Defects, kind: AlertKind) -> list[tuple[str, QualityDefect]]:
    """Defects that fire, of one alert kind: the worst first, then the earliest."""
    found = [(t, d) for t, d in defects.heads if fires(d) and kind_of(d) is kind]
    return sorted(found, key=lambda x: (_rank(x[1]), x[1].received_at, x[0]))


def reach_of(defects: Defects, kind: AlertKind) -> tuple[ReachRow, ...]:
    """How far the recalls of one alert kind have reached, all defects together."""
    return added(defects.reach.get(t, ()) for t, _ in firing(defects, kind))


def _rank(d: QualityDefect) -> int:
    if _serious(d):
        return 0
    return {DefectClass.II: 1, DefectClass.III: 3}.get(d.class_, 2)


def picture(defects: Defects, kind: AlertKind) -> Picture | None:
    """The content of the alert of this kind, or None when nothing fires."""
    found = firing(defects, kind)
    if not found:
        return None
    records = [d for _, d in found]
    medicines = defects.meant(found)
    labels = _labels(medicines, records)
    return Picture(
        kind=kind,
        subject=defects.subject,
        nature=defects.nature,
        severity=_severity(labels),
        also=_also(defects.subject, medicines, records),
        labels=labels,
        facts=_facts(defects, records, labels),
        numbers={"defects": float(len(records)), "lots": float(len(_batches(records)))},
        batches=_batches(records),
        deadlines=deadlines([defects.standing[t] for t, _ in found], defects.limits),
        audiences=_audiences(records, labels, told=any(t in defects.told_abroad for t, _ in found), class3=defects.class3),
        notes=reach_words.notes(reach_of(defects, kind)) | _asked(records),
    )


def _labels(medicines: tuple[Medicine, ...], records: Sequence[QualityDefect]) -> dict[str, str]:
    lead = records[0]
    risks = {str(d.serious_risk) for d in records}
    risk = next((r for r in ("confirmed", "suspected") if r in risks), str(lead.serious_risk))
    level = max((d.level for d in records), key=lambda x: LEVELS.index(x))
    companies = {o.id for d in records for o in (d.ma_holder, d.recalling_firm) if o is not None}
    companies |= {d.manufacturer.id for d in records if d.scope is DefectScope.SITE and d.manufacturer is not None}
    companies |= {c for m in medicines for c in m.companies}
    labels = as_labels(lead) | {"serious_risk": risk, "level": str(level), "template": "defect", "companies": ",".join(sorted(companies))}
    labels["rule"] = "falsified" if kind_of(lead) is AlertKind.FALSIFIED else "defect"
    labels["species"] = str(lead.product.species)
    labels["scope"] = str(lead.scope)
    return labels | ({"foreign": lead.foreign.authority} if lead.foreign else {})


def _severity(labels: dict[str, str]) -> Severity:
    if serious(labels):
        return Severity.CRITICAL
    return SEVERITY.get(labels["class"], Severity.MODERATE)


def _audiences(records: Sequence[QualityDefect], labels: dict[str, str], *, told: bool, class3: str) -> tuple[str, ...]:
    """Patients only where a recall goes to them, and of no medicine for animals; authorities not for what came from one.

    Class III goes to authorities only where they were told before, or as non-urgent information where the agency's policy says so.
    """
    patients = ("patients",) if labels["level"] == RecallLevel.PATIENT and labels["species"] != Species.VETERINARY else ()
    ours = told or any(d.foreign is None and (d.class_ is not DefectClass.III or _serious(d) or class3 == "non_urgent") for d in records)
    return ("officers", "companies", "professionals", *patients, *(("authorities",) if ours else ()), "public")


def _batches(records: Sequence[QualityDefect]) -> tuple[Batch, ...]:
    """Every lot once, as printed, case included."""
    found = {(b.cip13, b.lot): b for d in reversed(records) for b in reversed(d.batches)}
    return tuple(found[k] for k in sorted(found, key=lambda k: (k[1], k[0] or "")))


def _also(subject: Subject, medicines: tuple[Medicine, ...], records: Sequence[QualityDefect]) -> tuple[Subject, ...]:
    """The presentations named, else all of each medicine, with whatever else it is followed by; the medicines themselves where the subject
    is a substance or a site.
    """
    packs = tuple(sorted({b.cip13 for d in records for b in d.batches if b.cip13}))
    found = dict.fromkeys(Subject(kind=SubjectKind.CIS, id=m.cis) for m in medicines if subject.kind in (SUBSTANCE, COMPANY))
    if subject.kind is COMPANY:  # a product named that the reference data does not know is meant all the same
        found |= dict.fromkeys(Subject(kind=SubjectKind.CIS, id=d.product.cis) for d in records if d.product.cis)
    for medicine in medicines or (None,):
        mine = packs if len(medicines) < 2 else tuple(p for p in packs if medicine is not None and p in medicine.packs)
        found |= dict.fromkeys(followed_by(medicine, None, mine))
    found |= dict.fromkeys(Subject(kind=SubjectKind.CIP13, id=p) for p in packs)
    return tuple(s for s in found if s != subject)


def deadlines(found: Sequence[Standing], limits: Limits) -> tuple[Deadline, ...]:
    """Duties by law where a serious risk is known, class I being one (CSP R.5312-1, domain 1.2): all supply-chain actors and Member
    States at once; a public announcement within 24 h of the later of serious risk suspected and known to have reached patients. The
    article is on medicines for humans; of those for animals no duty of this kind is known here.

    Of what another authority told, that authority tells the Member States; the rest is due here once it has reached patients here.
    """
    risky = [(s.risk_at, s) for s in found if s.risk_at is not None and s.record.product.species is not Species.VETERINARY]
    ours = [risk for risk, s in risky if s.record.foreign is None]
    reached = [(max(risk, s.reached_at), s) for risk, s in risky if s.reached_at is not None]
    chain = ours + [since for since, s in reached if s.record.foreign is not None]
    due = (("supply_chain", chain), ("rapid_alert", ours), ("public_announcement", [since for since, _ in reached]))
    return tuple(limits.of(duty, since=min(instants)) for duty, instants in due if instants)


def _asked(records: Sequence[QualityDefect]) -> dict[str, str]:
    """What officers have to find out: whether what is a serious risk has reached patients."""
    open_ = any(_serious(d) and d.reached_patients is YesNo.UNKNOWN and d.product.species is not Species.VETERINARY for d in records)
    return words.REACH_UNKNOWN if open_ else {}


def _serious(d: QualityDefect) -> bool:
    return serious(as_labels(d))


def _all_lots(records: Sequence[QualityDefect]) -> bool:
    """True where a whole product, substance or site is meant and no lots are named."""
    return any(not d.batches and d.scope not in (DefectScope.BATCH, DefectScope.UNKNOWN) for d in records)


def _reached(records: Sequence[QualityDefect]) -> str:
    """Whether any of it has reached patients: no only where that is known of all."""
    known = {d.reached_patients for d in records}
    return str(YesNo.YES if YesNo.YES in known else YesNo.NO if known == {YesNo.NO} else YesNo.UNKNOWN)


def name_of(defects: Defects, lead: QualityDefect) -> str:
    """The substance's or the site's name; else the reference data's, else the record's."""
    if defects.title:
        return defects.title
    known = {m.name for medicines in defects.medicines.values() for m in medicines if m.cis == (lead.product.cis or defects.subject.id)}
    return min(known, default=lead.product.name)


def _facts(defects: Defects, records: Sequence[QualityDefect], labels: dict[str, str]) -> dict[str, str]:
    lead, batches = records[0], _batches(records)
    name = name_of(defects, lead)
    animal = lead.product.species is Species.VETERINARY
    fr, en = (f"{name} ({words.VETERINARY[0]})", f"{name} ({words.VETERINARY[1]})") if animal else (name, name)
    actions = tuple(dict.fromkeys(str(a) for d in records for a in d.actions))
    class_, falsified, level = str(lead.class_), str(lead.falsified), str(lead.level)
    what = words.kind(class_, falsified)
    facts = _both("headline", (f"{fr} : {what[0]}", f"{en}: {what[1]}"))
    risk, lots = labels["serious_risk"], None if _all_lots(records) else len(batches)
    facts["sentence_fr"] = words.sentence(fr, class_, falsified, actions, lots, risk=risk, level=level)[0]
    facts["sentence_en"] = words.sentence(en, class_, falsified, actions, lots, risk=risk, level=level)[1]
    stop, deepest = any(_serious(d) or kind_of(d) is AlertKind.FALSIFIED for d in records), labels["level"]
    facts |= _both("instruction", words.instruction(actions, stop=stop, level=deepest))
    told = words.patient(actions, lots, stop=stop, level=deepest, reached=_reached(records))
    facts |= {} if animal else _both("patient_instruction", told)
    firm = lead.recalling_firm or lead.ma_holder
    facts |= {
        "name": name,
        "cis": "" if defects.title else lead.product.cis or "",
        "cip13s": ",".join(sorted({b.cip13 for b in batches if b.cip13})),
        "since": local_day(lead.received_at, defects.limits.calendar.zone).isoformat(),
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
