"""What the law asks of a company's stock of one medicine: months of its sales, on what ground and until when, and the stock against it.

CSP L.5121-29 (at most 4 months, 12 rolling months of sales) and R.5124-49-4 (MITM 2 months, raised or lowered by decision of the agency;
others 1 week; public-health policy 1 month).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import inf

from alertcore.floor_periods import period_on
from alertcore.thresholds import SafetyStockPolicy

MONTHS = 12


class Ground(StrEnum):
    """Why a floor is what it is: the kind of medicine, or a decision of the agency, without an end or for a time."""

    MITM = "mitm"
    PUBLIC_HEALTH = "public_health"
    OTHER = "other"
    DECISION = "decision"
    PERIOD = "period"


@dataclass(frozen=True, slots=True, kw_only=True)
class Required:
    """Months of sales to be kept. until: the last day of a decision for a time, where it has one."""

    months: float
    ground: Ground = Ground.OTHER
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """Sales of a medicine in one month, packs. exceptional: out of the ordinary, left out whole."""

    packs: float
    exceptional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """A company's floor for one medicine. mean_month: packs, None without sales. months: of sales to be kept. kept: months that count."""

    company: str
    months: float
    mean_month: float | None
    kept: int
    exceptional: int = 0
    ground: Ground = Ground.OTHER
    until: date | None = None

    @property
    def packs(self) -> float | None:
        """The floor in packs, or None where there are no sales to base it on."""
        return None if self.mean_month is None else self.months * self.mean_month


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A floor and the stock against it, packs; None where the stock is not known."""

    floor: Floor
    stock: float | None

    @property
    def ratio(self) -> float | None:
        """Stock over floor, or None where either is not known. A floor of no months is always kept."""
        if self.stock is None or self.floor.packs is None:
            return None
        return self.stock / self.floor.packs if self.floor.packs else inf


def window(day: date) -> tuple[str, ...]:
    """The 12 complete months before the month of a local day, YYYY-MM, the last one last."""
    first = day.year * 12 + day.month - 1 - MONTHS
    return tuple(f"{n // 12:04}-{n % 12 + 1:02}" for n in range(first, first + MONTHS))


def required(cis: str, *, mitm: bool, public_health: bool, policy: SafetyStockPolicy, day: date | None = None) -> Required:
    """What is to be kept: the agency's own decision, at most the legal limit; else by kind of medicine (R.5124-49-4).

    day: the local day, for decisions that hold for a time only; they go before those without an end.
    """
    period = period_on(policy, cis, day) if day is not None and policy.periods else None
    if period is not None:
        until = None if period.to is None else date.fromisoformat(period.to)
        return Required(months=min(period.months, policy.max_months), ground=Ground.PERIOD, until=until)
    if cis in policy.months:
        return Required(months=min(policy.months[cis], policy.max_months), ground=Ground.DECISION)
    if mitm:
        return Required(months=policy.default_months, ground=Ground.MITM)
    if public_health:
        return Required(months=policy.public_health_months, ground=Ground.PUBLIC_HEALTH)
    return Required(months=policy.other_weeks * 12 / 52)


def floor_of(company: str, of: Required, sales: Mapping[str, Month]) -> Floor:
    """months x mean of the months that count: `sales` holds those of the window that were told. No sales: no floor."""
    kept = [month.packs for month in sales.values() if not month.exceptional]
    mean = sum(kept) / len(kept) if kept else 0.0
    return Floor(
        company=company,
        months=of.months,
        mean_month=mean if mean > 0 else None,
        kept=len(kept),
        exceptional=len(sales) - len(kept),
        ground=of.ground,
        until=of.until,
    )


def worst(standings: Iterable[Standing]) -> Standing | None:
    """The company furthest under its floor, or nearest to it; None where nothing is known."""
    known = [(s.ratio, s.floor.company, s) for s in standings if s.ratio is not None]
    return min(known, key=lambda row: row[:2])[2] if known else None
