"""Requests of pharmacies in state: each one as last reported, and how many pharmacies of a medicine wait too long, kept as counts.

Every request has one timer, and every change of it moves the counts by one, so that a burst of thousands costs each the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alertcore.cases.desk import Desk
from alertcore.cases.reasons import Outcome
from alertcore.cases.timers import set_timer
from alertcore.deadlines.clock import later
from alertcore.making import replace
from alertcore.records.shared import Nature
from alertcore.records.shortage import Disruption, DisruptionState

RULE = "disruption_72h"
KEPT_FOR = timedelta(days=35)
"""How long a request is remembered after its last report: longer than any limit, so that a late report undoes nothing."""
DISTRIBUTORS = 2
"""Distinct distributors that must have been asked (CSP R.5124-49-1); OCP and ocp are one."""
_RANKS = {DisruptionState.OPEN: 0, DisruptionState.ABANDONED: 1, DisruptionState.SERVED: 2}


class Counts(StrEnum):
    """What a request counts as: not (yet, or no more), pharmacy without, served too late, given up too late."""

    NOT = "not"
    OPEN = "open"
    SERVED = "served"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request (`ask/<nature>/<cis>/<pharmacy>/<disruption id>`). due: end of its limit. two: at least two distinct distributors.

    seen_at: when the last report came. since: from when it counted. counts: as what it counts.
    """

    pharmacy: str
    region: str
    asked_at: datetime
    due: datetime
    state: DisruptionState
    state_at: datetime
    two: bool
    seen_at: datetime
    since: datetime | None = None
    counts: Counts = Counts.NOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A pharmacy with requests that count (`without/<nature>/<cis>/<pharmacy>`). open: those it still is without."""

    region: str
    asks: int = 0
    open: int = 0


@dataclass(frozen=True, slots=True)
class InRegion:
    """Pharmacies of one region; an empty one is not known."""

    region: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Disrupted:
    """All pharmacies of one medicine (`disrupted/<nature>/<cis>`). regions: pharmacies by region, those in the window.

    open: pharmacies that are without now. The rest is of the present alert alone. most, where: the most pharmacies at once, and all
    regions. cluster: whether it ever was one. lost: requests that ended without being served. late: hours by which the first report
    came too late. limit: hours of a shorter limit of the first request.
    """

    regions: tuple[InRegion, ...] = ()
    open: int = 0
    most: int = 0
    where: tuple[str, ...] = ()
    cluster: bool = False
    lost: int = 0
    since: datetime | None = None
    late: int = 0
    limit: int = 0

    @property
    def pharmacies(self) -> int:
        """Pharmacies in the window."""
        return sum(r.count for r in self.regions)


KINDS: dict[str, type[object]] = {"ask": Ask, "without": Waiting, "disrupted": Disrupted}


def disrupted_key(nature: Nature, cis: str) -> str:
    """State key of a medicine's counts."""
    return f"disrupted/{nature}/{cis}"


def ask_key(d: Disruption) -> str:
    """State key of a request."""
    return f"ask/{d.nature}/{d.cis}/{d.pharmacy.id.replace('/', '%2F')}/{d.disruption_id}"


def limit_hours(d: Disruption, legal: int) -> int:
    """Hours after which it counts: the legal limit, or a shorter one where the pharmacist says why (continuity of treatment)."""
    named = bool((d.limit_reason or "").strip())
    return min(d.limit_hours, legal) if named else legal


def read(desk: Desk, d: Disruption) -> Ask:
    """A report as a request."""
    limit = timedelta(hours=limit_hours(d, desk.policy.disruption.limit_hours))
    return Ask(
        pharmacy=d.pharmacy.id,
        region=d.pharmacy.region or "",
        asked_at=d.asked_at,
        due=later(d.asked_at, limit),
        state=d.state,
        state_at=d.state_at,
        two=len({" ".join(x.casefold().split()) for x in d.distributors} - {""}) >= DISTRIBUTORS,
        seen_at=desk.now,
    )


def keep(desk: Desk, key: str, new: Ask) -> str | None:
    """Take a report and move the counts; a reason where it changes nothing. The newest report holds, whatever came first."""
    old: Ask | None = desk.get(key)
    if old is not None and _order(old) >= _order(new):
        return Outcome.REPEAT if _order(old) == _order(new) else Outcome.LATE
    if old is not None:
        new = replace(new, since=old.since, counts=old.counts)
    _settle(desk, key, new)
    return None


def wake(desk: Desk, key: str) -> Ask:
    """The limit of a request, its window, or its memory has run out. Returns the request."""
    ask: Ask | None = desk.get(key)
    assert ask is not None, "a request is forgotten only by its timer"
    if ask.counts is Counts.NOT and desk.now >= ask.seen_at + KEPT_FOR:
        desk.put(key, None)
    else:
        _settle(desk, key, ask)
    return ask


def _order(a: Ask) -> tuple[datetime, int, bool, datetime, datetime, str]:
    """Newer is greater: the later state; of one instant the one that is further on; then the rest, so that any two have an order."""
    return (a.state_at, _RANKS.get(a.state, 0), a.two, a.due, a.asked_at, a.region)


def _settle(desk: Desk, key: str, ask: Ask) -> None:
    """Count a request as what it is now, and wait for what it will be next."""
    window = timedelta(days=desk.policy.disruption.window_days)
    since = ask.since if ask.due <= desk.now else None
    if since is None and ask.two and ask.due <= desk.now:
        since = desk.now if ask.state is DisruptionState.OPEN else ask.due
    ask = replace(ask, since=since)
    counts = _counts(ask, desk.now, window)
    nature, cis = key.split("/", 3)[1:3]
    if counts is not ask.counts:
        _move(desk, nature, cis, ask, counts)
        ask = replace(ask, counts=counts)
    desk.put(key, ask)
    set_timer(desk, RULE, key, _next(ask, window))


def _counts(ask: Ask, now: datetime, window: timedelta) -> Counts:
    if ask.since is None or not ask.two or now < ask.due:
        return Counts.NOT
    if ask.state is DisruptionState.OPEN:
        return Counts.OPEN if now < max(ask.since, ask.seen_at) + window else Counts.NOT
    if ask.state_at <= ask.due or now >= ask.since + window:
        return Counts.NOT
    return Counts.SERVED if ask.state is DisruptionState.SERVED else Counts.GIVEN_UP


def _next(ask: Ask, window: timedelta) -> datetime:
    """When it is to be looked at again: at its limit, at the end of its window, or when it may be forgotten."""
    if ask.counts is Counts.OPEN and ask.since is not None:
        return max(ask.since, ask.seen_at) + window
    if ask.counts is not Counts.NOT and ask.since is not None:
        return ask.since + window
    is_pending = ask.state is DisruptionState.OPEN and ask.two and ask.since is None
    return ask.due if is_pending else ask.seen_at + KEPT_FOR


def _move(desk: Desk, nature: str, cis: str, ask: Ask, now: Counts) -> None:
    """From what a request counted as to what it counts as now."""
    key = f"without/{nature}/{cis}/{ask.pharmacy}"
    old: Waiting = desk.get(key) or Waiting(region=ask.region)
    new = Waiting(
        region=old.region,
        asks=old.asks + (now is not Counts.NOT) - (ask.counts is not Counts.NOT),
        open=old.open + (now is Counts.OPEN) - (ask.counts is Counts.OPEN),
    )
    desk.put(key, new if new.asks else None)
    whole: Disrupted = desk.get(f"disrupted/{nature}/{cis}") or Disrupted()
    regions = {r.region: r.count for r in whole.regions}
    regions[new.region] = regions.get(new.region, 0) + (new.asks > 0) - (old.asks > 0)
    whole = replace(
        whole,
        regions=tuple(InRegion(region, count) for region, count in sorted(regions.items()) if count),
        open=whole.open + (new.open > 0) - (old.open > 0),
        lost=max(0, whole.lost + _lost(ask, now)),
    )
    desk.put(f"disrupted/{nature}/{cis}", whole if whole.regions or whole.since else None)


def _lost(ask: Ask, now: Counts) -> int:
    """One more request that ended without being served, or one less where it turns out that it was."""
    given_up = now is Counts.GIVEN_UP and ask.counts is Counts.OPEN
    silent = now is Counts.NOT and ask.counts is Counts.OPEN and ask.state is DisruptionState.OPEN
    found = ask.counts is Counts.GIVEN_UP and now is Counts.SERVED
    return int(given_up or silent) - int(found)
