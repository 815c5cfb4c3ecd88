"""Cell numbers of one place, found for a whole report at once. Imports numpy, as `packed.py` does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from alertcore.packed import Ints


@dataclass(slots=True)
class CellIndex:
    """Cell numbers of one place by (CIP13, CIS), found a whole report at a time. One CIS a CIP13 is the rule; `odd` has the others."""

    cip13: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    cis: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    cells: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    odd: dict[tuple[int, int], int] = field(default_factory=dict)

    def find(self, cip13: Ints, cis: Ints, create: Callable[[Ints, Ints], Ints]) -> Ints:
        """Cell of each pair, by rising CIP13; `create(cip13, cis)` numbers the new ones, in the order of the lines."""
        if not len(self.cip13):
            self._extend(cip13, cis, create(cip13, cis))
            return self.cells
        at = np.minimum(self.cip13.searchsorted(cip13), len(self.cip13) - 1)
        found, same = self.cells[at], self.cip13[at] == cip13
        miss = np.flatnonzero(~same | (self.cis[at] != cis))
        if len(miss):
            found[miss] = [self.odd.get((int(cip13[i]), int(cis[i])), -1) if same[i] else -1 for i in miss]
            new = miss[found[miss] < 0]
            found[new] = create(cip13[new], cis[new])
            self.odd.update({(int(cip13[i]), int(cis[i])): int(found[i]) for i in new[same[new]]})
            self._extend(cip13[~same], cis[~same], found[~same])
        return found

    def put(self, cip13: int, cis: int, cell: int) -> None:
        """Restores one cell, in the order of their numbers. Call `settle` after the last."""
        self.odd[cip13, cis] = cell

    def settle(self) -> None:
        """Sorts what was put: the first CIS of each CIP13 by rising number, the others stay odd."""
        first: dict[int, tuple[int, int]] = {}
        for (cip13, cis), cell in sorted(self.odd.items(), key=lambda item: item[1]):
            first.setdefault(cip13, (cis, cell))
        self.odd = {pair: cell for pair, cell in self.odd.items() if first[pair[0]][0] != pair[1]}
        rows = np.array([(cip13, *rest) for cip13, rest in sorted(first.items())], np.int64).reshape(-1, 3)
        self.cip13, self.cis, self.cells = rows[:, 0].copy(), rows[:, 1].copy(), rows[:, 2].copy()

    def _extend(self, cip13: Ints, cis: Ints, cells: Ints) -> None:
        rows = [np.concatenate(pair) for pair in ((self.cip13, cip13), (self.cis, cis), (self.cells, cells))]
        order = rows[0].argsort()
        self.cip13, self.cis, self.cells = (row[order] for row in rows)
