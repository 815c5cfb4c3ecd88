"""The rules `coverage` and `projection` at one look at a medicine. Where nothing is short, nothing is built."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import chain

from alertcore.deadlines.clock import start_of_day
from alertcore.packed import Ints
from alertcore.policy import Policy
from alertcore.records.alert import Signal
from alertcore.records.stock import Position
from alertcore.rules import coverage, projection
from alertcore.rules.coverage import CoverageState
from alertcore.rules.projection import ProjectionState
from alertcore.rules.projection_burn import Burn, reach
from alertcore.rules.safety_stock_floor import Standing
from alertcore.sentinels import in_season
from alertcore.supply.book import Totals
from alertcore.supply.floors import Medicine
from alertcore.supply.localtime import calendar_of, today
from alertcore.supply.memo import Memo
from alertcore.supply.position import Freshly
from alertcore.supply.regions import TIERS, Regions
from alertcore.supply.rulebook import rulebook
from alertcore.supply.trend import SCALE
from alertcore.supply.turn import Turn, instant, micros

_HAIR = 1e-9


@dataclass(frozen=True, slots=True)
class Seen:
    """One medicine at one look. number: its own in the book."""

    number: int
    medicine: Medicine
    standings: tuple[Standing, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class Watched:
    """The position with its dates, the signals to give, and whether a signal stands open."""

    position: Position
    signals: tuple[Signal, ...]
    open: bool


class Watching:
    """What one settling goes by, made once for all its medicines."""

    def __init__(
        self, turn: Turn, memo: Memo, numbers: Ints, totals: Totals, fresh: Freshly, policy: tuple[int, Policy], because: tuple[str, ...]
    ) -> None:
        self.turn, self.because = turn, because
        self.totals = totals
        self.version, self.policy = policy
        self.rules = rulebook(turn.view)
        self.day: date = today(turn)
        self.zone = calendar_of(turn.view).zone
        self.known = fresh.known
        self.week = _week(self.policy, self.day, turn)
        shares = memo.freshness.regions(turn.now, TIERS)
        self.regions = Regions(memo.book, numbers, totals, shares, fresh.least)
        self._freshness, self._briefs, self._now = memo.freshness, memo.brief.values(), turn.now
        self.national_days = max(self.policy.coverage.national_days, default=0.0)
        self.short = self.regions.short(max(self.policy.coverage.region_days, default=0.0)) if fresh.known else set()

    def look(self, seen: Seen) -> Watched:
        """Both rules on one medicine."""
        covered, is_covered = self._coverage(seen)
        projected, is_projected, position = self._projection(seen)
        signals = tuple(s for s in (covered, projected) if s is not None)
        return Watched(position, signals, is_covered or is_projected)

    def _coverage(self, seen: Seen) -> tuple[Signal | None, bool]:
        cis, days = seen.medicine.cis, seen.position.days
        short = seen.number in self.short or (days is not None and days < self.national_days)
        if not short and cis not in self.rules.covered:
            return None, False
        key = f"coverage/{cis}"
        before: CoverageState = self.turn.get(key) or CoverageState()
        readings: dict[str | None, float | None] = {None: days}
        readings |= self.regions.days(seen.number) if self.known else ()
        now = coverage.Look(
            cis=cis,
            name=seen.medicine.name,
            mitm=seen.medicine.mitm,
            at=self.turn.message.at,
            policy=self.policy,
            policy_version=self.version,
            readings=readings,
            daily_use=seen.position.daily_use,
            companies=_companies(seen.medicine.companies.values()),
            because=self.because,
            brief=self._brief,
            zone=self.zone,
        )
        after, signal = coverage.look(before, now)
        self._keep_coverage(key, cis, before, after)
        return signal, after.told is not None

    def _keep_coverage(self, key: str, cis: str, before: CoverageState, after: CoverageState) -> None:
        due = coverage.due(after, self.policy.coverage)
        after = replace(after, wake_at=due if due is not None and due > self.turn.message.at else None)
        if after != before:
            self.turn.changes[key] = after if after.version or after.spells else None
        self.rules.holds.put(cis, None if after.wake_at is None else micros(after.wake_at))
        if after.spells or after.told:
            self.rules.covered.add(cis)
        else:
            self.rules.covered.discard(cis)

    def _projection(self, seen: Seen) -> tuple[Signal | None, bool, Position]:
        """Dates are told wherever they are known; the rule is asked where one comes near or was told."""
        cis, medicine = seen.medicine.cis, seen.medicine
        burn = self.rules.trend.burn(seen.number, unit_of(medicine), self.day, self.policy) if self.known else None
        is_open = cis in self.rules.projected
        if not is_open and (burn is None or burn.median >= 0):
            return None, False, seen.position
        now = self._look(seen, burn)
        zero, floor = reach(self.day, now.stock, burn, now.coming), reach(self.day, now.above(), burn, now.reserve_coming)
        position = replace(seen.position, projected_zero_on=zero.on if zero else None, projected_floor_on=floor.on if floor else None)
        ahead = self.policy.projection.ahead_days + _HAIR
        if not is_open and all(r is None or r.days > ahead for r in (zero, floor)):
            return None, False, position
        key = f"projection/{cis}"
        before: ProjectionState = self.turn.get(key) or ProjectionState()
        after, signal = projection.look(before, now)
        if after != before:
            self.turn.changes[key] = after
        if after.told:
            self.rules.projected.add(cis)
        else:
            self.rules.projected.discard(cis)
        return signal, after.told is not None, position

    @cached_property
    def _brief(self) -> float:
        """Share of the fresh reporters that dispense of which that is known of fewer than 28 days."""
        return self._freshness.brief_share(chain.from_iterable(self._briefs), self._now)

    def _is_fresh(self, reporter: int) -> bool:
        return self._freshness.is_fresh(reporter, self._now)

    def _look(self, seen: Seen, burn: Burn | None) -> projection.Look:
        medicine = seen.medicine
        reserve, months, monthly = _floors(seen.standings)
        coming = self.rules.coming.due(medicine.cis, medicine.weights, self.day, self._is_fresh)
        return projection.Look(
            cis=medicine.cis,
            name=medicine.name,
            mitm=medicine.mitm,
            at=self.turn.message.at,
            day=self.day,
            policy=self.policy,
            policy_version=self.version,
            stock=self.totals.national[seen.number] if self.known else None,
            burn=burn,
            reserve=reserve,
            floor=None if months is None or monthly is None else months * monthly,
            months=months,
            monthly=monthly,
            coming=tuple([(day, packs) for day, packs, _ in coming]),
            reserve_coming=tuple([(day, packs) for day, _, packs in coming if packs]),
            companies=_companies(medicine.companies.values()),
            because=self.because,
            zone=self.zone,
        )


def wake(turn: Turn, memo: Memo) -> list[int]:
    """Numbers of the medicines whose spell has lasted long enough by now."""
    reached = rulebook(turn.view).holds.reached(turn.now)
    for cis in reached:
        turn.changes[f"coverage/{cis}"] = replace(turn.get(f"coverage/{cis}") or CoverageState(), wake_at=None)
    return sorted(n for n in map(memo.book.medicine, reached) if n is not None)


def due(turn: Turn) -> datetime | None:
    """The earliest instant at which a spell will have lasted long enough."""
    at = rulebook(turn.view).holds.next()
    return None if at is None else instant(at)


def _week(policy: Policy, day: date, turn: Turn) -> int:
    """Beginning of the local week (microseconds) where a seasonal plan runs: sentinel medicines are told once a week. Else 0."""
    if not any(plan.molecules and in_season(plan, f"{day:%m-%d}") for plan in policy.season.plans):
        return 0
    return micros(start_of_day(day - timedelta(days=day.weekday()), calendar_of(turn.view).zone))


def unit_of(medicine: Medicine) -> int:
    """Thousandths of a medicine's counting unit, 0 where all its packs count one."""
    return round((medicine.unit or 0.0) * SCALE)


def _companies(companies: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({c for c in companies if c}))


def _floors(standings: tuple[Standing, ...]) -> tuple[float | None, float | None, float | None]:
    """(stock, months asked for, packs sold a month) of all companies that have a floor; nothing where one company's stock is not known."""
    floors = [(s.stock, s.floor.months, s.floor.mean_month) for s in standings if s.floor.mean_month]
    if not floors or any(stock is None for stock, _, _ in floors):
        return None, None, None
    return sum(stock or 0.0 for stock, _, _ in floors), floors[0][1], sum(mean or 0.0 for _, _, mean in floors)
