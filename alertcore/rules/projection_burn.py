"""The estimator of rule `projection`: the robust net burn of a stock, and the day by which it is used up, with its interval.

Net burn: the median of the changes from one day's last stock to the next day's, days that are not known left out. Interval of a date: the
distribution-free interval of the median by order statistics, from the k-th least to the k-th greatest change, k the greatest number with
2 P(B < k) <= 5 % for B binomial (n, 1/2), so at least 95 % (W. J. Conover, Practical Nonparametric Statistics, 3rd ed., section 3.2).
For 28 changes k is 9.

Deliveries that come now and then are no part of a median: those announced are added on their day. One that is announced for the day by
whose end stock is used up comes in time, as an announced return does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from math import ceil, comb

HORIZON_DAYS = 366
"""Dates further away are not told."""
HAIR = 1e-9
_ODDS = 20
"""One in so many intervals may miss the median."""

Coming = Sequence[tuple[int, float]]
"""Announced deliveries by rising day: days from today, packs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Burn:
    """Packs a day by which stock changes, negative where it falls. least, most: interval of the median, None under six changes."""

    median: float
    least: float | None
    most: float | None
    changes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """When something is reached, by its day, and the interval it lies in; None for an earliest or latest where there is none."""

    days: float
    on: date
    earliest: date | None = None
    latest: date | None = None


def changes(closings: Sequence[float | None]) -> list[float]:
    """Net changes between days that follow one another and are both known."""
    return [after - before for before, after in pairwise(closings) if before is not None and after is not None]


@cache
def rank(n: int) -> int:
    """k of the interval from the k-th least to the k-th greatest of n values; 0 where none reaches 95 %."""
    k, below = 0, 0
    while _ODDS * 2 * (below + comb(n, k)) <= 2**n:
        below += comb(n, k)
        k += 1
    return k


def burn(found: Sequence[float], least: int) -> Burn | None:
    """The median change with its interval, or None with fewer than `least` changes."""
    n, rising = len(found), sorted(found)
    if n < max(least, 1):
        return None
    k = rank(n)
    return Burn(
        median=(rising[(n - 1) // 2] + rising[n // 2]) / 2,
        least=rising[k - 1] if k else None,
        most=rising[n - k] if k else None,
        changes=n,
    )


def days_until(packs: float | None, change: float | None, coming: Coming = ()) -> float | None:
    """Days in which `packs`, and what comes in time, are used up at a net change a day; None where they are not."""
    if packs is None or change is None:
        return None
    for after, more in coming:
        days = _days(packs, change)
        if days is None or ceil(days - HAIR) < after:
            return days
        packs += more
    return _days(packs, change)


def _days(packs: float, change: float) -> float | None:
    if packs <= 0:
        return 0.0
    return packs / -change if change < 0 else None


def day_reached(day: date, days: float | None) -> date | None:
    """The local day by whose end it is reached; None where that is beyond the horizon."""
    return None if days is None or days > HORIZON_DAYS else day + timedelta(days=ceil(days - HAIR))


def reach(day: date, packs: float | None, found: Burn | None, coming: Coming = ()) -> Reach | None:
    """When `packs`, and what comes in time, are used up: the date, and the interval it lies in. None where they are not."""
    days = days_until(packs, found.median, coming) if found else None
    on = day_reached(day, days)
    if found is None or days is None or on is None:
        return None
    earliest, latest = (day_reached(day, days_until(packs, change, coming)) for change in (found.least, found.most))
    return Reach(days=days, on=on, earliest=earliest, latest=latest)
