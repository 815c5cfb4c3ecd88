"""Rule `stop_notice`: a suspension or stop of marketing with too short a notice, without reasons, or before alternatives cover.

CSP L.5124-6: one year's notice for a MITM, two months for others, with reasons; in an emergency at once, with its justification; the stop
of a MITM may not take effect before alternatives cover the need. EU floor of two months: Directive 2001/83/EC, Art. 23a. CSP R.5124-73-1:
for an off-patent MITM without a lasting alternative the agency has two months to tell the holder to look for a taker.

A notice runs to the same day number (the month's last day if there is none), and that is long enough. Alternatives that a company names
cover a MITM until an officer says otherwise; only an officer's word makes them lasting.
"""

from __future__ import annotations

from datetime import date, datetime

from alertcore.cases import matters
from alertcore.cases.desk import Desk
from alertcore.cases.matters import Matter
from alertcore.cases.shortages import Supply
from alertcore.cases.timers import set_timer
from alertcore.deadlines import clock
from alertcore.deadlines.duties import Limits, name
from alertcore.records.alert import AlertKind, Severity
from alertcore.records.shared import Deadline, Mark, SubjectKind, Text
from alertcore.records.shortage import Declaration, DeclarationStep, DeclaredNature, Stop
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
        " sans motif, ou, pour un MITM, avant que des alternatives couvrent les besoins.",
        en="A suspension or stop is declared with too short a notice (MITM: one year; others: two months; emergency: at once), without"
        " reasons, or, for a MITM, before alternatives cover the need.",
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
    """Declarations of a suspension or stop that are open and say when it takes effect, by company."""
    found = [d for d in supply.heads if d.stop is not None and d.nature_declared is DeclaredNature.ARRET and d.step not in CLOSING]
    return sorted(found, key=lambda d: d.company.id) if len(found) > 1 else found


def is_mitm(supply: Supply) -> bool:
    """True where the reference data names it a medicine of major therapeutic interest; what they do not know is judged as any other."""
    return supply.medicine is not None and supply.medicine.mitm


def covered(supply: Supply, declaration: Declaration) -> bool:
    """Whether alternatives cover the need: an officer's word, else whether the company names any."""
    return bool(declaration.alternatives) if supply.covered is None else supply.covered


def long_enough(stop: Stop, months: int) -> bool:
    """The day of effect is not before the notice has run."""
    return stop.effect_on >= clock.add_months(stop.notified_on, months)


def deadlines(supply: Supply, limits: Limits) -> tuple[Deadline, ...]:
    """The limits that run on the stops declared: the notice, the alternatives of a MITM, and the agency's own step."""
    mitm = is_mitm(supply)
    found = [limit for d in stops(supply) if d.stop is not None for limit in _limits(supply, d, d.stop, limits, mitm=mitm)]
    # The agency's step is one for the medicine: the first stop declared sets it.
    first = {name(limit): limit for limit in sorted(found, key=lambda limit: limit.due, reverse=True)}
    return tuple(first[key] for key in dict.fromkeys(name(limit) for limit in found))


def _limits(supply: Supply, d: Declaration, stop: Stop, limits: Limits, *, mitm: bool) -> list[Deadline]:
    found, zone = [], limits.calendar.zone
    if not stop.emergency:
        kept = clock.start_of_day(stop.notified_on, zone) if long_enough(stop, _months(limits, mitm=mitm)) else None
        code = "stop_notice_mitm" if mitm else "stop_notice"
        found.append(limits.of(code, since=clock.start_of_day(stop.notified_on, zone), to=d.company.id, day=stop.effect_on, met_at=kept))
        if mitm and not covered(supply, d):
            found.append(limits.of("alternatives", since=d.declared_at, to=d.company.id, day=stop.effect_on))
    if mitm and stop.off_patent and supply.covered is not True:
        found.append(limits.of("taker", since=d.declared_at))
    return found


def _months(limits: Limits, *, mitm: bool) -> int:
    return limits.policy.duty.stop_mitm_months if mitm else limits.policy.duty.stop_other_months


def judge(desk: Desk, supply: Supply) -> None:
    """What is not kept now; wakes on the day a stop takes effect without alternatives."""
    limits, found = supply.limits, stops(supply)
    days: list[datetime] = []
    if found:
        today = clock.local_day(desk.now, limits.calendar.zone)
        uncovered = [d for d in found if is_mitm(supply) and d.stop and not d.stop.emergency and not covered(supply, d)]
        days = [clock.start_of_day(d.stop.effect_on, limits.calendar.zone) for d in uncovered if d.stop and d.stop.effect_on > today]
        matters.hold(desk, supply.cis, supply.nature, RULE, tuple(m for d in found for m in _matters(supply, d, limits, today)))
    else:
        matters.hold(desk, supply.cis, supply.nature, RULE, ())
    set_timer(desk, RULE, f"{supply.nature}/{supply.cis}", min(days, default=None))


def _matters(supply: Supply, d: Declaration, limits: Limits, today: date) -> list[Matter]:
    stop, mitm = d.stop, is_mitm(supply)
    assert stop is not None
    months, found = _months(limits, mitm=mitm), []
    facts = words.Facts(name=words.name_of(supply), company=d.company.name or d.company.id, stop=stop, months=months)
    if not stop.emergency and not long_enough(stop, months):
        missing = (clock.add_months(stop.notified_on, months) - stop.effect_on).days
        short = words.too_short(facts, missing)
        found.append(_matter(d, "notice", Severity.SEVERE if mitm else Severity.MODERATE, short, {"notice_missing_days": float(missing)}))
    if not stop.reasons.strip():
        found.append(_matter(d, "reasons", Severity.MODERATE if mitm else Severity.MINOR, words.without_reasons(facts), {}))
    if mitm and not stop.emergency and not covered(supply, d):
        now = stop.effect_on <= today
        said = words.uncovered(facts, by_officer=supply.covered is False, now=now)
        found.append(_matter(d, "alternatives", Severity.SEVERE if now else Severity.MODERATE, said, {}))
    return found


def _matter(d: Declaration, key: str, severity: Severity, said: words.Said, numbers: dict[str, float]) -> Matter:
    return Matter(
        rule=RULE,
        key=f"{d.company.id}/{key}",
        severity=severity,
        since=d.declared_at,
        what=said.what,
        sentence=said.sentence,
        ask=words.ASK,
        do=said.do,
        company=d.company.id,
        numbers=numbers,
    )
