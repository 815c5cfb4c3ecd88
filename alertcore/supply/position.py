"""The national position of one medicine, as a record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import cast
from zlib import crc32

from alertcore.packed import NEVER
from alertcore.packed_sums import CellColumns, floats, masked, rounded, told
from alertcore.records.stock import Position, PositionCell
from alertcore.rules.safety_stock_floor import Standing, worst
from alertcore.supply.book import SupplyBook, Totals
from alertcore.supply.freshness import DISPENSING

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = 6
_HEAD = Struct("<8d")


@dataclass(frozen=True, slots=True)
class Freshly:
    """How much of the register is fresh: nationally, and by place of the book. least: the share under which nothing is known."""

    share: float
    shares: Sequence[float]
    least: float

    @property
    def known(self) -> bool:
        """Whether positions may say anything."""
        return self.share >= self.least


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of many medicines, a row each: packs, packs a day (None: not known), days of supply, cells, oldest observation."""

    saleable: list[int]
    use: list[float | None]
    days: list[float | None]
    cells: CellColumns
    oldest: list[int]


def figures(book: SupplyBook, totals: Totals, sold: Sequence[float], fresh: Freshly) -> Figures:
    """Numbers of all medicines of `totals`. sold: mean daily sales of each. Under the least share fresh, use and days are not known.

    Daily use: what dispensing tiers tell they dispense a day, else mean daily sales.
    """
    dispensing = [tier in DISPENSING for tier, _, _ in book.places]
    telling = [of and share >= fresh.least for of, share in zip(dispensing, fresh.shares, strict=True)]
    packs, counted, _ = totals.columns.summed()
    dispensed = totals.columns.summed(masked(dispensing))[2]
    dispensed[dispensed == 0] = floats(sold)[dispensed == 0]
    use = rounded(dispensed) if fresh.known else dispensed * 0
    return Figures(
        packs.tolist(),
        told(use),
        told(use, counted),
        CellColumns(totals.columns, book.places, masked(telling), floats(fresh.shares)),
        totals.oldest,
    )


def position(of: Figures, row: int, cis: str, standings: tuple[Standing, ...], fresh: Freshly, at: datetime, version: int) -> Position:
    """The position of one medicine, a row of the figures. Months of a floor without its packs: there are no sales to base it on."""
    floor = worst(standings) or next((s for s in standings if s.floor.packs is not None), next(iter(standings), None))
    oldest = of.oldest[row]
    return Position(
        cis=cis,
        version=version,
        as_of=at,
        saleable=of.saleable[row],
        daily_use=of.use[row],
        days=of.days[row],
        floor_packs=floor.floor.packs if floor else None,
        floor_months=floor.floor.months if floor else None,
        coverage_months=_ratio(floor.stock, floor.floor.mean_month) if floor and fresh.known else None,
        reporters_share=fresh.share,
        oldest=None if oldest == NEVER else _EPOCH + timedelta(microseconds=oldest),
        cells=cast("tuple[PositionCell, ...]", of.cells.of(row)),
    )


def content(of: Position, figures: Figures, row: int) -> int:
    """Checksum of what makes a position worth telling: its numbers, not its age nor who is fresh."""
    head = (of.saleable, of.daily_use, of.days, of.floor_packs, of.floor_months, of.coverage_months)
    dates = (of.projected_floor_on, of.projected_zero_on)
    packs, use = figures.cells.contents(row)
    told = [-1.0 if n is None else n for n in head] + [-1.0 if day is None else day.toordinal() for day in dates]
    return crc32(use, crc32(packs, crc32(_HEAD.pack(*told))))


def _ratio(of: float | None, by: float | None) -> float | None:
    return None if of is None or not by else round(of / by, _DIGITS)
