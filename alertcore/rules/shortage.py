"""The picture of one medicine's supply, from every company's declaration that holds and the public list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from alertcore.cases.agreements import agreed_text, alternatives_text, measures_of
from alertcore.cases.medicines import followed_by, subject_of
from alertcore.cases.own_number import number_of
from alertcore.cases.picture import Picture
from alertcore.cases.runs import named
from alertcore.cases.scopes import OTHERS
from alertcore.cases.shortages import Supply, runs_of
from alertcore.deadlines.clock import local_day
from alertcore.kept import Same
from alertcore.making import maker
from alertcore.records.alert import AlertKind, Severity
from alertcore.records.shared import Deadline, Measure, Text
from alertcore.records.shortage import CircuitState, Declaration, DeclarationStep, StopKind
from alertcore.records.stock import Circuit
from alertcore.rules import shortage_late, stop_notice
from alertcore.rules import shortage_words as words
from alertcore.statejson import plain_json

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
    if len(supply.heads) > 1:
        for of in found.values():
            of.sort(key=_by_gravity)
    return found


def _by_gravity(d: Declaration) -> tuple[int, datetime, str]:
    return RANK.get(d.nature_declared, 9), d.declared_at, d.company.id


_OPEN = Same(_open, 4096)
"""Asked several times in a decision, and again where another medicine looks at this one."""


def public_open(supply: Supply, kind: AlertKind) -> bool:
    """True while the public list names a status of this kind; a row that is gone neither opens nor ends anything."""
    p = supply.public
    return p is not None and not p.gone and p.code in BY_CODE and kind_of(BY_CODE[p.code]) is kind


def picture(supply: Supply, kind: AlertKind, beside: Callable[[], dict[str, str]]) -> Picture | None:
    """The content of the alert of this kind, or None if nothing open is known. beside: makes the notes that stand with its own."""
    declared = open_heads(supply, kind)
    if declared:
        return _declared(supply, kind, declared, beside())
    return _published(supply, kind, beside()) if public_open(supply, kind) else None


def name_of(supply: Supply) -> str:
    """The medicine's name, or its code where the reference data has none."""
    return supply.medicine.name if supply.medicine else f"CIS {supply.cis}"


def _declared(supply: Supply, kind: AlertKind, declared: Sequence[Declaration], beside: dict[str, str]) -> Picture:
    lead = declared[0]
    told = shortage_late.told(supply, declared)
    late = shortage_late.late(told, supply.limits)
    return _picture(
        kind=kind,
        subject=subject_of(supply.cis),
        nature=supply.nature,
        severity=SEVERITIES.get(lead.nature_declared, Severity.MODERATE),
        also=followed_by(supply.medicine, lead.atc, _packs(supply, declared)),
        labels=_labels(supply, "declared", str(lead.nature_declared)) | ({"by_company": "true"} if late else {}),
        numbers=_numbers(declared, lead, told),
        measures=(*_measures(supply, declared), *supply.measures),
        deadlines=_deadlines(supply, declared, told),
        audiences=AUDIENCES,
        notes=shortage_late.notes(late) | beside,
        later=_once(supply, kind, declared, late),
    )


def _packs(supply: Supply, declared: Sequence[Declaration]) -> tuple[str, ...]:
    """The presentations concerned; none where one declaration means all."""
    if len(declared) == 1 and len(declared[0].cip13s) < 2 and not supply.partly:
        return declared[0].cip13s
    return tuple(sorted({p for d in declared for p in d.cip13s} | _back(supply))) if all(d.cip13s for d in declared) else ()


def _once(supply: Supply, kind: AlertKind, declared: Sequence[Declaration], late: list[tuple[str, Text]]) -> Callable[[], dict[str, str]]:
    """The facts where somebody asks for them, the same ones to all who do."""
    made: list[dict[str, str]] = []

    def facts() -> dict[str, str]:
        if not made:
            made.append(_facts(supply, kind, declared, late))
        return made[0]

    return facts


def _facts(supply: Supply, kind: AlertKind, declared: Sequence[Declaration], late: list[tuple[str, Text]]) -> dict[str, str]:
    """All that is told of what companies declare."""
    lead = declared[0]
    back, start, since = _return(lead), _start(lead), _since(supply, lead)
    company, said = lead.company.name or lead.company.id, _said(lead)
    others, stop = len({d.company.id for d in declared}) - 1, kind is AlertKind.STOP
    sentence = words.together(
        words.declared(name_of(supply), said, company, since, back, others),
        *[words.besides(_said(d), d.cip13s) for d in declared[1:] if d.company.id == lead.company.id],
        *[words.partly(_name_in(declared, p.company) if others else "", p.back, p.left) for p in supply.partly if p.stop is stop],
    )
    facts = {
        **_common(supply, kind, words.headline(name_of(supply), said)),
        **_circuits(lead),
        **_both("sentence", sentence),
        "start": start.isoformat() if start else "",
        "expected_return": back.isoformat() if back else "",
        "since": since.isoformat(),
        "company_name": company,
        "company_id": lead.company.id,
        "nature": str(lead.nature_declared),
        "declaration_id": number_of(lead),
        "causes": ",".join(dict.fromkeys([c.code for d in declared for c in d.causes])),
        "causes_as_sent": "; ".join(dict.fromkeys([c.raw for d in declared for c in d.causes if c.raw])),
        "case_ref": lead.case_ref or "",
        "ma_holder": (lead.ma_holder.name or lead.ma_holder.id) if lead.ma_holder else "",
        "plan_ref": lead.plan_ref or "",
        "exports": "; ".join([f"{e.country} {e.text}".strip() for e in lead.exports]),
        "files": "; ".join([f.name for f in lead.files]),
        "alternatives": alternatives_text(lead),
        "alternatives_agreed": agreed_text(declared, supply.agreements),
        "context": lead.context,
        "risk": lead.risk,
        "companies": ", ".join(dict.fromkeys([d.company.name or d.company.id for d in declared])),
    }
    if late:
        facts |= shortage_late.own(late, facts)
    if public_open(supply, kind) and supply.public:
        facts["status_code"] = str(supply.public.code)
    return {k: v for k, v in facts.items() if v}


def _said(d: Declaration) -> str:
    """What is declared, in the vocabulary of the words."""
    suspended = d.stop is not None and d.stop.kind is StopKind.SUSPENSION and d.nature_declared == "arret"
    return "suspension" if suspended else str(d.nature_declared)


def _deadlines(supply: Supply, declared: Sequence[Declaration], told: Sequence[shortage_late.Told]) -> tuple[Deadline, ...]:
    """When each company should have declared, where it says since when it knew; and the limits of a stop."""
    stop = stop_notice.deadlines(supply, supply.limits, declared) if any(d.stop is not None for d in declared) else ()
    return (*shortage_late.limits_of(told, supply.limits), *stop)


def _measures(supply: Supply, declared: Sequence[Declaration]) -> list[Measure]:
    """Of every company, once each though it names them in several declarations."""
    found = [((d.company.id, m.measure_id), m) for d in declared for m in measures_of(d, supply.agreements)]
    return list(dict(found).values()) if len(declared) > 1 else [m for _, m in found]


def _since(supply: Supply, lead: Declaration) -> date:
    """The local day on which this was first declared: an update tells nothing for the first time."""
    return local_day(min(named(run).declared_at for run in runs_of(supply, lead)), supply.limits.calendar.zone)


def _back(supply: Supply) -> set[str]:
    """Presentations of which some or all is back: who follows one hears of it."""
    return {pack for p in supply.partly for part in p.back for pack in part.packs if pack != OTHERS}


def _name_in(declared: Sequence[Declaration], company: str) -> str:
    return next((d.company.name for d in declared if d.company.id == company and d.company.name), company)


def _published(supply: Supply, kind: AlertKind, beside: dict[str, str]) -> Picture:
    part = supply.public
    assert part is not None
    nature, name = BY_CODE[part.code], name_of(supply)
    headline = tuple(f"{name}{sep}{w}" for sep, w in zip((" : ", ": "), words.STATUS[part.code], strict=True))
    facts = _common(supply, kind, (headline[0], headline[1]))
    facts |= _both("sentence", words.published(name, part.code, part.start))
    facts |= {"status_code": str(part.code), "url": part.url, "nature": nature, "start": part.start.isoformat() if part.start else ""}
    facts["since"] = (part.start or part.updated).isoformat() if part.start or part.updated else ""  # type: ignore[union-attr]
    return _picture(
        kind=kind,
        subject=subject_of(supply.cis),
        nature=supply.nature,
        severity=SEVERITIES[nature],
        also=followed_by(supply.medicine, None, part.cip13s),
        labels=_labels(supply, "published", nature),
        facts={k: v for k, v in facts.items() if v},
        measures=supply.measures,
        audiences=AUDIENCES,
        notes=beside,
    )


def _common(supply: Supply, kind: AlertKind, headline: tuple[str, str]) -> dict[str, str]:
    return {
        "name": name_of(supply),
        "cis": supply.cis,
        "cip13s": ",".join(sorted({p for d in supply.heads if d.step not in CLOSING for p in d.cip13s})),
        "url": supply.public.url if supply.public is not None else "",
        "headline_fr": headline[0],
        "headline_en": headline[1],
        **_TO_DO[kind],
    }


def end_facts(supply: Supply, *, withdrawn: bool) -> dict[str, str]:
    """Facts that change when it ends."""
    sentence = words.ended(name_of(supply), withdrawn=withdrawn)
    facts = _both("sentence", sentence) | _both("headline", (sentence[0].rstrip("."), sentence[1].rstrip(".")))
    return facts | _both("instruction", words.DO_END) | _both("patient_instruction", words.PATIENT_END)


def _labels(supply: Supply, template: str, nature: str) -> dict[str, str]:
    medicine = supply.medicine
    companies = {d.company.id for d in supply.heads} if supply.heads else set(medicine.companies if medicine else ())
    labels = {"template": template, "rule": template, "nature_declared": nature, "companies": ",".join(sorted(companies))}
    labels["mitm"] = "true" if medicine and medicine.mitm else "false"
    return labels


def _numbers(declared: Sequence[Declaration], lead: Declaration, told: Sequence[shortage_late.Told]) -> dict[str, float]:
    """Numbers behind it. declaration_delay_hours: from knowing to declaring first (as soon as known, CSP L.5121-32)."""
    numbers = {"companies": 1.0 if len(declared) == 1 else float(len({d.company.id for d in declared}))}
    delays = [t.delay.total_seconds() for t in told if t.by.company.id == lead.company.id]
    if delays:
        numbers["declaration_delay_hours"] = round(max(delays) / 3600, 2)
    for c in lead.circuits:
        stock, sales, share, months = _NUMBERED[c.circuit]
        if c.stock is not None:
            numbers[stock] = float(c.stock)
        if c.monthly_sales is not None:
            numbers[sales] = float(c.monthly_sales)
        if c.market_share_pct is not None:
            numbers[share] = float(c.market_share_pct)
        if c.stock is not None and c.monthly_sales:
            numbers[months] = round(c.stock / c.monthly_sales, 2)
    return numbers


_NUMBERED = {c: (f"{c}_stock_packs", f"{c}_monthly_sales_packs", f"{c}_market_share_pct", f"{c}_coverage_months") for c in Circuit}


def _circuits(d: Declaration) -> dict[str, str]:
    """The circuits for the company and officers, and without any figure of its business for everybody else."""
    if not d.circuits:
        return {}
    bare = tuple(
        [_bare(circuit=c.circuit, start=c.start, expected_return=c.expected_return, duration_days=c.duration_days) for c in d.circuits]
    )
    return {"circuits": plain_json(d.circuits), "circuits_outside": plain_json(bare)}


def _start(d: Declaration) -> date | None:
    """The first start of both circuits; of a stop, the day it takes effect."""
    if d.stop is not None:
        return d.stop.effect_on
    return min([c.start.date for c in d.circuits if c.start], default=None)


def _return(d: Declaration) -> date | None:
    """The last expected return of both circuits: before that not everybody has it again."""
    days = [c.expected_return.date for c in d.circuits if c.expected_return]
    return max(days, default=None) if len(days) == len(d.circuits) else None


def _both(name: str, text: tuple[str, str]) -> dict[str, str]:
    return {f"{name}_fr": text[0], f"{name}_en": text[1]}


_TO_DO = {
    AlertKind.SHORTAGE: _both("instruction", words.DO_SHORTAGE) | _both("patient_instruction", words.PATIENT),
    AlertKind.STOP: _both("instruction", words.DO_STOP) | _both("patient_instruction", words.PATIENT),
}
_picture, _bare = maker(Picture), maker(CircuitState)
