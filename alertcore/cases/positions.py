"""Positions in state: the newest that stage supply sent of each medicine, in what rules of this stage need of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alertcore.cases.desk import Desk
from alertcore.cases.reasons import Outcome
from alertcore.records.stock import Position, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class TierStock:
    """Saleable packs of one tier. share: of its reporters that are fresh, the mean of its places."""

    tier: Tier
    packs: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stocked:
    """A medicine's newest position (`stocked/<nature>/<cis>`). weight: counting packs in a pack, where its packs differ.

    floor_months without floor_packs: months of sales are asked for, and there are none to base a floor on.
    """

    version: int
    as_of: datetime
    saleable: int
    days: float | None = None
    daily_use: float | None = None
    share: float = 0.0
    weight: float = 1.0
    floor_packs: float | None = None
    floor_months: float | None = None
    tiers: tuple[TierStock, ...] = ()


KINDS: dict[str, type[object]] = {"stocked": Stocked}


def take(desk: Desk, position: Position) -> str:
    """Keep a position that is newer than the one known."""
    key = f"stocked/{position.nature}/{position.cis}"
    old: Stocked | None = desk.get(key)
    if old is not None and (old.as_of, old.version) >= (position.as_of, position.version):
        return Outcome.LATE
    desk.put(key, _stocked(position))
    return Outcome.POSITION_KEPT


def _stocked(p: Position) -> Stocked:
    shares: dict[Tier, list[float]] = {}
    packs: dict[Tier, int] = {}
    for cell in p.cells:
        shares.setdefault(cell.tier, []).append(cell.reporters_share)
        packs[cell.tier] = packs.get(cell.tier, 0) + cell.saleable
    counted = p.days * p.daily_use if p.days is not None and p.daily_use is not None else None
    return Stocked(
        version=p.version,
        as_of=p.as_of,
        saleable=p.saleable,
        days=p.days,
        daily_use=p.daily_use,
        share=p.reporters_share,
        weight=counted / p.saleable if counted and p.saleable else 1.0,
        floor_packs=p.floor_packs,
        floor_months=p.floor_months,
        tiers=tuple(TierStock(tier=t, packs=packs[t], share=sum(shares[t]) / len(shares[t])) for t in sorted(packs)),
    )
