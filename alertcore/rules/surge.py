"""Rule `surge`: initial declarations of an ATC class (levels 1 to 3) come more often than they used to.

One-sided CUSUM for counts of a Poisson process (J. M. Lucas, Counted Data CUSUM's, Technometrics 27 (1985) 129-144): S = max(0, S + X - k)
week by week from nought, k = (l1 - l0) / (ln l1 - ln l0), decided at S >= h. l0: mean weekly count of the 52 weeks before, at least
`least_rate`; l1 = ratio x l0; h = `threshold`. S runs over the same 52 weeks and then over the present one as far as it has come, whose
count can only rise. It ends when S over the complete weeks is back at nought: what is looked at each Monday, local time. Until then an
open alert is told again only when its severity changes: a sum falls slowly, and each week of it is no news.

A declaration counts in the week it was declared, on the day it carries, so that late ones and reloads of the past make no surge. With
fewer than `least_weeks` of declarations known to the hub nothing is judged.

State: `surge/<nature>/<class>` counts by week, `surge-since/<nature>` the first week known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from math import log

from alertcore.cases import alerts, timers
from alertcore.cases.desk import Desk
from alertcore.cases.finding import Finding, said, shown
from alertcore.cases.medicines import find
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.settings import calendar
from alertcore.cases.shortages import content_key
from alertcore.deadlines.clock import local_day, start_of_day
from alertcore.making import maker, replace
from alertcore.records.alert import AlertKind, AlertStep, CellUnit, Severity, SignalCell
from alertcore.records.shared import Nature, Subject, SubjectKind
from alertcore.records.shortage import Declaration, DeclarationStep
from alertcore.rules import surge_text as words
from alertcore.thresholds import SurgePolicy

RULE = "surge"
LEVELS = (1, 3, 4)
"""Lengths of an ATC code's first three levels."""
_HAIR = 1e-9
_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class SurgeCounts:
    """Initial declarations of one class by week, without gaps. first: number of the first week, from Monday 1 January of year 1."""

    first: int
    counts: tuple[int, ...] = ()

    def add(self, week: int, oldest: int) -> SurgeCounts:
        """With one more in a week, and without the weeks before `oldest`."""
        place = week - self.first
        if 0 <= place < len(self.counts) and oldest <= self.first:  # most often: a week that is there, and none to leave
            return _counted(first=self.first, counts=(*self.counts[:place], self.counts[place] + 1, *self.counts[place + 1 :]))
        first, counts = min(self.first, week), list(self.counts)
        counts[:0] = [0] * (self.first - first)
        counts += [0] * (week - first - len(counts) + 1)
        counts[week - first] += 1
        gone = min(max(oldest - first, 0), len(counts))
        return SurgeCounts(first=first + gone, counts=tuple(counts[gone:]))

    def between(self, first: int, last: int) -> list[int]:
        """Counts of the weeks from `first` to the one before `last`."""
        known = self.counts[max(first - self.first, 0) : max(last - self.first, 0)]
        before = [0] * min(max(self.first - first, 0), last - first)
        return before + list(known) + [0] * (last - first - len(before) - len(known))


_counted = maker(SurgeCounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the CUSUM says. usual: l0. closed: S over complete weeks. now: S with this week's `count` so far. weeks: behind `usual`."""

    usual: float
    reference: float
    closed: float
    now: float
    count: int
    weeks: int


KINDS: dict[str, type[object]] = {"surge": SurgeCounts, "surge-since": int}


def classes(atc: str) -> tuple[str, ...]:
    """The ATC classes of levels 1 to 3 that a code lies in."""
    return tuple(atc[:n] for n in LEVELS if len(atc) >= n)


def reference(usual: float, ratio: float) -> float:
    """k between the usual rate and `ratio` times it."""
    return usual * (ratio - 1) / log(ratio)


def cusum(counts: Iterable[int], k: float) -> float:
    """S after some weeks, from nought."""
    total = 0.0
    for count in counts:
        total = max(0.0, total + count - k)
    return total


def read(before: Sequence[int], count: int, policy: SurgePolicy) -> Reading | None:
    """The CUSUM of complete weeks, the newest last, and the present week's count; None with too few weeks."""
    weeks = before[-policy.weeks :]
    if len(weeks) < policy.least_weeks:
        return None
    usual = max(sum(weeks) / len(weeks), policy.least_rate)
    k = reference(usual, policy.ratio)
    closed = cusum(weeks, k)
    return Reading(usual=usual, reference=k, closed=closed, now=max(0.0, closed + count - k), count=count, weeks=len(weeks))


def declared(desk: Desk, declaration: Declaration) -> str:
    """Count an initial declaration that was not known before."""
    if declaration.step is not DeclarationStep.INITIAL or not _is_new(desk, declaration):
        return Outcome.NOTHING
    medicine = find(desk, declaration.cis)
    atc = (declaration.atc or (medicine.atc if medicine else None) or "").strip().upper()
    nature, zone = declaration.nature, _zone(desk)
    this, week = _week(desk.now, zone), _week(min(declaration.declared_at, desk.now), zone)
    since: int | None = desk.get(f"surge-since/{nature}")
    if since is None or week < since:
        desk.put(f"surge-since/{nature}", week)
    for name in classes(atc):
        key = f"surge/{nature}/{name}"
        old: SurgeCounts = desk.get(key) or SurgeCounts(first=week)
        desk.put(key, old.add(week, this - desk.policy.surge.weeks))
        if week != this:
            _complete(desk).pop((nature, name), None)
        if _is_above(desk, nature, name) and alerts.open_file(desk, AlertKind.SURGE, _subject(name), nature) is None:
            _judge(desk, nature, name)
    return Outcome.NOTED


def wake(desk: Desk, subject: str) -> None:
    """A week has ended while a class is above its rate."""
    nature, name = subject.split("/")
    _judge(desk, Nature(nature), name)


def relook(desk: Desk) -> None:
    """Another policy: every class is looked at again."""
    for key in [key for key, _ in desk.view.items("surge/")]:
        _, nature, name = key.split("/")
        _judge(desk, Nature(nature), name)


def _is_new(desk: Desk, d: Declaration) -> bool:
    key = content_key(d.nature, d.cis, d.company.id, d.declaration_id)
    return desk.view.get(key) is None and desk.get(key) is not None


def _judge(desk: Desk, nature: Nature, name: str) -> None:
    found = _read(desk, nature, name)
    if found is None:
        return
    file = alerts.open_file(desk, AlertKind.SURGE, _subject(name), nature)
    above = found.now >= desk.policy.surge.threshold - _HAIR
    if file is not None and found.closed <= _HAIR and not above:
        timers.set_timer(desk, RULE, f"{nature}/{name}", None)
        _signal(desk, nature, name, found, holds=False)
        alerts.end(desk, file, AlertStep.RESOLVED, Reason.SURGE_OVER, said({"sentence": words.over(name, found.usual)}))
    elif file is not None or above:
        timers.set_timer(desk, RULE, f"{nature}/{name}", _next_week(desk))
        _signal(desk, nature, name, found, holds=True)
        if file is None or file.alert.severity is not _severity(desk, found):
            alerts.show(desk, shown(_finding(desk, nature, name, found)), Reason.SURGE_BEGAN, Reason.SURGE_CHANGED)


def _is_above(desk: Desk, nature: Nature, name: str) -> bool:
    """Whether a class of which no alert is open is to have one."""
    before, count = _weeks(desk, nature, name)
    return before is not None and _sum(before, count) >= desk.policy.surge.threshold - _HAIR


def _read(desk: Desk, nature: Nature, name: str) -> Reading | None:
    before, count = _weeks(desk, nature, name)
    return None if before is None else replace(before, count=count, now=_sum(before, count))


def _sum(before: Reading, count: int) -> float:
    return max(0.0, before.closed + count - before.reference)


def _weeks(desk: Desk, nature: Nature, name: str) -> tuple[Reading | None, int]:
    """The complete weeks, read once a week as long as nothing is added to them; and the count of the present one."""
    this, since = _week(desk.now, _zone(desk)), desk.get(f"surge-since/{nature}")
    counts: SurgeCounts = desk.get(f"surge/{nature}/{name}") or SurgeCounts(first=this)
    memo, stamp = _complete(desk), (this, since, desk.policy_version)
    found = memo.get((nature, name))
    if found is None or found[0] != stamp:
        first = max(this if since is None else since, this - desk.policy.surge.weeks)
        found = memo[nature, name] = (stamp, read(counts.between(first, this), 0, desk.policy.surge))
    return found[1], counts.between(this, this + 1)[0]


def _complete(desk: Desk) -> dict[tuple[Nature, str], tuple[object, Reading | None]]:
    """Readings of complete weeks by class; they follow from state."""
    found: dict[tuple[Nature, str], tuple[object, Reading | None]] = desk.view.memo.setdefault("surge", {})
    return found


def _severity(desk: Desk, found: Reading) -> Severity:
    """Moderate from twice the threshold."""
    return Severity.MODERATE if found.now >= 2 * desk.policy.surge.threshold - _HAIR else Severity.MINOR


def _signal(desk: Desk, nature: Nature, name: str, found: Reading, *, holds: bool) -> None:
    h = desk.policy.surge.threshold
    desk.signal(
        RULE,
        _subject(name),
        nature,
        severity=_severity(desk, found) if holds else Severity.INFO,
        sentence=words.above(name, found.count, found.usual, found.weeks, found.now, h) if holds else words.over(name, found.usual),
        holds=holds,
        numbers=_numbers(found),
        cells=(SignalCell(value=found.now, threshold=h, unit=CellUnit.COUNT),),
    )


def _numbers(found: Reading) -> dict[str, float]:
    return {
        "declarations_count": float(found.count),
        "usual_weekly_count": found.usual,
        "weeks_count": float(found.weeks),
        "excess_cusum_count": found.now,
    }


def _finding(desk: Desk, nature: Nature, name: str, found: Reading) -> Finding:
    return Finding(
        rule=RULE,
        kind=AlertKind.SURGE,
        subject=_subject(name),
        nature=nature,
        severity=_severity(desk, found),
        name=words.named(name).fr,
        headline=words.headline(name),
        sentence=words.above(name, found.count, found.usual, found.weeks, found.now, desk.policy.surge.threshold),
        do=words.DO,
        numbers=_numbers(found),
    )


@lru_cache(maxsize=4096)
def _subject(name: str) -> Subject:
    return Subject(kind=SubjectKind.ATC, id=name)


def _zone(desk: Desk) -> str:
    return calendar(desk.view, desk.agency.timezone).zone


@lru_cache(maxsize=16)
def _week(at: datetime, zone: str) -> int:
    return (local_day(at, zone).toordinal() - 1) // _WEEK


def _next_week(desk: Desk) -> datetime:
    zone = _zone(desk)
    return start_of_day(date.fromordinal((_week(desk.now, zone) + 1) * _WEEK + 1), zone)
