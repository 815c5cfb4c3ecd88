"""Officers' orders on the measures of a case, and the agency's agreement to a company's measures and texts (CSP L.5121-32, confirmed).

A measure is proposed, agreed to or refused, in force, and ended. Whatever changes is judged at once, so that the alerts say it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from alertcore.cases import agreements, alerts, case_file
from alertcore.cases.agreements import Agreement
from alertcore.cases.case_file import CaseFile
from alertcore.cases.case_measures import replaced, shown_with
from alertcore.cases.case_orders import CaseOrder
from alertcore.cases.desk import Desk
from alertcore.cases.measure_values import Days, code_of, days_of, in_order
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.shortages import of_case
from alertcore.cases.state import AlertFile, Life, ShortageCase
from alertcore.deadlines.clock import local_day
from alertcore.records.alert import AlertKind
from alertcore.records.hub import Command
from alertcore.records.shared import Measure, MeasureStatus, SubjectKind
from alertcore.records.shortage import Declaration
from alertcore.rules import police_measures, shortage_orders, supply_duties
from alertcore.rules.shortage_life import judge as judge_alerts

BEFORE = {
    "measure.agree": (MeasureStatus.PROPOSED, MeasureStatus.REFUSED),
    "measure.refuse": (MeasureStatus.PROPOSED, MeasureStatus.AGREED),
    "measure.start": (MeasureStatus.AGREED,),
    "measure.end": (MeasureStatus.AGREED, MeasureStatus.IN_FORCE),
}
"""Where a measure must stand for an order."""
AFTER = {
    "measure.agree": MeasureStatus.AGREED,
    "measure.refuse": MeasureStatus.REFUSED,
    "measure.start": MeasureStatus.IN_FORCE,
    "measure.end": MeasureStatus.ENDED,
}


def propose(desk: Desk, case: CaseFile, order: Command) -> str:
    """Params: code, id (default the code), detail (needed where the code alone says nothing), from, to (days). Anew if proposed again."""
    code, days = code_of(order.params, police_measures.CODES), days_of(order.params)
    if code is None or days is None:
        return Outcome.UNKNOWN_VALUE
    number = order.params.get("id", "").strip() or code
    known = _own(desk, case)
    if any(m.measure_id == number and m.status in (MeasureStatus.AGREED, MeasureStatus.IN_FORCE) for m in known):
        return Outcome.NOT_AT_THIS_STEP
    proposed = Measure(measure_id=number, code=code, detail=order.params.get("detail", "").strip(), from_=days[0], to=days[1])
    return _put(desk, case, order, replaced(known, proposed), number)


def move(desk: Desk, case: CaseFile, order: Command) -> str:
    """Agree, refuse, start, end. Params: id; company (whose measure it is, absent the agency's own); from, to (days)."""
    if order.params.get("company", ""):
        return _company(desk, case, order)
    known = _own(desk, case)
    measure = next((m for m in known if m.measure_id == order.params.get("id", "")), None)
    days = days_of(order.params)
    if measure is None or days is None:
        return Outcome.UNKNOWN_VALUE
    if measure.status not in BEFORE[order.action]:
        return Outcome.NOT_AT_THIS_STEP
    now = _moved(desk, measure, order.action, days)
    if not in_order(now.from_, now.to):
        return Outcome.UNKNOWN_VALUE
    return _put(desk, case, order, replaced(known, now), measure.measure_id)


def _moved(desk: Desk, measure: Measure, action: str, days: Days) -> Measure:
    """The measure one step on. What ends before the day on which it was to begin has never begun."""
    first, last = days
    today = local_day(desk.now, desk.agency.timezone)
    now = replace(measure, status=AFTER[action], from_=first or measure.from_, to=last or measure.to)
    if action == "measure.agree":
        return replace(now, agreed_at=desk.now)
    if action == "measure.start":
        return replace(now, from_=first or today)
    if action == "measure.end":
        begun = first is not None or last is not None or in_order(measure.from_, today)
        return replace(now, to=last or today, from_=now.from_ if begun else None)
    return now


def text(desk: Desk, case: CaseFile, order: Command) -> str:
    """Agree to, or refuse, what a company says of alternatives, as its declaration says it now. Params: company."""
    texts = (agreements.alternatives_text(head) for head in _heads(desk, case, order.params.get("company", "")))
    content = next((text for text in texts if text), "")
    if not content:
        return Outcome.UNKNOWN_VALUE
    return _agree(desk, case, order, agreements.TEXT, content)


ORDERS: dict[str, CaseOrder] = {"measure.propose": propose, **dict.fromkeys(BEFORE, move), "text.agree": text, "text.refuse": text}


def _own(desk: Desk, case: CaseFile) -> tuple[Measure, ...]:
    """The agency's own measures on the subject: those of a medicine stand with its shortage."""
    if case.subject.kind is not SubjectKind.CIS:
        return case.measures
    return _kept(desk, case).measures


def _key(case: CaseFile) -> str:
    return f"case/{case.nature}/{case.subject.id}"


def _kept(desk: Desk, case: CaseFile) -> ShortageCase:
    found: ShortageCase | None = desk.get(_key(case))
    return found or ShortageCase()


def _put(desk: Desk, case: CaseFile, order: Command, measures: tuple[Measure, ...], number: str) -> str:
    if case.subject.kind is not SubjectKind.CIS:
        case = replace(case, measures=measures)
    case_file.keep(desk, case, order, number)
    if case.subject.kind is SubjectKind.CIS:
        desk.put(_key(case), replace(_kept(desk, case), measures=measures))
        _judge(desk, case)
    else:
        _show(desk, case)
    return Outcome.CASE_KEPT


def _company(desk: Desk, case: CaseFile, order: Command) -> str:
    """The agency's word on a company's measure; that it begins or ends, the company declares."""
    company, number = order.params["company"], order.params.get("id", "")
    measure = next((m for head in _heads(desk, case, company) for m in head.measures if m.measure_id == number), None)
    if measure is None or order.action not in ("measure.agree", "measure.refuse"):
        return Outcome.UNKNOWN_VALUE
    return _agree(desk, case, order, number, agreements.measure_content(measure))


def _agree(desk: Desk, case: CaseFile, order: Command, number: str, content: str) -> str:
    company, agreed = order.params["company"], order.action.endswith(".agree")
    word = Agreement(company=company, id=number, content=content, agreed=agreed, by=order.by, at=desk.now)
    kept = _kept(desk, case)
    others = (a for a in kept.agreements if (a.company, a.id) != (company, number))
    desk.put(_key(case), replace(kept, agreements=tuple(sorted((*others, word), key=lambda a: (a.company, a.id)))))
    case_file.keep(desk, case, order, f"{company} {number}".strip())
    _judge(desk, case)
    return Outcome.CASE_KEPT


def _heads(desk: Desk, case: CaseFile, company: str) -> Sequence[Declaration]:
    """A company's declarations that hold."""
    if case.subject.kind is not SubjectKind.CIS:
        return ()
    return [d for d in of_case(desk, case.subject.id, case.nature, _kept(desk, case)).heads if d.company.id == company]


def _judge(desk: Desk, case: CaseFile) -> None:
    """The alerts of a medicine say what was decided; those that have ended only have it in their record."""
    cis, nature = case.subject.id, case.nature
    kept = _kept(desk, case)
    supply = of_case(desk, cis, nature, kept)
    rule = "declared" if supply.heads else "published"
    judge_alerts(desk, supply, rule, opened=Reason.OFFICER_ASSESSED, changed=Reason.OFFICER_ASSESSED, over=False)
    for kind in (AlertKind.SHORTAGE, AlertKind.STOP):
        life: Life | None = desk.get(alerts.life_key(kind, case.subject, nature))
        last: AlertFile | None = desk.get(f"alert/{life.last}") if life is not None and life.open is None and life.last else None
        if last is not None and last.alert.measures:
            shortage_orders.after_the_end(desk, last, kept)
    supply_duties.judge(desk, cis, nature)


def _show(desk: Desk, case: CaseFile) -> None:
    """Open alerts on what is no medicine: their rules know nothing of these measures, the alert itself takes them on."""
    for kind in AlertKind:
        file = alerts.open_file(desk, kind, case.subject, case.nature)
        if file is not None and kind not in (AlertKind.HUB, AlertKind.DUTY):
            alerts.show(desk, shown_with(file, case.measures), Reason.OFFICER_ASSESSED, Reason.OFFICER_ASSESSED)
