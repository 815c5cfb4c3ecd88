"""Days of supply in every region for many medicines at once, as columns; objects are made only of what is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from alertcore.packed import Floats, Ints, filled, grouped, ints
from alertcore.records.stock import Tier
from alertcore.supply.book import PLACE, SupplyBook, Totals

TIERS = (Tier.WHOLESALER, Tier.COMMUNITY_PHARMACY)
"""Whose packs count for a region; what is used there is what its community pharmacies dispense."""
_DIGITS = 6


class Regions:
    """Stock and daily use by (medicine, region) of some medicines. shares: region to the share of its reporters that are fresh."""

    def __init__(self, book: SupplyBook, medicines: Ints, totals: Totals, shares: Mapping[str, float], least: float) -> None:
        self.names = sorted({place[2] for place in book.places if place[2] is not None and place[0] in TIERS})
        self._medicines = medicines
        self._slots = {number: n for n, number in enumerate(medicines.tolist())}
        self._known = [shares.get(name, 0.0) >= least for name in self.names]
        self._sums = self._summed(book, medicines, totals)

    def _summed(self, book: SupplyBook, medicines: Ints, totals: Totals) -> Floats:
        """A row a (medicine, region): counted packs, packs a day."""
        width = len(self.names)
        numbers = {name: n for n, name in enumerate(self.names)}
        region = ints(numbers[p[2]] if p[2] is not None and p[0] in TIERS else -1 for p in book.places)
        dispenses = ints(p[0] is Tier.COMMUNITY_PHARMACY for p in book.places)
        rank = filled(len(book.medicines), 0)
        rank[medicines] = range(len(medicines))
        at = book.groups_at.rows[totals.chosen]
        inside = region[at[:, PLACE]] >= 0
        at, rows = at[inside], totals.counted[inside].copy()
        rows[:, 1] *= dispenses[at[:, PLACE]]
        return grouped(rows, rank[at[:, 0]] * width + region[at[:, PLACE]], len(medicines) * width)

    def short(self, days: float) -> set[int]:
        """Numbers of the medicines with a known region under so many days."""
        stock, use = self._sums[:, 0], self._sums[:, 1]
        slots = ((use > 0) & (stock < days * use)).nonzero()[0]
        width = max(len(self.names), 1)
        found = zip(self._medicines[slots // width].tolist(), (slots % width).tolist(), strict=True)
        return {medicine for medicine, region in found if self._known[region]}

    def days(self, medicine: int) -> Iterator[tuple[str, float | None]]:
        """Days of supply of one medicine in every region; None where they are not known."""
        first = self._slots[medicine] * len(self.names)
        rows = self._sums[first : first + len(self.names)].tolist()
        for name, known, (stock, use) in zip(self.names, self._known, rows, strict=True):
            used = round(use, _DIGITS)
            yield name, round(stock / used, _DIGITS) if known and used > 0 else None
