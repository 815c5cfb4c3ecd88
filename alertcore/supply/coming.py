"""Deliveries that manufacturers and depositaries expect, as their newest reports tell: what a projection reckons with.

State: `coming/<cis>` the deliveries of a medicine by cell. What a wholesaler or a pharmacy expects comes out of stock that is in the
country already, and is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from alertcore.heard import reporter_hash
from alertcore.records.stock import Partial
from alertcore.rules.projection_burn import HORIZON_DAYS
from alertcore.stage import View
from alertcore.supply.turn import Turn

PREFIX = "coming/"
Row = tuple[str, int, int, int]
"""Cell, day (ordinal), packs, packs of these held in the EEA."""


@dataclass(slots=True)
class Coming:
    """of: medicine to its rows, by cell and day. cells: those that have any."""

    of: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    cells: set[str] = field(default_factory=set)

    def put(self, cis: str, rows: tuple[Row, ...]) -> None:
        """All deliveries of a medicine."""
        self.cells.difference_update(row[0] for row in self.of.pop(cis, ()))
        if rows:
            self.of[cis] = rows
            self.cells.update(row[0] for row in rows)

    def due(self, cis: str, weights: Mapping[str, float], day: date, fresh: Callable[[int], bool]) -> tuple[tuple[int, float, float], ...]:
        """(days from today, packs, packs held in the EEA) by rising day, in counting packs.

        One whose day has passed announces nothing any more; nor does a reporter that has fallen silent.
        """
        found: dict[int, tuple[float, float]] = {}
        today = day.toordinal()
        for cell, when, packs, reserve in self.of.get(cis, ()):
            if 0 <= when - today <= HORIZON_DAYS and fresh(reporter_hash(cell.rsplit("|", 1)[1])):
                weight, before = weights.get(cell[:13], 1.0), found.get(when - today, (0.0, 0.0))
                found[when - today] = before[0] + packs * weight, before[1] + reserve * weight
        return tuple([(after, *found[after]) for after in sorted(found)])


def coming_of(view: View) -> Coming:
    """As the state has it."""
    found = Coming()
    for key, rows in view.items(PREFIX):
        found.put(key.removeprefix(PREFIX), rows)
    return found


def take(turn: Turn, partial: Partial, coming: Coming) -> set[str]:
    """The deliveries of a partial's cells, in place of those before: the medicines they are of, where anything changed."""
    told: dict[str, list[Row]] = {}
    for one in partial.incoming:
        key = partial.keys[one.cell]
        told.setdefault(key, []).append((key, one.when.toordinal(), one.packs, one.reserve))
    cells: dict[str, set[str]] = {}
    for key in (*told, *coming.cells.intersection(partial.keys)) if told or coming.cells else ():
        cells.setdefault(key.split("|", 2)[1], set()).add(key)
    changed = set()
    for cis in sorted(cells):
        before = coming.of.get(cis, ())
        after = [row for row in before if row[0] not in cells[cis]] + [row for key in cells[cis] for row in told.get(key, ())]
        rows = tuple(sorted(after))
        if rows != before:
            coming.put(cis, rows)
            turn.changes[f"{PREFIX}{cis}"] = rows or None
            changed.add(cis)
    return changed
