"""Stock and sales reports: the head, the control figure, and the share of bad lines."""

from __future__ import annotations

from datetime import datetime

from alertcore.identifiers import is_month, is_region
from alertcore.records.stock import Reporter, SaleCircuit, SaleLine, SalesReport, StockReport
from connectors.door.checks import check_cip13, check_known, check_past
from connectors.door.findings import Findings

BAD_LINES_PCT = 5
"""Above this share of bad lines the whole report is refused, per cent."""


def check_stock_head(report: StockReport, total: int, now: datetime, found: Findings) -> None:
    """A stock report apart from its lines. total: lines sent, bad ones too."""
    check_past(report.observed_at, now, "observed_at", found)
    check_known(report.kind, "kind", found)
    check_reporter(report.reporter, "reporter", found)
    if report.line_count != total:
        found.fault("line_count", "line_count", f"line_count says {report.line_count}, {total} lines came: the report may be cut")


def check_reporter(reporter: Reporter, where: str, found: Findings) -> None:
    """Tier, circuit and region of a reporter."""
    check_known(reporter.tier, f"{where}.tier", found)
    check_known(reporter.circuit, f"{where}.circuit", found)
    check_region(reporter.region, reporter.country, f"{where}.region", found)


def check_region(region: str | None, country: str, where: str, found: Findings) -> None:
    """An INSEE region code, for bodies in France."""
    if region is not None and country == "FR" and not is_region(region):
        found.fault(where, "region", "expected the INSEE code of a French region, two digits")


def check_bad_lines(total: int, found: Findings) -> None:
    """Few bad lines are refused singly; more than 5 % refuse the report."""
    bad = len({p.line for p in found.faults if p.line is not None})
    if bad * 100 > total * BAD_LINES_PCT:
        found.fault("lines", "too_many_bad_lines", f"{bad} of {total} lines are bad, more than {BAD_LINES_PCT} %: the report is refused")


def check_sales(report: SalesReport, now: datetime, found: Findings) -> SalesReport:
    """A sales report; gives it back without its bad lines. Lines read as bad before stand in `found` already."""
    check_known(report.basis, "basis", found)
    if not is_month(report.month):
        found.fault("month", "month", "expected a month, YYYY-MM")
    elif report.month > f"{now.year:04d}-{now.month:02d}":
        found.fault("month", "in_the_future", "this month has not begun")
    if not report.lines:
        found.remark("lines", "empty", "the report has no line: nothing of it counts")
    already = {p.line for p in found.faults if p.line is not None}
    total = len(report.lines) + len(already)
    numbers = [n for n in range(1, total + 1) if n not in already]
    seen: set[tuple[str, SaleCircuit, bool]] = set()
    kept = [line for n, line in zip(numbers, report.lines, strict=True) if _sale_holds(line, n, seen, found)]
    check_bad_lines(total, found)
    return report if len(kept) == len(report.lines) else _without(report, kept)


def _sale_holds(line: SaleLine, number: int, seen: set[tuple[str, SaleCircuit, bool]], found: Findings) -> bool:
    before = len(found.faults)
    check_cip13(line.cip13, "cip13", found, number)
    if line.circuit is SaleCircuit.UNKNOWN:
        found.fault("circuit", "unknown", "expected ville or hopital", number)
    if abs(line.packs) > 2**53:
        found.fault("packs", "packs", "this is no number of packs", number)
    key = (line.cip13, line.circuit, line.exceptional)
    if key in seen:
        found.fault("cip13", "duplicate_line", "this presentation and circuit stand on an earlier line already", number)
    seen.add(key)
    return len(found.faults) == before


def _without(report: SalesReport, kept: list[SaleLine]) -> SalesReport:
    return SalesReport(
        nature=report.nature,
        report_id=report.report_id,
        company=report.company,
        month=report.month,
        basis=report.basis,
        lines=tuple(kept),
        replaces=report.replaces,
    )
