"""What a signal of rule `safety_stock` leads to: one alert a medicine, for officers and for each company under its floor.

The figures are those of the company furthest under its floor, for itself and for officers. Every other company reads of its own breach
alone: that it is under its floor, that it is at it again, or that the alert is over for it, though not yet for others. That it reads once.
"""

from __future__ import annotations

from alertcore.cases import alerts
from alertcore.cases.desk import Desk
from alertcore.cases.finding import said
from alertcore.cases.medicines import find, followed_by
from alertcore.cases.picture import OVER, OWN_PREFIX, WHOLE, Picture
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.settings import told_day
from alertcore.cases.units import concerned
from alertcore.records.alert import AlertKind, AlertStep, Signal, SignalState
from alertcore.records.shared import SubjectKind
from alertcore.rules.safety_stock import OTHERS_BELOW
from alertcore.rules.safety_stock_breach import FLAGS, Lowered
from alertcore.rules.spoken import of_fr

Pair = tuple[str, str]
DO_FLOOR = (
    "Complétez votre stock de sécurité ou signalez à l'agence tout risque de rupture dès que vous en avez connaissance.",
    "Rebuild your safety stock, or tell the agency of any risk of stock-out as soon as you know of it.",
)

DO_TELL = (
    "Signalez à l'agence tout risque de rupture dès que vous en avez connaissance.",
    "Tell the agency of any risk of stock-out as soon as you know of it.",
)
BELOW_OTHERS = (
    "Votre stock vendable {of_name} est sous son plancher légal. L'agence vous en donnera les chiffres à votre demande.",
    "Your saleable stock of {name} is below its legal floor. The agency gives you the figures when you ask.",
)
BACK_OTHERS = (
    "Votre stock vendable {of_name} n'est plus sous son plancher légal, sans le dépasser encore assez pour que l'alerte se ferme"
    " pour vous.",
    "Your saleable stock of {name} is no longer below its legal floor, but not yet far enough above it for the alert to close for you.",
)
BACK_HEAD = ("{name} : votre stock n'est plus sous son plancher légal", "{name}: your stock is no longer below its legal floor")
OVER_OTHERS = (
    "Votre stock vendable {of_name} n'est plus sous un plancher légal : l'alerte est close pour vous. Vous ne recevrez plus de message à"
    " ce sujet, sauf nouvelle baisse.",
    "Your saleable stock of {name} is no longer below a legal floor: the alert is closed for you. You will hear no more of it unless"
    " stock falls again.",
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
DO_LEFT = (
    "Si vous commercialisez encore ce médicament, signalez-le à l'agence.",
    "If you still market this medicine, tell the agency.",
)
LEFT_OTHERS = (
    "L'alerte sur le stock de sécurité {of_name} se ferme sans retour à la normale : une entreprise ne le commercialise plus.",
    "The alert on the safety stock of {name} closes without a return to normal: a company no longer markets it.",
)
RECOVERED_OTHERS = (
    "Le stock de sécurité {of_name} est de nouveau suffisant.",
    "The safety stock of {name} is sufficient again.",
)
"""What companies read whose figures the alert does not carry."""


def decide(desk: Desk, signal: Signal) -> str:
    """Raise, update or resolve the alert of the medicine."""
    desk.reason = Outcome.NOT_OPEN
    if signal.state is SignalState.CLEARED:
        medicine = find(desk, signal.subject.id)
        name = medicine.name if medicine else f"CIS {signal.subject.id}"
        if signal.numbers.get(FLAGS[Lowered.FLOOR]):
            _end(desk, signal, Reason.FLOOR_LOWERED, _lowered(signal, name))
        elif signal.numbers.get(FLAGS[Lowered.LEFT]):
            _end(desk, signal, Reason.NO_LONGER_MARKETED, _left(name))
        else:
            _end(desk, signal, Reason.FLOOR_RECOVERED, own_only(RECOVERED_OTHERS, name))
    else:
        alerts.show(desk, _below(desk, signal), Reason.BELOW_FLOOR, Reason.FLOOR_CHANGED)
    return desk.reason


def _below(desk: Desk, signal: Signal) -> Picture:
    medicine = find(desk, signal.subject.id if signal.subject.kind is SubjectKind.CIS else None)
    name = medicine.name if medicine else f"CIS {signal.subject.id}"
    facts = said({"sentence": signal.sentence})
    facts |= {"name": name, "cis": signal.subject.id, "since": told_day(desk, signal.since)}
    facts |= {"headline_fr": f"{name} : stock de sécurité insuffisant", "headline_en": f"{name}: safety stock below its floor"}
    facts |= {"instruction_fr": DO_FLOOR[0], "instruction_en": DO_FLOOR[1]}
    facts |= {"company_id": signal.companies[0] if signal.companies else ""} | own_only(BELOW_OTHERS, name)
    own = _each(desk, signal, name)
    facts |= _figures(signal) | own
    return Picture(
        kind=AlertKind.SAFETY_STOCK,
        subject=signal.subject,
        nature=signal.nature,
        severity=signal.severity,
        also=followed_by(medicine),
        labels={"template": "safety_stock", "rule": "safety_stock", "companies": ",".join(signal.companies)}
        | ({"by_company": "true"} if own else {}),
        facts=facts,
        numbers=signal.numbers,
        audiences=("officers", "companies"),
    )


def _each(desk: Desk, signal: Signal, name: str) -> dict[str, str]:
    """What each company reads but the one whose figures the alert has: of its own breach alone, and not since when another's lasts."""
    rest = signal.companies[1:]
    below = int(signal.numbers.get(OTHERS_BELOW, len(rest)))
    found: dict[str, str] = {}
    for n, company in enumerate(rest):
        found |= _one(company, name, BELOW_OTHERS, DO_FLOOR) if n < below else _one(company, name, BACK_OTHERS, DO_FLOOR, BACK_HEAD)
    for company in _named_before(desk, signal):
        if company not in signal.companies:
            found |= _one(company, name, OVER_OTHERS, DO_TELL, BACK_HEAD) | {f"{OWN_PREFIX}{company}/{OVER}": "yes"}
    return found


def _one(company: str, name: str, sentence: Pair, do: Pair, headline: Pair | None = None) -> dict[str, str]:
    said = {WHOLE: "yes", "since": "", "sentence_fr": sentence[0].format(of_name=of_fr(name)), "sentence_en": sentence[1].format(name=name)}
    said |= {"instruction_fr": do[0], "instruction_en": do[1]}
    if headline is not None:
        said |= {"headline_fr": headline[0].format(name=name), "headline_en": headline[1].format(name=name)}
    return {f"{OWN_PREFIX}{company}/{key}": text for key, text in said.items()}


def _named_before(desk: Desk, signal: Signal) -> list[str]:
    """Companies that the open alert has named so far."""
    file = alerts.open_file(desk, AlertKind.SAFETY_STOCK, signal.subject, signal.nature)
    if file is None:
        return []
    mark = f"/{OVER}"
    over = [k.removeprefix(OWN_PREFIX).removesuffix(mark) for k in file.alert.facts if k.startswith(OWN_PREFIX) and k.endswith(mark)]
    return sorted({*concerned(file.alert), *over})


def _lowered(signal: Signal, name: str) -> dict[str, str]:
    """An end that is no good news: less is asked, and the stock is what it was."""
    facts = {"headline_fr": f"{name} : alerte close, stock non reconstitué", "headline_en": f"{name}: alert closed, stock not rebuilt"}
    facts |= {"instruction_fr": DO_LOWERED[0], "instruction_en": DO_LOWERED[1]}
    return facts | own_only(LOWERED_OTHERS, name) | _figures(signal)


def _left(name: str) -> dict[str, str]:
    """An end that is no good news either: nothing is asked any more of who does not market it."""
    facts = {"headline_fr": f"{name} : alerte close, entreprise qui ne le commercialise plus"}
    facts |= {"headline_en": f"{name}: alert closed, company no longer markets it"}
    return facts | {"instruction_fr": DO_LEFT[0], "instruction_en": DO_LEFT[1]} | own_only(LEFT_OTHERS, name)


def _figures(signal: Signal) -> dict[str, str]:
    numbers = signal.numbers.items()
    return {n: f"{v:g}" if n.endswith("months") else f"{v:.0f}" for n, v in numbers if n.endswith(("packs", "months"))}


def _end(desk: Desk, signal: Signal, reason: Reason, facts: dict[str, str]) -> None:
    file = alerts.open_file(desk, AlertKind.SAFETY_STOCK, signal.subject, signal.nature)
    if file is not None:
        alerts.end(desk, file, AlertStep.RESOLVED, reason, said({"sentence": signal.sentence}) | facts, by_policy=signal.sentence)


def own_only(text: Pair, name: str) -> dict[str, str]:
    """The sentence for a company whose figures the alert does not carry."""
    return {"sentence_others_fr": text[0].format(of_name=of_fr(name)), "sentence_others_en": text[1].format(name=name)}
