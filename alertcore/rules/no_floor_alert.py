"""What signals of rule `no_floor` lead to: one alert a company, for officers alone; each shard of stage supply tells its own medicines.

State: `no_floor/<nature>/<company>` what each shard told last, by the id of its signal.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from alertcore.cases import alerts
from alertcore.cases.desk import Desk
from alertcore.cases.finding import Finding, said, shown
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.settings import told_day
from alertcore.records.alert import AlertKind, AlertStep, Severity, Signal, SignalState
from alertcore.records.shared import Text
from alertcore.rules.no_floor import COUNT, RULE, UNTOLD

DO = Text(
    fr="Demandez à l'entreprise ses chiffres de ventes, ou faites confirmer que le médicament n'est pas commercialisé. Jusque-là, son stock"
    " n'est comparé à rien.",
    en="Ask the company for its sales, or have it confirmed that the medicine is not marketed. Until then its stock is compared"
    " with nothing.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoFloorCase:
    """What stands of one company, by signal."""

    told: dict[str, Signal] = field(default_factory=dict)


KINDS: dict[str, type[object]] = {"no_floor": NoFloorCase}


def decide(desk: Desk, signal: Signal) -> str:
    """Raise, update or resolve the alert on the company."""
    company, desk.reason = signal.subject.id, Outcome.NOT_OPEN
    desk.emit("signals", f"{signal.subject.kind}:{company}", signal)
    key = f"no_floor/{signal.nature}/{company}"
    case: NoFloorCase = desk.get(key) or NoFloorCase()
    told = {k: s for k, s in case.told.items() if k != signal.signal_id}
    if signal.state is not SignalState.CLEARED:
        told = dict(sorted({**told, signal.signal_id: signal}.items()))
    desk.put(key, NoFloorCase(told=told) if told else None)
    if told:
        alerts.show(desk, shown(_finding(desk, signal, tuple(told.values())), "hub"), Reason.HUB_TROUBLE, Reason.HUB_TROUBLE_CHANGED)
        return desk.reason
    file = alerts.open_file(desk, AlertKind.HUB, signal.subject, signal.nature)
    if file is not None:
        end = said({"sentence": signal.sentence})
        alerts.end(desk, file, AlertStep.RESOLVED, Reason.HUB_TROUBLE_OVER, end, by_policy=signal.sentence)
    return desk.reason


def _finding(desk: Desk, signal: Signal, told: tuple[Signal, ...]) -> Finding:
    numbers = {name: sum(s.numbers[name] for s in told) for name in (COUNT, UNTOLD)}
    n, untold = int(numbers[COUNT]), int(numbers[UNTOLD])
    parts = Text(fr=" ".join(s.sentence.fr for s in told), en=" ".join(s.sentence.en for s in told))
    return Finding(
        rule=RULE,
        kind=AlertKind.HUB,
        subject=signal.subject,
        nature=signal.nature,
        severity=Severity.MINOR,
        name=signal.subject.id,
        headline=Text(
            fr="un médicament sans plancher de stock de sécurité" if n == 1 else f"{n} médicaments sans plancher de stock de sécurité",
            en="a medicine without a safety-stock floor" if n == 1 else f"{n} medicines without a safety-stock floor",
        ),
        sentence=Text(
            fr=f"{parts.fr} Chiffres de ventes nuls ou exceptionnels : {n - untold} ; aucun chiffre : {untold}.",
            en=f"{parts.en} Figures of sales nought or exceptional: {n - untold}; no figures: {untold}.",
        ),
        do=DO,
        numbers=numbers,
        facts={"since": told_day(desk, min(s.since for s in told))},
    )
