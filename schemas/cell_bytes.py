"""Cells of many positions from columns straight to Avro bytes: all at once, and byte for byte what the writer of records makes of each.

Loaded only where positions are written, as it imports numpy. A row of a table has room for the longest cell; a mask says which bytes of
it are there.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alertcore.packed_sums import CellColumns, Cells, Place
from schemas.catalogue import catalogue
from schemas.numbers import number

Table = tuple[NDArray[np.uint8], NDArray[np.bool_]]
FIELDS = ["tier", "circuit", "region", "saleable", "daily_use", "days", "reporters_share"]
"""Fields of PositionCell in the order they are written here."""


def written(cells: Cells) -> bytes:
    """The cells as an Avro array."""
    columns = cells.columns
    if columns.written is None:
        columns.written = _all(columns)
    return columns.written[cells.row]


def _all(columns: CellColumns) -> list[bytes]:
    """The array of every position."""
    heads = _texts([_head(place) for place in columns.places], columns.place)
    shares = columns.share.astype("<f8").view(np.uint8).reshape(-1, 8)[columns.place]
    tables = (heads, _numbers(columns.packs), _optional(columns.use), _optional(columns.days), (shares, np.ones(shares.shape, np.bool_)))
    there = np.concatenate([mask for _, mask in tables], axis=1)
    joined = np.concatenate([raw for raw, _ in tables], axis=1)[there].tobytes()
    ends = [0, *there.sum(axis=1).cumsum().tolist()]
    first = columns.first
    return [_array(end - begin, joined[ends[begin] : ends[end]]) for begin, end in pairwise(first)]


def _array(count: int, items: bytes) -> bytes:
    return b"%b%b\0" % (number(count), items) if count else b"\0"


def _head(place: Place) -> bytes:
    """Tier, circuit and region."""
    symbols = _symbols()
    tier, circuit, region = place
    code = None if region is None else region.encode()
    return symbols[tier] + symbols[circuit] + (b"\0" if code is None else b"\2" + number(len(code)) + code)


def _symbols() -> dict[str, bytes]:
    """Numbers of the symbols of tier and circuit; no word is in both at another place."""
    parsed: Any = catalogue().latest("Position").parsed
    named = parsed["__named_schemas"]
    cell = named["tocsin.v1.PositionCell"]["fields"]
    assert [field["name"] for field in cell] == FIELDS, "PositionCell has other fields than are written here"
    return {s: number(i) for name in ("Circuit", "Tier") for i, s in enumerate(named[f"tocsin.v1.{name}"]["symbols"])}


def _texts(texts: list[bytes], of: NDArray[Any]) -> Table:
    """One of some short texts in each row."""
    width = max(map(len, texts), default=0)
    raw = np.frombuffer(b"".join(text.ljust(width, b"\0") for text in texts), np.uint8).reshape(-1, width)
    there = np.arange(width) < np.array([len(text) for text in texts])[:, None]
    return raw[of], there[of]


def _numbers(values: NDArray[np.int64]) -> Table:
    """Whole numbers: zigzag, seven bits a byte, the lowest first."""
    left: NDArray[np.uint64] = ((values << 1) ^ (values >> 63)).view(np.uint64)
    raw: list[NDArray[np.uint8]] = []
    there: list[NDArray[np.bool_]] = []
    more = np.ones(len(values), np.bool_)
    while not raw or more.any():
        there.append(more)
        more = left > 0x7F
        raw.append((left & 0x7F | more * np.uint64(0x80)).astype(np.uint8))
        left >>= np.uint64(7)
    return np.stack(raw, axis=1), np.logical_and.accumulate(np.stack(there, axis=1), axis=1)


def _optional(values: NDArray[np.float64]) -> Table:
    """Doubles that may be absent (NaN)."""
    raw = np.zeros((len(values), 9), np.uint8)
    there = np.ones(raw.shape, np.bool_)
    known = ~np.isnan(values)
    raw[:, 0] = known * 2
    raw[:, 1:] = values.astype("<f8").view(np.uint8).reshape(-1, 8)
    there[:, 1:] = known[:, None]
    return raw, there
