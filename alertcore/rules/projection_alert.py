"""What a signal of rule `projection` leads to: an alert for officers and the company, unless a resupply is announced before stock ends.

Announced is the expected return of the declarations that hold: the latest of all companies and circuits, as the rule looks at the whole
country. An expected return that has passed without news announces nothing any more; who gave none announces nothing. An alert that a
resupply overtakes is no all-clear: the shortage that announced it goes on telling. Nor is one that ends because manufacturers and
depositaries expect deliveries (`incoming` of their stock reports, which stage supply reckons with): whoever was told hears so, as news.

State: `projected/<nature>/<cis>` the last signal, while it stands, as declarations and time change what is announced.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from alertcore.cases import alerts, timers
from alertcore.cases.desk import Desk
from alertcore.cases.finding import Finding, said, shown
from alertcore.cases.medicines import find, followed_by
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.settings import calendar, told_day
from alertcore.cases.shortages import of_case
from alertcore.cases.state import ShortageCase
from alertcore.deadlines.clock import end_of_day, local_day
from alertcore.records.alert import AlertKind, AlertStep, Signal, SignalState
from alertcore.records.shared import Nature, Text
from alertcore.records.shortage import Declaration
from alertcore.rules.projection import FLAGS, Why
from alertcore.rules.shortage import CLOSING
from alertcore.rules.spoken import day_en, day_fr

RULE = "projection"
KINDS: dict[str, type[object]] = {"projected": Signal}
DO = Text(
    fr="Entreprise : indiquez la date de votre prochaine livraison ou déclarez le risque de rupture. Agence : comparez avec les"
    " approvisionnements annoncés.",
    en="Company: give the day of your next delivery, or declare the risk of stock-out. Agency: compare with the resupplies announced.",
)
WATCH = Text(
    fr="Le stock n'a pas remonté. Entreprise : signalez tout risque de rupture dès que vous en avez connaissance. Agence : suivez les"
    " livraisons.",
    en="Stock has not risen. Company: tell of any risk of stock-out as soon as you know of it. Agency: follow the deliveries.",
)
WHY = {FLAGS[Why.DELIVERIES]: Reason.DELIVERIES_ANNOUNCED, FLAGS[Why.FLOOR]: Reason.FLOOR_LOWERED}
"""Ends that are no all-clear; by another policy: see policy_change."""
HEADLINES = {
    Reason.DELIVERIES_ANNOUNCED: Text(fr="livraisons annoncées, stock en baisse", en="deliveries announced, stock still falling"),
    Reason.FLOOR_LOWERED: Text(fr="plancher abaissé, stock en baisse", en="floor lowered, stock still falling"),
}


def decide(desk: Desk, signal: Signal) -> str:
    """Keep the signal while it stands, and judge it against what is announced."""
    key = f"projected/{signal.nature}/{signal.subject.id}"
    desk.reason = Outcome.NOT_OPEN
    if signal.state is SignalState.CLEARED:
        desk.put(key, None)
        timers.set_timer(desk, RULE, f"{signal.nature}/{signal.subject.id}", None)
        why = next((reason for flag, reason in WHY.items() if signal.numbers.get(flag)), Reason.PROJECTION_OVER)
        _end(desk, signal, AlertStep.RESOLVED, why, signal.sentence)
    else:
        desk.put(key, signal)
        _judge(desk, signal)
    return desk.reason


def declared(desk: Desk, declaration: Declaration) -> str:
    """A declaration may announce another day of return."""
    return _again(desk, declaration.nature, declaration.cis)


def wake(desk: Desk, subject: str) -> None:
    """The announced return has passed."""
    nature, cis = subject.split("/")
    _again(desk, Nature(nature), cis)


def announced(desk: Desk, nature: Nature, cis: str) -> date | None:
    """The day on which all that is short is announced to be back; None where that is not told for all of it, or has passed."""
    case: ShortageCase | None = desk.get(f"case/{nature}/{cis}")
    heads = [d for d in of_case(desk, cis, nature, case).heads if d.step not in CLOSING] if case else []
    days = [c.expected_return.date if c.expected_return else None for d in heads for c in d.circuits]
    known = [day for day in days if day is not None]
    if not known or len(known) < len(days):
        return None
    latest = max(known)
    return latest if latest >= local_day(desk.now, _zone(desk)) else None


def _again(desk: Desk, nature: Nature, cis: str) -> str:
    signal: Signal | None = desk.get(f"projected/{nature}/{cis}")
    if signal is not None:
        _judge(desk, signal)
    return Outcome.NOTHING


def _judge(desk: Desk, signal: Signal) -> None:
    cis, back = signal.subject.id, announced(desk, signal.nature, signal.subject.id)
    timers.set_timer(desk, RULE, f"{signal.nature}/{cis}", end_of_day(back, _zone(desk)) if back else None)
    reached = _reached(signal)
    if back is not None and reached is not None and back <= reached:
        text = Text(
            fr=f"Le retour est annoncé pour le {day_fr(back)}, avant l’échéance projetée (vers le {day_fr(reached)}).",
            en=f"The return is announced for {day_en(back)}, before the day projected (about {day_en(reached)}).",
        )
        _end(desk, signal, AlertStep.SUPERSEDED, Reason.RESUPPLY_ANNOUNCED, text)
    else:
        alerts.show(desk, shown(_finding(desk, signal, back)), Reason.RUNNING_OUT, Reason.PROJECTION_CHANGED)


def _reached(signal: Signal) -> date | None:
    """The first of the days that the signal gives for nought and for the floor."""
    found = [signal.numbers[name] for name in ("zero_on_unix_s", "floor_on_unix_s") if name in signal.numbers]
    return datetime.fromtimestamp(min(found), UTC).date() if found else None


def _end(desk: Desk, signal: Signal, how: AlertStep, reason: Reason, sentence: Text) -> None:
    file = alerts.open_file(desk, AlertKind.PROJECTION, signal.subject, signal.nature)
    if file is not None:
        texts = {"sentence": sentence}
        if reason in HEADLINES:
            name, headline = _name(desk, signal), HEADLINES[reason]
            texts |= {"headline": Text(fr=f"{name} : {headline.fr}", en=f"{name}: {headline.en}"), "instruction": WATCH}
        alerts.end(desk, file, how, reason, said(texts))


def _name(desk: Desk, signal: Signal) -> str:
    medicine = find(desk, signal.subject.id)
    return medicine.name if medicine else f"CIS {signal.subject.id}"


def _finding(desk: Desk, signal: Signal, back: date | None) -> Finding:
    medicine = find(desk, signal.subject.id)
    name = _name(desk, signal)
    late = Text(fr=f" Retour annoncé : {day_fr(back)}.", en=f" Return announced: {day_en(back)}.") if back else Text(fr="", en="")
    facts = {"since": told_day(desk, signal.since), "announced": back.isoformat() if back else ""}
    alone = len(signal.companies) == 1
    return Finding(
        rule=RULE,
        kind=AlertKind.PROJECTION,
        subject=signal.subject,
        nature=signal.nature,
        severity=signal.severity,
        name=name,
        headline=Text(fr=f"{name} : stock bientôt épuisé", en=f"{name}: stock is running out"),
        sentence=Text(fr=signal.sentence.fr + late.fr, en=signal.sentence.en + late.en),
        do=DO,
        also=followed_by(medicine),
        companies=signal.companies if alone else (),
        numbers=signal.numbers,
        facts=facts,
        audiences=("officers", "companies") if alone else ("officers",),
    )


def _zone(desk: Desk) -> str:
    return calendar(desk.view, desk.agency.timezone).zone
