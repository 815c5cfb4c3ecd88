"""Rule `coverage`: days of supply of a medicine are short, in the country or in a region, for a day and more.

Days of supply: saleable packs over daily use. Daily use: packs a day that dispensing tiers dispensed over 28 days (reports over fewer
are summed up by stage stock; who is known of fewer is counted by what is known, and that is said), else, for the country, mean daily
sales. Country: all saleable packs, under 30 and 10 days. Region: packs of its wholesalers and community pharmacies over what those
pharmacies dispense, under 7 and 3 days. At a level is not under it.

A level counts when it was passed for 24 hours, and is left at 1.1 times its days. What is not known neither begins nor ends anything,
and does not break the 24 hours. Source: a rule of the house; no article of law asks for it.

Severity: country at nought critical, under the last level severe, else moderate; region under its last level moderate, else minor.
Medicines that are no MITM are one step milder, and never under minor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alertcore.deadlines.clock import local_day
from alertcore.identity import signal_id
from alertcore.policy import Policy
from alertcore.records.alert import CellUnit, Severity, Signal, SignalCell, SignalState
from alertcore.records.shared import Nature, Subject, SubjectKind
from alertcore.retelling import due_again, moved
from alertcore.rules.coverage_text import Facts, sentence
from alertcore.thresholds import CoveragePolicy

RULE, RULE_VERSION = "coverage", 1
_HAIR = 1e-9
_ORDER = (Severity.MINOR, Severity.MODERATE, Severity.SEVERE, Severity.CRITICAL)

Readings = Mapping[str | None, float | None]
"""Days of supply by region, None the country; a value of None is not known, as is a region that is not named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """Under a level since an instant, in a region or (None) the country. days: last known. held: long enough to count.

    clear: times the level at which it ends, as the policy said when it was last known to be under it.
    """

    region: str | None = None
    level: float
    since: datetime
    days: float
    held: bool = False
    clear: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageTold:
    """What the last signal said. cells: region and level. days: of the first cell."""

    at: datetime
    severity: Severity
    cells: tuple[str, ...]
    days: float
    policy_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageState:
    """What the rule remembers of one medicine. version: of its last signal. wake_at: when a spell that goes on begins to count.

    excused: spells that only another policy ended, while others go on: what they were of is still short by what was told.
    """

    version: int = 0
    wake_at: datetime | None = None
    spells: tuple[Spell, ...] = ()
    excused: tuple[Spell, ...] = ()
    told: CoverageTold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at one medicine. daily_use: packs a day in the country. brief: share of reporters whose use is known of under 28 days.

    zone: of the local days that are told.
    """

    cis: str
    name: str
    mitm: bool
    at: datetime
    policy: Policy
    policy_version: int
    readings: Readings
    daily_use: float | None = None
    companies: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    brief: float = 0.0
    zone: str = "Europe/Paris"


def levels(region: str | None, policy: CoveragePolicy) -> tuple[float, ...]:
    """Levels of the country or a region, the mildest first."""
    return tuple(sorted(set(policy.national_days if region is None else policy.region_days), reverse=True))


def judge(spell: Spell | None, days: float | None, level: float, region: str | None, at: datetime, policy: CoveragePolicy) -> Spell | None:
    """The spell under one level after a look."""
    if days is None:
        return spell
    if days < level - _HAIR:
        since = spell.since if spell else at
        held = (spell is not None and spell.held) or at - since >= timedelta(hours=policy.hold_hours)
        return Spell(region=region, level=level, since=since, days=days, held=held, clear=policy.clear)
    if spell is None or not spell.held or days >= level * policy.clear - _HAIR:
        return None
    return replace(spell, days=days)


def due(state: CoverageState, policy: CoveragePolicy) -> datetime | None:
    """When the next spell that does not count yet will, if it goes on."""
    hold = timedelta(hours=policy.hold_hours)
    return min((s.since + hold for s in state.spells if not s.held), default=None)


def severity(region: str | None, level: float, days: float, *, mitm: bool, policy: CoveragePolicy) -> Severity:
    """How severe `days` under a level are."""
    last = level <= min(levels(region, policy), default=level)
    if region is None:
        grade = Severity.CRITICAL if days <= 0 else Severity.SEVERE if last else Severity.MODERATE
    else:
        grade = Severity.MODERATE if last else Severity.MINOR
    return grade if mitm else _ORDER[max(_ORDER.index(grade) - 1, 0)]


def look(state: CoverageState, now: Look) -> tuple[CoverageState, Signal | None]:
    """What the rule remembers after a look, and the signal to give, if any."""
    spells = tuple(_judged(state, now))
    after = replace(state, spells=spells, excused=tuple(_excused(state, spells, now)))
    cells = _shown(after.spells)
    if not cells:
        after, excused = replace(after, excused=()), after.excused
        return _clear(state, after, excused, now) if state.told else (after, None)
    grades = [severity(c.region, c.level, c.days, mitm=now.mitm, policy=now.policy.coverage) for c in cells]
    told = CoverageTold(
        at=now.at,
        severity=max(grades, key=_ORDER.index),
        cells=tuple(f"{c.region or ''}|{c.level:g}" for c in cells),
        days=cells[0].days,
        policy_version=now.policy_version,
    )
    if state.told is not None and not _worth_telling(state.told, told):
        return after, None
    after = replace(after, version=state.version + 1, told=told)
    how = SignalState.CHANGED if state.told else SignalState.RAISED
    return after, _signal(after, how, told.severity, cells, now, {})


def _judged(state: CoverageState, now: Look) -> Iterator[Spell]:
    before = {(s.region, s.level): s for s in state.spells}
    regions = {None, *now.readings, *(s.region for s in state.spells)}
    for region in sorted(regions, key=lambda r: r or ""):
        for level in levels(region, now.policy.coverage):
            found = judge(before.get((region, level)), now.readings.get(region), level, region, now.at, now.policy.coverage)
            if found is not None:
                yield found


def _shown(spells: tuple[Spell, ...]) -> list[Spell]:
    """Of the country and each region the severest level that counts; the country first."""
    worst: dict[str | None, Spell] = {}
    for spell in spells:
        if spell.held and (spell.region not in worst or spell.level < worst[spell.region].level):
            worst[spell.region] = spell
    return [worst[region] for region in sorted(worst, key=lambda r: r or "")]


def _worth_telling(last: CoverageTold, now: CoverageTold) -> bool:
    """Another severity or level at once; other regions, or a tenth more or less, once a day."""
    if (last.severity, _levels(last)) != (now.severity, _levels(now)):
        return True
    return (moved(last.days, now.days, _HAIR) or last.cells != now.cells) and due_again(last.at, now.at)


def _levels(told: CoverageTold) -> set[tuple[bool, str]]:
    """Levels under which the country, or any region, is."""
    return {(cell.startswith("|"), cell.rsplit("|", 1)[1]) for cell in told.cells}


def _clear(state: CoverageState, after: CoverageState, excused: tuple[Spell, ...], now: Look) -> tuple[CoverageState, Signal]:
    """Nothing is short any more. Where that is so only by another policy, it is no all-clear."""
    last = [replace(c, days=_known(now.readings.get(c.region), c.days)) for c in _shown((*state.spells, *excused))]
    after = replace(after, version=state.version + 1, told=None)
    return after, _signal(after, SignalState.CLEARED, Severity.INFO, last, now, {"cleared_by_policy_flag": 1.0} if excused else {})


def _excused(state: CoverageState, spells: tuple[Spell, ...], now: Look) -> Iterator[Spell]:
    """Spells that counted and are no more, though by the level and the end that held then they would go on."""
    here = {(s.region, s.level) for s in spells}
    before = {(s.region, s.level): s for s in (*state.excused, *state.spells) if s.held}
    for place, spell in before.items():
        days = now.readings.get(spell.region)
        if place not in here and (days is None or days < spell.level * spell.clear - _HAIR):
            yield spell


def _known(days: float | None, else_: float) -> float:
    return else_ if days is None else days


def _signal(after: CoverageState, how: SignalState, grade: Severity, cells: list[Spell], now: Look, more: dict[str, float]) -> Signal:
    since = min(c.since for c in cells)
    national = now.readings.get(None)
    facts = Facts(
        cis=now.cis,
        name=now.name,
        national=next((c for c in cells if c.region is None), None),
        regions=tuple(c for c in cells if c.region is not None),
        days=national,
        since=local_day(since, now.zone),
        cleared=how is SignalState.CLEARED,
        by_policy=bool(more),
        brief=now.brief,
    )
    numbers = {"daily_use_packs": now.daily_use, "national_days": national, "brief_history_pct": 100 * now.brief or None}
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
        cells=tuple(SignalCell(region=c.region, value=c.days, threshold=c.level, unit=CellUnit.DAYS) for c in cells),
        numbers={name: n for name, n in numbers.items() if n is not None} | {"regions_count": float(len(facts.regions))} | more,
        sentence=sentence(facts),
        because=now.because,
        companies=now.companies,
    )
