"""An officer's word that a duty is met, where the hub itself cannot see it."""

from __future__ import annotations

from dataclasses import replace

from alertcore.cases import alerts
from alertcore.cases.desk import Desk
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.state import AlertFile
from alertcore.deadlines.duties import AGENCY, DUTIES
from alertcore.records.alert import AlertStep
from alertcore.records.hub import Command


def meet(desk: Desk, file: AlertFile, order: Command) -> str:
    """Params: duty (its code), to (organisation id, where a company owes it). What a rule sees from the facts needs nobody's word."""
    if file.ended:
        return Outcome.ALERT_ENDED
    code, to = order.params.get("duty", ""), order.params.get("to", AGENCY)
    duty = DUTIES.get(code)
    open_ = [d for d in file.alert.deadlines if (d.duty, d.to) == (code, to) and d.met_at is None]
    if duty is None or duty.judged or not open_:
        return Outcome.UNKNOWN_VALUE
    met = tuple(replace(d, met_at=desk.now, by=order.by) if d in open_ else d for d in file.alert.deadlines)
    file = alerts.with_deadlines(desk, file, met)
    alerts.save(desk, alerts.step(desk, file, AlertStep.UPDATED, Reason.DUTY_KEPT))
    return Reason.DUTY_KEPT
