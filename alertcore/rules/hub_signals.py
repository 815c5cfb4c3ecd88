"""Signals from elsewhere in the hub, by the rule that found them: trouble of the hub itself, for officers; what stage supply found."""

from __future__ import annotations

from collections.abc import Callable

from alertcore.cases import alerts
from alertcore.cases.desk import Desk
from alertcore.cases.picture import Picture
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.settings import told_day
from alertcore.cases.state import HubCase, Trouble
from alertcore.records.alert import AlertKind, AlertStep, Severity, Signal, SignalState
from alertcore.rules import coverage_alert, no_floor_alert, projection_alert, recalled_lot_alert, safety_stock_alert

HUB_RULES = ("refused_snapshot", "held", "rows_gone", "undecided", "silent_reporter")
SEVERITIES = (Severity.UNKNOWN, Severity.INFO, Severity.MINOR, Severity.MODERATE, Severity.SEVERE, Severity.CRITICAL)
HEADLINE = {
    "refused_snapshot": ("liste publique refusée", "public list refused"),
    "held": ("rapport retenu, à confirmer", "report held, to be confirmed"),
    "rows_gone": ("lignes disparues d'une liste", "rows gone from a list"),
    "undecided": ("événement non décidé", "undecided event"),
    "silent_reporter": ("déclarant silencieux", "reporter has stopped"),
}


def decide(desk: Desk, signal: Signal) -> str:
    """What a signal that came over the log leads to. Signals of the door and the shell go on to the console's topic from here."""
    found = BY_RULE.get(signal.rule)
    return Outcome.SIGNAL_WITHOUT_ALERT if found is None else found(desk, signal)


def _hub(desk: Desk, signal: Signal) -> str:
    desk.emit("signals", f"{signal.subject.kind}:{signal.subject.id}", signal)
    key = f"trouble/{signal.nature}/{signal.subject.kind}:{signal.subject.id}"
    case: HubCase = desk.get(key) or HubCase()
    rest = tuple(t for t in case.troubles if t.rule != signal.rule)
    if signal.state is not SignalState.CLEARED:
        mine = Trouble(rule=signal.rule, severity=signal.severity, sentence=signal.sentence, since=signal.since)
        rest = tuple(sorted((*rest, mine), key=lambda t: t.rule))
    desk.put(key, HubCase(troubles=rest) if rest else None)
    desk.reason = Outcome.NOT_OPEN
    if rest:
        alerts.show(desk, _trouble(desk, signal, rest), Reason.HUB_TROUBLE, Reason.HUB_TROUBLE_CHANGED)
    else:
        _end(desk, signal)
    return desk.reason


def _trouble(desk: Desk, signal: Signal, troubles: tuple[Trouble, ...]) -> Picture:
    worst = max(troubles, key=lambda t: SEVERITIES.index(t.severity))
    what = HEADLINE[worst.rule]
    facts = _sentence(" ".join(t.sentence.fr for t in troubles), " ".join(t.sentence.en for t in troubles))
    facts |= {"name": signal.subject.id, "headline_fr": what[0], "headline_en": what[1], "since": told_day(desk, worst.since)}
    return Picture(
        kind=AlertKind.HUB,
        subject=signal.subject,
        nature=signal.nature,
        severity=worst.severity,
        labels={"template": "hub", "rule": ",".join(t.rule for t in troubles)},
        facts=facts,
        numbers=signal.numbers,
        audiences=("officers",),
    )


def _end(desk: Desk, signal: Signal) -> None:
    file = alerts.open_file(desk, AlertKind.HUB, signal.subject, signal.nature)
    if file is not None:
        told = _sentence(signal.sentence.fr, signal.sentence.en)
        alerts.end(desk, file, AlertStep.RESOLVED, Reason.HUB_TROUBLE_OVER, told, by_policy=signal.sentence)


def _sentence(fr: str, en: str) -> dict[str, str]:
    return {"sentence_fr": fr, "sentence_en": en}


BY_RULE: dict[str, Callable[[Desk, Signal], str]] = {
    **dict.fromkeys(HUB_RULES, _hub),
    "safety_stock": safety_stock_alert.decide,
    "no_floor": no_floor_alert.decide,
    "coverage": coverage_alert.decide,
    "projection": projection_alert.decide,
    "recalled_lot_in_stock": recalled_lot_alert.decide,
}
"""What is done with a signal, by its rule; of any other rule it is noted only."""
