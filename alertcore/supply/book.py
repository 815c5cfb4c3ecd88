"""What one supply shard adds up to: newest sums of every source by cell, cells by medicine. Derived from state, kept in step with it."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from alertcore.heard import reporter_hash
from alertcore.packed import DAILY_SCALE, NEVER, Block, Floats, Grid, Ints, filled, grouped, ints, least, sums_of, union
from alertcore.records.stock import Circuit, Partial, Tier
from alertcore.stage import View

CELL_CHUNK = 1024
"""Cells in one state value, keys or sums."""
OWNED = (Tier.MANUFACTURER, Tier.DEPOSITARY)
_WIDTH = 5
_REPORTERS, _OLDEST = 3, 4
_MEDICINE, _GROUP, _OWNED = range(3)
PLACE = 1
"""Column of a group's place in `groups_at`; the one before is its medicine."""

Place = tuple[Tier, Circuit, str | None]


@dataclass(frozen=True, slots=True)
class OwnedCell:
    """A cell that counts for floors: what one manufacturer or depositary holds of one presentation."""

    number: int
    cip13: str
    tier: Tier
    owner: str
    owner_hash: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of some medicines over all sources; a counting pack is a pack weighted by its size.

    groups: group number to (packs, counted packs, counted packs a day). reserve: owned cell to counted packs held in the EEA.
    oldest: medicine number to its oldest observation, microseconds, NEVER where none. chosen, counted: the same group numbers, rising,
    and a row each of counted packs and counted packs a day.
    """

    chosen: Ints
    counted: Floats
    groups: dict[int, tuple[float, float, float]]
    reserve: dict[int, float]
    oldest: dict[int, int]


class SupplyBook:
    """Cells and sums of one generation. Cells, groups (a medicine in a place) and medicines are numbered
    in the order of their first coming."""

    def __init__(self, view: View, generation: int) -> None:
        self.generation = generation
        self.keys: list[str] = []
        self.medicines: list[str] = []
        self.places: list[Place] = []
        self.place_of: list[int] = []
        self.groups_of: list[list[int]] = []
        self.owned_of: list[list[OwnedCell]] = []
        self.owners: dict[int, set[int]] = {}
        self.sources: dict[int, Grid] = {}
        self._index: dict[str, int] = {}
        self._weighted: set[int] = set()
        self._medicine: dict[str, int] = {}
        self._group: dict[tuple[int, str], int] = {}
        self._place: dict[str, int] = {}
        self._names: list[str] = []
        self._of, self._extra, self.groups_at = Grid(3), Grid(1, "f8"), Grid(2)
        for _, chunk in view.items("cell/"):
            for key in chunk:
                self._add(key)
        for key, block in view.items(f"sums/{generation}/"):
            _, _, source, chunk = key.split("/")
            self._restore(int(source), int(chunk), block)

    def begin(self, generation: int) -> None:
        """Sums of another generation, none yet."""
        self.generation = generation
        self.sources.clear()

    def medicine(self, cis: str) -> int | None:
        """Number of a medicine, None while nobody has reported it."""
        return self._medicine.get(cis)

    def weigh(self, medicine: int, weights: dict[str, float]) -> None:
        """Counting packs of each presentation of a medicine; one where not named."""
        if not weights and medicine not in self._weighted:
            return
        self._weighted.add(medicine)
        cells = (self._of.rows[: len(self.keys), _MEDICINE] == medicine).nonzero()[0]
        for cell in cells.tolist():
            self._extra.rows[cell, 0] = weights.get(self.keys[cell][:13], 1.0) - 1.0

    def apply(self, partial: Partial) -> tuple[Ints, list[int]]:
        """Puts a partial in place of what its source told before: (medicines whose numbers change, chunks of the source's sums touched)."""
        cells = self._numbers(partial.keys)
        new, grid = sums_of(partial), self.sources.setdefault(partial.source, Grid(_WIDTH))
        grid.grow(len(self.keys))
        changed = (grid.rows[cells, :_OLDEST] != new[:, :_OLDEST]).any(axis=1)
        grid.rows[cells] = new
        medicines = union(self._of.rows[cells[changed], _MEDICINE])
        return medicines, union(cells // CELL_CHUNK).tolist()

    def block(self, source: int, chunk: int) -> Block:
        """State value of one chunk of a source's sums."""
        return self.sources[source].block(chunk, CELL_CHUNK)

    def chunks(self, since: int) -> Iterator[tuple[str, tuple[str, ...]]]:
        """State values of all cell keys from number `since` on, whole chunks."""
        for first in range(since - since % CELL_CHUNK, len(self.keys), CELL_CHUNK):
            yield f"cell/{first // CELL_CHUNK:06}", tuple(self.keys[first : first + CELL_CHUNK])

    def totals(self, medicines: Ints) -> Totals:
        """Sums of some medicines, given by rising number."""
        wanted = filled(len(self.medicines), -1)
        wanted[medicines] = range(len(medicines))
        of = self._of.rows[: len(self.keys)]
        cells = (wanted[of[:, _MEDICINE]] >= 0).nonzero()[0]
        rows, oldest = self._summed(cells)
        weight = 1.0 + self._extra.rows[cells, 0]
        owned = of[cells, _OWNED] != 0
        numbers = [m.tolist() for m in (cells[owned], rows[owned, 1] * weight[owned])]
        least_of = least(oldest, wanted[of[cells, _MEDICINE]], len(medicines))
        return Totals(
            *self._by_group(wanted, of[cells, _GROUP], rows, weight),
            dict(zip(*numbers, strict=True)),
            dict(zip(medicines.tolist(), least_of.tolist(), strict=True)),
        )

    def stock(self) -> Floats:
        """Counted packs of every medicine, weighed as `weigh` was told."""
        cells = ints(range(len(self.keys)))
        counted = self._summed(cells)[0][:, :1] * (1.0 + self._extra.rows[: len(cells)])
        found: Floats = grouped(counted, self._of.rows[: len(cells), _MEDICINE], len(self.medicines))[:, 0]
        return found

    def _summed(self, cells: Ints) -> tuple[Ints, Ints]:
        """Rows and oldest observation of some cells over all sources."""
        rows, oldest = Grid(_WIDTH).rows[:1].repeat(len(cells), axis=0), filled(len(cells), NEVER)
        for grid in self.sources.values():
            grid.grow(len(self.keys))
            one = grid.rows[cells]
            rows += one
            told = (one[:, _REPORTERS] > 0) & (one[:, _OLDEST] < oldest)
            oldest[told] = one[told, _OLDEST]
        return rows, oldest

    def _by_group(self, wanted: Ints, groups: Ints, rows: Ints, weight: Ints) -> tuple[Ints, Floats, dict[int, tuple[float, float, float]]]:
        chosen: Ints = (wanted[self.groups_at.rows[: len(self.place_of), 0]] >= 0).nonzero()[0]
        place = filled(len(self.place_of), 0)
        place[chosen] = range(len(chosen))
        plain = grouped(rows[:, :1], place[groups], len(chosen))[:, 0]
        counted = grouped(rows[:, 0:3:2] * weight.reshape(-1, 1), place[groups], len(chosen))
        counted[:, 1] /= DAILY_SCALE
        values = zip(plain.tolist(), counted[:, 0].tolist(), counted[:, 1].tolist(), strict=True)
        return chosen, counted, dict(zip(chosen.tolist(), values, strict=True))

    def _numbers(self, keys: Iterable[str]) -> Ints:
        index = self._index
        try:
            found = [index[key] for key in keys]
        except KeyError:
            found = [index[key] if key in index else self._add(key) for key in keys]
        out = filled(len(found), 0)
        out[:] = found
        return out

    def _restore(self, source: int, chunk: int, block: Block) -> None:
        grid = self.sources.setdefault(source, Grid(_WIDTH))
        first = chunk * CELL_CHUNK
        grid.grow(first + len(block.rows))
        grid.rows[first : first + len(block.rows)] = block.rows

    def _add(self, key: str) -> int:
        cip13, cis, tier, circuit, region, owner = key.split("|", 5)
        medicine = self._add_medicine(cis)
        group = self._add_group(medicine, Tier(tier), Circuit(circuit), region)
        number = self._of.add((medicine, group, int(tier in OWNED)))
        self._extra.grow(number + 1)
        if tier in OWNED:
            cell = OwnedCell(number, cip13, Tier(tier), owner, reporter_hash(owner))
            self.owned_of[medicine].append(cell)
            self.owners.setdefault(cell.owner_hash, set()).add(medicine)
        self.keys.append(key)
        self._index[key] = number
        return number

    def _add_medicine(self, cis: str) -> int:
        if cis not in self._medicine:
            self._medicine[cis] = len(self.medicines)
            self.medicines.append(cis)
            self.groups_of.append([])
            self.owned_of.append([])
        return self._medicine[cis]

    def _add_group(self, medicine: int, tier: Tier, circuit: Circuit, region: str) -> int:
        name = (medicine, f"{tier}|{circuit}|{region}")
        if name not in self._group:
            place = self._add_place(name[1], (tier, circuit, region or None))
            self._group[name] = self.groups_at.add((medicine, place))
            self.place_of.append(place)
            self._names.append(name[1])
            insort(self.groups_of[medicine], self._group[name], key=self._names.__getitem__)
        return self._group[name]

    def _add_place(self, name: str, place: Place) -> int:
        if name not in self._place:
            self._place[name] = len(self.places)
            self.places.append(place)
        return self._place[name]
