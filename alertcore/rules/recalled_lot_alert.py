"""Alerts of rule `recalled_lot_in_stock`: company and officers hear at once, the holder when the recall itself has reached professionals.

A company reads of its own medicines alone where the holder has lots of several.
"""

from __future__ import annotations

from datetime import timedelta

from alertcore.cases import alerts, holdings
from alertcore.cases.defects import board_key
from alertcore.cases.desk import Desk, Moved
from alertcore.cases.finding import Finding, said, shown
from alertcore.cases.holdings import HeldLots, Holders
from alertcore.cases.medicines import find
from alertcore.cases.picture import OWN_PREFIX, Picture
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.settings import told_day
from alertcore.cases.state import DefectBoard, Medicine
from alertcore.making import replace
from alertcore.records.alert import AlertKind, AlertStep, Signal, SignalState
from alertcore.records.holding import EVERY_LOT, Holding
from alertcore.records.shared import Batch, Subject, SubjectKind, Text
from alertcore.rules import recalled_lot_text as words
from alertcore.rules.recalled_lot_in_stock import RULE, in_breach


def take(desk: Desk, news: Holding) -> str:
    """Keep what a reporter has of one lot; the signal that follows tells it."""
    holdings.keep(desk, news)
    return Outcome.HOLDING_KEPT


def decide(desk: Desk, signal: Signal) -> str:
    """A reporter still has recalled lots for sale, or no longer."""
    key = holdings.held_key(signal.nature, signal.subject.id)
    held: HeldLots = desk.get(key) or HeldLots()
    found = _found(held, signal)
    names = holdings.threads(desk, signal.nature, found)
    holdings.hold(desk, signal.nature, signal.subject.id, held.threads, names)
    desk.put(key, replace(held, signal=signal, threads=names) if found else None)
    desk.reason = Outcome.NOT_OPEN
    if found:
        _show(desk, signal, found)
        return desk.reason
    file = alerts.open_file(desk, AlertKind.RECALLED_LOT, signal.subject, signal.nature)
    if file is not None:
        alerts.end(desk, file, AlertStep.RESOLVED, Reason.LOTS_GONE, said(_end_texts(signal, file.alert.facts["name"])))
    return desk.reason


def _found(held: HeldLots, signal: Signal) -> tuple[Holding, ...]:
    """The lots the signal is about."""
    if signal.state is SignalState.CLEARED:
        return ()
    return in_breach(held.holdings, timedelta(hours=signal.numbers.get("grace_hours", 0.0)))


def follow(desk: Desk, moved: Moved) -> None:
    """An alert on a defect moved: holders that could not be told before the recall was released are told now."""
    if moved.kind not in holdings.DEFECTS or moved.how == "ended":
        return
    board: DefectBoard = desk.get(board_key(moved.nature, moved.subject)) or DefectBoard()
    reporters: set[str] = set()
    for name in board.threads:
        reporters.update((desk.get(f"holders/{moved.nature}/{name}") or Holders()).reporters)
    reason = desk.reason
    for reporter in sorted(reporters):
        held: HeldLots | None = desk.get(holdings.held_key(moved.nature, reporter))
        assert held is not None, "who is noted as a holder has lots"
        assert held.signal is not None, "and a signal told so"
        if found := _found(held, held.signal):  # where none is left, the signal that says so is under way
            _show(desk, held.signal, found)
    desk.reason = reason


def _show(desk: Desk, signal: Signal, found: tuple[Holding, ...]) -> None:
    alerts.show(desk, picture(desk, signal, found), Reason.LOTS_STILL_HELD, Reason.LOTS_HELD_CHANGED)


def picture(desk: Desk, signal: Signal, found: tuple[Holding, ...]) -> Picture:
    """The content of the alert. Its audiences grow when the recall is released to professionals."""
    reporter = found[0].reporter
    medicines = {h.cis: find(desk, h.cis) for h in found}
    names = {cis: m.name for cis, m in medicines.items() if m is not None}
    firms = sorted({c for m in medicines.values() if m is not None for c in m.companies})
    names_told = [holdings.told_outside(desk, signal.nature, name) for name in holdings.threads(desk, signal.nature, found)]
    told = bool(names_told) and all(names_told)
    facts = {"since": told_day(desk, signal.since), "holder_told": "yes" if told else "no"}
    if len(firms) > 1:
        facts |= _own(firms, medicines, found, names)
    who = words.who(reporter)
    base = shown(
        Finding(
            rule=RULE,
            kind=AlertKind.RECALLED_LOT,
            subject=signal.subject,
            nature=signal.nature,
            severity=signal.severity,
            name=reporter.name or reporter.id,
            headline=Text(fr=f"{who.fr} : lot rappelé encore en vente", en=f"{who.en}: recalled lot still for sale"),
            sentence=signal.sentence,
            do=words.DO_WHOLE if any(h.lot == EVERY_LOT for h in found) else words.DO,
            also=_also(found),
            companies=tuple(firms),
            numbers=signal.numbers,
            facts=facts,
            labels={"holder": reporter.tier.value} | ({"by_company": "yes"} if len(firms) > 1 else {}),
            audiences=("officers", "companies", *(("professionals",) if told else ())),
        )
    )
    lots = {(h.cip13, h.lot) for h in found if h.lot != EVERY_LOT}
    return replace(base, batches=tuple(Batch(cip13=cip13, lot=lot) for cip13, lot in sorted(lots)))


def _own(firms: list[str], medicines: dict[str, Medicine | None], found: tuple[Holding, ...], names: dict[str, str]) -> dict[str, str]:
    facts: dict[str, str] = {}
    for firm in firms:
        mine = tuple(h for h in found if (m := medicines[h.cis]) is not None and firm in m.companies)
        told = words.sentence(mine[0].reporter, mine, mine, names)
        facts |= {f"{OWN_PREFIX}{firm}/{name}": text for name, text in said({"sentence": told}).items()}
    return facts


def _also(found: tuple[Holding, ...]) -> tuple[Subject, ...]:
    medicines = sorted({h.cis for h in found if h.cis})
    packs = sorted({h.cip13 for h in found})
    return (*(Subject(kind=SubjectKind.CIS, id=c) for c in medicines), *(Subject(kind=SubjectKind.CIP13, id=p) for p in packs))


def _end_texts(signal: Signal, name: str) -> dict[str, Text]:
    headline = Text(fr=f"{name} : plus de lot rappelé en vente", en=f"{name}: no recalled lot for sale any more")
    return {"headline": headline, "sentence": signal.sentence, "instruction": words.DO_END}
