"""Stock lines of the ordinary kind straight out of Avro bytes, as columns: several times as fast as a value a line.

A line without deliveries and batches is a regular language over bytes (CIP13, then numbers of one to ten bytes, each perhaps
absent), so one compiled expression finds all lines of a report. Anything else in them is left to the general reader.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_NUMBER = rb"([\x80-\xff]{0,9}[\x00-\x7f])"
_MAYBE = rb"(?:\x00|\x02" + _NUMBER + rb")"
_COUNTRY = rb"(?:\x00|\x02\x04([A-Z]{2}))"
_NO_INCOMING, _NO_LOTS = rb"\x00", rb"(?:\x00|\x02\x00)"
_LINE = rb"\x1a([0-9]{13})" + _NUMBER + _MAYBE * 2 + _COUNTRY + _MAYBE * 2 + _NO_INCOMING + _NO_LOTS
_ONE = re.compile(_LINE, re.DOTALL)
_LEADING_NUMBER = re.compile(_NUMBER, re.DOTALL)
_KEPT = 65_536

NAMES = ("cip13", "on_hand", "saleable", "blocked", "location_country", "dispensed", "period_days")
"""Columns of FlatLines, in the order of the schema."""


@dataclass(frozen=True, slots=True)
class FlatLines:
    """Columns of equal length; None where a line does not say. No line has deliveries or batches."""

    cip13: list[str]
    on_hand: list[int]
    saleable: list[int | None]
    blocked: list[int | None]
    location_country: list[str | None]
    dispensed: list[int | None]
    period_days: list[int | None]

    def lines(self) -> list[Mapping[str, Any]]:
        """The same as lines."""
        columns = [getattr(self, name) for name in NAMES]
        return [dict(zip(NAMES, values, strict=True)) for values in zip(*columns, strict=True)]


def flat_of(lines: list[dict[str, Any]]) -> FlatLines:
    """Columns of plain JSON lines that are flat (see `are_flat`)."""
    return FlatLines(
        [line["cip13"] for line in lines],
        [line["on_hand"] for line in lines],
        [line.get("saleable") for line in lines],
        [line.get("blocked") for line in lines],
        [line.get("location_country") for line in lines],
        [line.get("dispensed") for line in lines],
        [line.get("period_days") for line in lines],
    )


def scan_lines(raw: bytes, start: int) -> FlatLines | None:
    """Lines of the array that begins at `start` and ends the value; None if they need the general reader.

    The array must be written as one block with a plain count, as writers do that know their values beforehand.
    """
    if raw[start:] == b"\0":
        return FlatLines([], [], [], [], [], [], [])
    found = _LEADING_NUMBER.match(raw, start)
    if found is None or (count := _NUMBERS[found[1]]) <= 0 or raw[-1:] != b"\0":
        return None
    begin, end = found.end(), len(raw) - 1
    rows = _ONE.findall(raw, begin, end)
    if len(rows) != count or not _cover(raw, begin, end, count):
        return None
    cip13, hand, saleable, blocked, country, dispensed, days = zip(*rows, strict=True)
    number = _NUMBERS.__getitem__
    return FlatLines(
        [code.decode() for code in cip13],
        [number(n) for n in hand],
        [number(n) if n else None for n in saleable],
        [number(n) if n else None for n in blocked],
        [c.decode() if c else None for c in country],
        [number(n) if n else None for n in dispensed],
        [number(n) if n else None for n in days],
    )


def _cover(raw: bytes, begin: int, end: int, count: int) -> bool:
    """Whether `count` lines follow one another without a gap: what `findall` skipped would be no line."""
    exact = _EXACT.get(count)
    if exact is None:
        if len(_EXACT) >= _EXACT_KEPT or count > _EXACT_MAX:
            return _walk(raw, begin, end, count)
        exact = _EXACT[count] = re.compile(rb"(?:" + _UNGROUPED + rb"){%d}" % count, re.DOTALL)
    return exact.fullmatch(raw, begin, end) is not None


def _walk(raw: bytes, begin: int, end: int, count: int) -> bool:
    for _ in range(count):
        found = _ONE.match(raw, begin, end)
        if found is None:
            return False
        begin = found.end()
    return begin == end


_UNGROUPED = re.sub(rb"\((?!\?)", rb"(?:", _LINE)
_EXACT: dict[int, re.Pattern[bytes]] = {}
_EXACT_KEPT, _EXACT_MAX = 256, 60_000


class _Numbers(dict[bytes, int]):
    """Avro's variable-length numbers, remembered: a report's packs are mostly small."""

    def __missing__(self, raw: bytes) -> int:
        value = 0
        for place, byte in enumerate(raw):
            value |= (byte & 0x7F) << (7 * place)
        value = (value >> 1) ^ -(value & 1)
        if len(self) < _KEPT:
            self[raw] = value
        return value


_NUMBERS = _Numbers()
