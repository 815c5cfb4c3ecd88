"""Where `silent_reporter` is decided: in shard 0 alone, for every reporter of the register, as each shard hears of all of them.

At each local midnight all are looked at; one that is silent is looked at again as soon as it is heard.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from alertcore.deadlines.clock import local_day
from alertcore.heard import reporter_hash, unpacked
from alertcore.inforce import in_force, settings
from alertcore.records.stock import Partial
from alertcore.register import RegisteredReporter, read_senders
from alertcore.rules import silent_reporter
from alertcore.rules.silent_reporter import SilentState
from alertcore.sharding import CASES_LOG
from alertcore.stage import Emit, View
from alertcore.supply.localtime import calendar_of, today
from alertcore.supply.memo import memo_of, policy_of
from alertcore.supply.rulebook import rulebook
from alertcore.supply.turn import Turn, instant

SHARD = 0
"""The shard that decides."""
_Register = dict[int, RegisteredReporter]


def at_midnight(turn: Turn, agency: str) -> None:
    """Every reporter of the register, and those that are silent and no longer in it."""
    if turn.message.partition != SHARD:
        return
    register, rules = _register(turn.view), rulebook(turn.view)
    names = {reporter.id for reporter in register.values()}
    last = _last(turn, register)
    limits: dict[tuple[date, int], date] = {}
    policy, calendar = policy_of(turn.view)[1].silence, calendar_of(turn.view)
    day = today(turn)
    for reporter in register.values():
        seen = last.get(reporter.id)
        if seen is None:
            continue
        of = seen, reporter.interval_days
        if of not in limits:
            limits[of] = silent_reporter.last_day(*of, policy, calendar)
        if day > limits[of] or reporter.id in rules.silent:
            _look(turn, agency, reporter.id, reporter, seen)
    for gone in sorted(rules.silent - names):
        _look(turn, agency, gone, None, None)


def heard(turn: Turn, partial: Partial, agency: str) -> None:
    """Reporters that were silent are heard again."""
    rules = rulebook(turn.view)
    if turn.message.partition != SHARD or not rules.silent:
        return
    register = _register(turn.view)
    found = {h: register[h] for h, _ in unpacked(partial.heard, partial.heard_at) if h in register and register[h].id in rules.silent}
    last = _last(turn, found)
    for reporter in sorted(found.values(), key=lambda r: r.id):
        _look(turn, agency, reporter.id, reporter, last.get(reporter.id))


def _look(turn: Turn, agency: str, name: str, of: RegisteredReporter | None, last: date | None) -> None:
    key, rules = f"silent/{name}", rulebook(turn.view)
    before: SilentState = turn.get(key) or SilentState()
    version, policy = policy_of(turn.view)
    now = silent_reporter.Look(
        reporter=name,
        of=of,
        last=last,
        today=today(turn),
        at=turn.message.at,
        policy=policy.silence,
        policy_version=version,
        calendar=calendar_of(turn.view),
        because=(turn.message.event_id,),
    )
    after, signal = silent_reporter.look(before, now)
    if signal is None:
        return
    turn.changes[key] = after
    turn.emits.append(Emit(CASES_LOG, agency, signal, "signal", 0))
    if after.since is None:
        rules.silent.discard(name)
    else:
        rules.silent.add(name)


def _last(turn: Turn, register: Mapping[int, RegisteredReporter]) -> dict[str, date]:
    """Local day of the last observation of each reporter that was ever heard."""
    zone, newest = calendar_of(turn.view).zone, dict[int, int]()
    for source in memo_of(turn.view).heard.values():
        for reporter in register.keys() & source.keys():
            newest[reporter] = max(source[reporter], newest.get(reporter, 0))
    days: dict[int, date] = {}
    return {register[reporter].id: _day(at, zone, days) for reporter, at in newest.items()}


def _day(at: int, zone: str, known: dict[int, date]) -> date:
    """The local day of an instant (microseconds); within one quarter of an hour it is the same in every zone."""
    quarter = at // 900_000_000
    if quarter not in known:
        known[quarter] = local_day(instant(at), zone)
    return known[quarter]


def _register(view: View) -> _Register:
    """Reporters of the register by their hash, found once for each register."""
    file = in_force(view, "senders")
    known: tuple[str, _Register] | None = view.memo.get("reporters")
    if known is None or known[0] != file.sha256:
        senders = settings(view, "senders", read_senders)[1].senders
        known = view.memo["reporters"] = (file.sha256, _by_hash(r for sender in senders for r in sender.reporters))
    return known[1]


def _by_hash(reporters: Iterable[RegisteredReporter]) -> _Register:
    return {reporter_hash(r.id): r for r in reporters}
