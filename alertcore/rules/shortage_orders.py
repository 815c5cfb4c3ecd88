"""Officers' orders on a shortage or a stop: a measure taken, ended or refused, and whether alternatives cover the need."""

from __future__ import annotations

from alertcore.cases import alerts
from alertcore.cases.desk import Desk
from alertcore.cases.measure_values import code_of, days_of
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.shortages import of_case
from alertcore.cases.state import AlertFile, ShortageCase
from alertcore.making import replace
from alertcore.records.alert import AlertKind
from alertcore.records.hub import Command
from alertcore.records.shared import Measure, MeasureStatus
from alertcore.rules import police_measures, supply_duties
from alertcore.rules.shortage_life import judge as judge_alerts

COVER = {"yes": True, "no": False, "unknown": None}
OPEN = (MeasureStatus.AGREED, MeasureStatus.IN_FORCE)


def alternatives(desk: Desk, file: AlertFile, order: Command) -> str:
    """Params: cover (yes, no, or unknown: by what the company names). Only with a reason; on an open alert of a stop."""
    case = _case(desk, file)
    if file.alert.kind is not AlertKind.STOP or case is None or order.params.get("cover") not in COVER:
        return Outcome.UNKNOWN_VALUE
    if file.ended:
        return Outcome.ALERT_ENDED
    if not order.reason.strip():
        return Outcome.NO_REASON
    return _changed(desk, file, replace(case, covered=COVER[order.params["cover"]]))


def measure(desk: Desk, file: AlertFile, order: Command) -> str:
    """Params: code (of `measure_codes`, or a police measure's), status (default in_force), id (default the code), detail, from, to (days).

    On an alert of a shortage or a stop, ended ones too: a measure may outlive them.
    """
    case, taken = _case(desk, file), _measure(desk, order)
    if case is None or taken is None or file.alert.kind not in (AlertKind.SHORTAGE, AlertKind.STOP):
        return Outcome.UNKNOWN_VALUE
    others = tuple(m for m in case.measures if m.measure_id != taken.measure_id)
    return _changed(desk, file, replace(case, measures=tuple(sorted((*others, taken), key=lambda m: m.measure_id))))


def _case(desk: Desk, file: AlertFile) -> ShortageCase | None:
    found: ShortageCase | None = desk.get(f"case/{file.alert.nature}/{file.alert.subject.id}")
    return found


def _measure(desk: Desk, order: Command) -> Measure | None:
    params, code, days = order.params, code_of(order.params, police_measures.CODES), days_of(order.params)
    status = next((s for s in MeasureStatus if s == params.get("status", "in_force")), MeasureStatus.UNKNOWN)
    if code is None or days is None or status is MeasureStatus.UNKNOWN:
        return None
    return Measure(
        measure_id=params.get("id", "").strip() or code,
        code=code,
        detail=params.get("detail", "").strip(),
        status=status,
        agreed_at=desk.now if status in OPEN else None,
        from_=days[0],
        to=days[1],
    )


def after_the_end(desk: Desk, file: AlertFile, case: ShortageCase) -> None:
    """A version that tells nobody: the record of the alert has the measures as they stand, its step stays the last one."""
    own = {m.measure_id for m in case.measures}
    measures = (*(m for m in file.alert.measures if m.measure_id not in own), *case.measures)
    if measures != file.alert.measures:
        alerts.save(desk, alerts.step(desk, file, file.alert.step, Reason.OFFICER_ASSESSED, measures=measures))
        desk.reason = Reason.OFFICER_ASSESSED


def _changed(desk: Desk, file: AlertFile, case: ShortageCase) -> str:
    alert = file.alert
    desk.put(f"case/{alert.nature}/{alert.subject.id}", case)
    desk.reason = Outcome.NOTHING_NEW
    supply = of_case(desk, alert.subject.id, alert.nature, case)
    if file.ended:
        after_the_end(desk, file, case)
    else:
        rule = "declared" if supply.heads else "published"
        judge_alerts(desk, supply, rule, opened=Reason.OFFICER_ASSESSED, changed=Reason.OFFICER_ASSESSED, over=False)
    reason = desk.reason
    supply_duties.judge(desk, alert.subject.id, alert.nature)
    return reason
