"""Rule `overdue`: an expected return passed without news; a shortage management plan is missing or a year old.

A return is expected by circuit, until the end of its local day; where only a start and a length are given, they make it. Any word of the
company that moves the day, drops it or closes the declaration is news. The plan (PGP) of a MITM and of certain vaccines is due every year:
CSP L.5121-31, R.5124-49-5. It is missed only where one was ever received, or where the policy lists the medicine.
"""

from __future__ import annotations

from datetime import date, datetime
from itertools import takewhile

from alertcore.cases import matters, plans, settings
from alertcore.cases.called import called
from alertcore.cases.desk import Desk
from alertcore.cases.matters import Matter
from alertcore.cases.medicines import find
from alertcore.cases.shortages import Supply
from alertcore.cases.state import Medicine
from alertcore.cases.timers import set_timer
from alertcore.deadlines import clock
from alertcore.deadlines.duties import Limits
from alertcore.records.alert import AlertKind, Severity
from alertcore.records.shared import Deadline, Mark, Nature, SubjectKind, Text
from alertcore.records.shortage import Declaration, DeclarationStep, Plan
from alertcore.rules import overdue_words as words
from alertcore.rules.card import RuleCard
from alertcore.thresholds import DutyPolicy

RULE = "overdue"
CLOSING = (DeclarationStep.RETURN, DeclarationStep.WITHDRAWN)

CARD = RuleCard(
    name=RULE,
    stage="cases",
    subjects=(SubjectKind.CIS,),
    alert=AlertKind.DUTY,
    title=Text(fr="Retour attendu dépassé, plan en retard", en="Expected return passed, plan late"),
    fires=Text(
        fr="Le jour du retour annoncé est passé dans un circuit sans nouvelle de l'entreprise ; ou le plan de gestion des pénuries d'un"
        " MITM ou d'un vaccin listé manque, ou a plus d'un an.",
        en="The day of the announced return has passed in a circuit without news of the company; or the shortage management plan of a"
        " MITM or a listed vaccine is missing, or a year old.",
    ),
    ends=Text(
        fr="L'entreprise donne une nouvelle date, retire la date ou déclare le retour ; un plan récent est reçu.",
        en="The company gives another day, drops the day or declares the return; a recent plan is received.",
    ),
    source="CSP L.5121-31, R.5124-49-5 ; délai interne",
    mark=Mark.C,
    thresholds=("duty.overdue_days", "duty.plan_months", "duty.plans_expected", "duty.vaccines_with_plan"),
)


def judge(desk: Desk, cis: str, nature: Nature, supply: Supply | None) -> None:
    """What is overdue now; wakes when the next limit passes."""
    limits = settings.limits(desk)
    returns, coming = _returns(desk, supply, limits)
    late, dues = _plans(desk, cis, nature, supply, limits)
    matters.hold(desk, cis, nature, RULE, (*returns, *late))
    set_timer(desk, RULE, f"{nature}/{cis}", min((*coming, *dues), default=None))


def _returns(desk: Desk, supply: Supply | None, limits: Limits) -> tuple[list[Matter], list[datetime]]:
    if supply is None:
        return [], []
    found, coming = [], []
    for d in supply.heads:
        days = _days(d) if d.step not in CLOSING else {}
        if not days:
            continue
        first = limits.due(RULE, since=d.declared_at, day=min(days.values()))
        if first > desk.now:  # most often, and then none has passed
            coming.append(first)
            continue
        dues = {circuit: limits.due(RULE, since=d.declared_at, day=day) for circuit, day in days.items()}
        passed = {circuit: due for circuit, due in dues.items() if due <= desk.now}
        coming += [due for due in dues.values() if due > desk.now]
        found.append(_return(supply, d, passed, limits))
    return found, coming


def _days(d: Declaration) -> dict[str, date]:
    """Of each circuit the day of return that is announced: as a day, or as how long it is to last."""
    found = {}
    for c in d.circuits:
        if c.expected_return is not None:
            found[str(c.circuit)] = c.expected_return.date
        elif c.start is not None and c.duration_days is not None:
            found[str(c.circuit)] = clock.add_days(c.start.date, c.duration_days)
    return found


def _return(supply: Supply, d: Declaration, passed: dict[str, datetime], limits: Limits) -> Matter:
    since = min(passed.values())
    days, beside = _days(d), any(h.company.id == d.company.id for h in takewhile(lambda h: h is not d, supply.heads))
    name = supply.medicine.name if supply.medicine else f"CIS {supply.cis}"
    said = words.passed(name, d.company.name or d.company.id, {circuit: days[circuit] for circuit in sorted(passed)})
    mitm = supply.medicine is not None and supply.medicine.mitm
    return Matter(
        rule=RULE,
        key=f"{d.company.id}/return/{d.nature_declared}" if beside else f"{d.company.id}/return",
        severity=Severity.MODERATE if mitm else Severity.MINOR,
        since=since,
        what=words.RETURN_PASSED,
        sentence=said,
        ask=words.ASK_RETURN,
        do=words.DO_RETURN,
        company=d.company.id,
        deadline=limits.of("overdue", since=d.declared_at, to=d.company.id, day=min(days[c] for c in passed)),
        numbers={"circuits_count": float(len(passed))},
    )


def _plans(desk: Desk, cis: str, nature: Nature, supply: Supply | None, limits: Limits) -> tuple[list[Matter], list[datetime]]:
    policy, received = desk.policy.duty, plans.received(desk, cis, nature)
    listed = nature is Nature.ACTUAL and cis in policy.plans_expected
    if not (received or listed):
        return [], []
    medicine = find(desk, cis)
    if not _wants_plan(cis, medicine, policy):
        return [], []
    dues = {p.company.id: limits.of("plan", since=_received_at(p, limits), to=p.company.id) for p in received}
    name = medicine.name if medicine else f"CIS {cis}"
    late = [(p, dues[p.company.id]) for p in received if dues[p.company.id].due <= desk.now]
    age, who = policy.plan_months, {p.company.id: called(p.company.id, supply, received) for p in received}
    found = [_plan(desk, words.plan_old(name, p, who[p.company.id], age), p.company.id, due) for p, due in late]
    if listed:
        without = [c for c in (medicine.companies if medicine else ()) if c not in dues]
        found += [_plan(desk, words.plan_missing(name, called(company, supply, received)), company) for company in without]
        if medicine is None or not medicine.companies:
            found += [] if received else [_plan(desk, words.plan_missing(name, None), None)]
    return found, [d.due for d in dues.values() if d.due > desk.now]


def _wants_plan(cis: str, medicine: Medicine | None, policy: DutyPolicy) -> bool:
    """A MITM, or a vaccine that the policy lists; a medicine the reference data do not know is taken at the policy's word."""
    return medicine is None or medicine.mitm or cis in policy.vaccines_with_plan


def _received_at(plan: Plan, limits: Limits) -> datetime:
    return clock.start_of_day(plan.received_on, limits.calendar.zone)


def _plan(desk: Desk, said: Text, company: str | None, deadline: Deadline | None = None) -> Matter:
    return Matter(
        rule=RULE,
        key=f"{company or ''}/plan",
        severity=Severity.MODERATE,
        since=desk.now,
        what=words.PLAN_LATE,
        sentence=said,
        ask=words.ASK_PLAN,
        do=words.DO_PLAN,
        company=company,
        deadline=deadline,
    )
