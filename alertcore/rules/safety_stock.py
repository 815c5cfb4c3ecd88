"""Rule `safety_stock`: a company's saleable stock of a medicine, ready for France and held in the EEA, is under its legal floor.

Floors: CSP L.5121-29 (at most 4 months, 12 rolling months of sales, stock in France, the EU or the EEA) and R.5124-49-4 (MITM 2 months,
raised or lowered by decision of the agency; others 1 week; public-health policy 1 month). Unknown stock is neither a breach nor its end.

Severity of a MITM by stock over floor: critical 0, severe under 0.5, moderate under 0.75, minor under 1, info from 1 until the alert
clears. Other medicines are one step milder, and never under minor while in breach.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from alertcore.floor_periods import months_on
from alertcore.identity import signal_id
from alertcore.policy import Policy
from alertcore.records.alert import CellUnit, Severity, Signal, SignalCell, SignalState
from alertcore.records.shared import Nature, Subject, SubjectKind
from alertcore.retelling import due_again, moved
from alertcore.rules.safety_stock_text import Facts, sentence
from alertcore.thresholds import SafetyStockPolicy

RULE, RULE_VERSION = "safety_stock", 1
MONTHS = 12
_HAIR = 1e-9
"""Sums of means are rounded: what is at a level to nine digits is at it, not under it."""
_GRADES = ((0.5, Severity.SEVERE), (0.75, Severity.MODERATE), (1.0, Severity.MINOR))
_MILDER = {Severity.CRITICAL: Severity.SEVERE, Severity.SEVERE: Severity.MODERATE, Severity.MODERATE: Severity.MINOR}


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
        """Stock over floor, or None where either is not known or the floor is zero."""
        return self.stock / self.floor.packs if self.stock is not None and self.floor.packs else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A company under its floor since an instant. ended_at: at the floor again, not yet high enough for the alert to clear."""

    company: str
    since: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the last signal said."""

    at: datetime
    severity: Severity
    value: float
    threshold: float
    policy_version: int
    companies: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorState:
    """What the rule remembers of one medicine. version: of its last signal."""

    version: int = 0
    breaches: tuple[Breach, ...] = ()
    told: Told | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at one medicine. unit: units in the counting pack where packs of it differ. names: company to name."""

    cis: str
    name: str
    mitm: bool
    at: datetime
    policy: Policy
    policy_version: int
    standings: tuple[Standing, ...]
    unit: float | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    because: tuple[str, ...] = ()


def window(at: datetime) -> tuple[str, ...]:
    """The 12 complete months before `at`, YYYY-MM, the last one last."""
    first = at.year * 12 + at.month - 1 - MONTHS
    return tuple(f"{n // 12:04}-{n % 12 + 1:02}" for n in range(first, first + MONTHS))


def months_required(cis: str, *, mitm: bool, public_health: bool, policy: SafetyStockPolicy, day: date | None = None) -> float:
    """Months of sales to be kept: the agency's own decision, at most the legal limit; else by kind of medicine (R.5124-49-4).

    day: the local day, for decisions that hold for a time only; they go before those without an end.
    """
    for_a_time = months_on(policy, cis, day) if day is not None and policy.periods else None
    if for_a_time is not None:
        return min(for_a_time, policy.max_months)
    if cis in policy.months:
        return min(policy.months[cis], policy.max_months)
    if mitm:
        return policy.default_months
    return policy.public_health_months if public_health else policy.other_weeks * 12 / 52


def floor_of(company: str, months: float, sales: Mapping[str, Month]) -> Floor:
    """months x mean of the months that count: `sales` holds those of the window that were told. No sales: no floor."""
    kept = [month.packs for month in sales.values() if not month.exceptional]
    mean = sum(kept) / len(kept) if kept else 0.0
    return Floor(company=company, months=months, mean_month=mean if mean > 0 else None, kept=len(kept), exceptional=len(sales) - len(kept))


def judge(breach: Breach | None, standing: Standing, at: datetime, policy: SafetyStockPolicy) -> Breach | None:
    """The breach after a look. It begins under `breach_end` of the floor, ends at it, and is forgotten at `clear`."""
    ratio = standing.ratio
    if ratio is None:
        return breach
    if ratio < policy.breach_end - _HAIR:
        return replace(breach, ended_at=None) if breach else Breach(company=standing.floor.company, since=at)
    if breach is None or ratio >= policy.clear - _HAIR:
        return None
    return breach if breach.ended_at else replace(breach, ended_at=at)


def severity(ratio: float, *, mitm: bool) -> Severity:
    """How severe a stock of `ratio` times the floor is."""
    grade = next((found for below, found in _GRADES if ratio < below - _HAIR), Severity.INFO)
    if ratio <= 0:
        grade = Severity.CRITICAL
    return grade if mitm else _MILDER.get(grade, grade)


def worst(standings: tuple[Standing, ...]) -> Standing | None:
    """The company furthest under its floor, or nearest to it; None where nothing is known."""
    known = [(s.ratio, s.floor.company, s) for s in standings if s.ratio is not None]
    return min(known, key=lambda row: row[:2])[2] if known else None


def calm(state: FloorState, standings: tuple[Standing, ...], policy: SafetyStockPolicy) -> bool:
    """Whether `look` would find nothing to remember and nothing to tell: no breach before, and nobody known to be under the floor."""
    return not state.breaches and all((ratio := s.ratio) is None or ratio >= policy.breach_end - _HAIR for s in standings)


def look(state: FloorState, now: Look) -> tuple[FloorState, Signal | None]:
    """What the rule remembers after a look, and the signal to give, if any."""
    before = {b.company: b for b in state.breaches}
    judged = {s.floor.company: judge(before.pop(s.floor.company, None), s, now.at, now.policy.safety_stock) for s in now.standings}
    open_ = tuple(sorted((b for b in (*judged.values(), *before.values()) if b), key=lambda b: b.company))
    state_after = replace(state, breaches=open_)
    if open_ == state.breaches == ():
        return state, None
    concerned = {b.company for b in open_} or {b.company for b in state.breaches}
    standing = worst(tuple(s for s in now.standings if s.floor.company in concerned))
    if standing is None:
        return state_after, None
    return _tell(state, state_after, standing, now)


def _tell(before: FloorState, after: FloorState, standing: Standing, now: Look) -> tuple[FloorState, Signal | None]:
    breach = next(b for b in (*after.breaches, *before.breaches) if b.company == standing.floor.company)
    clears = not after.breaches
    ratio, stock, packs = standing.ratio or 0.0, standing.stock or 0.0, standing.floor.packs or 0.0
    companies = _companies(after.breaches or before.breaches, standing.floor.company)
    told = Told(
        at=now.at,
        severity=Severity.INFO if clears else severity(ratio, mitm=now.mitm),
        value=stock,
        threshold=packs,
        policy_version=now.policy_version,
        companies=companies,
    )
    if not clears and not _worth_telling(before.told, told):
        return after, None
    kept = replace(after, version=before.version + 1, told=None if clears else told)
    return kept, _signal(before, kept, told, breach, standing, now)


def _companies(breaches: tuple[Breach, ...], first: str) -> tuple[str, ...]:
    return (first, *(b.company for b in breaches if b.company != first))


def _worth_telling(last: Told | None, now: Told) -> bool:
    if last is None or (last.severity, last.threshold, last.companies) != (now.severity, now.threshold, now.companies):
        return True
    return moved(last.value, now.value, _HAIR) and due_again(last.at, now.at)


def _signal(before: FloorState, after: FloorState, told: Told, breach: Breach, standing: Standing, now: Look) -> Signal:
    state = SignalState.CLEARED if after.told is None else SignalState.RAISED if before.told is None else SignalState.CHANGED
    floor, stock = standing.floor, told.value
    ended = breach.ended_at or (now.at if state is SignalState.CLEARED else None)
    coverage = stock / (floor.mean_month or 1.0)
    facts = Facts(
        cis=now.cis,
        name=now.name,
        company=now.names.get(floor.company, "") or floor.company,
        stock=stock,
        floor=told.threshold,
        months=floor.months,
        coverage=coverage,
        kept=floor.kept,
        exceptional=floor.exceptional,
        unit=now.unit,
        clear=now.policy.safety_stock.clear,
        since=breach.since,
        ended=ended,
        cleared=state is SignalState.CLEARED,
        others=len(told.companies) - 1,
    )
    return Signal(
        signal_id=signal_id(RULE, "cis", now.cis, Nature.ACTUAL),
        version=after.version,
        rule=RULE,
        rule_version=RULE_VERSION,
        policy_version=now.policy_version,
        subject=Subject(kind=SubjectKind.CIS, id=now.cis),
        state=state,
        severity=told.severity,
        since=breach.since,
        at=now.at,
        cells=(
            SignalCell(value=stock, threshold=told.threshold, unit=CellUnit.PACKS),
            SignalCell(value=coverage, threshold=floor.months, unit=CellUnit.MONTHS),
        ),
        numbers=_numbers(facts, floor, _by_policy(before.told, told, state, now.policy.safety_stock)),
        sentence=sentence(facts),
        because=now.because,
        companies=told.companies,
    )


def _by_policy(last: Told | None, told: Told, state: SignalState, policy: SafetyStockPolicy) -> bool:
    """True where a clear would not have come under the policy of the last signal: that is no all-clear."""
    if last is None or state is not SignalState.CLEARED or last.policy_version == told.policy_version:
        return False
    return told.value < last.threshold * policy.clear - _HAIR


def _numbers(facts: Facts, floor: Floor, by_policy: bool) -> dict[str, float]:
    numbers = {
        "stock_packs": facts.stock,
        "floor_packs": facts.floor,
        "floor_months": floor.months,
        "coverage_months": facts.coverage,
        "missing_packs": max(facts.floor - facts.stock, 0.0),
        "mean_month_packs": floor.mean_month or 0.0,
        "months_kept": float(floor.kept),
        "months_exceptional": float(floor.exceptional),
        "pro_rata_flag": float(floor.kept < MONTHS),
    }
    if facts.unit is not None:
        numbers["pack_units"] = facts.unit
    if facts.ended is not None:
        numbers["breach_ended_unix_s"] = facts.ended.timestamp()
    if by_policy:
        numbers["cleared_by_policy_flag"] = 1.0
    return numbers
