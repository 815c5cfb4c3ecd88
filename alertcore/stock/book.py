"""What one partition of reporters adds up to: cells, sums and last reports, derived from the stage's state and kept beside it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from operator import itemgetter

from alertcore.heard import reporter_hash
from alertcore.packed import NEVER, Grid, Holding, Ints, Lines, Marks, filled, ints, merge, same, union
from alertcore.packed_index import CellIndex
from alertcore.packed_use import Use, over_28_days
from alertcore.records.stock import StockSheet
from alertcore.sharding import shard
from alertcore.stage import View
from alertcore.stock.incoming import OWNED, PREFIX, Row, by_cell, expected, moved

CELL_CHUNK = 1024
"""Cell keys in one state value."""
USE = "use/"
_CIP, _CIS, _SHARD, _BYTES = range(4)


class StockBook:
    """Sums over all last reports. Built from state, then kept in step with it; never read by anybody but the stage."""

    def __init__(self, view: View, supply_partitions: int) -> None:
        self.supply_partitions = supply_partitions
        self.keys: list[str] = []
        self.cells = Grid(4)
        self.sums = Grid(4)
        self.places: dict[str, CellIndex] = {}
        self.numbers: dict[str, int] = {}
        self.holdings: list[Holding | None] = []
        self.hashes: list[int] = []
        self.brief: set[int] = set()
        self.incoming: dict[int, tuple[Row, ...]] = {}
        self._dirty = Grid(1)
        self._heard: set[int] = set()
        self._shard_of = cache(lambda cis: shard(f"{cis:08}", supply_partitions))
        for _, chunk in view.items("cell/"):
            self._restore_cells(chunk)
        for index in self.places.values():
            index.settle()
        for key, holding in view.items("reporter/"):
            self._restore_holding(key.removeprefix("reporter/"), holding)
        for key, use in view.items(USE):
            self._note_use(self.numbers[key.removeprefix(USE)], use)
        for _, rows in view.items(PREFIX):
            self.incoming |= by_cell(rows)

    def _restore_cells(self, keys: tuple[str, ...]) -> None:
        """Cells as they were numbered: those that follow one another in one place, as reports made them, come at once."""
        for place, run in groupby((key.split("|", 2) for key in keys), key=itemgetter(2)):
            pairs = [(int(cip13), int(cis)) for cip13, cis, _ in run]
            index = self.places.setdefault(place, CellIndex())
            for pair, number in zip(pairs, self._add_cells(pairs, place).tolist(), strict=True):
                index.put(*pair, number)

    def _restore_holding(self, reporter: str, holding: Holding) -> None:
        while len(self.holdings) <= holding.number:
            self.holdings.append(None)
            self.hashes.append(0)
        self._hold(reporter, holding)
        self.sums.rows[holding.cells, :3] += holding.values()
        self.sums.rows[holding.cells, 3] += 1

    def _hold(self, reporter: str, holding: Holding) -> None:
        self.numbers[reporter] = holding.number
        self.holdings[holding.number] = holding
        self.hashes[holding.number] = reporter_hash(reporter)

    def last(self, reporter: str) -> Holding | None:
        """The reporter's last report."""
        number = self.numbers.get(reporter)
        return None if number is None else self.holdings[number]

    def take(self, sheet: StockSheet, lines: Lines, observed: int, before: Use | None = None) -> tuple[Holding, Ints, Use | None]:
        """The reporter's new holding, the cells whose sums change by it, and its window of 28 days, where it needs one."""
        reporter, use = sheet.reporter.id, before
        old = self.last(reporter)
        holding = self._holding(sheet, lines, observed, old)
        if before is not None or lines.periods is not None:
            holding, use = over_28_days(before, old, holding, self.cells.rows[holding.cells, _CIP], lines)
            self._note_use(holding.number, use)
        if old is None:
            self.holdings.append(holding)
            self.hashes.append(0)
        self._hold(reporter, holding)
        return holding, self._apply(old, holding), use

    def _note_use(self, number: int, use: Use | None) -> None:
        if use is not None and use.brief:
            self.brief.add(number)
        else:
            self.brief.discard(number)

    def _holding(self, sheet: StockSheet, lines: Lines, observed: int, old: Holding | None) -> Holding:
        place = place_of(sheet)
        if old is None:
            cells = self._find(place, lines.cip13, lines.cis)
            return Holding.of(len(self.holdings), sheet.report_id, observed, place, cells, lines.values())
        of = self.cells.rows[old.cells]
        if old.place == place and same(of[:, _CIP], lines.cip13) and same(of[:, _CIS], lines.cis):
            return Holding.of(old.number, sheet.report_id, observed, place, old.cells, lines.values())
        cip13, cis, values = merge(lines, of[:, _CIP], of[:, _CIS], old.values(), sheet.kind)
        cells = self._find(place, cip13, cis)
        return Holding.of(old.number, sheet.report_id, observed, place, old.cells if same(cells, old.cells) else cells, values)

    def _find(self, place: str, cip13: Ints, cis: Ints) -> Ints:
        def create(codes: Ints, medicines: Ints) -> Ints:
            return self._add_cells(list(zip(codes.tolist(), medicines.tolist(), strict=True)), place)

        return self.places.setdefault(place, CellIndex()).find(cip13, cis, create)

    def _add_cells(self, pairs: list[tuple[int, int]], place: str) -> Ints:
        """Numbers of new cells of (CIP13, CIS) in one place."""
        keys = [f"{cip13:013}|{cis:08}|{place}" for cip13, cis in pairs]
        more = len(place.encode()) - len(place)
        first = self.cells.extend([(*pair, self._shard_of(pair[1]), len(key) + more) for pair, key in zip(pairs, keys, strict=True)])
        self.keys += keys
        self.sums.grow(len(self.keys))
        self._dirty.grow(len(self.keys))
        return ints(range(first, len(self.keys)))

    def _apply(self, old: Holding | None, new: Holding) -> Ints:
        sums = self.sums.rows
        if old is not None and old.cells is new.cells:
            moved = new.values() - old.values()
            sums[new.cells, :3] += moved
            changed: Ints = new.cells[moved.any(axis=1)]
            return changed
        if old is not None:
            sums[old.cells, :3] -= old.values()
            sums[old.cells, 3] -= 1
        sums[new.cells, :3] += new.values()
        sums[new.cells, 3] += 1
        touched: Ints = new.cells if old is None else union(old.cells, new.cells)
        return touched

    def expect(self, sheet: StockSheet, lines: Lines, before: tuple[Row, ...]) -> tuple[tuple[Row, ...], Ints]:
        """(deliveries the reporter expects now, cells for which they are others than before)."""
        holding = self.last(sheet.reporter.id)
        assert holding is not None, "its report was taken"
        cells = dict(zip(self.cells.rows[holding.cells, _CIP].tolist(), holding.cells.tolist(), strict=True))
        after = expected(sheet, cells, dict(zip(lines.cip13.tolist(), lines.eea.tolist(), strict=True)), before)
        for cell in {row[0] for row in before}:
            self.incoming.pop(cell, None)
        self.incoming |= by_cell(after)
        return after, moved(before, after)

    def newly_marked(self, cells: Ints) -> Ints:
        """Those of the cells that were not marked yet; now they are."""
        found: Ints = cells[self._dirty.rows[cells, 0] == 0]
        self._dirty.rows[found, 0] = 1
        return found

    def newly_heard(self, reporter: int) -> Ints:
        """The reporter's number, if it was not marked yet."""
        found = ints(() if reporter in self._heard else (reporter,))
        self._heard.add(reporter)
        return found

    def remark(self, cells: Marks | None, reporters: Marks | None) -> None:
        """Marks as they stand in state, in place of those before."""
        self._dirty.rows[:, 0] = 0
        self._heard = set(reporters.numbers().tolist()) if reporters else set()
        if cells is not None:
            self._dirty.rows[cells.numbers(), 0] = 1

    def observed(self, reporter: int) -> int:
        """Observation of a reporter's last report, microseconds."""
        holding = self.holdings[reporter]
        return holding.observed if holding else 0

    def oldest(self) -> Ints:
        """Oldest observation in every cell, microseconds. The newest report writes first, so that older ones overwrite it."""
        found = filled(len(self.keys), NEVER)
        for holding in sorted((h for h in self.holdings if h), key=lambda h: -h.observed):
            found[holding.cells] = holding.observed
        return found

    def shard_of(self, cells: Ints) -> Ints:
        """Supply shard of each cell."""
        found: Ints = self.cells.rows[cells][:, _SHARD]
        return found

    def key_bytes(self, cells: Ints) -> Ints:
        """Length of each cell's key."""
        found: Ints = self.cells.rows[cells][:, _BYTES]
        return found

    def chunks(self, since: int) -> Iterator[tuple[str, tuple[str, ...]]]:
        """State values of all cell keys from number `since` on, whole chunks."""
        for first in range(since - since % CELL_CHUNK, len(self.keys), CELL_CHUNK):
            yield f"cell/{first // CELL_CHUNK:06}", tuple(self.keys[first : first + CELL_CHUNK])


def place_of(sheet: StockSheet) -> str:
    """tier|circuit|region|owner of a reporter's cells."""
    of = sheet.reporter
    return f"{of.tier}|{of.circuit}|{of.region or ''}|{of.id if of.tier in OWNED else ''}"
