"""What a reporter that counts over fewer than 28 days dispenses a day, over 28 days: a window of weeks. Imports numpy, as `packed.py` does.

A report tells the packs dispensed over some days before it. Those days that an earlier report has told already are not counted twice, and
days that nobody told are left out of the mean. Weeks begin with the first day told, so that who reports every week, or every day, is
summed exactly but for the week in which the 28 days begin: of that the days that count are taken at its mean.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alertcore.packed import DAILY_SCALE, Bools, Holding, Ints, Lines, Packed

DAYS = 28
WEEK, WEEKS = 7, 5
"""Four weeks and the one in which the 28 days begin."""
_MOST = 65_504.0
"""Packs of one line in a week that a half-precision number holds; what is more is taken for so many."""
_HEAD = struct.Struct("<qqiI5d")
_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What a report tells of what was dispensed, a row a line of the holding: packs a day (scaled), 0 where not told.

    own: lines counted over 28 days and more, whose own figure holds. days: over which the others were counted, 0 where none was told.
    """

    rates: Ints
    own: Bools
    days: int


def told_of(lines: Lines, cip13: Ints) -> Told:
    """What a report tells, for the lines of a holding by rising CIP13. A line that it does not name sold nothing since the last."""
    rates, periods = np.zeros(len(cip13), np.int64), np.zeros(len(cip13), np.int64)
    at = cip13.searchsorted(lines.cip13)
    rates[at] = lines.daily
    if lines.periods is not None:
        periods[at] = lines.periods
    short = periods < DAYS
    return Told(rates, ~short, int(periods[short].max(initial=0)))


@dataclass(frozen=True, slots=True, eq=False)
class Use(Packed):
    """Packs dispensed by week and line, of one reporter. since, observed: microseconds; the first day told, and the last report.

    week: the last week, from 0. days: told of each week, the last one first. packs: a row a line in the order of `cells`, likewise.
    """

    since: int
    observed: int
    week: int
    days: tuple[float, ...]
    cells: NDArray[Any]
    packs: NDArray[Any]

    @property
    def brief(self) -> bool:
        """Whether what is known began within the last 28 days, or is of fewer than half of them."""
        return self.observed - self.since < (DAYS - 0.5) * _DAY_US or self.known_days < DAYS / 2

    @property
    def known_days(self) -> float:
        """Days of the last 28 that were told."""
        return float((np.array(self.days) * self._weights()).sum())

    def _weights(self) -> NDArray[Any]:
        """Share of each week that lies in the last 28 days."""
        ends = (self.observed - self.since) / _DAY_US
        begins = WEEK * (self.week - np.arange(WEEKS))
        return ((begins + WEEK - (ends - DAYS)) / WEEK).clip(0, 1)

    def a_day(self) -> Ints:
        """Packs a day of each line over the last 28 days, or as many of them as were told, scaled."""
        known = self.known_days
        sums = (self.packs.astype(np.float64) * self._weights()).sum(axis=1)
        return np.rint(sums * (DAILY_SCALE / known)).astype(np.int64) if known > 0 else np.zeros(len(sums), np.int64)

    def dump(self) -> bytes:
        """The head, then 14 bytes a line."""
        head = _HEAD.pack(self.since, self.observed, self.week, len(self.cells), *self.days)
        return head + self.cells.astype("<i4").tobytes() + self.packs.astype("<f2").tobytes()

    @staticmethod
    def load(raw: bytes) -> Use:
        """What `dump` wrote."""
        since, observed, week, n, *days = _HEAD.unpack_from(raw)
        cells = np.frombuffer(raw, "<i4", n, _HEAD.size)
        packs = np.frombuffer(raw, "<f2", n * WEEKS, _HEAD.size + 4 * n).reshape(n, WEEKS)
        return Use(since, observed, week, tuple(days), cells, packs)


def over_28_days(before: Use | None, old: Holding | None, new: Holding, cip13: Ints, lines: Lines) -> tuple[Holding, Use | None]:
    """The holding with its packs a day over 28 days, and the window they are of; None where the reporter's own figures stand for as many.

    cip13: of the new holding's lines. before, old: as the last report left them.
    """
    if lines.periods is None and lines.told:
        return new, None
    told = told_of(lines, cip13)
    if before is None and old is not None:
        before = begun(old)
    use = after(before, told, new.cells, new.observed)
    values = new.values()
    alone = use.known_days <= told.days + 1e-6  # nothing else is known: its own figures, to the digit
    values[:, 2] = np.where(told.own | alone, told.rates, use.a_day())
    return Holding.of(new.number, new.report_id, new.observed, new.place, new.cells, values), use


def begun(last: Holding) -> Use:
    """Four weeks up to a report whose own figures stand for 28 days; none known where it told that nothing was dispensed at all."""
    rates = last.values()[:, 2]
    if not rates.any():
        return _nothing(last.observed, last.cells)
    packs = np.zeros((len(rates), WEEKS), "<f2")
    packs[:, : WEEKS - 1] = _half(rates[:, None] * (WEEK / DAILY_SCALE))
    return Use(last.observed - DAYS * _DAY_US, last.observed, WEEKS - 2, (7.0,) * (WEEKS - 1) + (0.0,), last.cells, packs)


def _nothing(since: int, cells: NDArray[Any]) -> Use:
    return Use(since, since, 0, (0.0,) * WEEKS, cells, np.zeros((len(cells), WEEKS), "<f2"))


def after(before: Use | None, told: Told, cells: NDArray[Any], observed: int) -> Use:
    """With a report. before: None for a reporter that was never heard."""
    before = before or _nothing(observed - told.days * _DAY_US, cells)
    ends = (observed - before.since) / _DAY_US
    begins = max(ends - told.days, (before.observed - before.since) / _DAY_US)
    week = max(ceil(ends / WEEK) - 1, before.week)
    packs = _moved(before, cells, week - before.week)
    days = ((0.0,) * min(week - before.week, WEEKS) + before.days)[:WEEKS]
    found = list(days)
    for place in range(WEEKS):
        first = WEEK * (week - place)
        span = min(ends, first + WEEK) - max(begins, first)
        if span > 0:
            found[place] += span
            packs[:, place] = _half(packs[:, place] + told.rates * (span / DAILY_SCALE))
    return Use(before.since, observed, week, tuple(found), cells, packs)


def _moved(before: Use, cells: NDArray[Any], weeks: int) -> NDArray[Any]:
    """The packs of before for the lines of now, some weeks later."""
    packs = np.zeros((len(cells), WEEKS), np.float64)
    kept = max(WEEKS - weeks, 0)
    if not kept:
        return packs.astype("<f2")
    if np.array_equal(before.cells, cells):
        packs[:, weeks:] = before.packs[:, :kept]
    else:
        order = before.cells.argsort()
        place = np.minimum(before.cells[order].searchsorted(cells), max(len(order) - 1, 0))
        same = before.cells[order][place] == cells if len(order) else np.zeros(len(cells), np.bool_)
        packs[same, weeks:] = before.packs[order][place[same], :kept]
    return packs.astype("<f2")


def _half(packs: NDArray[Any]) -> NDArray[Any]:
    half: NDArray[Any] = np.minimum(packs, _MOST).astype("<f2")
    return half
