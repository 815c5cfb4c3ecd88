"""Absolute sums of some cells as records for the supply log, one or more for each shard, none too large for a journal part."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from alertcore.heard import packed
from alertcore.packed import DAILY_SCALE, Ints, filled, ints
from alertcore.records.stock import CellIncoming, Partial
from alertcore.sharding import SUPPLY_LOG
from alertcore.stage import Emit
from alertcore.stock.book import StockBook

PART_BYTES = 400_000
"""Most bytes of cells in one partial: a journal part holds 512 KiB."""
_CELL_BYTES = 8 + 8 + 8 + 4 + 8 + 2
_INCOMING_BYTES = 20
_HEARD_MOST = 4_000


def partials(book: StockBook, cells: Ints, heard: Ints, *, generation: int, source: int, version: int) -> Iterator[Emit]:
    """Sums of `cells` and observations of the reporters `heard`, which every shard is told.

    version: offset of the stock log these sums include. Several records of one shard and version complete one another.
    """
    oldest, shards = book.oldest(), book.shard_of(cells)
    for shard in range(book.supply_partitions):
        runs = list(_runs(book, cells[shards == shard]))
        hearings = [heard[i : i + _HEARD_MOST] for i in range(0, len(heard), _HEARD_MOST)]
        for n in range(max(len(runs), len(hearings))):
            run = runs[n] if n < len(runs) else cells[:0]
            some = hearings[n] if n < len(hearings) else heard[:0]
            value = _partial(book, run, some, oldest, generation, source, version)
            yield Emit(SUPPLY_LOG, f"shard-{shard}", value, "partial", shard)


def _runs(book: StockBook, cells: Ints) -> Iterator[Ints]:
    if len(cells):
        part = (book.key_bytes(cells) + _CELL_BYTES + _announced(book, cells)).cumsum() // PART_BYTES
        for n in range(int(part[-1]) + 1):
            yield cells[part == n]


def _announced(book: StockBook, cells: Ints) -> Ints:
    """Bytes of the deliveries expected for each cell."""
    if not book.incoming:
        return filled(len(cells), 0)
    return ints(_INCOMING_BYTES * len(book.incoming.get(cell, ())) for cell in cells.tolist())


def _incoming(book: StockBook, cells: Ints) -> tuple[CellIncoming, ...]:
    if not book.incoming:
        return ()
    rows = [(at, row) for at, cell in enumerate(cells.tolist()) for row in book.incoming.get(cell, ())]
    return tuple([CellIncoming(cell=at, when=date.fromordinal(day), packs=n, reserve=eea) for at, (_, day, n, eea) in rows])


def _partial(book: StockBook, cells: Ints, heard: Ints, oldest: Ints, generation: int, source: int, version: int) -> Partial:
    sums, numbers = book.sums.rows[cells], heard.tolist()
    return Partial(
        generation=generation,
        source=source,
        version=version,
        keys=tuple([book.keys[i] for i in cells.tolist()]),
        saleable=sums[:, 0].astype("<i8").tobytes(),
        reserve=sums[:, 1].astype("<i8").tobytes(),
        daily=(sums[:, 2] / DAILY_SCALE).astype("<f8").tobytes(),
        reporters=sums[:, 3].astype("<i4").tobytes(),
        oldest=oldest[cells].astype("<i8").tobytes(),
        heard=packed([book.hashes[i] for i in numbers]),
        heard_at=packed([book.observed(i) for i in numbers]),
        brief=bytes([i in book.brief for i in numbers]) if not book.brief.isdisjoint(numbers) else b"",
        incoming=_incoming(book, cells),
    )
