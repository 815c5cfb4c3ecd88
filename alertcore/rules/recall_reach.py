"""Reach of a recall: of the reporters known to have carried a lot, how many show none of it for sale after the decision, by level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from alertcore.records.holding import Holding, HoldingState, ReachRow
from alertcore.records.stock import Tier
from alertcore.rules.recalled_lot_in_stock import known_since

CLEAR, HOLDING, NOT_KNOWN = "clear", "holding", "not_known"


def standing(holdings: Iterable[Holding], grace: timedelta) -> str:
    """Where a reporter stands with all its lots of one defect. Not known: not told since the decision, of one lot or more."""
    found = list(holdings)
    if any(h.state is HoldingState.HELD and known_since(h, grace) for h in found):
        return HOLDING
    return CLEAR if all(known_since(h, grace) and h.state is not HoldingState.HELD for h in found) else NOT_KNOWN


def counted(standings: Iterable[tuple[Tier, str]]) -> tuple[ReachRow, ...]:
    """Rows by level, in the order of the supply chain."""
    counts = Counter(standings)
    rows = [
        ReachRow(tier=t, carriers=sum(n for (of, _), n in counts.items() if of is t), clear=counts[t, CLEAR], holding=counts[t, HOLDING])
        for t in Tier
    ]
    return tuple(row for row in rows if row.carriers)


def added(parts: Iterable[tuple[ReachRow, ...]]) -> tuple[ReachRow, ...]:
    """Rows of several partitions together."""
    rows = [row for part in parts for row in part]
    if not rows:
        return ()
    sums = [
        ReachRow(
            tier=t,
            carriers=sum(r.carriers for r in rows if r.tier is t),
            clear=sum(r.clear for r in rows if r.tier is t),
            holding=sum(r.holding for r in rows if r.tier is t),
        )
        for t in Tier
    ]
    return tuple(row for row in sums if row.carriers)


def percent(row: ReachRow) -> float:
    """Share that is clear, per cent, to one decimal. Only all of them is 100."""
    share = 100.0 * row.clear / row.carriers
    return min(round(share, 1), 99.9) if row.clear < row.carriers else 100.0
