"""Rule `safety_stock`: a company's saleable stock of a medicine, ready for France and held in the EEA, is under its legal floor.

Floors: CSP L.5121-29 (at most 4 months, 12 rolling months of sales, stock in France, the EU or the EEA) and R.5124-49-4 (MITM 2 months,
raised or lowered by decision of the agency; others 1 week; public-health policy 1 month). Unknown stock is neither a breach nor its end.

Severity of a MITM by stock over floor: critical 0, severe under 0.5, moderate under 0.75, minor under 1, info from 1 until the alert
clears. Other medicines are one step milder, and never under minor while in breach.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from alertcore.deadlines.clock import local_day
from alertcore.identity import signal_id
from alertcore.policy import Policy
from alertcore.records.alert import CellUnit, Severity, Signal, SignalCell, SignalState
from alertcore.records.shared import Nature, Subject, SubjectKind
from alertcore.retelling import due_again, moved
from alertcore.rules.safety_stock_breach import FLAGS, HAIR, Asks, Breach, Lowered, judged, left
from alertcore.rules.safety_stock_floor import MONTHS, Floor, Standing, worst
from alertcore.rules.safety_stock_text import Facts, Lower, no_longer_marketed, sentence
from alertcore.thresholds import SafetyStockPolicy

RULE, RULE_VERSION = "safety_stock", 1
OTHERS_BELOW = "others_below_count"
"""Number of a signal: so many companies after the first are under their floor; the rest are at it again."""
_GRADES = ((0.5, Severity.SEVERE), (0.75, Severity.MODERATE), (1.0, Severity.MINOR))
_MILDER = {Severity.CRITICAL: Severity.SEVERE, Severity.SEVERE: Severity.MODERATE, Severity.MODERATE: Severity.MINOR}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the last signal said. companies: who speaks, then who else is under its floor, then `back`: at it again, not yet clear."""

    at: datetime
    severity: Severity
    value: float
    threshold: float
    policy_version: int
    companies: tuple[str, ...]
    back: tuple[str, ...] = ()

    @property
    def others(self) -> int:
        """How many others are under their floor."""
        return len(self.companies) - 1 - len(self.back)


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorState:
    """What the rule remembers of one medicine. version: of its last signal.

    excused: companies out of it only because less is asked, while others are still in breach: their stock is not back.
    """

    version: int = 0
    breaches: tuple[Breach, ...] = ()
    excused: tuple[Breach, ...] = ()
    told: Told | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at one medicine. unit: units in the counting pack where packs of it differ. names: company to name.

    zone: of the local days that are told. marketing: who markets any presentation of it, None where that is not known for sure.
    """

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
    zone: str = "Europe/Paris"
    marketing: frozenset[str] | None = None


def severity(ratio: float, *, mitm: bool) -> Severity:
    """How severe a stock of `ratio` times the floor is."""
    grade = next((found for below, found in _GRADES if ratio < below - HAIR), Severity.INFO)
    if ratio <= 0:
        grade = Severity.CRITICAL
    return grade if mitm else _MILDER.get(grade, grade)


def calm(state: FloorState, standings: tuple[Standing, ...], policy: SafetyStockPolicy) -> bool:
    """Whether `look` would find nothing to remember and nothing to tell: no breach before, and nobody known to be under the floor."""
    return not state.breaches and all((ratio := s.ratio) is None or ratio >= policy.breach_end - HAIR for s in standings)


def look(state: FloorState, now: Look) -> tuple[FloorState, Signal | None]:
    """What the rule remembers after a look, and the signal to give, if any."""
    asks = Asks(at=now.at, policy=now.policy.safety_stock, version=now.policy_version)
    gone = left(state.breaches, now.standings, now.marketing)
    before = tuple([b for b in state.breaches if b not in gone]) if gone else state.breaches
    open_, excused = judged(before, state.excused, now.standings, asks)
    if open_ == state.breaches == ():
        return state, None
    after = replace(state, breaches=open_, excused=excused if open_ else ())
    if open_:
        standing = _speaks(open_, now)
    else:
        standing = _speaks(excused, now) or (None if gone else _speaks(state.breaches, now))
    if standing is None:
        return (after, None) if open_ or not gone else _nobody_left(state, after, gone, now)
    return _tell(state, after, excused, standing, now, len(gone))


def _nobody_left(before: FloorState, after: FloorState, gone: tuple[Breach, ...], now: Look) -> tuple[FloorState, Signal | None]:
    """Over, as the last who were under their floor do not market it any more: what is told is no stock, and no recovery."""
    if before.told is None:
        return after, None
    kept = replace(after, version=before.version + 1, told=None)
    companies = tuple([b.company for b in gone])
    names = [now.names.get(company, "") or company for company in companies]
    others = tuple([b.company for b in before.breaches if b not in gone])
    numbers = {FLAGS[Lowered.LEFT]: 1.0, "breach_ended_unix_s": now.at.timestamp()}
    return kept, Signal(
        signal_id=signal_id(RULE, "cis", now.cis, Nature.ACTUAL),
        version=kept.version,
        rule=RULE,
        rule_version=RULE_VERSION,
        policy_version=now.policy_version,
        subject=Subject(kind=SubjectKind.CIS, id=now.cis),
        state=SignalState.CLEARED,
        severity=Severity.INFO,
        since=min(b.since for b in gone),
        at=now.at,
        numbers=numbers,
        sentence=no_longer_marketed(now.name, now.cis, names),
        because=now.because,
        companies=(*companies, *others),
    )


def _speaks(breaches: tuple[Breach, ...], now: Look) -> Standing | None:
    """The company furthest under its floor of these, by what is known now."""
    companies = {b.company for b in breaches}
    return worst(s for s in now.standings if s.floor.company in companies)


def _tell(
    before: FloorState, after: FloorState, excused: tuple[Breach, ...], standing: Standing, now: Look, gone: int
) -> tuple[FloorState, Signal | None]:
    clears = not after.breaches
    freed = excused if clears else ()
    breach = next(b for b in (*freed, *after.breaches, *before.breaches) if b.company == standing.floor.company)
    ratio, stock, packs = standing.ratio or 0.0, standing.stock or 0.0, standing.floor.packs or 0.0
    below, back = _others(after.breaches or before.breaches, standing.floor.company)
    told = Told(
        at=now.at,
        severity=Severity.INFO if clears else severity(ratio, mitm=now.mitm),
        value=stock,
        threshold=packs,
        policy_version=now.policy_version,
        companies=(standing.floor.company, *below, *back),
        back=back,
    )
    if not clears and not _worth_telling(before.told, told):
        return after, None
    kept = replace(after, version=before.version + 1, told=None if clears else told)
    return kept, _signal(before, kept, told, (breach, *freed), standing, now, gone)


def _others(breaches: tuple[Breach, ...], first: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who else is under its floor, and who else is at it again."""
    others = [b for b in breaches if b.company != first]
    return tuple(b.company for b in others if b.ended_at is None), tuple(b.company for b in others if b.ended_at is not None)


def _worth_telling(last: Told | None, now: Told) -> bool:
    """Another severity, floor, speaker or company at once; a tenth more or less, or another that is back at its floor, once a day."""
    if last is None or (last.severity, last.threshold) != (now.severity, now.threshold):
        return True
    if (last.companies[0], set(last.companies)) != (now.companies[0], set(now.companies)):
        return True
    return (moved(last.value, now.value, HAIR) or last.back != now.back) and due_again(last.at, now.at)


def _signal(
    before: FloorState, after: FloorState, told: Told, breaches: tuple[Breach, ...], standing: Standing, now: Look, gone: int
) -> Signal:
    """breaches: of the company that speaks, then of all whom only a lower demand frees. gone: those that do not market it any more."""
    state = SignalState.CLEARED if after.told is None else SignalState.RAISED if before.told is None else SignalState.CHANGED
    breach, floor, stock = breaches[0], standing.floor, told.value
    freed = [b for b in breaches[1:] if b.company != breach.company]
    why = [b.lowered for b in breaches[1:] if b.lowered is not None]
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
        since=local_day(breach.since, now.zone),
        ended=local_day(ended, now.zone) if ended else None,
        cleared=state is SignalState.CLEARED,
        others=told.others,
        until=floor.until,
        lowered=_lower(breach, floor) if why else None,
        freed=len(freed),
        less=breach.lowered is not None,
        gone=gone,
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
        cells=_cells(facts),
        numbers=_numbers(facts, floor, ended, max(why, default=None)) | ({OTHERS_BELOW: float(told.others)} if told.companies[1:] else {}),
        sentence=sentence(facts),
        because=now.because,
        companies=told.companies,
    )


def _cells(f: Facts) -> tuple[SignalCell, ...]:
    return (
        SignalCell(value=f.stock, threshold=f.floor, unit=CellUnit.PACKS),
        SignalCell(value=f.coverage, threshold=f.months, unit=CellUnit.MONTHS),
    )


def _lower(breach: Breach, floor: Floor) -> Lower | None:
    """What was asked before, where only less being asked ends it."""
    if breach.lowered is None or breach.asked is None:
        return None
    return Lower(months=breach.asked.months, ground=breach.asked.ground, now=floor.ground)


def _numbers(facts: Facts, floor: Floor, ended: datetime | None, why: Lowered | None) -> dict[str, float]:
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
    if ended is not None:
        numbers["breach_ended_unix_s"] = ended.timestamp()
    if why is not None:
        numbers[FLAGS[why]] = 1.0
    return numbers
