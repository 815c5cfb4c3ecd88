"""What one supply shard adds up to: newest sums of every source by cell, cells by medicine. Derived from state, kept in step with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from alertcore.heard import reporter_hash
from alertcore.packed import DAILY_SCALE, NEVER, Block, Floats, Grid, Ints, filled, grouped, ints, least, sums_of, union
from alertcore.packed_sums import Groups, Place, in_order
from alertcore.records.stock import Circuit, Partial, Tier
from alertcore.stage import View

CELL_CHUNK = 1024
"""Cells in one state value, keys or sums."""
OWNED = (Tier.MANUFACTURER, Tier.DEPOSITARY)
_WIDTH = 5
_REPORTERS, _OLDEST = 3, 4
_MEDICINE, _GROUP, _OWNED = range(3)
OF, PLACE = range(2)
"""Columns of `groups_at`: medicine and place of a group."""


@dataclass(frozen=True, slots=True)
class OwnedCell:
    """A cell that counts for floors: what one manufacturer or depositary holds of one presentation."""

    number: int
    cip13: str
    tier: Tier
    owner: str
    owner_hash: int


@dataclass(frozen=True, slots=True)
class _Stand:
    """Where cells stand: what follows the codes in their keys."""

    place: int
    tier: Tier
    owner: str | None


@dataclass(frozen=True)
class Totals:
    """Sums of some medicines, given by rising number, over all sources, a row each; a counting pack is a pack weighted by its size.

    chosen, counted: the same groups by their numbers, and a row each of counted packs and counted packs a day.
    reserve: owned cell to counted packs held in the EEA. oldest: oldest observation of each, microseconds, NEVER where none.
    """

    medicines: Ints
    columns: Groups
    chosen: Ints
    counted: Floats
    reserve: dict[int, float]
    oldest: list[int]

    @cached_property
    def national(self) -> dict[int, float]:
        """Medicine number to its counted packs in the country."""
        return dict(zip(self.medicines.tolist(), self.columns.summed()[1].tolist(), strict=True))


class SupplyBook:
    """Cells and sums of one generation. Cells, groups (a medicine in a place) and medicines are numbered
    in the order of their first coming."""

    def __init__(self, view: View, generation: int) -> None:
        self.generation = generation
        self.keys: list[str] = []
        self.medicines: list[str] = []
        self.places: list[Place] = []
        self.owned_of: list[list[OwnedCell]] = []
        self.owners: dict[int, set[int]] = {}
        self.sources: dict[int, Grid] = {}
        self._index: dict[str, int] = {}
        self._weighted: set[int] = set()
        self._medicine: dict[str, int] = {}
        self._group: dict[tuple[int, int], int] = {}
        self._place: dict[str, int] = {}
        self._stand: dict[str, _Stand] = {}
        self._of, self._extra, self.groups_at = Grid(3), Grid(1, "f8"), Grid(2)
        self._rank = filled(0, 0)
        for _, chunk in view.items("cell/"):
            self._add(chunk)
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

    def added(self, since: int) -> Iterator[tuple[str, bool]]:
        """(CIS, whether it counts for floors) of every cell from number `since` on."""
        for medicine, owned in self._of.rows[since : len(self.keys)][:, [_MEDICINE, _OWNED]].tolist():
            yield self.medicines[medicine], bool(owned)

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
        chosen = of[cells]
        rows, oldest = self._summed(cells)
        weight = 1.0 + self._extra.rows[cells, 0]
        owned = chosen[:, _OWNED] != 0
        return Totals(
            medicines,
            *self._by_group(wanted, len(medicines), chosen[:, _GROUP], rows, weight),
            dict(zip(cells[owned].tolist(), (rows[owned, 1] * weight[owned]).tolist(), strict=True)),
            least(oldest, wanted[chosen[:, _MEDICINE]], len(medicines)).tolist(),
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

    def _by_group(self, wanted: Ints, n: int, groups: Ints, rows: Ints, weight: Ints) -> tuple[Groups, Ints, Floats]:
        all_ = self.groups_at.rows[: self.groups_at.n]
        chosen = (wanted[all_[:, OF]] >= 0).nonzero()[0]
        order = in_order(wanted[all_[chosen, OF]], self._ranks()[all_[chosen, PLACE]])
        chosen = chosen[order]
        of, place, at = wanted[all_[chosen, OF]], all_[chosen, PLACE], filled(len(all_), 0)
        at[chosen] = range(len(chosen))
        packs = grouped(rows[:, :1], at[groups], len(chosen))[:, 0].astype("i8")
        counted = grouped(rows[:, 0:3:2] * weight.reshape(-1, 1), at[groups], len(chosen))
        counted[:, 1] /= DAILY_SCALE
        return Groups(place, packs, counted[:, 0], counted[:, 1], of, of.searchsorted(range(n + 1))), chosen, counted

    def _ranks(self) -> Ints:
        """Rank of every place by its name."""
        if len(self._rank) < len(self._place):
            self._rank = filled(len(self._place), 0)
            self._rank[[self._place[name] for name in sorted(self._place)]] = range(len(self._place))
        return self._rank

    def _numbers(self, keys: Sequence[str]) -> Ints:
        index = self._index
        try:
            return ints([index[key] for key in keys])
        except KeyError:
            self._add([key for key in dict.fromkeys(keys) if key not in index])
            return ints([index[key] for key in keys])

    def _restore(self, source: int, chunk: int, block: Block) -> None:
        self.sources.setdefault(source, Grid(_WIDTH)).put(chunk, CELL_CHUNK, block)

    def _add(self, keys: Sequence[str]) -> None:
        rows: list[tuple[int, int, int]] = []
        groups: list[tuple[int, int]] = []
        for number, key in enumerate(keys, len(self.keys)):
            cip13, cis, place = key.split("|", 2)
            stand = self._stand.get(place) or self._add_stand(place)
            medicine = self._medicine.get(cis, -1)
            if medicine < 0:
                medicine = self._add_medicine(cis)
            if stand.owner is not None:
                self._own(medicine, OwnedCell(number, cip13, stand.tier, stand.owner, reporter_hash(stand.owner)))
            at = (medicine, stand.place)
            group = self._group.setdefault(at, len(self._group))
            if group == self.groups_at.n + len(groups):
                groups.append(at)
            rows.append((medicine, group, int(stand.owner is not None)))
            self._index[key] = number
        self.keys += keys
        self._of.extend(rows)
        self._extra.grow(len(self.keys))
        self.groups_at.extend(groups)

    def _own(self, medicine: int, cell: OwnedCell) -> None:
        self.owned_of[medicine].append(cell)
        self.owners.setdefault(cell.owner_hash, set()).add(medicine)

    def _add_medicine(self, cis: str) -> int:
        self._medicine[cis] = len(self.medicines)
        self.medicines.append(cis)
        self.owned_of.append([])
        return self._medicine[cis]

    def _add_stand(self, name: str) -> _Stand:
        tier, circuit, region, owner = name.split("|", 3)
        place = self._place.setdefault(f"{tier}|{circuit}|{region}", len(self.places))
        if place == len(self.places):
            self.places.append((Tier(tier), Circuit(circuit), region or None))
        self._stand[name] = _Stand(place, Tier(tier), owner if tier in OWNED else None)
        return self._stand[name]
