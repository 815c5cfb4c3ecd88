"""What stage `supply` gives: positions that changed, signals of its rules, and when it wants to be woken."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from alertcore import floor_periods
from alertcore.deadlines.clock import add_months, start_of_day
from alertcore.packed import Ints, Marks, ints, union
from alertcore.policy import Policy
from alertcore.records.alert import Signal, SignalState
from alertcore.records.stock import Position
from alertcore.rules import safety_stock
from alertcore.rules.safety_stock import Look
from alertcore.rules.safety_stock_floor import Standing
from alertcore.sharding import CASES_LOG
from alertcore.stage import Emit
from alertcore.supply import days, watching
from alertcore.supply.book import Totals
from alertcore.supply.floors import Medicine, standings
from alertcore.supply.localtime import calendar_of, today
from alertcore.supply.memo import GIVEN_CHUNK, Memo, memo_of, policy_of
from alertcore.supply.position import Figures, Freshly, content, figures, position
from alertcore.supply.state import Given, Source, Watch
from alertcore.supply.turn import AWAITING, LEFT, Turn, instant, micros
from alertcore.supply.watching import Seen, Watched, Watching

SETTLE = 500_000
"""Microseconds of log time a changed medicine waits for the other sources."""
MOST = 1_000
"""Medicines looked at in one decision; the rest follow with the next, at most a millisecond later."""
_NEXT = 1_000
_NOTHING_SAID = Given()
_DAY = micros(instant(0) + timedelta(days=1))


def wake(turn: Turn) -> None:
    """Marks what time alone has changed: a new month or a period of the policy moves floors, reporters fall silent, an open case wants
    its daily position.
    """
    memo = memo_of(turn.view)
    watch: Watch = turn.get("watch") or Watch()
    month = _span(turn)
    known = memo.freshness.share(turn.now) >= policy_of(turn.view)[1].fresh_share
    if month != watch.month:
        memo.known.clear()
    if (month, known) != (watch.month, watch.known):
        turn.changes["watch"] = replace(watch, month=month, known=known)
        turn.mark_all(len(memo.book.medicines))
    turn.mark(ints(n for n in (memo.book.medicine(cis) for cis in sorted(_daily(memo, turn.now))) if n is not None))
    turn.mark(ints(watching.wake(turn, memo)))


def _span(turn: Turn) -> str:
    """What all floors hold for: the local month, and the day since which the periods of the policy have not changed."""
    month, policy = f"{today(turn):%Y-%m}", policy_of(turn.view)[1].safety_stock
    last = floor_periods.last_turn(policy, today(turn)) if policy.periods else None
    return month if last is None else f"{month} {last}"


def _next_period(turn: Turn) -> list[int]:
    """When a period of the policy next begins or ends, microseconds."""
    policy = policy_of(turn.view)[1].safety_stock
    day = floor_periods.next_turn(policy, today(turn)) if policy.periods else None
    return [] if day is None else [micros(start_of_day(day, calendar_of(turn.view).zone))]


def _next_month(turn: Turn) -> int:
    """When the local month ends, microseconds."""
    first = add_months(today(turn).replace(day=1), 1)
    return micros(start_of_day(first, calendar_of(turn.view).zone))


def _daily(memo: Memo, now: int) -> list[str]:
    return [cis for cis, told in memo.open_.items() if told + _DAY <= now]


def due(turn: Turn) -> int | None:
    """Earliest instant (microseconds) at which time alone changes something."""
    memo = memo_of(turn.view)
    watch: Watch = turn.get("watch") or Watch()
    awaiting, left = turn.get(AWAITING), turn.get(LEFT)
    dues = [_next_month(turn), *_next_period(turn)] if memo.book.medicines else []
    if awaiting is not None:
        dues.append(awaiting.since + SETTLE)
    if left is not None:
        dues.append(left.since)
    least = policy_of(turn.view)[1].fresh_share
    if watch.known and memo.freshness.share(turn.now) >= least:
        dues.append(memo.freshness.known_until(least) + 1)
    dues.extend(told + _DAY for told in memo.open_.values() if told + _DAY > turn.now)
    dues.extend(micros(at) for at in (watching.due(turn), days.midnight(turn)) if at is not None)
    return min(dues, default=None)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one settling goes by. reporters: whether each is fresh, by its number in Freshness."""

    fresh: Freshly
    reporters: list[bool]
    totals: Totals
    figures: Figures
    policy: Policy
    version: int
    because: tuple[str, ...]
    agency: str
    watching: Watching
    by_policy: bool


def settle(turn: Turn, agency: str, *, at_once: bool) -> bool:
    """Looks at the medicines that await it, if it is time."""
    now = _due_now(turn, at_once)
    if now is None:
        return False
    memo, (version, policy) = memo_of(turn.view), policy_of(turn.view)
    medicines = [memo.medicine(turn.view, n, policy, turn.message.at) for n in now.tolist()]
    shares = memo.freshness.shares(turn.now)
    fresh = Freshly(memo.freshness.share(turn.now), [shares.get(place, 0.0) for place in memo.book.places], policy.fresh_share)
    totals, because = memo.book.totals(now), _because(turn, memo)
    watched = Watching(turn, memo, now, totals, fresh, (version, policy), because)
    found = figures(memo.book, totals, [m.sold for m in medicines], fresh)
    watch: Watch = turn.get("watch") or Watch()
    seen = _Seen(fresh, memo.freshness.fresh(turn.now), totals, found, policy, version, because, agency, watched, watch.relook)
    _give_all(turn, memo, now, medicines, seen)
    if watch.relook and turn.get(AWAITING) is None and turn.get(LEFT) is None:
        turn.changes["watch"] = replace(watch, relook=False)
    return True


def _due_now(turn: Turn, at_once: bool) -> Ints | None:
    """Medicines to look at now: those the last look left, else all that have waited long enough, but no more than MOST."""
    key = LEFT if turn.get(LEFT) is not None else AWAITING
    marks: Marks | None = turn.get(key)
    if marks is None or not (at_once or key == LEFT or turn.now >= marks.since + SETTLE):
        return None
    numbers = marks.numbers()
    turn.changes[key] = None
    if len(numbers) > MOST:
        turn.changes[LEFT] = Marks(turn.now + _NEXT, (numbers[MOST:],))
    return numbers[:MOST]


def _because(turn: Turn, memo: Memo) -> tuple[str, ...]:
    """The newest partial of every source: what the sums rest on."""
    sources: list[Source] = [source for _, source in turn.view.items(f"source/{memo.book.generation}/")]
    return tuple(s.event_id for s in sources if s.event_id)


def _give_all(turn: Turn, memo: Memo, numbers: Ints, medicines: list[Medicine], seen: _Seen) -> None:
    memo.given.grow(len(memo.book.medicines))
    given: list[tuple[int, int]] = memo.given.rows[numbers].tolist()
    rows = enumerate(zip(numbers.tolist(), medicines, given, strict=True))
    memo.given.rows[numbers] = [_give(turn, memo, (row, n), medicine, before, seen) for row, (n, medicine, before) in rows]
    for chunk in union(numbers // GIVEN_CHUNK).tolist():
        turn.changes[f"position/{chunk:06}"] = memo.given.block(chunk, GIVEN_CHUNK)


def _give(turn: Turn, memo: Memo, at: tuple[int, int], medicine: Medicine, given: tuple[int, int], seen: _Seen) -> tuple[int, int]:
    """Position and signals of one medicine. at: its row in the figures, and its number. Version and checksum of its position after it."""
    (row, number), (version, before) = at, given
    stands = standings(medicine, seen.totals.reserve, seen.reporters)
    found = position(seen.figures, row, medicine.cis, stands, seen.fresh, turn.message.at, version + 1)
    watched = seen.watching.look(Seen(number, medicine, stands, found))
    found, checksum = watched.position, content(watched.position, seen.figures, row)
    if version and checksum == before:
        found = replace(found, version=version)
    else:
        turn.emits.append(Emit("positions", medicine.cis, found))
    _judge(turn, memo, medicine, stands, found, watched, seen)
    return found.version, checksum


def _judge(
    turn: Turn, memo: Memo, medicine: Medicine, stands: tuple[Standing, ...], found: Position, watched: Watched, seen: _Seen
) -> None:
    """What the rules say of it. Most medicines are far from every threshold: that is found out first."""
    key = f"given/{medicine.cis}"
    before: Given = turn.get(key) or _NOTHING_SAID
    floor, signal = before.floor, None
    stands = tuple([s for s in stands if s.floor.company not in medicine.off]) if medicine.off else stands
    weekly = medicine.sentinel and before.told < seen.watching.week
    if not safety_stock.calm(floor, stands, seen.policy.safety_stock):
        floor, signal = safety_stock.look(floor, _look(turn, medicine, stands, seen, [b.company for b in floor.breaches]))
    elif before is _NOTHING_SAID and not watched.open and not watched.signals and not weekly:
        return
    signals = (*((signal,) if signal else ()), *watched.signals)
    if seen.by_policy:
        signals = tuple(_by_policy(s) for s in signals)
    after = _tell_cases(turn, memo, replace(before, floor=floor), found, signals, seen.agency, open_=watched.open, weekly=weekly)
    if after != before:
        turn.changes[key] = after


def _by_policy(signal: Signal) -> Signal:
    """What begins to hold while a new policy is looked at began by it: stock has been judged under the old one half a second before."""
    if signal.state is not SignalState.RAISED:
        return signal
    return replace(signal, numbers={**signal.numbers, "raised_by_policy_flag": 1.0})


def _look(turn: Turn, medicine: Medicine, stands: tuple[Standing, ...], seen: _Seen, before: list[str]) -> Look:
    names = {c: turn.get(f"company/{c}") or "" for c in before if c not in medicine.names}
    return Look(
        cis=medicine.cis,
        name=medicine.name,
        mitm=medicine.mitm,
        at=turn.message.at,
        policy=seen.policy,
        policy_version=seen.version,
        standings=stands,
        unit=medicine.unit,
        names=medicine.names | names,
        because=seen.because,
        zone=seen.watching.zone,
        marketing=medicine.marketing,
    )


def _tell_cases(
    turn: Turn, memo: Memo, after: Given, found: Position, signals: tuple[Signal, ...], agency: str, *, open_: bool, weekly: bool
) -> Given:
    """The position goes to the cases with the signals of its medicine, once a day while one is open, and once a week in a plan's season."""
    still_open = bool(after.floor.breaches) or open_
    daily = still_open and after.told + _DAY <= turn.now
    if signals or daily or weekly:
        turn.emits.append(Emit(CASES_LOG, agency, found, "position", 0))
        after = replace(after, told=turn.now)
    for signal in signals:
        turn.emits.append(Emit(CASES_LOG, agency, signal, "signal", 0))
        turn.emits.append(Emit("signals", f"cis:{found.cis}", signal, "signal"))
    if still_open:
        memo.open_[found.cis] = after.told
    else:
        memo.open_.pop(found.cis, None)
    return after
