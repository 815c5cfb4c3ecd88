"""The stage stock alone in memory, with what its tests say again and again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from alertcore.records.stock import ReportKind, StockSheet
from alertcore.stock.stage import StockStage
from streams.local import LocalShell
from tests.unit.alertcore.stock_world import CIP, CIS, NOON, Sums, entry, newest

CELL = f"{CIP}|{CIS}|community_pharmacy|ville|11|"
SECOND = timedelta(seconds=1)
CHANGES = ReportKind.CHANGES


def shell(shards: int = 1) -> LocalShell:
    """The stage as it stands before its first report."""
    return LocalShell(StockStage(shards), durable=True)


def flushed(stock: LocalShell, *reports: StockSheet) -> Sums:
    """Sums after these reports and an idle spell."""
    for one in reports:
        stock.feed(0, entry(one), one.reporter.id)
    stock.idle()
    return newest(stock.outs)


def plain(sums: Sums) -> dict[str, tuple[Any, ...]]:
    """Sums without the oldest instant."""
    return {key: value[:4] for key, value in sums.items()}


def later(n: int) -> dict[str, Any]:
    """Fields of a report that is n hours newer."""
    return {"at": NOON + n * timedelta(hours=1), "report_id": f"later-{n}"}
