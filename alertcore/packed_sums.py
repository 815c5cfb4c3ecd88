"""Sums by medicine and place, and the cells of many positions, as columns. Imports numpy, as `packed.py` does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any, overload

import numpy as np

from alertcore.packed import Bools, Floats, Ints
from alertcore.records.stock import Circuit, PositionCell, Tier

Place = tuple[Tier, Circuit, str | None]
_DIGITS = 1e6


def rounded(values: Floats) -> Floats:
    """To six digits after the point."""
    out: Floats = np.rint(values * _DIGITS) / _DIGITS
    return out


def told(by: Floats, of: Floats | None = None) -> list[float | None]:
    """`by`, or `of` divided by it, rounded; None where `by` is not above zero."""
    known = by > 0
    values = by if of is None else rounded(np.divide(of, by, out=np.zeros(len(by)), where=known))
    return [value if is_known else None for value, is_known in zip(values.tolist(), known.tolist(), strict=True)]


def masked(flags: Sequence[bool]) -> Bools:
    """Flags as a column."""
    return np.array(flags, np.bool_)


def floats(numbers: Sequence[float]) -> Floats:
    """Numbers as a column."""
    return np.array(numbers, np.float64)


def in_order(*columns: Ints) -> Ints:
    """Numbers of rows in rising order of the first column, then of the next."""
    return np.lexsort(columns[::-1])


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Sums of medicines in places, medicine after medicine, each in the order of its places.

    place: number of the place. packs; counted: packs weighted by their size; daily: counted packs a day. of: row of the medicine.
    first: where each medicine's begin, and where the last one's end.
    """

    place: Ints
    packs: Ints
    counted: Floats
    daily: Floats
    of: Ints
    first: Ints

    def summed(self, where: Bools | None = None) -> tuple[Ints, Floats, Floats]:
        """(packs, counted, daily) of each medicine, in all places or where `where` holds by place number."""
        n, on = len(self.first) - 1, slice(None) if where is None else where[self.place]
        of = self.of[on]
        sums: list[Floats] = [np.bincount(of, column[on], n).astype(np.float64) for column in (self.packs, self.counted, self.daily)]
        return sums[0].astype(np.int64), sums[1], sums[2]


class CellColumns:
    """Cells of the positions of many medicines, as columns over the rows of Groups. use, days: NaN where not known.

    written: what the codec keeps of it, so that the cells of all are turned into bytes at once.
    """

    __slots__ = ("days", "first", "packs", "place", "places", "share", "use", "written")

    def __init__(self, groups: Groups, places: Sequence[Place], telling: Bools, share: Floats) -> None:
        """`telling`: places of which daily use may be told. `share`: of each place's reporters that are fresh."""
        self.places, self.place, self.share, self.first = places, groups.place, share, groups.first.tolist()
        self.packs = groups.packs
        use = np.where(telling[groups.place] & (groups.daily > 0), rounded(groups.daily), np.nan)
        self.use: Floats = np.where(use > 0, use, np.nan)
        self.days = rounded(groups.counted / self.use)
        self.written: list[bytes] | None = None

    def of(self, row: int) -> Cells:
        """Cells of one medicine."""
        return Cells(self, row)

    def contents(self, row: int) -> tuple[Any, Any]:
        """Bytes of packs and of daily use of one medicine's cells."""
        at = slice(self.first[row], self.first[row + 1])
        return self.packs[at].data, self.use[at].data

    def cell(self, n: int) -> PositionCell:
        """One row as a record."""
        tier, circuit, region = self.places[self.place[n]]
        use, days = float(self.use[n]), float(self.days[n])
        return PositionCell(
            tier=tier,
            circuit=circuit,
            region=region,
            saleable=int(self.packs[n]),
            daily_use=None if isnan(use) else use,
            days=None if isnan(days) else days,
            reporters_share=float(self.share[self.place[n]]),
        )


class Cells(Sequence[PositionCell]):
    """Cells of one position that stay columns until somebody looks at one: equal to a tuple of the same records."""

    __slots__ = ("columns", "row")

    def __init__(self, columns: CellColumns, row: int) -> None:
        self.columns, self.row = columns, row

    def __len__(self) -> int:
        first = self.columns.first
        return int(first[self.row + 1]) - int(first[self.row])

    @overload
    def __getitem__(self, at: int) -> PositionCell: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[PositionCell, ...]: ...
    def __getitem__(self, at: int | slice) -> PositionCell | tuple[PositionCell, ...]:
        first = self.columns.first[self.row]
        numbers = range(first, first + len(self))[at]
        return self.columns.cell(numbers) if isinstance(numbers, int) else tuple([self.columns.cell(n) for n in numbers])

    def __iter__(self) -> Iterator[PositionCell]:
        return iter(self[:])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Cells | tuple) and self[:] == tuple(other)

    def __hash__(self) -> int:
        return hash(self[:])

    def __repr__(self) -> str:
        return repr(self[:])
