"""Rule `projection`: at the robust net burn of 28 days, stock comes to nought, or its companies' stock to their floor, within 60 days.

Net burn: the median of the changes from one day's last national stock to the next day's, days that are not known left out. Interval of a
date: the distribution-free interval of the median by order statistics, from the k-th least to the k-th greatest change, k the greatest
number with 2 P(B < k) <= 5 % for B binomial (n, 1/2), so at least 95 % (W. J. Conover, Practical Nonparametric Statistics, 3rd ed.,
section 3.2). For 28 changes k is 9.

The floor is that of all companies together against their stock (R.5124-49-4); who is under it already is told by `safety_stock`. A
projection ends beyond 1.1 times the days, or when stock no longer falls; a stock that has come to nought or to the floor ends nothing,
nor does one that is not known. The announced resupply is compared where it is known, in stage cases. A rule of the house.

Severity: nought within 15 days severe, else moderate; the floor alone minor. No MITM: one step milder, never under minor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from math import ceil, comb

from alertcore.identity import signal_id
from alertcore.policy import Policy
from alertcore.records.alert import CellUnit, Severity, Signal, SignalCell, SignalState
from alertcore.records.shared import Nature, Subject, SubjectKind
from alertcore.retelling import SHARE, due_again
from alertcore.rules.projection_text import Facts, Reach, sentence
from alertcore.thresholds import ProjectionPolicy

RULE, RULE_VERSION = "projection", 1
HORIZON_DAYS = 366
"""Dates further away are not told."""
_HAIR = 1e-9
_MILDER = {Severity.SEVERE: Severity.MODERATE, Severity.MODERATE: Severity.MINOR}
_ODDS = 20
"""One in so many intervals may miss the median."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Burn:
    """Packs a day by which stock changes, negative where it falls. least, most: interval of the median, None under six changes."""

    median: float
    least: float | None
    most: float | None
    changes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectionTold:
    """What the last signal said. on: day of nought, else of the floor, None where it is beyond the horizon."""

    at: datetime
    severity: Severity
    parts: tuple[bool, bool]
    on: date | None
    policy_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectionState:
    """What the rule remembers of one medicine: whether nought and floor come too soon, and since when either does."""

    version: int = 0
    zero: bool = False
    floor: bool = False
    since: datetime | None = None
    told: ProjectionTold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at one medicine on a local day. stock: national, packs, None where not known. reserve, floor: of all its companies."""

    cis: str
    name: str
    mitm: bool
    at: datetime
    day: date
    policy: Policy
    policy_version: int
    stock: float | None
    burn: Burn | None
    reserve: float | None = None
    floor: float | None = None
    companies: tuple[str, ...] = ()
    because: tuple[str, ...] = ()

    @property
    def above(self) -> float | None:
        """Packs above the floor."""
        return None if self.reserve is None or self.floor is None else self.reserve - self.floor


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


def days_until(packs: float | None, change: float | None) -> float | None:
    """Days in which `packs` are used up at a net change a day; None where they are not."""
    if packs is None or change is None or (change >= 0 and packs > 0):
        return None
    return max(packs, 0.0) / -change if packs > 0 else 0.0


def day_reached(day: date, days: float | None) -> date | None:
    """The local day by whose end it is reached; None where that is beyond the horizon."""
    return None if days is None or days > HORIZON_DAYS else day + timedelta(days=ceil(days - _HAIR))


def reach(day: date, packs: float | None, found: Burn | None) -> Reach | None:
    """When `packs` are used up: the date, and the interval it lies in. None where they are not."""
    days = days_until(packs, found.median) if found else None
    on = day_reached(day, days)
    if found is None or days is None or on is None:
        return None
    earliest, latest = (day_reached(day, days_until(packs, change)) for change in (found.least, found.most))
    return Reach(days=days, on=on, earliest=earliest, latest=latest)


def comes(was: bool, packs: float | None, found: Burn | None, policy: ProjectionPolicy, *, at_once: bool) -> bool:
    """Whether `packs` are used up too soon. at_once: also where they are used up by now."""
    if packs is None or found is None:
        return was
    if packs <= _HAIR:
        return was or (at_once and found.median < 0)
    days = days_until(packs, found.median)
    return days is not None and days <= policy.ahead_days * (policy.clear if was else 1.0) + _HAIR


def look(state: ProjectionState, now: Look) -> tuple[ProjectionState, Signal | None]:
    """What the rule remembers after a look, and the signal to give, if any."""
    policy, found = now.policy.projection, now.burn
    if found is None:
        return state, None
    zero = comes(state.zero, now.stock, found, policy, at_once=True)
    floor = comes(state.floor, now.above, found, policy, at_once=False)
    if not (zero or floor or state.told):
        return state, None
    after = state
    if (zero, floor) != (state.zero, state.floor):
        after = replace(state, zero=zero, floor=floor, since=(state.since or now.at) if zero or floor else None)
    if not (zero or floor):
        since = state.since or now.at
        after = replace(after, version=state.version + 1, told=None)
        return after, _signal(after, SignalState.CLEARED, Severity.INFO, since, now, found, _by_policy(state, now, found))
    told = _told(after, now, found)
    if told is None or (state.told is not None and not _worth_telling(state.told, told, now.day)):
        return after, None
    after = replace(after, version=state.version + 1, told=told)
    how = SignalState.CHANGED if state.told else SignalState.RAISED
    return after, _signal(after, how, told.severity, after.since or now.at, now, found, {})


def severity(zero: bool, days: float, *, mitm: bool, policy: ProjectionPolicy) -> Severity:
    """How severe it is that stock (zero) or the floor alone is reached in `days`."""
    grade = Severity.MINOR if not zero else Severity.SEVERE if days <= policy.near_days + _HAIR else Severity.MODERATE
    return grade if mitm else _MILDER.get(grade, grade)


def _told(after: ProjectionState, now: Look, found: Burn) -> ProjectionTold | None:
    """What is to be said; None where today's stock is not known."""
    packs = now.stock if after.zero else now.above
    days = days_until(packs, found.median)
    if days is None:
        return None
    return ProjectionTold(
        at=now.at,
        severity=severity(after.zero, days, mitm=now.mitm, policy=now.policy.projection),
        parts=(after.zero, after.floor),
        on=day_reached(now.day, days),
        policy_version=now.policy_version,
    )


def _worth_telling(last: ProjectionTold, now: ProjectionTold, day: date) -> bool:
    """A day that comes nearer is no news; one that moves by a tenth of the time that was left is. One day is only the rounding."""
    if (last.severity, last.parts) != (now.severity, now.parts):
        return True
    if last.on is None or now.on is None:
        return last.on != now.on
    by, left = abs((now.on - last.on).days), (last.on - day).days
    return by > 1 and by >= SHARE * left - _HAIR and due_again(last.at, now.at)


def _by_policy(state: ProjectionState, now: Look, found: Burn) -> dict[str, float]:
    """A clear that only another policy brought is no all-clear."""
    if state.told is None or state.told.policy_version == now.policy_version:
        return {}
    parts = ((state.zero, now.stock), (state.floor, now.above))
    days = [days_until(packs, found.median) for was, packs in parts if was]
    return {"cleared_by_policy_flag": 1.0} if any(d is not None for d in days) else {}


def _signal(
    after: ProjectionState, how: SignalState, grade: Severity, since: datetime, now: Look, found: Burn, more: dict[str, float]
) -> Signal:
    zero = reach(now.day, now.stock, found)
    floor = reach(now.day, now.above, found)
    facts = Facts(
        cis=now.cis,
        name=now.name,
        stock=now.stock,
        burn=-found.median,
        days=now.policy.projection.burn_days,
        ahead=now.policy.projection.ahead_days,
        zero=zero if after.zero else None,
        floor=floor if after.floor else None,
        since=since,
        cleared=how is SignalState.CLEARED,
        by_policy=bool(more),
    )
    ahead = float(now.policy.projection.ahead_days)
    shown = [r for r in (facts.zero, facts.floor) if r is not None]
    return Signal(
        signal_id=signal_id(RULE, "cis", now.cis, Nature.ACTUAL),
        version=after.version,
        rule=RULE,
        rule_version=RULE_VERSION,
        policy_version=now.policy_version,
        subject=Subject(kind=SubjectKind.CIS, id=now.cis),
        state=how,
        severity=grade,
        since=since,
        at=now.at,
        cells=tuple(SignalCell(value=r.days, threshold=ahead, unit=CellUnit.DAYS) for r in shown),
        numbers=_numbers(now, found, zero, floor) | more,
        sentence=sentence(facts),
        because=now.because,
        companies=now.companies,
    )


def _numbers(now: Look, found: Burn, zero: Reach | None, floor: Reach | None) -> dict[str, float]:
    numbers: dict[str, float | None] = {
        "stock_packs": now.stock,
        "floor_packs": now.floor,
        "reserve_packs": now.reserve,
        "daily_net_packs": found.median,
        "daily_net_least_packs": found.least,
        "daily_net_most_packs": found.most,
        "changes_count": float(found.changes),
    }
    for name, of in (("zero", zero), ("floor", floor)):
        if of is not None:
            numbers |= {f"{name}_days": of.days, f"{name}_on_unix_s": unix(of.on)}
            numbers |= {f"{name}_earliest_unix_s": unix(of.earliest), f"{name}_latest_unix_s": unix(of.latest)}
    return {name: n for name, n in numbers.items() if n is not None}


def unix(day: date | None) -> float | None:
    """A day as a number: seconds to its midnight UTC."""
    return None if day is None else datetime.combine(day, time.min, UTC).timestamp()
