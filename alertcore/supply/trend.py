"""Closing stock of every medicine on each local day, as columns of the state, and the net burn they show.

State: `closing/<day>` a row a medicine: thousandths of a counted pack plus one, 0 where not known; thousandths of its counting unit.
The days are kept by column, not by medicine: a day is closed with one write for the whole shard.
"""

from __future__ import annotations

from datetime import date, timedelta

from alertcore.packed import Block, Floats, Ints, filled
from alertcore.policy import Policy
from alertcore.rules.projection_burn import Burn, burn, changes

PREFIX = "closing/"
SCALE = 1_000
_DAY = timedelta(days=1)


def closing(stock: Floats, units: Ints) -> Block:
    """The block of one day. units: of each medicine's counting pack, thousandths, 0 where all its packs count one."""
    rows = filled(2 * len(units), 0).reshape(-1, 2)
    rows[:, 0] = (stock * SCALE).round() + 1
    rows[:, 1] = units
    return Block(rows)


class Trend:
    """Blocks by day, and the burns found so far for one day and policy."""

    def __init__(self, blocks: dict[date, Block]) -> None:
        self.blocks = blocks
        self._for: tuple[date, int, int] | None = None
        self._found: dict[tuple[int, int], Burn | None] = {}

    def add(self, day: date, block: Block) -> None:
        """A day has ended."""
        self.blocks[day] = block
        self._for = None

    def forget(self, before: date) -> list[date]:
        """The days before one, forgotten."""
        old = [day for day in self.blocks if day < before]
        for day in old:
            del self.blocks[day]
        return sorted(old)

    def burn(self, medicine: int, unit: int, today: date, policy: Policy) -> Burn | None:
        """Net burn of a medicine counted in packs of `unit` over the days before today."""
        of = (today, policy.projection.burn_days, policy.projection.least_days)
        if self._for != of:
            self._for = of
            self._found.clear()
        key = medicine, unit
        if key not in self._found:
            days = [today - _DAY * n for n in range(policy.projection.burn_days + 1, 0, -1)]
            self._found[key] = burn(changes([self._stock(medicine, unit, day) for day in days]), policy.projection.least_days)
        return self._found[key]

    def _stock(self, medicine: int, unit: int, day: date) -> float | None:
        block = self.blocks.get(day)
        if block is None or medicine >= len(block.rows):
            return None
        stock, counted_in = block.rows[medicine].tolist()
        return (stock - 1) / SCALE if stock and counted_in == unit else None
