"""Rule `stop_notice`: a suspension or stop of marketing with too short a notice, without reasons, or before alternatives cover.

CSP L.5124-6: one year's notice for a MITM, two months for others, with reasons; in an emergency at once, with its justification; the stop
of a MITM may not take effect before alternatives cover the need, and no source exempts an emergency from that. EU floor of two months:
Directive 2001/83/EC, Art. 23a. CSP R.5124-73-1: for an off-patent MITM without a lasting alternative the agency has two months, from the
complete declaration, to tell the holder to look for a taker: an update moves nothing.

A notice runs to the same day number (the month's last day if there is none), and that is long enough; an emergency is told in time on the
day it takes effect. Alternatives that a company names cover a MITM until an officer says otherwise; only an officer's word makes them
lasting. What says neither its day of effect nor its reasons cannot be judged, and is asked for. Where nobody knows whether it is a MITM,
what would be too short for one is a question to officers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from alertcore.cases import matters
from alertcore.cases.desk import Desk
from alertcore.cases.matters import Matter
from alertcore.cases.runs import complete
from alertcore.cases.shortages import Supply, runs_of
from alertcore.cases.standing import is_stop
from alertcore.cases.timers import set_timer
from alertcore.deadlines import clock
from alertcore.deadlines.duties import Limits, name
from alertcore.making import replace
from alertcore.records.alert import AlertKind, Severity
from alertcore.records.shared import Deadline, Mark, SubjectKind, Text
from alertcore.records.shortage import Declaration, DeclarationStep, Stop
from alertcore.rules import stop_notice_words as words
from alertcore.rules.card import RuleCard

RULE = "stop_notice"
CLOSING = (DeclarationStep.RETURN, DeclarationStep.WITHDRAWN)

CARD = RuleCard(
    name=RULE,
    stage="cases",
    subjects=(SubjectKind.CIS,),
    alert=AlertKind.DUTY,
    title=Text(fr="Préavis d'arrêt de commercialisation", en="Notice of a marketing stop"),
    fires=Text(
        fr="Une suspension ou un arrêt est déclaré avec un préavis trop court (MITM : un an ; autres : deux mois ; urgence : aussitôt),"
        " sans date d'effet, sans motif, ou, pour un MITM, avant que des alternatives couvrent les besoins.",
        en="A suspension or stop is declared with too short a notice (MITM: one year; others: two months; emergency: at once), without its"
        " day of effect, without reasons, or, for a MITM, before alternatives cover the need.",
    ),
    ends=Text(
        fr="La date d'effet est repoussée, le motif ou les alternatives sont donnés, ou la déclaration est close ou retirée.",
        en="The day of effect is put off, the reasons or alternatives are given, or the declaration is closed or withdrawn.",
    ),
    source="CSP L.5124-6, R.5124-73-1 ; Dir. 2001/83/CE, art. 23a",
    mark=Mark.C,
    thresholds=("duty.stop_mitm_months", "duty.stop_other_months", "duty.taker_months"),
)


def stops(supply: Supply) -> list[Declaration]:
    """Declarations of a suspension or stop that are open, by company: also where a shortage is declared with one."""
    found = [d for d in supply.heads if (d.stop is not None or is_stop(d)) and d.step not in CLOSING]
    return sorted(found, key=lambda d: d.company.id) if len(found) > 1 else found


def is_mitm(supply: Supply) -> bool:
    """True where the reference data names it a medicine of major therapeutic interest; what they do not know is judged as any other."""
    return supply.medicine is not None and supply.medicine.mitm


def covered(supply: Supply, declaration: Declaration) -> bool:
    """Whether alternatives cover the need: an officer's word, else whether the company names any."""
    named = any(a.text.strip() or (a.subject is not None and a.subject.id.strip()) for a in declaration.alternatives)
    return named if supply.covered is None else supply.covered


def long_enough(stop: Stop, months: int) -> bool:
    """The day of effect is not before the notice has run."""
    return stop.effect_on >= clock.add_months(stop.notified_on, months)


def deadlines(supply: Supply, limits: Limits, declared: Sequence[Declaration]) -> tuple[Deadline, ...]:
    """The limits that run on the stops declared: the notice, the alternatives of a MITM, and the agency's own step."""
    mitm = is_mitm(supply)
    found = [limit for d in declared if d.stop is not None for limit in _limits(supply, d, d.stop, limits, mitm=mitm)]
    # The agency's step is one for the medicine: the first stop declared sets it.
    first = {name(limit): limit for limit in sorted(found, key=lambda limit: limit.due, reverse=True)}
    return tuple(first[key] for key in dict.fromkeys(name(limit) for limit in found))


def _limits(supply: Supply, d: Declaration, stop: Stop, limits: Limits, *, mitm: bool) -> list[Deadline]:
    found, zone = [], limits.calendar.zone
    since = min([complete(run).declared_at for run in runs_of(supply, d) if any(x.stop is not None for x in run)])
    if not stop.emergency:
        kept = clock.start_of_day(stop.notified_on, zone) if long_enough(stop, _months(limits, mitm=mitm)) else None
        code = "stop_notice_mitm" if mitm else "stop_notice"
        found.append(limits.of(code, since=clock.start_of_day(stop.notified_on, zone), to=d.company.id, day=stop.effect_on, met_at=kept))
    if mitm and not covered(supply, d):
        found.append(limits.of("alternatives", since=since, to=d.company.id, day=stop.effect_on))
    if mitm and stop.off_patent and supply.covered is not True:
        found.append(limits.of("taker", since=since))
    return found


def _months(limits: Limits, *, mitm: bool) -> int:
    return limits.policy.duty.stop_mitm_months if mitm else limits.policy.duty.stop_other_months


def judge(desk: Desk, supply: Supply) -> None:
    """What is not kept now; wakes on the day a stop takes effect without alternatives."""
    limits, found = supply.limits, stops(supply)
    days: list[datetime] = []
    if found:
        zone = limits.calendar.zone
        today = clock.local_day(desk.now, zone)
        uncovered = [d.stop.effect_on for d in found if d.stop is not None and is_mitm(supply) and not covered(supply, d)]
        days = [clock.start_of_day(day, zone) for day in uncovered if day > today]
        matters.hold(desk, supply.cis, supply.nature, RULE, tuple(m for d in found for m in _matters(supply, d, limits, today)))
    else:
        matters.hold(desk, supply.cis, supply.nature, RULE, ())
    set_timer(desk, RULE, f"{supply.nature}/{supply.cis}", min(days, default=None))


def _matters(supply: Supply, d: Declaration, limits: Limits, today: date) -> list[Matter]:
    company, mitm = d.company.name or d.company.id, is_mitm(supply)
    if d.stop is None:
        said = words.incomplete(words.name_of(supply), company)
        return [_matter(d, "stop", Severity.MODERATE if mitm else Severity.MINOR, said, {})]
    stop, months = d.stop, _months(limits, mitm=mitm)
    facts = words.Facts(name=words.name_of(supply), company=company, stop=stop, months=months)
    found = [_notice(supply, d, facts, limits)]
    if not stop.reasons.strip():
        found.append(_matter(d, "reasons", Severity.MODERATE if mitm else Severity.MINOR, words.without_reasons(facts), {}))
    if mitm and not covered(supply, d):
        now = stop.effect_on <= today
        said = words.uncovered(facts, by_officer=supply.covered is False, now=now)
        found.append(_matter(d, "alternatives", Severity.SEVERE if now else Severity.MODERATE, said, {}))
    return [m for m in found if m is not None]


def _notice(supply: Supply, d: Declaration, facts: words.Facts, limits: Limits) -> Matter | None:
    """Too short a notice; an emergency told after the day it took effect; or what nobody can tell."""
    stop, severity = facts.stop, Severity.SEVERE if is_mitm(supply) else Severity.MODERATE
    if stop.emergency:
        after = (stop.notified_on - stop.effect_on).days
        return _matter(d, "notice", severity, words.told_late(facts, after), {"notice_late_days": float(after)}) if after > 0 else None
    if not long_enough(stop, facts.months):
        missing = _missing(stop, facts.months)
        return _matter(d, "notice", severity, words.too_short(facts, missing), {"notice_missing_days": float(missing)})
    year = _months(limits, mitm=True)
    if supply.medicine is None and not long_enough(stop, year):
        asked = words.perhaps_mitm(replace(facts, months=year), _missing(stop, year))
        return replace(_matter(d, "mitm", Severity.MINOR, asked, {}), company=None, ask=asked.do)
    return None


def _missing(stop: Stop, months: int) -> int:
    return (clock.add_months(stop.notified_on, months) - stop.effect_on).days


def _matter(d: Declaration, key: str, severity: Severity, said: words.Said, numbers: dict[str, float]) -> Matter:
    return Matter(
        rule=RULE,
        key=f"{d.company.id}/{key}" if is_stop(d) else f"{d.company.id}/{key}/{d.nature_declared}",
        severity=severity,
        since=d.declared_at,
        what=said.what,
        sentence=said.sentence,
        ask=words.ASK,
        do=said.do,
        company=d.company.id,
        numbers=numbers,
    )
