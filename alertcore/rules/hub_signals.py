"""Signals from elsewhere in the hub, by the rule that found them: trouble of the hub itself, for officers; what stage supply found."""

from __future__ import annotations

from collections.abc import Callable

from alertcore.cases import alerts
from alertcore.cases.desk import Desk
from alertcore.cases.medicines import find, followed_by
from alertcore.cases.picture import Picture
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.settings import told_day
from alertcore.cases.state import HubCase, Trouble
from alertcore.records.alert import AlertKind, AlertStep, Severity, Signal, SignalState
from alertcore.records.shared import SubjectKind
from alertcore.rules import coverage_alert, projection_alert, recalled_lot_alert
from alertcore.rules.safety_stock_breach import FLAGS, Lowered
from alertcore.rules.spoken import of_fr

HUB_RULES = ("refused_snapshot", "held", "rows_gone", "undecided", "silent_reporter")
SEVERITIES = (Severity.UNKNOWN, Severity.INFO, Severity.MINOR, Severity.MODERATE, Severity.SEVERE, Severity.CRITICAL)
HEADLINE = {
    "refused_snapshot": ("liste publique refusée", "public list refused"),
    "held": ("rapport retenu, à confirmer", "report held, to be confirmed"),
    "rows_gone": ("lignes disparues d'une liste", "rows gone from a list"),
    "undecided": ("événement non décidé", "undecided event"),
    "silent_reporter": ("déclarant silencieux", "reporter has stopped"),
}
DO_FLOOR = (
    "Complétez votre stock de sécurité ou signalez à l'agence tout risque de rupture dès que vous en avez connaissance.",
    "Rebuild your safety stock, or tell the agency of any risk of stock-out as soon as you know of it.",
)

BELOW_OTHERS = (
    "Votre stock vendable {of_name} est sous son plancher légal. L'agence vous en donnera les chiffres à votre demande.",
    "Your saleable stock of {name} is below its legal floor. The agency gives you the figures when you ask.",
)
DO_LOWERED = (
    "Votre stock n'est pas reconstitué : continuez de le compléter, et signalez à l'agence tout risque de rupture dès que vous en avez"
    " connaissance.",
    "Your stock is not rebuilt: go on rebuilding it, and tell the agency of any risk of stock-out as soon as you know of it.",
)
LOWERED_OTHERS = (
    "L'alerte sur le stock de sécurité {of_name} se ferme parce qu'il est moins demandé ; votre stock n'est pas pour autant reconstitué.",
    "The alert on the safety stock of {name} closes because less is asked; your stock is not rebuilt for that.",
)
RECOVERED_OTHERS = (
    "Le stock de sécurité {of_name} est de nouveau suffisant.",
    "The safety stock of {name} is sufficient again.",
)
"""What a second company reads: the figures of the alert are those of the company furthest under its floor."""


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
        _end(desk, AlertKind.HUB, signal, Reason.HUB_TROUBLE_OVER)
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


def _floor(desk: Desk, signal: Signal) -> str:
    desk.reason = Outcome.NOT_OPEN
    if signal.state is SignalState.CLEARED:
        medicine = find(desk, signal.subject.id)
        name = medicine.name if medicine else f"CIS {signal.subject.id}"
        if signal.numbers.get(FLAGS[Lowered.FLOOR]):
            _end(desk, AlertKind.SAFETY_STOCK, signal, Reason.FLOOR_LOWERED, _lowered(signal, name))
        else:
            _end(desk, AlertKind.SAFETY_STOCK, signal, Reason.FLOOR_RECOVERED, own_only(RECOVERED_OTHERS, name))
    else:
        alerts.show(desk, _below(desk, signal), Reason.BELOW_FLOOR, Reason.FLOOR_CHANGED)
    return desk.reason


def _below(desk: Desk, signal: Signal) -> Picture:
    medicine = find(desk, signal.subject.id if signal.subject.kind is SubjectKind.CIS else None)
    name = medicine.name if medicine else f"CIS {signal.subject.id}"
    facts = _sentence(signal.sentence.fr, signal.sentence.en)
    facts |= {"name": name, "cis": signal.subject.id, "since": told_day(desk, signal.since)}
    facts |= {"headline_fr": f"{name} : stock de sécurité insuffisant", "headline_en": f"{name}: safety stock below its floor"}
    facts |= {"instruction_fr": DO_FLOOR[0], "instruction_en": DO_FLOOR[1]}
    facts |= {"company_id": signal.companies[0] if signal.companies else ""} | own_only(BELOW_OTHERS, name)
    facts |= _figures(signal)
    return Picture(
        kind=AlertKind.SAFETY_STOCK,
        subject=signal.subject,
        nature=signal.nature,
        severity=signal.severity,
        also=followed_by(medicine),
        labels={"template": "safety_stock", "rule": "safety_stock", "companies": ",".join(signal.companies)},
        facts=facts,
        numbers=signal.numbers,
        audiences=("officers", "companies"),
    )


def _lowered(signal: Signal, name: str) -> dict[str, str]:
    """An end that is no good news: less is asked, and the stock is what it was."""
    facts = {"headline_fr": f"{name} : alerte close, stock non reconstitué", "headline_en": f"{name}: alert closed, stock not rebuilt"}
    facts |= {"instruction_fr": DO_LOWERED[0], "instruction_en": DO_LOWERED[1]}
    return facts | own_only(LOWERED_OTHERS, name) | _figures(signal)


def _figures(signal: Signal) -> dict[str, str]:
    numbers = signal.numbers.items()
    return {n: f"{v:g}" if n.endswith("months") else f"{v:.0f}" for n, v in numbers if n.endswith(("packs", "months"))}


def _end(desk: Desk, kind: AlertKind, signal: Signal, reason: Reason, facts: dict[str, str] | None = None) -> None:
    file = alerts.open_file(desk, kind, signal.subject, signal.nature)
    if file is not None:
        told = _sentence(signal.sentence.fr, signal.sentence.en) | (facts or {})
        alerts.end(desk, file, AlertStep.RESOLVED, reason, told, by_policy=signal.sentence)


def _sentence(fr: str, en: str) -> dict[str, str]:
    return {"sentence_fr": fr, "sentence_en": en}


def own_only(text: tuple[str, str], name: str) -> dict[str, str]:
    """The sentence for a company whose figures the alert does not carry."""
    return {"sentence_others_fr": text[0].format(of_name=of_fr(name)), "sentence_others_en": text[1].format(name=name)}


BY_RULE: dict[str, Callable[[Desk, Signal], str]] = {
    **dict.fromkeys(HUB_RULES, _hub),
    "safety_stock": _floor,
    "coverage": coverage_alert.decide,
    "projection": projection_alert.decide,
    "recalled_lot_in_stock": recalled_lot_alert.decide,
}
"""What is done with a signal, by its rule; of any other rule it is noted only."""
