"""The picture of a device's supply: every open notice on one subject, as content of an alert."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from alertcore.cases import settings
from alertcore.cases.desk import Desk
from alertcore.cases.device_law import Law, from_authority, is_harm_here
from alertcore.cases.devices import DeviceThread, emdn_of, followed_by, is_over, name_of, on_board, record_of, runs_until
from alertcore.cases.finding import Finding, said, shown
from alertcore.cases.picture import OWN_PREFIX, Picture
from alertcore.cases.rapid_device import law_of, to_tell
from alertcore.country_names import name as country_name
from alertcore.deadlines.duties import deadline
from alertcore.records.alert import AlertKind, Severity
from alertcore.records.device import DeviceNotice, NoticeReport, ReceivedFrom
from alertcore.records.shared import Deadline, Measure, MeasureStatus, Nature, Org, Subject, Text
from alertcore.rules import device_notice_words as words
from alertcore.statejson import json_text

RULE = "device_notice"
AUDIENCES = ("officers", "companies", "professionals", "public")
SEVERITIES = (Severity.MINOR, Severity.MODERATE, Severity.SEVERE)


def _of_company(measure: Measure) -> Measure:
    """A manufacturer's own word that its measure is agreed does not count: an officer agrees to it on the case."""
    return measure if measure.status is MeasureStatus.REFUSED else replace(measure, status=MeasureStatus.PROPOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A notice as it stands. told: how many authorities it is to be passed on to. until: day on which a final report says it is over."""

    thread: DeviceThread
    notice: DeviceNotice
    law: Law
    told: int
    is_open: bool
    until: date | None


def standing(desk: Desk, nature: Nature, subject: Subject) -> tuple[Standing, ...]:
    """Every notice on a subject: the gravest first, then the one that begins first."""
    found = [_read(desk, nature, thread) for thread in on_board(desk, nature, subject)]
    return tuple(sorted(found, key=lambda s: (-_rank(desk, s), s.notice.start.date, s.thread.thread)))


def _read(desk: Desk, nature: Nature, thread: DeviceThread) -> Standing:
    notice = record_of(desk, nature, thread)
    is_final = notice.report is NoticeReport.FINAL
    return Standing(
        thread=thread,
        notice=notice,
        law=law_of(desk, notice, thread),
        told=len(to_tell(desk, notice, thread)),
        is_open=not is_over(desk, nature, thread),
        until=runs_until(desk, nature, thread) if is_final else None,
    )


def _rank(desk: Desk, s: Standing) -> int:
    """Minor: voluntary. Severe: a duty, and serious harm is foreseeable here. Moderate: one of both."""
    harm = is_harm_here(s.notice, desk.agency.country)
    return 2 if s.law.legal and harm else 1 if s.law.legal or (harm and s.notice.serious_harm.states) else 0


def device_name(desk: Desk, notice: DeviceNotice) -> str:
    """The first device's name, or the manufacturer's where no device is named."""
    return name_of(desk, notice.devices[0]) if notice.devices else firm_name(notice.manufacturer)


def firm_name(org: Org) -> str:
    """A firm's name, or its number."""
    return org.name or org.id


def picture(desk: Desk, nature: Nature, subject: Subject) -> Picture | None:
    """The content of the alert, or None where every notice is over."""
    everything = standing(desk, nature, subject)
    found = [s for s in everything if s.is_open]
    if not found:
        return None
    lead, name = found[0], device_name(desk, found[0].notice)
    notice, law = lead.notice, lead.law
    plain = words.announced(name, firm_name(notice.manufacturer), notice, len(notice.devices))
    more = words.others(len(found) - 1) if len(found) > 1 else Text(fr="", en="")
    inside = words.judged(notice, law, lead.told, desk.policy.duty.device_notice_months, lead.until, _sent_by(desk, notice))
    firms = tuple(sorted({_notifier(s.notice).id for s in found if _must_act(s)}))
    finding = Finding(
        rule=RULE,
        kind=AlertKind.DEVICE,
        subject=subject,
        severity=SEVERITIES[_rank(desk, lead)],
        name=name,
        headline=words.headline(name, notice.event),
        sentence=Text(fr=f"{plain.fr} {inside.fr}{more.fr}", en=f"{plain.en} {inside.en}{more.en}"),
        do=words.DO,
        nature=nature,
        also=tuple(s for s in dict.fromkeys(s for x in found for s in followed_by(desk, x.notice, subject))),
        companies=firms,
        numbers=_numbers(lead),
        facts=_facts(desk, found) | said({"sentence_others": Text(fr=plain.fr + more.fr, en=plain.en + more.en)}) | _own(firms),
        labels={"event": str(notice.event), "basis": str(notice.basis)} | ({"by_company": "true"} if firms else {}),
        deadlines=_deadlines(desk, found),
        audiences=(*AUDIENCES, "authorities") if any(s.told for s in found) or any(map(_was_told, everything)) else AUDIENCES,
    )
    measures = tuple(_of_company(m) for s in found for m in s.notice.mitigation)
    return replace(shown(finding, "device"), measures=measures, notes=said({"instruction": words.DO_OFFICERS}))


def _own(firms: tuple[str, ...]) -> dict[str, str]:
    """A firm that must act reads what it must do, and not what professionals do."""
    return {f"{OWN_PREFIX}{firm}/{name}": text for firm in firms for name, text in said({"instruction": words.DO_FIRM}).items()}


def _was_told(s: Standing) -> bool:
    """Who was told hears how it goes on, also where the notice has become another authority's matter."""
    return s.thread.notified is not None and not s.thread.notified.closed


def _must_act(s: Standing) -> bool:
    """The notifier reads what is wrong with its notice; another authority's notice is between that authority and the firm."""
    law = s.law
    wrong = law.in_time is False or law.unreasoned or law.unnamed_circumstances or law.no_harm
    return law.duty and wrong and not from_authority(s.notice)


def _sent_by(desk: Desk, notice: DeviceNotice) -> Text:
    """The authority it came from, by its country or body; as the notice writes it where the register does not have it."""
    known = next((a for a in settings.authorities(desk.view).authorities if a.id == notice.from_authority), None)
    if known is not None and known.country:
        return country_name(known.country)
    written = (known.body if known is not None else None) or notice.from_authority or ""
    return Text(fr=written, en=written)


def _notifier(notice: DeviceNotice) -> Org:
    by_rep = notice.received_from is ReceivedFrom.AUTHORISED_REP and notice.authorised_rep is not None
    return notice.authorised_rep if by_rep and notice.authorised_rep else notice.manufacturer


def _numbers(s: Standing) -> dict[str, float]:
    numbers = {"notice_days": float((s.notice.start.date - s.law.received).days), "devices_count": float(len(s.notice.devices))}
    if s.law.days is not None:
        numbers["interruption_days"] = float(s.law.days)
    if s.notice.market_share_pct is not None:
        numbers["market_share_pct"] = s.notice.market_share_pct
    return numbers


def _facts(desk: Desk, found: list[Standing]) -> dict[str, str]:
    """Facts of the lead. `context`, `risk` and `alternatives` are the firm's own texts, for officers alone until agreed."""
    notice, law = found[0].notice, found[0].law
    grid = notice.criticality
    context = [
        ": ".join(x for x in (notice.reason.code, notice.reason.text) if x),
        (notice.exceptional_reason or "") if notice.exceptional else "",
        words.history(grid.grid, grid.score) if grid else "",
        grid.rationale if grid else "",
    ]
    return {
        "received_on": law.received.isoformat(),
        "start": notice.start.date.isoformat(),
        "expected_return": notice.end.date.isoformat() if notice.end else "",
        "company_name": firm_name(notice.manufacturer),
        "company_id": _notifier(notice).id,
        "event": str(notice.event),
        "report": str(notice.report),
        "basis": str(notice.basis),
        "origin": str(notice.origin),
        "notice_ids": ",".join(sorted(s.notice.notice_id for s in found)),
        "harm_states": ",".join(notice.serious_harm.states),
        "states": ",".join(notice.states_concerned),
        "devices": json_text([_row(desk, s.notice, n) for s in found for n in range(len(s.notice.devices))]),
        "context": "; ".join(x for x in context if x),
        "risk": notice.serious_harm.rationale,
        "alternatives": notice.alternatives,
        "from_authority": notice.from_authority or "",
        "procedure_step": str(notice.procedure_step or ""),
    }


def _row(desk: Desk, notice: DeviceNotice, number: int) -> dict[str, str]:
    """One line of the device identification table."""
    d = notice.devices[number]
    row = {"name": name_of(desk, d), "udi_di": d.udi_di, "basic_udi_di": d.basic_udi_di or "", "emdn": emdn_of(desk, d)}
    row |= {"model": d.model, "catalogue_no": d.catalogue_no, "risk_class": d.risk_class, "status": str(d.status)}
    return {k: v for k, v in row.items() if v}


def _deadlines(desk: Desk, found: list[Standing]) -> tuple[Deadline, ...]:
    """The firm's notice period, and the agency's duty to pass it on with its own target; of several notices the earliest of each."""
    calendar = settings.calendar(desk.view, desk.agency.timezone)

    def due(code: str, s: Standing, to: str = "agency", met_at: datetime | None = None, *, before_start: bool = False) -> Deadline:
        day = s.notice.start.date if before_start else None
        return deadline(code, desk.policy, calendar, since=s.thread.opened_at, to=to, day=day, met_at=met_at)

    all_: list[Deadline] = []
    for s in found:
        if s.law.in_time is not None and not from_authority(s.notice):
            met = s.thread.opened_at if s.law.in_time else None
            all_.append(due("device_notice", s, _notifier(s.notice).id, met, before_start=True))
        if s.law.relay:
            all_ += [due("device_relay", s), due("device_relay_target", s)]
    first: dict[tuple[str, str], Deadline] = {}
    for d in sorted(all_, key=lambda d: (d.due, d.duty, d.to)):
        first.setdefault((d.duty, d.to), d)
    return tuple(first.values())
