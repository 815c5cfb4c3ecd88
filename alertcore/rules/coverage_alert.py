"""What a signal of rule `coverage` leads to: an alert for officers, and where the country is short for the medicine's companies too.

A region that is short while the country is not is a matter of distribution: a company can do little about it.
"""

from __future__ import annotations

from alertcore.cases import alerts
from alertcore.cases.desk import Desk
from alertcore.cases.finding import Finding, said, shown
from alertcore.cases.medicines import find, followed_by
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.settings import told_day
from alertcore.records.alert import AlertKind, AlertStep, Signal, SignalState
from alertcore.records.shared import Text

DO = Text(
    fr="Entreprises : confirmez vos livraisons des prochains jours et signalez tout risque de rupture dès que vous en avez connaissance."
    " Agence : vérifiez les chiffres et les alternatives.",
    en="Companies: confirm your deliveries of the coming days, and tell of any risk of stock-out as soon as you know of it."
    " Agency: check the figures and the alternatives.",
)


def decide(desk: Desk, signal: Signal) -> str:
    """Raise, update or resolve the alert of the medicine."""
    desk.reason = Outcome.NOT_OPEN
    if signal.state is not SignalState.CLEARED:
        alerts.show(desk, shown(_finding(desk, signal)), Reason.SUPPLY_SHORT, Reason.SUPPLY_CHANGED)
        return desk.reason
    file = alerts.open_file(desk, AlertKind.COVERAGE, signal.subject, signal.nature)
    if file is not None:
        alerts.end(desk, file, AlertStep.RESOLVED, Reason.SUPPLY_RECOVERED, said({"sentence": signal.sentence}))
    return desk.reason


def _finding(desk: Desk, signal: Signal) -> Finding:
    medicine = find(desk, signal.subject.id)
    name = medicine.name if medicine else f"CIS {signal.subject.id}"
    national = any(cell.region is None for cell in signal.cells)
    return Finding(
        rule=signal.rule,
        kind=AlertKind.COVERAGE,
        subject=signal.subject,
        nature=signal.nature,
        severity=signal.severity,
        name=name,
        headline=Text(fr=f"{name} : couverture insuffisante", en=f"{name}: days of supply are short"),
        sentence=signal.sentence,
        do=DO,
        also=followed_by(medicine),
        companies=signal.companies if national else (),
        numbers=signal.numbers,
        labels={"scope": "national" if national else "regional"},
        facts={"since": told_day(desk, signal.since)},
        audiences=("officers", "companies") if national else ("officers",),
    )
