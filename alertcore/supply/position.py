"""The national position of one medicine, as a record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from struct import pack
from zlib import crc32

from alertcore.packed import NEVER
from alertcore.records.stock import Position, PositionCell, Tier
from alertcore.rules.safety_stock import Standing, worst
from alertcore.supply.book import Place, SupplyBook, Totals

DISPENSING = (Tier.COMMUNITY_PHARMACY, Tier.HOSPITAL_PHARMACY)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = 6


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


def position(book: SupplyBook, number: int, totals: Totals, standings: tuple[Standing, ...], fresh: Freshly, at: datetime) -> Position:
    """The position, still without a version. Under the least share fresh, daily use, days and coverage are not known.

    Daily use: what dispensing tiers tell they dispense a day, else mean daily sales.
    """
    groups = [(book.place_of[n], totals.groups[n]) for n in book.groups_of[number]]
    counted = sum([values[1] for _, values in groups])
    dispensed = sum([values[2] for place, values in groups if book.places[place][0] in DISPENSING])
    use = _daily_use(dispensed, standings) if fresh.known else None
    shown = worst(standings) or next((s for s in standings if s.floor.packs is not None), None)
    oldest = totals.oldest[number]
    return Position(
        cis=book.medicines[number],
        as_of=at,
        saleable=round(sum([values[0] for _, values in groups])),
        daily_use=use,
        days=_ratio(counted, use),
        floor_packs=shown.floor.packs if shown else None,
        floor_months=shown.floor.months if shown else None,
        coverage_months=_ratio(shown.stock, shown.floor.mean_month) if shown and fresh.known else None,
        reporters_share=fresh.share,
        oldest=None if oldest == NEVER else _EPOCH + timedelta(microseconds=oldest),
        cells=tuple([_cell(book.places[place], values, fresh.shares[place], fresh.least) for place, values in groups]),
    )


def content(position: Position) -> int:
    """Checksum of what makes a position worth telling: its numbers, not its age nor who is fresh."""
    of = position
    numbers = [of.saleable, of.daily_use, of.days, of.floor_packs, of.floor_months, of.coverage_months]
    numbers += [day.toordinal() if day else None for day in (of.projected_floor_on, of.projected_zero_on)]
    for cell in of.cells:
        numbers += (cell.saleable, cell.daily_use)
    return crc32(pack(f"<{len(numbers)}d", *[-1.0 if n is None else n for n in numbers]))


def _cell(place: Place, values: tuple[float, float, float], share: float, least: float) -> PositionCell:
    tier, circuit, region = place
    packs, counted, daily = values
    use = round(daily, _DIGITS) if daily > 0 and share >= least and tier in DISPENSING else None
    days = _ratio(counted, use) if use else None
    return PositionCell(tier=tier, circuit=circuit, region=region, saleable=int(packs), daily_use=use, days=days, reporters_share=share)


def _daily_use(dispensed: float, standings: tuple[Standing, ...]) -> float | None:
    sold = sum(s.floor.mean_month or 0.0 for s in standings) * 12 / 365
    use = round(dispensed or sold, _DIGITS)
    return use if use > 0 else None


def _ratio(of: float | None, by: float | None) -> float | None:
    return None if of is None or not by else round(of / by, _DIGITS)
