"""Recalls and reports that tell lots, to try the way of a recalled lot with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from alertcore.records.defect import (
    DefectAction,
    DefectClass,
    DefectProduct,
    DefectSource,
    DefectStep,
    QualityDefect,
    RecallLevel,
    SeriousRisk,
)
from alertcore.records.holding import Holding, Reach
from alertcore.records.shared import Batch
from alertcore.records.stock import StockSheet
from streams.emitting import Out
from tests.unit.alertcore.stock_world import CIP, CIS, NOON, line, sheet

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
Lot = tuple[str, str, int]


def recall(number: str = "q1", *lots: str | Batch, **fields: Any) -> QualityDefect:
    """A class II recall of lots of the medicine, decided at noon."""
    given: dict[str, Any] = {
        "defect_id": number,
        "step": DefectStep.INITIAL,
        "received_at": NOON,
        "source": DefectSource.COMPANY,
        "product": DefectProduct(name="EXEMPLE", cis=CIS),
        "batches": tuple(lot if isinstance(lot, Batch) else Batch(lot=lot) for lot in lots or ("A1",)),
        "class_": DefectClass.II,
        "serious_risk": SeriousRisk.UNASSESSED,
        "actions": (DefectAction.RECALL,),
        "level": RecallLevel.RETAIL_HOSPITAL,
        "decided_at": NOON,
    }
    return QualityDefect(**given | fields)


def shelf(lots: Sequence[Lot] | None = (), hours: float = 1, reporter: str = "p1", packs: int | None = None, **more: Any) -> StockSheet:
    """A report of one presentation, `hours` after noon. lots: None where it tells none. packs: on hand, those of the lots unless told."""
    at: datetime = NOON + hours * HOUR
    told = lots or ()
    codes = list(dict.fromkeys(code for code, _, _ in told)) or [CIP]
    held = {code: sum(n for of, _, n in told if of == code) for code in codes}
    rows = [line(code, CIS, held[code] if packs is None else packs) for code in codes]
    return sheet(reporter, rows, report_id=f"{reporter}-{at.isoformat()}", at=at, lots=told, **more)


def a1(packs: int = 4) -> list[Lot]:
    """Packs of lot A1."""
    return [(CIP, "A1", packs)]


def holdings(outs: Iterable[Out]) -> list[tuple[str, str, str, int, int]]:
    """(reporter, lot, state, packs, of these for sale) of each holding told to supply."""
    found: list[Holding] = [o.value for o in outs if isinstance(o.value, Holding) and o.topic == "supply.log"]
    return [(h.reporter.id, h.lot, h.state.value, h.packs, h.saleable) for h in found]


def of_type(outs: Iterable[Out], cls: type[Any], topic: str) -> list[Any]:
    """Records of one class on one topic."""
    return [o.value for o in outs if isinstance(o.value, cls) and o.topic == topic]


def reaches(outs: Iterable[Out]) -> list[Reach]:
    """Reach of recalls told to the cases."""
    return of_type(outs, Reach, "cases.log")
