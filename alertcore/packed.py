"""Stock as columns of numbers: sheets, a reporter's last report, tables that grow, marks. Imports numpy, as `packed_*.py` do.

Counts are packs as int64. Packs a day are whole multiples of 1/DAILY_SCALE, so that sums are exact in any order.
"""

from __future__ import annotations

import struct
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alertcore.records.stock import Partial, ReportKind, StockSheet

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

DAILY_SCALE, NEVER = 1 << 14, 1 << 62
_DAILY_MOST = (1 << 31) / DAILY_SCALE - 1
_PARTS = 64
_HOLDING = struct.Struct("<qIHHI")
_MARKS = struct.Struct("<q")

EEA = (
    *("AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT", "NL"),
    *("PL", "PT", "RO", "SK", "SI", "ES", "SE", "IS", "LI", "NO", "EL", "GP", "MQ", "GF", "RE", "YT", "MF"),
)
"""EU 27 with IS, LI, NO (CSP L.5121-29); EL is the Union's own code of Greece, the last six are French regions with codes of their own."""


_IN_EEA = np.zeros(1 << 16, np.bool_)
_IN_EEA[np.frombuffer("".join((*EEA, "  ", "\0\0")).encode(), "<u2")] = True  # an absent place is the agency's country


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Lines of one report by rising CIP13, one each: cip13, cis, saleable packs, packs a day (scaled), held in the EEA.

    periods: days of each line's packs a day, 0 where not told; None where no line tells fewer than 28. told: any line tells packs a day.
    """

    cip13: Ints
    cis: Ints
    saleable: Ints
    daily: Ints
    eea: Bools
    periods: Ints | None = None
    told: bool = True

    def at(self, where: NDArray[Any]) -> Lines:
        """Some of the lines, by mask or numbers."""
        periods = None if self.periods is None else self.periods[where]
        return Lines(self.cip13[where], self.cis[where], self.saleable[where], self.daily[where], self.eea[where], periods, self.told)

    def values(self) -> Ints:
        """A row a line, as in a Holding."""
        return np.stack((self.saleable, self.saleable * self.eea, self.daily), axis=1)


def read_lines(sheet: StockSheet) -> Lines:
    """Columns of a sheet without the lines whose medicine is not known yet; of a product named twice the later line. ValueError if torn."""
    n = sheet.lines
    dispensed = np.frombuffer(sheet.dispensed, "<f4", n).astype(np.float64)
    lines = Lines(
        np.frombuffer(sheet.cip13, "<i8", n),
        np.frombuffer(sheet.cis, "<i4", n).astype(np.int64),
        np.frombuffer(sheet.saleable, "<i4", n).astype(np.int64),
        np.rint(dispensed.clip(0, _DAILY_MOST) * DAILY_SCALE).astype(np.int64),
        _IN_EEA[np.frombuffer(sheet.country, "<u2", n)],
        np.frombuffer(sheet.periods, "<u2", n).astype(np.int64) if sheet.periods else None,
        bool((dispensed >= 0).any()),
    )
    if not lines.cis.all():
        lines = lines.at(lines.cis != 0)
    if not (lines.cip13[1:] > lines.cip13[:-1]).all():
        lines = lines.at(lines.cip13.argsort(kind="stable"))
        lines = lines.at(np.append(lines.cip13[1:] != lines.cip13[:-1], True)[: len(lines.cip13)])
    return lines


class Packed(ABC):
    """A state value made of columns: equal where its bytes are."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    @abstractmethod
    def dump(self) -> bytes:
        """The same bytes for the same value."""

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and isinstance(other, Packed) and self.dump() == other.dump()


@dataclass(frozen=True, slots=True, eq=False)
class Holding(Packed):
    """A reporter's last report in 13 bytes a line, by rising CIP13: number of its cell, saleable packs, packs a day (scaled), in the EEA.

    number: the reporter's own in its partition, from 0. observed: microseconds since 1970 UTC. place: tier|circuit|region|owner.
    """

    number: int
    report_id: str
    observed: int
    place: str
    cells: NDArray[Any]
    packs: NDArray[Any]
    eea: Bools

    @staticmethod
    def of(number: int, report_id: str, observed: int, place: str, cells: NDArray[Any], values: Ints) -> Holding:
        """From values as `values()` gives them."""
        packs = values[:, ::2].astype("<i4")
        return Holding(number, report_id, observed, place, cells.astype("<i4", copy=False), packs, values[:, 1] == values[:, 0])

    def values(self) -> Ints:
        """A row a line: saleable packs, of these held in the EEA, packs a day (scaled)."""
        out = np.empty((len(self.cells), 3), np.int64)
        out[:, ::2] = self.packs
        np.multiply(out[:, 0], self.eea, out=out[:, 1])
        return out

    def dump(self) -> bytes:
        """20 bytes of head, the texts, then 13 bytes a line."""
        ident, place = self.report_id.encode(), self.place.encode()
        head = _HOLDING.pack(self.observed, self.number, len(ident), len(place), len(self.cells))
        return b"".join((head, ident, place, self.cells.tobytes(), self.packs.tobytes(), self.eea.tobytes()))

    @staticmethod
    def load(raw: bytes) -> Holding:
        """What `dump` wrote."""
        observed, number, idents, places, n = _HOLDING.unpack_from(raw)
        start = _HOLDING.size + idents + places
        ident, place = raw[_HOLDING.size : start - places].decode(), raw[start - places : start].decode()
        cells, packs = np.frombuffer(raw, "<i4", n, start), np.frombuffer(raw, "<i4", 2 * n, start + 4 * n).reshape(n, 2)
        return Holding(number, ident, observed, place, cells, packs, np.frombuffer(raw, np.bool_, n, start + 12 * n))


@dataclass(frozen=True, slots=True, eq=False)
class Marks(Packed):
    """Small numbers marked since an instant (microseconds), cheap to add to; written as one bit each."""

    since: int
    parts: tuple[Ints, ...] = ()

    def add(self, numbers: Ints) -> Marks:
        """With `numbers` marked as well."""
        parts = (*self.parts, numbers)
        return Marks(self.since, parts if len(parts) < _PARTS else (np.concatenate(parts),))

    def numbers(self) -> Ints:
        """All marked, rising, each once."""
        return union(*self.parts)

    def dump(self) -> bytes:
        """The instant, then the bits."""
        return _MARKS.pack(self.since) + np.packbits(_crossed(self.parts)).tobytes()

    @staticmethod
    def load(raw: bytes) -> Marks:
        """What `dump` wrote."""
        return Marks(_MARKS.unpack_from(raw)[0], (np.flatnonzero(np.unpackbits(np.frombuffer(raw, np.uint8, offset=_MARKS.size))),))


class Grid:
    """A table of numbers that grows by rows: new rows are zero."""

    def __init__(self, width: int, of: str = "i8") -> None:
        self.n = 0
        self.rows: NDArray[Any] = np.zeros((256, width), of)

    def grow(self, n: int) -> None:
        """At least `n` rows."""
        if n > len(self.rows):
            more = np.zeros((max(n, 2 * len(self.rows)), self.rows.shape[1]), self.rows.dtype)
            more[: self.n] = self.rows[: self.n]
            self.rows = more
        self.n = max(self.n, n)

    def extend(self, rows: Sequence[tuple[int, ...]]) -> int:
        """More rows; the number of the first."""
        first = self.n
        self.grow(first + len(rows))
        if rows:
            self.rows[first : self.n] = rows
        return first

    def block(self, number: int, size: int) -> Block:
        """A copy of the block of `size` rows, zeros where there are none yet."""
        self.grow((number + 1) * size)
        return Block(self.rows[number * size : (number + 1) * size].copy())

    def put(self, number: int, size: int, block: Block) -> None:
        """Restores a block of `size` rows."""
        first = number * size
        self.grow(first + len(block.rows))
        self.rows[first : first + len(block.rows)] = block.rows


@dataclass(frozen=True, slots=True, eq=False)
class Block(Packed):
    """Some rows of a grid, as kept in state. Zero rows at the end are not written."""

    rows: Ints

    def dump(self) -> bytes:
        """Width, then the rows up to the last that is not zero."""
        used = int(np.flatnonzero(self.rows.any(axis=1)).max(initial=-1)) + 1
        return bytes([self.rows.shape[1]]) + self.rows[:used].astype("<i8").tobytes()

    @staticmethod
    def load(raw: bytes) -> Block:
        """What `dump` wrote."""
        return Block(np.frombuffer(raw, "<i8", offset=1).astype(np.int64).reshape(-1, raw[0]))


same = np.array_equal


def merge(lines: Lines, cip13: Ints, cis: Ints, values: Ints, kind: ReportKind) -> tuple[Ints, Ints, Ints]:
    """(cip13, cis, values) of a report over the last: what it leaves out is zero in a full report, unchanged in one of changes."""
    left = ~np.isin(cip13, lines.cip13, assume_unique=True)
    kept = values[left] if kind is ReportKind.CHANGES else np.zeros((int(left.sum()), values.shape[1]), np.int64)
    codes = np.concatenate((lines.cip13, cip13[left]))
    order = codes.argsort()
    return codes[order], np.concatenate((lines.cis, cis[left]))[order], np.concatenate((lines.values(), kept))[order]


def union(*parts: NDArray[Any]) -> Ints:
    """Every one of some small numbers once, rising. Crossing them off on a list is faster than sorting them."""
    return np.flatnonzero(_crossed(parts))


def _crossed(parts: Sequence[NDArray[Any]]) -> Bools:
    """True at each of the numbers."""
    mask = np.zeros(max((int(part.max()) + 1 for part in parts if len(part)), default=0), np.bool_)
    for part in parts:
        mask[part] = True
    return mask


def ints(numbers: Iterable[int]) -> Ints:
    """Numbers as a column."""
    return np.fromiter(numbers, np.int64)


def filled(n: int, value: int) -> Ints:
    """A column of `n` times one number."""
    return np.full(n, value, np.int64)


def grouped(rows: NDArray[Any], groups: Ints, n: int) -> Floats:
    """Sums of rows by group number 0..n-1; whole numbers are exact below 2**53."""
    return np.stack([np.bincount(groups, column, n) for column in rows.T], axis=1)


def least(values: Ints, groups: Ints, n: int) -> Ints:
    """Least value by group number 0..n-1; NEVER where a group has none."""
    out = filled(n, NEVER)
    np.minimum.at(out, groups, values)
    return out


def sums_of(partial: Partial) -> Ints:
    """A row a cell: saleable, reserve, packs a day (scaled), reporters, oldest observation."""
    daily = np.rint(np.frombuffer(partial.daily, "<f8") * DAILY_SCALE).astype(np.int64)
    saleable, reserve, oldest = (np.frombuffer(raw, "<i8") for raw in (partial.saleable, partial.reserve, partial.oldest))
    return np.stack((saleable, reserve, daily, np.frombuffer(partial.reporters, "<i4"), oldest), axis=1)
