"""Local days of stage supply: at the midnight that ends one, all stock is noted, and what depends on the day is looked at again.

State: `today` the local day of the shard, `closing/<day>` the closing stock of the days before (see trend).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from alertcore.deadlines.clock import end_of_day
from alertcore.packed import ints
from alertcore.supply.localtime import calendar_of, today
from alertcore.supply.memo import Memo, memo_of, policy_of
from alertcore.supply.rulebook import rulebook
from alertcore.supply.trend import PREFIX, closing
from alertcore.supply.turn import Turn
from alertcore.supply.watching import unit_of

TODAY = "today"


def turn_over(turn: Turn) -> date | None:
    """Closes the day that has ended, if one has; the new day, or None while it goes on.

    Days over which the log stood still are not known: their stock was never seen.
    """
    memo, day = memo_of(turn.view), today(turn)
    before: str | None = turn.get(TODAY)
    if before is None:
        if memo.book.medicines or memo.heard:
            turn.changes[TODAY] = day.isoformat()
        return None
    if day.isoformat() <= before:
        return None
    _close(turn, memo, date.fromisoformat(before))
    turn.changes[TODAY] = day.isoformat()
    turn.mark_all(len(memo.book.medicines))
    return day


def midnight(turn: Turn) -> datetime | None:
    """When the present day ends; None while there is nothing that depends on it."""
    before: str | None = turn.get(TODAY)
    return None if before is None else end_of_day(date.fromisoformat(before), calendar_of(turn.view).zone)


def _close(turn: Turn, memo: Memo, day: date) -> None:
    policy = policy_of(turn.view)[1]
    trend = rulebook(turn.view).trend
    if memo.freshness.share(turn.now) >= policy.fresh_share:
        known = [memo.medicine(turn.view, n, policy, turn.message.at) for n in range(len(memo.book.medicines))]
        block = closing(memo.book.stock(), ints(unit_of(medicine) for medicine in known))
        trend.add(day, block)
        turn.changes[f"{PREFIX}{day.isoformat()}"] = block
    for old in trend.forget(day - timedelta(days=policy.projection.burn_days)):
        turn.changes[f"{PREFIX}{old.isoformat()}"] = None
