"""Recalled lots in stage `supply`: each reporter's holdings judged together, and the reach of every recall told once a day.

State: `held/<reporter>` its holdings and what the rule remembers, `reach/<defect>` what was told of a recall's reach.

A report with several recalled lots comes as one record a lot: half a second of log time gathers them into one signal.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from alertcore.inforce import InForce, state_key
from alertcore.policy import Policy, read_policy
from alertcore.records.holding import Holding, HoldingState, Reach, ReachRow
from alertcore.records.stock import Reporter, Tier
from alertcore.rules import recalled_lot_in_stock as rule
from alertcore.rules.recall_reach import counted, standing
from alertcore.sharding import CASES_LOG
from alertcore.stage import Emit, View
from alertcore.supply.memo import policy_of
from alertcore.supply.turn import Turn, micros

SETTLE = timedelta(milliseconds=500)
GATHER = timedelta(minutes=1)
"""How long the first word on a recall's reach waits for the holdings of all reporters."""
EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One reporter's recalled lots, those gone included, by CIP13 and lot.

    lifted: lots no longer recalled since the last look. waits: since when it waits for a look. because: event of its newest lot.
    """

    reporter: Reporter
    holdings: tuple[Holding, ...] = ()
    lifted: tuple[Holding, ...] = ()
    state: rule.RecalledState = field(default_factory=rule.RecalledState)
    waits: datetime | None = None
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachTold:
    """What was told of a recall's reach. changed: since when it may be another, None where it is not."""

    version: int = 0
    at: datetime | None = None
    rows: tuple[ReachRow, ...] = ()
    changed: datetime | None = None


@dataclass(slots=True)
class ReachMemo:
    """carriers: defect to reporter to its level and standing. due: defect to when a word on it is.

    waits: reporters to since when, who waits longest first.
    """

    carriers: dict[str, dict[str, tuple[Tier, str]]] = field(default_factory=dict)
    due: dict[str, datetime] = field(default_factory=dict)
    waits: dict[str, datetime] = field(default_factory=dict)


def memo_of(view: View) -> ReachMemo:
    """The memo, built where it is missing."""
    found: ReachMemo | None = view.memo.get("recalled")
    if found is None:
        found = view.memo["recalled"] = ReachMemo()
        grace, waits = _grace(policy_of(view)[1]), []
        for key, held in view.items("held/"):
            _note(found, key.removeprefix("held/"), held, (), grace)
            if held.waits is not None:
                waits.append((held.waits, key.removeprefix("held/")))
        found.waits = {name: since for since, name in sorted(waits)}
        for key, told in view.items("reach/"):
            if told.changed is not None:
                found.due[key.removeprefix("reach/")] = _due(told)
    return found


def take(turn: Turn, news: Holding) -> str:
    """What a reporter has of one lot."""
    name, memo, at = news.reporter.id, memo_of(turn.view), turn.message.at
    before: Held | None = turn.get(f"held/{name}")
    gone = news.state is HoldingState.LIFTED
    if before is None and gone:
        return "nothing"
    held = before or Held(reporter=news.reporter)
    held = replace(
        held,
        reporter=news.reporter,
        holdings=rule.lifted(held.holdings, news),
        lifted=(*held.lifted, news) if gone else held.lifted,
        waits=held.waits or at,
        because=turn.message.event_id,
    )
    memo.waits.setdefault(name, at)
    turn.changes[f"held/{name}"] = held
    _note_all(turn, memo, name, held, before.holdings if before else ())
    return "holding"


def look_again(turn: Turn, agency: str) -> None:
    """Another policy: every reporter is judged by it."""
    memo = memo_of(turn.view)
    for key, held in list(turn.view.items("held/")):
        name = key.removeprefix("held/")
        _note_all(turn, memo, name, held, held.holdings)
        _judge(turn, name, held, agency, by_policy=True)


def settle(turn: Turn, agency: str, *, at_once: bool) -> bool:
    """Judges the reporters whose lots have come together, and tells what is due of the reach of recalls. True if anything was done."""
    memo, at = memo_of(turn.view), turn.message.at
    ready = []
    for name, since in memo.waits.items():
        if not at_once and since + SETTLE > at:
            break
        ready.append(name)
    for name in sorted(ready):
        held: Held | None = turn.get(f"held/{name}")
        assert held is not None, "who waits has lots"
        _judge(turn, name, held, agency)
    return _tell(turn, agency, at_once=at_once) or bool(ready)


def _note_all(turn: Turn, memo: ReachMemo, name: str, held: Held, before: tuple[Holding, ...]) -> None:
    for defect in sorted(_note(memo, name, held, before, _grace(_policy(turn)[1]))):
        _mark(turn, memo, defect, turn.message.at)


def _judge(turn: Turn, name: str, held: Held, agency: str, *, by_policy: bool = False) -> None:
    version, policy = _policy(turn)
    look = rule.Look(
        reporter=held.reporter,
        holdings=held.holdings,
        at=turn.message.at,
        grace=_grace(policy),
        policy_version=version,
        names=_names(turn, held.holdings),
        because=(held.because,) if held.because else (),
        by_policy=by_policy,
    )
    state, signal = rule.look(held.state, look)
    memo_of(turn.view).waits.pop(name, None)
    turn.changes[f"held/{name}"] = replace(held, state=state, lifted=(), waits=None) if held.holdings else None
    if signal is not None:
        turn.emits += [Emit(CASES_LOG, agency, h, "holding", 0) for h in (*held.lifted, *held.holdings)]
        turn.emits += [Emit(CASES_LOG, agency, signal, "signal", 0), Emit("signals", f"reporter:{name}", signal, "signal")]


def _policy(turn: Turn) -> tuple[int, Policy]:
    """The policy as it will stand after this decision."""
    new: InForce | None = turn.changes.get(state_key("policy"))
    return policy_of(turn.view) if new is None else (new.version, read_policy(json.loads(new.content)))


def _grace(policy: Policy) -> timedelta:
    return timedelta(hours=policy.defect.recall_grace_hours)


def _names(turn: Turn, holdings: tuple[Holding, ...]) -> dict[str, str]:
    known = {h.cis: turn.get(f"product/{h.cis}/{h.cip13}") for h in holdings}
    return {cis: product.name for cis, product in known.items() if product is not None}


def _note(memo: ReachMemo, name: str, held: Held, before: tuple[Holding, ...], grace: timedelta) -> set[str]:
    """Keeps where the reporter stands with each defect; returns the defects with which that changed."""
    changed = set()
    defects = {d for h in (*held.holdings, *before) for d in h.defects}
    for defect in defects:
        mine = [h for h in held.holdings if defect in h.defects]
        carriers = memo.carriers.setdefault(defect, {})
        now = (held.reporter.tier, standing(mine, grace)) if mine else None
        if carriers.get(name) != now:
            changed.add(defect)
            if now is None:
                del carriers[name]
            else:
                carriers[name] = now
    return changed


def _mark(turn: Turn, memo: ReachMemo, defect: str, at: datetime) -> None:
    key = f"reach/{defect}"
    told: ReachTold = turn.get(key) or ReachTold()
    if told.changed is None:
        told = turn.changes[key] = replace(told, changed=at)
        memo.due[defect] = _due(told)


def _due(told: ReachTold) -> datetime:
    assert told.changed is not None, "only what changed is due"
    return told.changed + GATHER if told.at is None else max(told.at + EVERY, told.changed + GATHER)


def _tell(turn: Turn, agency: str, *, at_once: bool) -> bool:
    """Tells the reach of every recall that is due; `at_once` also of those never told. True if anything was."""
    memo, at = memo_of(turn.view), turn.message.at
    due = sorted(d for d, when in memo.due.items() if when <= at or (at_once and _never_told(turn, d)))
    for defect in due:
        del memo.due[defect]
        key = f"reach/{defect}"
        before: ReachTold = turn.get(key) or ReachTold()
        rows = counted(memo.carriers.get(defect, {}).values())
        after = replace(before, changed=None)
        if rows != before.rows:
            after = ReachTold(version=before.version + 1, at=at, rows=rows)
            reach = Reach(defect=defect, source=turn.message.partition, version=after.version, rows=rows)
            turn.emits.append(Emit(CASES_LOG, agency, reach, "reach", 0))
        turn.changes[key] = after
    return bool(due)


def _never_told(turn: Turn, defect: str) -> bool:
    told: ReachTold | None = turn.get(f"reach/{defect}")
    return told is None or told.at is None


def due(turn: Turn) -> int | None:
    """Earliest instant (microseconds) at which something is due."""
    memo = memo_of(turn.view)
    longest = next(iter(memo.waits.values()), None)
    found = min((*memo.due.values(), *(() if longest is None else (longest + SETTLE,))), default=None)
    return None if found is None else micros(found)


def pending(turn: Turn) -> bool:
    """True while a look or a first word on a reach waits."""
    memo = memo_of(turn.view)
    return bool(memo.waits) or any(_never_told(turn, defect) for defect in memo.due)
