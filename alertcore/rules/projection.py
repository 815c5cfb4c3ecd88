"""Rule `projection`: at the robust net burn of 28 days, and with the deliveries announced, stock comes to nought, or its companies' stock
to their floor, within 60 days.

The burn and its interval: see projection_burn. The floor is that of all companies together against their stock (R.5124-49-4); who is
under it already is told by `safety_stock`. A projection ends beyond 1.1 times the days, or when stock no longer falls; a stock that has
come to nought or to the floor ends nothing, nor does one that is not known. What ends it only because deliveries are announced, because
the floor was lowered or by another policy is no all-clear: by what was asked before, and without the deliveries, it would go on. An
announced return is compared where it is known, in stage cases. A rule of the house.

Severity: nought within 15 days severe, else moderate; the floor alone minor. No MITM: one step milder, never under minor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum

from alertcore.deadlines.clock import local_day
from alertcore.identity import signal_id
from alertcore.policy import Policy
from alertcore.records.alert import CellUnit, Severity, Signal, SignalCell, SignalState
from alertcore.records.shared import Nature, Subject, SubjectKind
from alertcore.retelling import SHARE, due_again
from alertcore.rules.projection_burn import HAIR, Burn, Coming, Reach, day_reached, days_until, reach
from alertcore.rules.projection_text import Facts, sentence
from alertcore.thresholds import ProjectionPolicy

RULE, RULE_VERSION = "projection", 1
_MILDER = {Severity.SEVERE: Severity.MODERATE, Severity.MODERATE: Severity.MINOR}


class Why(StrEnum):
    """Why a projection ends though by what was asked before, and without deliveries, it would go on."""

    POLICY = "policy"
    FLOOR = "floor"
    DELIVERIES = "deliveries"


FLAGS = {Why.POLICY: "cleared_by_policy_flag", Why.FLOOR: "floor_lowered_flag", Why.DELIVERIES: "deliveries_flag"}
"""Numbers of a signal whose end is no all-clear."""


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
    """What the rule remembers of one medicine: whether nought and floor come too soon, and since when either does.

    zero_within, floor_within: days within which each would end nothing when it last came too soon, while by these it still does.
    floor_months: months of sales asked for then. policy_version: of the last look.
    """

    version: int = 0
    zero: bool = False
    floor: bool = False
    since: datetime | None = None
    told: ProjectionTold | None = None
    zero_within: float | None = None
    floor_within: float | None = None
    floor_months: float | None = None
    policy_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at one medicine on a local day. stock: national, packs, None where not known. reserve, floor: of all its companies.

    months, monthly: the floor as months of sales, and packs sold a month. coming, reserve_coming: deliveries announced for the country,
    and of these what counts for floors. zone: of the local days that are told.
    """

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
    months: float | None = None
    monthly: float | None = None
    coming: Coming = ()
    reserve_coming: Coming = ()
    companies: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    zone: str = "Europe/Paris"

    def above(self, months: float | None = None) -> float | None:
        """Packs above the floor, or above one of so many months; a floor of none is never reached."""
        floor = self.floor if months is None or self.monthly is None else months * self.monthly
        return None if self.reserve is None or not floor else self.reserve - floor


def comes(was: bool, packs: float | None, found: Burn | None, policy: ProjectionPolicy, coming: Coming = (), *, at_once: bool) -> bool:
    """Whether `packs` are used up too soon. at_once: also where they are used up by now."""
    if packs is None or found is None:
        return was
    if packs <= HAIR:
        return was or (at_once and found.median < 0)
    return _within(packs, found, policy.ahead_days * (policy.clear if was else 1.0), coming)


def _within(packs: float, found: Burn, within: float, coming: Coming = ()) -> bool:
    days = days_until(packs, found.median, coming)
    return days is not None and days <= within + HAIR


def look(state: ProjectionState, now: Look) -> tuple[ProjectionState, Signal | None]:
    """What the rule remembers after a look, and the signal to give, if any."""
    policy, found = now.policy.projection, now.burn
    if found is None:
        return state, None
    zero = comes(state.zero, now.stock, found, policy, now.coming, at_once=True)
    floor = now.floor != 0 and comes(state.floor, now.above(), found, policy, now.reserve_coming, at_once=False)
    if not (zero or floor or state.told):
        return state, None
    after = _remembered(state, now, found, zero=zero, floor=floor)
    if not (zero or floor):
        why, since = _why(after, state, now, found), state.since or now.at
        after = ProjectionState(version=state.version + 1)
        return after, _signal(after, SignalState.CLEARED, Severity.INFO, since, now, found, why)
    told = _told(after, now, found)
    if told is None or (state.told is not None and not _worth_telling(state.told, told, now.day)):
        return after, None
    after = replace(after, version=state.version + 1, told=told)
    how = SignalState.CHANGED if state.told else SignalState.RAISED
    return after, _signal(after, how, told.severity, after.since or now.at, now, found, None)


def _remembered(state: ProjectionState, now: Look, found: Burn, *, zero: bool, floor: bool) -> ProjectionState:
    """What comes too soon, and of what does not, whether it still would by what was asked when it last did."""
    policy = now.policy.projection
    limit = policy.ahead_days * policy.clear
    zero_within = limit if zero else _still(state.zero_within, now.stock, found)
    floor_within = limit if floor else _still(state.floor_within, now.above(state.floor_months), found)
    months = now.months if floor else state.floor_months if floor_within is not None else None
    since = (state.since or now.at) if zero or floor else None
    return replace(
        state,
        zero=zero,
        floor=floor,
        since=since,
        zero_within=zero_within,
        floor_within=floor_within,
        floor_months=months,
        policy_version=now.policy_version,
    )


def _still(within: float | None, packs: float | None, found: Burn) -> float | None:
    if within is None or packs is None:
        return within
    return within if packs <= HAIR or _within(packs, found, within) else None


def _why(after: ProjectionState, before: ProjectionState, now: Look, found: Burn) -> Why | None:
    """Why nothing comes too soon any more, where it is not that there is more, or less is used."""
    policy = now.policy.projection
    parts = ((after.zero_within, now.stock), (after.floor_within, now.above() if now.floor != 0 else None))
    kept = [packs for within, packs in parts if within is not None]
    if not kept:
        return None
    if now.coming and any(packs is not None and comes(True, packs, found, policy, at_once=True) for packs in kept):
        return Why.DELIVERIES
    as_far = after.floor_within is not None and policy.ahead_days * policy.clear >= after.floor_within - HAIR
    alone = after.zero_within is None and before.policy_version == now.policy_version
    return Why.FLOOR if as_far and alone else Why.POLICY


def severity(zero: bool, days: float, *, mitm: bool, policy: ProjectionPolicy) -> Severity:
    """How severe it is that stock (zero) or the floor alone is reached in `days`."""
    grade = Severity.MINOR if not zero else Severity.SEVERE if days <= policy.near_days + HAIR else Severity.MODERATE
    return grade if mitm else _MILDER.get(grade, grade)


def _told(after: ProjectionState, now: Look, found: Burn) -> ProjectionTold | None:
    """What is to be said; None where today's stock is not known."""
    packs, coming = (now.stock, now.coming) if after.zero else (now.above(), now.reserve_coming)
    days = days_until(packs, found.median, coming)
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
    return by > 1 and by >= SHARE * left - HAIR and due_again(last.at, now.at)


def _signal(after: ProjectionState, how: SignalState, grade: Severity, since: datetime, now: Look, found: Burn, why: Why | None) -> Signal:
    zero = reach(now.day, now.stock, found, now.coming)
    floor = reach(now.day, now.above(), found, now.reserve_coming)
    facts = Facts(
        cis=now.cis,
        name=now.name,
        stock=now.stock,
        burn=-found.median,
        days=now.policy.projection.burn_days,
        changes=found.changes,
        ahead=now.policy.projection.ahead_days,
        zero=zero if after.zero else None,
        floor=floor if after.floor else None,
        since=local_day(since, now.zone),
        cleared=how is SignalState.CLEARED,
        why=why.value if why else "",
        day=now.day,
        coming=now.coming,
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
        numbers=_numbers(now, found, zero, floor) | ({FLAGS[why]: 1.0} if why else {}),
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
        "coming_packs": sum(packs for _, packs in now.coming) if now.coming else None,
    }
    for name, of in (("zero", zero), ("floor", floor)):
        if of is not None:
            numbers |= {f"{name}_days": of.days, f"{name}_on_unix_s": unix(of.on)}
            numbers |= {f"{name}_earliest_unix_s": unix(of.earliest), f"{name}_latest_unix_s": unix(of.latest)}
    return {name: n for name, n in numbers.items() if n is not None}


def unix(day: date | None) -> float | None:
    """A day as a number: seconds to its midnight UTC."""
    return None if day is None else datetime.combine(day, time.min, UTC).timestamp()
