"""Floors of single medicines for a time only: raised by the agency or lowered by derogation between two days, both included."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from alertcore.deadlines.clock import add_days
from alertcore.thresholds import FloorPeriod, SafetyStockPolicy


def period_on(policy: SafetyStockPolicy, cis: str, day: date) -> FloorPeriod | None:
    """The period that holds for the medicine on a day: of several the one that began last, of equals the last in the file."""
    found: FloorPeriod | None = None
    for period in policy.periods:
        if period.cis == cis and _holds(period, day) and (found is None or (period.from_ or "") >= (found.from_ or "")):
            found = period
    return found


def _holds(period: FloorPeriod, day: date) -> bool:
    text = day.isoformat()
    return (period.from_ or "") <= text and (period.to is None or text <= period.to)


def last_turn(policy: SafetyStockPolicy, day: date) -> date | None:
    """The last day, that day included, on which a period began or had just ended."""
    return max((turn for turn in _turns(policy) if turn <= day), default=None)


def next_turn(policy: SafetyStockPolicy, day: date) -> date | None:
    """The next day after it on which one begins or has just ended."""
    return min((turn for turn in _turns(policy) if turn > day), default=None)


def _turns(policy: SafetyStockPolicy) -> Iterator[date]:
    for period in policy.periods:
        if period.from_ is not None:
            yield date.fromisoformat(period.from_)
        if period.to is not None:
            yield add_days(date.fromisoformat(period.to), 1)


def problems(policy: SafetyStockPolicy) -> Iterator[str]:
    """One sentence for everything in the periods that cannot be used."""
    for n, period in enumerate(policy.periods):
        path = f"safety_stock.periods[{n}]"
        days = [(name, getattr(period, field)) for name, field in (("from", "from_"), ("to", "to")) if getattr(period, field) is not None]
        wrong = [f"{path}.{name}: {text!r} is not a day (YYYY-MM-DD)" for name, text in days if not _is_day(text)]
        yield from wrong
        if not wrong and period.from_ is not None and period.to is not None and period.to < period.from_:
            yield f"{path}: ends on {period.to}, before it begins on {period.from_}"
        if not 0 <= period.months <= policy.max_months:
            yield f"{path}.months: {period.months:g} is not between 0 and the legal limit of {policy.max_months:g} months"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
