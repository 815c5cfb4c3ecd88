"""Sales of a medicine by month: what a report changes in them, and what of them a company's floor rests on.

A line told again for the same company, month, presentation and circuit takes the place of the one before; a report that `replaces`
another takes all of it away. A month's figure is what the company sold to the trade; where it told none, what was dispensed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from alertcore.records.stock import SaleLine, SalesBasis, SalesReport
from alertcore.rules.safety_stock_floor import Month
from alertcore.supply.state import Presentation, Sale, Sold

Sales = tuple[Sale, ...]


def admit(sold: Sold, report: SalesReport) -> Sold | None:
    """What is known of the company's month after `report`, or None where it was taken before or has been replaced."""
    if report.report_id in sold.taken or report.report_id in sold.replaced:
        return None
    after = replace(sold, taken=(*sold.taken, report.report_id))
    return replace(after, replaced=(*after.replaced, report.replaces)) if report.replaces else after


def without(sales: Sales, company: str, month: str, report_id: str) -> Sales:
    """Sales less those of one report."""
    return tuple([s for s in sales if (s.company, s.month, s.report_id) != (company, month, report_id)])


def booked(sales: Sales, report: SalesReport, lines: Iterable[SaleLine], oldest_month: str) -> Sales:
    """Sales of one medicine after the lines of a report about it, sorted, without months before `oldest_month`."""
    rows = {(s.company, s.month, s.basis, s.cip13, s.circuit): s for s in sales}
    for sale in _summed(report, lines):
        rows[sale.company, sale.month, sale.basis, sale.cip13, sale.circuit] = sale
    return tuple([rows[key] for key in sorted(rows) if key[1] >= oldest_month])


def _summed(report: SalesReport, lines: Iterable[SaleLine]) -> Iterable[Sale]:
    """One sale for each presentation and circuit: returns may stand on a line of their own."""
    found: dict[tuple[str, str], Sale] = {}
    for line in lines:
        before = found.get((line.cip13, line.circuit))
        found[line.cip13, line.circuit] = Sale(
            company=report.company.id,
            month=report.month,
            basis=report.basis,
            cip13=line.cip13,
            circuit=line.circuit,
            packs=line.packs + (before.packs if before else 0),
            exceptional=line.exceptional or (before is not None and before.exceptional),
            report_id=report.report_id,
        )
    return found.values()


def months_by_company(
    sales: Sales, window: tuple[str, ...], presentations: Mapping[str, Presentation], weights: Mapping[str, float]
) -> dict[str, dict[str, Month]]:
    """Company to month to sales in counting packs, of the window alone.

    A presentation's sales belong to who markets it now, else to who told them. One exceptional line leaves the medicine's month out whole.
    """
    counted = list(_counted(sales, set(window)))
    exceptional = {s.month for s in counted if s.exceptional}
    totals: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for sale in counted:
        of = presentations.get(sale.cip13)
        totals[(of.company if of else None) or sale.company][sale.month] += sale.packs * weights.get(sale.cip13, 1.0)
    return {
        company: {month: Month(packs=packs, exceptional=month in exceptional) for month, packs in sorted(months.items())}
        for company, months in sorted(totals.items())
    }


def _counted(sales: Sales, window: set[str]) -> Iterable[Sale]:
    """Of each company and month the sales to the trade, or where there are none, what was dispensed."""
    traded = {(s.company, s.month) for s in sales if s.basis is not SalesBasis.DISPENSED}
    return (s for s in sales if s.month in window and (s.basis is not SalesBasis.DISPENSED or (s.company, s.month) not in traded))


def weights(presentations: Iterable[Presentation]) -> tuple[dict[str, float], float | None]:
    """(CIP13 to counting packs, units in the counting pack): the smallest pack counts one where packs differ, all count one elsewhere."""
    known = list(presentations)
    units = [p.units for p in known if p.units]
    if len(units) < len(known) or len(set(units)) < 2:
        return {}, None
    return {p.cip13: (p.units or 0.0) / min(units) for p in known}, min(units)
