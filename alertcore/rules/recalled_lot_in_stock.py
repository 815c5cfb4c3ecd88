"""Rule `recalled_lot_in_stock`: a report still shows a recalled, withdrawn or quarantined lot for sale, after the decision.

Sources: CSP R.5312-1 (a system that takes a product back down to the patient), L.5124-6 (withdrawal of a batch). Threshold: 0 packs.
A report observed before the decision (plus the grace the policy gives) shows what has to be taken off the shelf, and is no breach; packs
set aside are none either. Only a later report that shows none for sale, or the end of the recall of that lot, clears; silence never does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alertcore.identity import signal_id
from alertcore.records.alert import CellUnit, Severity, Signal, SignalCell, SignalState
from alertcore.records.holding import Holding, HoldingState
from alertcore.records.shared import Subject, SubjectKind
from alertcore.records.stock import Reporter
from alertcore.retelling import due_again, moved
from alertcore.rules.recalled_lot_text import sentence

RULE, RULE_VERSION = "recalled_lot_in_stock", 1
_GRADES = tuple(Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the last signal said. lots: cip13|lot in breach."""

    at: datetime
    severity: Severity
    packs: int
    lots: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecalledState:
    """What the rule remembers of one reporter. version: of its last signal. since: first report of the breach, None without one."""

    version: int = 0
    since: datetime | None = None
    told: Told | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at one reporter. holdings: of all recalled lots it was ever seen with. names: CIS to the medicine's name.

    by_policy: true where only another policy makes it look again: what begins or ends then is no news of the reporter.
    """

    reporter: Reporter
    holdings: tuple[Holding, ...]
    at: datetime
    grace: timedelta
    policy_version: int
    names: dict[str, str] = field(default_factory=dict)
    because: tuple[str, ...] = ()
    by_policy: bool = False


def known_since(holding: Holding, grace: timedelta) -> bool:
    """True where the holding was observed when the recall had to be carried out: at the decision plus grace, or later."""
    return holding.decided_at is not None and holding.observed_at >= holding.decided_at + grace


def in_breach(holdings: tuple[Holding, ...], grace: timedelta) -> tuple[Holding, ...]:
    """Lots still for sale after the decision."""
    return tuple(h for h in holdings if h.state is HoldingState.HELD and known_since(h, grace))


def look(state: RecalledState, now: Look) -> tuple[RecalledState, Signal | None]:
    """What the rule remembers after a look, and the signal to give, if any."""
    found = in_breach(now.holdings, now.grace)
    if not found:
        if state.told is None:
            return state, None
        cleared = RecalledState(version=state.version + 1)
        return cleared, _signal(cleared, SignalState.CLEARED, state.since or now.at, found, now)
    told = Told(
        at=now.at,
        severity=max((h.severity for h in found), key=_GRADES.index),
        packs=sum(h.saleable for h in found),
        lots=tuple(f"{h.cip13}|{h.lot}" for h in found),
    )
    if not _worth_telling(state.told, told):
        return state, None
    since = state.since or min(h.observed_at for h in found)
    after = RecalledState(version=state.version + 1, since=since, told=told)
    return after, _signal(after, SignalState.CHANGED if state.told else SignalState.RAISED, since, found, now)


def _worth_telling(last: Told | None, now: Told) -> bool:
    if last is None or (last.severity, last.lots) != (now.severity, now.lots):
        return True
    return moved(last.packs, now.packs) and due_again(last.at, now.at)


def _signal(after: RecalledState, state: SignalState, since: datetime, found: tuple[Holding, ...], now: Look) -> Signal:
    of, packs = now.reporter, sum(h.saleable for h in found)
    numbers = {
        "saleable_packs": float(packs),
        "lots_count": float(len(found)),
        "set_aside_packs": float(sum(h.packs - h.saleable for h in now.holdings)),
        "grace_hours": now.grace / timedelta(hours=1),
    }
    if now.by_policy and state is not SignalState.CHANGED:
        numbers[f"{state}_by_policy_flag"] = 1.0
    return Signal(
        signal_id=signal_id(RULE, "reporter", of.id, "actual"),
        version=after.version,
        rule=RULE,
        rule_version=RULE_VERSION,
        policy_version=now.policy_version,
        subject=Subject(kind=SubjectKind.REPORTER, id=of.id),
        state=state,
        severity=after.told.severity if after.told else Severity.INFO,
        since=since,
        at=now.at,
        cells=(SignalCell(tier=of.tier, circuit=of.circuit, region=of.region, value=packs, threshold=0.0, unit=CellUnit.PACKS),),
        numbers=numbers,
        sentence=sentence(of, found, now.holdings, now.names),
        because=now.because,
    )


def lifted(holdings: tuple[Holding, ...], news: Holding) -> tuple[Holding, ...]:
    """The holdings with the news of one lot: in its place, or gone from the list where the lot is no longer recalled."""
    rest = [h for h in holdings if (h.cip13, h.lot) != (news.cip13, news.lot)]
    kept = rest if news.state is HoldingState.LIFTED else [*rest, news]
    return tuple(sorted(kept, key=lambda h: (h.cip13, h.lot)))
