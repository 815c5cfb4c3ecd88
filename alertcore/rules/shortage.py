"""The picture of one medicine's supply, from every company's declaration that holds and the public list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from alertcore.cases.agreements import agreed_text, alternatives_text, measures_of
from alertcore.cases.medicines import followed_by
from alertcore.cases.picture import Picture
from alertcore.cases.shortages import Supply
from alertcore.kept import Same
from alertcore.records.alert import AlertKind, Severity
from alertcore.records.shared import Deadline, Subject, SubjectKind
from alertcore.records.shortage import Declaration, DeclarationStep, StopKind
from alertcore.rules import shortage_late, stop_notice
from alertcore.rules import shortage_words as words
from alertcore.statejson import json_text, plain

CLOSING = (DeclarationStep.RETURN, DeclarationStep.WITHDRAWN)
SEVERITIES = {"rupture": Severity.SEVERE, "risque": Severity.MODERATE, "arret": Severity.MODERATE}
BY_CODE = {1: "rupture", 2: "risque", 3: "arret"}
AUDIENCES = ("officers", "companies", "professionals", "patients", "public")
RANK = {"rupture": 0, "risque": 1, "arret": 2}


def kind_of(nature_declared: str) -> AlertKind:
    """Shortage for a stock-out or a risk, stop for the end of marketing: two vocabularies that are never mixed."""
    return AlertKind.STOP if nature_declared == "arret" else AlertKind.SHORTAGE


def open_heads(supply: Supply, kind: AlertKind) -> Sequence[Declaration]:
    """Declarations that hold and are open, of one alert kind: the worst first, then the earliest."""
    return (_OPEN.known(id(supply)) or _OPEN.keep(supply))[kind]


def _open(supply: Supply) -> dict[AlertKind, list[Declaration]]:
    found: dict[AlertKind, list[Declaration]] = {AlertKind.SHORTAGE: [], AlertKind.STOP: []}
    for d in supply.heads:
        if d.step not in CLOSING:
            found[kind_of(d.nature_declared)].append(d)
    return {kind: sorted(of, key=_by_gravity) for kind, of in found.items()}


def _by_gravity(d: Declaration) -> tuple[int, datetime, str]:
    return RANK.get(d.nature_declared, 9), d.declared_at, d.company.id


_OPEN = Same(_open, 4096)
"""Asked several times in a decision, and again where another medicine looks at this one."""


def public_open(supply: Supply, kind: AlertKind) -> bool:
    """True while the public list names a status of this kind; a row that is gone neither opens nor ends anything."""
    p = supply.public
    return p is not None and not p.gone and p.code in BY_CODE and kind_of(BY_CODE[p.code]) is kind


def picture(supply: Supply, kind: AlertKind) -> Picture | None:
    """The content of the alert of this kind, or None if nothing open is known."""
    declared = open_heads(supply, kind)
    if declared:
        return _declared(supply, kind, declared)
    return _published(supply, kind) if public_open(supply, kind) else None


def name_of(supply: Supply) -> str:
    """The medicine's name, or its code where the reference data has none."""
    return supply.medicine.name if supply.medicine else f"CIS {supply.cis}"


def _declared(supply: Supply, kind: AlertKind, declared: Sequence[Declaration]) -> Picture:
    lead = declared[0]
    back = _return(lead)
    said = str(lead.nature_declared)
    if lead.stop is not None and lead.stop.kind is StopKind.SUSPENSION and said == "arret":
        said = "suspension"
    company = lead.company.name or lead.company.id
    name = name_of(supply)
    facts = _common(supply, kind, words.headline(name, said))
    facts |= _both("sentence", words.declared(name, said, company, lead.declared_at.date(), back, len(declared) - 1))
    facts |= {
        "since": lead.declared_at.date().isoformat(),
        "company_name": company,
        "company_id": lead.company.id,
        "nature": str(lead.nature_declared),
        "declaration_id": lead.declaration_id,
        "causes": ",".join(dict.fromkeys(c.code for d in declared for c in d.causes)),
        "causes_as_sent": "; ".join(dict.fromkeys(c.raw for d in declared for c in d.causes if c.raw)),
        "case_ref": lead.case_ref or "",
        "ma_holder": (lead.ma_holder.name or lead.ma_holder.id) if lead.ma_holder else "",
        "plan_ref": lead.plan_ref or "",
        "exports": "; ".join(f"{e.country} {e.text}".strip() for e in lead.exports),
        "files": "; ".join(f.name for f in lead.files),
        "alternatives": alternatives_text(lead),
        "alternatives_agreed": agreed_text(declared, supply.agreements),
        "context": lead.context,
        "risk": lead.risk,
        "companies": ", ".join(d.company.name or d.company.id for d in declared),
    }
    facts |= _dates(_start(lead), back) | _circuits(lead)
    late = shortage_late.late(declared, supply.limits)
    facts |= shortage_late.own(late, facts)
    if public_open(supply, kind) and supply.public:
        facts["status_code"] = str(supply.public.code)
    packs = sorted({p for d in declared for p in d.cip13s}) if all(d.cip13s for d in declared) else ()
    return Picture(
        kind=kind,
        subject=Subject(kind=SubjectKind.CIS, id=supply.cis),
        nature=supply.nature,
        severity=SEVERITIES.get(lead.nature_declared, Severity.MODERATE),
        also=followed_by(supply.medicine, lead.atc, tuple(packs)),
        labels=_labels(supply, "declared", str(lead.nature_declared)) | ({"by_company": "true"} if late else {}),
        facts={k: v for k, v in facts.items() if v},
        numbers=_numbers(declared, lead),
        measures=(*(m for d in declared for m in measures_of(d, supply.agreements)), *supply.measures),
        deadlines=_deadlines(supply, kind, declared),
        audiences=AUDIENCES,
        notes=shortage_late.notes(late),
    )


def _deadlines(supply: Supply, kind: AlertKind, declared: Sequence[Declaration]) -> tuple[Deadline, ...]:
    """When each company should have declared, where it says since when it knew; and the limits of a stop."""
    found = [shortage_late.limit(d, supply.limits) for d in declared]
    stop = stop_notice.deadlines(supply, supply.limits) if kind is AlertKind.STOP else ()
    return (*(d for d in found if d is not None), *stop)


def _published(supply: Supply, kind: AlertKind) -> Picture:
    part = supply.public
    assert part is not None
    nature, name = BY_CODE[part.code], name_of(supply)
    headline = tuple(f"{name}{sep}{w}" for sep, w in zip((" : ", ": "), words.STATUS[part.code], strict=True))
    facts = _common(supply, kind, (headline[0], headline[1]))
    facts |= _both("sentence", words.published(name, part.code, part.start))
    facts |= {"status_code": str(part.code), "url": part.url, "nature": nature} | _dates(part.start, None)
    facts["since"] = (part.start or part.updated).isoformat() if part.start or part.updated else ""  # type: ignore[union-attr]
    return Picture(
        kind=kind,
        subject=Subject(kind=SubjectKind.CIS, id=supply.cis),
        nature=supply.nature,
        severity=SEVERITIES[nature],
        also=followed_by(supply.medicine, None, part.cip13s),
        labels=_labels(supply, "published", nature),
        facts={k: v for k, v in facts.items() if v},
        measures=supply.measures,
        audiences=AUDIENCES,
    )


def _common(supply: Supply, kind: AlertKind, headline: tuple[str, str]) -> dict[str, str]:
    name = name_of(supply)
    facts = {"name": name, "cis": supply.cis}
    facts["cip13s"] = ",".join(sorted({p for d in supply.heads if d.step not in CLOSING for p in d.cip13s}))
    if supply.public is not None:
        facts["url"] = supply.public.url
    facts |= _both("headline", headline)
    facts |= _both("instruction", words.DO_STOP if kind is AlertKind.STOP else words.DO_SHORTAGE)
    return facts | _both("patient_instruction", words.PATIENT)


def end_facts(supply: Supply, *, withdrawn: bool) -> dict[str, str]:
    """Facts that change when it ends."""
    sentence = words.ended(name_of(supply), withdrawn=withdrawn)
    facts = _both("sentence", sentence) | _both("headline", (sentence[0].rstrip("."), sentence[1].rstrip(".")))
    return facts | _both("instruction", words.DO_END) | _both("patient_instruction", words.PATIENT_END)


def _labels(supply: Supply, template: str, nature: str) -> dict[str, str]:
    companies = {d.company.id for d in supply.heads} | set(supply.medicine.companies if supply.medicine and not supply.heads else ())
    labels = {"template": template, "rule": template, "nature_declared": nature, "companies": ",".join(sorted(companies))}
    return labels | {"mitm": str(bool(supply.medicine and supply.medicine.mitm)).lower()}


def _numbers(declared: Sequence[Declaration], lead: Declaration) -> dict[str, float]:
    """Numbers behind it. declaration_delay_hours: from knowing to declaring (as soon as known, CSP L.5121-32)."""
    numbers = {"companies": float(len(declared))}
    if lead.known_at is not None:
        numbers["declaration_delay_hours"] = round((lead.declared_at - lead.known_at).total_seconds() / 3600, 2)
    for c in lead.circuits:
        figures = (("stock_packs", c.stock), ("monthly_sales_packs", c.monthly_sales), ("market_share_pct", c.market_share_pct))
        numbers |= {f"{c.circuit}_{name}": float(v) for name, v in figures if v is not None}
        if c.stock is not None and c.monthly_sales:
            numbers[f"{c.circuit}_coverage_months"] = round(c.stock / c.monthly_sales, 2)
    return numbers


def _circuits(d: Declaration) -> dict[str, str]:
    """The circuits for the company and officers, and without any figure of its business for everybody else."""
    rows = plain(d.circuits)
    full = json_text(rows)
    for row in rows:
        row |= {"monthly_sales": None, "stock": None, "market_share_pct": None}
    return {"circuits": full, "circuits_outside": json_text(rows)} if rows else {}


def _start(d: Declaration) -> date | None:
    """The first start of both circuits; of a stop, the day it takes effect."""
    if d.stop is not None:
        return d.stop.effect_on
    return min((c.start.date for c in d.circuits if c.start), default=None)


def _return(d: Declaration) -> date | None:
    """The last expected return of both circuits: before that not everybody has it again."""
    days = [c.expected_return.date for c in d.circuits if c.expected_return]
    return max(days, default=None) if len(days) == len(d.circuits) else None


def _dates(start: date | None, back: date | None) -> dict[str, str]:
    return {"start": start.isoformat() if start else "", "expected_return": back.isoformat() if back else ""}


def _both(name: str, text: tuple[str, str]) -> dict[str, str]:
    return {f"{name}_fr": text[0], f"{name}_en": text[1]}
