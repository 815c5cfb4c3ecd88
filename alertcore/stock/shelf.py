"""The lots of one reporter, as far as its reports tell them: what is there, what of it is set aside, and when that was last told.

A report that tells lots of a pack tells all of them. One that names the pack without its lots leaves them as they were, not known since;
unless nothing of the pack is there, or nothing is for sale. What a full report leaves out is not there.
"""

from __future__ import annotations

import struct
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from alertcore import statejson
from alertcore.records.stock import Reporter, ReportKind, StockSheet

ALL = 2**31 - 1
"""Packs set aside of a pack of which nothing is for sale."""
_HEAD = struct.Struct("<II")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One lot on a shelf. packs: present. aside: packs of its presentation that are not for sale, this lot's or another's.

    told: when a report last told it; None where the newest does.
    """

    packs: int
    aside: int
    told: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfHead:
    """Whose shelf. observed: of the newest report. stale: (number, time) of lots that it does not tell."""

    reporter: Reporter
    observed: datetime
    stale: tuple[Stale, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """A lot told last by an earlier report."""

    number: int
    told: datetime


@dataclass(frozen=True, slots=True)
class Shelf:
    """All lots of one reporter in 12 bytes each, by rising lot number."""

    head: ShelfHead
    numbers: array[int]
    packs: array[int]
    aside: array[int]

    @staticmethod
    def of(reporter: Reporter, observed: datetime, spots: dict[int, Spot]) -> Shelf:
        """From what is known of each lot number."""
        numbers = sorted(spots)
        found = [spots[n] for n in numbers]
        stale = tuple(Stale(number=n, told=spot.told) for n, spot in zip(numbers, found, strict=True) if spot.told is not None)
        columns = (array("i", numbers), array("i", (s.packs for s in found)), array("i", (s.aside for s in found)))
        return Shelf(ShelfHead(reporter=reporter, observed=observed, stale=stale), *columns)

    def spots(self) -> dict[int, Spot]:
        """What is known of each lot number."""
        told = {s.number: s.told for s in self.head.stale}
        rows = zip(self.numbers, self.packs, self.aside, strict=True)
        return {n: Spot(packs=packs, aside=aside, told=told.get(n)) for n, packs, aside in rows}

    def dump(self) -> bytes:
        """Lengths, the head as JSON, the columns."""
        head, n = statejson.dump(self.head), len(self.numbers)
        columns = (struct.pack(f"<{n}i", *column) for column in (self.numbers, self.packs, self.aside))
        return b"".join((_HEAD.pack(len(head), n), head, *columns))

    @staticmethod
    def load(raw: bytes) -> Shelf:
        """What `dump` wrote."""
        size, n = _HEAD.unpack_from(raw)
        start = _HEAD.size + size
        head: ShelfHead = statejson.load(ShelfHead, raw[_HEAD.size : start])
        return Shelf(head, *(array("i", struct.unpack_from(f"<{n}i", raw, start + 4 * n * column)) for column in range(3)))


@dataclass(frozen=True, slots=True)
class _Line:
    on_hand: int
    aside: int


def restocked(
    old: Shelf | None,
    sheet: StockSheet,
    number: Callable[[str, str, int], int],
    pack_of: Callable[[int], str],
    kept: Callable[[int], bool],
) -> Shelf | None:
    """The shelf after a newer report, or None where nothing of it is known.

    number: of (cip13, lot, medicine). pack_of: cip13 of a lot number. kept: lots remembered although nothing of them is left.
    """
    lines = _lines(sheet)
    spots: dict[int, Spot] = {}
    for (cip13, lot), packs in _told(sheet).items():
        line, medicine = lines.get(cip13, (_Line(packs, 0), 0))
        n = number(cip13, lot, medicine)
        if packs or kept(n):
            spots[n] = Spot(packs=packs, aside=line.aside)
    packs_told = {lot.cip13 for lot in sheet.lots}
    for n, spot in old.spots().items() if old else ():
        if n not in spots:
            cip13 = pack_of(n)
            left = _left(spot, old.head.observed if old else sheet.observed_at, cip13 in packs_told, lines.get(cip13), sheet.kind)
            if left.packs or kept(n):
                spots[n] = left
    return Shelf.of(sheet.reporter, sheet.observed_at, spots) if spots else None


def _left(spot: Spot, observed: datetime, other_lots: bool, line: tuple[_Line, int] | None, kind: ReportKind) -> Spot:
    """What is known of a lot that the newest report does not name."""
    gone = Spot(packs=0, aside=0)
    if other_lots or (line is None and kind is ReportKind.FULL):
        return gone
    told = spot.told or observed
    if line is None:
        return Spot(packs=spot.packs, aside=spot.aside, told=told)
    if line[0].on_hand == 0:
        return gone
    packs = min(spot.packs, line[0].on_hand)
    return Spot(packs=packs, aside=line[0].aside, told=None if line[0].aside == ALL else told)


def _told(sheet: StockSheet) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = defaultdict(int)
    for lot in sheet.lots:
        found[lot.cip13, lot.lot] += lot.on_hand
    return found


def _lines(sheet: StockSheet) -> dict[str, tuple[_Line, int]]:
    n = sheet.lines
    columns = (_column(sheet.cip13, n, "q"), *(_column(raw, n, "i") for raw in (sheet.cis, sheet.on_hand, sheet.saleable)))
    return {
        f"{cip13:013}": (_Line(on_hand, on_hand - saleable if saleable > 0 else ALL), cis)
        for cip13, cis, on_hand, saleable in zip(*columns, strict=True)
    }


def _column(raw: bytes, n: int, of: str) -> Iterable[int]:
    return struct.unpack(f"<{n}{of}", raw)
