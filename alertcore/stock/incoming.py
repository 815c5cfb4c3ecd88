"""Deliveries that manufacturers and depositaries expect, by cell, as their last reports tell.

State: `incoming/<reporter>` the rows of one reporter. What other tiers expect moves stock that is in the country already: it is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from alertcore.packed import Ints, ints
from alertcore.records.stock import ReportKind, StockSheet, Tier

PREFIX = "incoming/"
OWNED = (Tier.MANUFACTURER, Tier.DEPOSITARY)
"""Tiers whose cells are kept apart by reporter: they count for floors (domain: a company's stock is its own and its depositaries')."""
Row = tuple[int, int, int, int]
"""Cell, day (ordinal), packs, packs of these held in the EEA."""


def expected(sheet: StockSheet, cells: Mapping[int, int], eea: Mapping[int, bool], before: tuple[Row, ...]) -> tuple[Row, ...]:
    """All rows of a reporter after its report, sorted. cells: by presentation. eea: of the report's lines, whether they lie there.

    A presentation that a report of changes does not name is unchanged; one whose medicine is not known yet counts with the next report.
    """
    if sheet.reporter.tier not in OWNED:
        return ()
    told = [(int(one.cip13), one.when.date.toordinal(), one.packs) for one in sheet.incoming]
    rows = [(cells[code], day, packs, packs if eea[code] else 0) for code, day, packs in told if code in eea and packs > 0]
    if sheet.kind is ReportKind.CHANGES:
        left = {cell for code, cell in cells.items() if code not in eea}
        rows += [row for row in before if row[0] in left]
    return tuple(sorted(rows))


def moved(before: tuple[Row, ...], after: tuple[Row, ...]) -> Ints:
    """Cells whose deliveries are others than before."""
    return ints(sorted({row[0] for row in set(before) ^ set(after)}))


def by_cell(rows: Iterable[Row]) -> dict[int, tuple[Row, ...]]:
    """The rows of each cell."""
    found: dict[int, tuple[Row, ...]] = {}
    for row in rows:
        found[row[0]] = (*found.get(row[0], ()), row)
    return found
