"""Cells that stand as columns: the bytes of the general writer, and the tuple they are equal to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from math import isnan, nan
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertcore.packed import DAILY_SCALE
from alertcore.packed_sums import CellColumns, Cells, Groups, Place
from alertcore.records.stock import Circuit, Position, PositionCell, Tier
from schemas.codec import decode, encode, encode_generally

PLACES: list[Place] = [
    (Tier.COMMUNITY_PHARMACY, Circuit.VILLE, "11"),
    (Tier.HOSPITAL_PHARMACY, Circuit.HOPITAL, "2A"),
    (Tier.MANUFACTURER, Circuit.BOTH, None),
    (Tier.UNKNOWN, Circuit.UNKNOWN, "x" * 70),
]
AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
Row = tuple[int, int, int]
"""Place, packs, packs a day (scaled)."""
ROWS = st.lists(
    st.lists(
        st.tuples(st.integers(0, len(PLACES) - 1), st.integers(-(2**40), 2**62), st.integers(0, 2**40)),
        max_size=6,
    ),
    max_size=5,
)


def columns(medicines: Sequence[Sequence[Row]], telling: Sequence[bool] = (True,) * len(PLACES)) -> CellColumns:
    rows = [row for medicine in medicines for row in medicine]
    place, packs, daily = (np.array([row[n] for row in rows], np.int64) for n in range(3))
    of = np.array([n for n, medicine in enumerate(medicines) for _ in medicine], np.int64)
    first = np.searchsorted(of, range(len(medicines) + 1))
    groups = Groups(place, packs, packs.astype(np.float64), daily / DAILY_SCALE, of, first)
    return CellColumns(groups, PLACES, np.array(telling), np.array([1.0, 0.5, 0.0, 1 / 3]))


def position(cells: Sequence[PositionCell]) -> Position:
    return Position(cis="60000001", as_of=AT, saleable=7, reporters_share=0.5, cells=cast(Any, cells))


@given(ROWS)
def test_cells_as_columns_become_the_bytes_of_the_general_writer(medicines: list[list[Row]]) -> None:
    table = columns(medicines)
    for row in range(len(medicines)):
        cells = table.of(row)
        plain = position(tuple(cells))
        assert encode(position(cells)) == encode_generally(plain) == encode(plain)
        assert decode(encode(position(cells))) == plain == position(cells)


@pytest.mark.parametrize("packs", [0, 1, 63, 64, 8191, 8192, 2**31, 2**62, -1, -64, -65])
def test_packs_of_every_size(packs: int) -> None:
    table = columns([[(0, packs, 0), (2, 5, 0)], [(1, 1, 0)]])
    for row in range(2):
        assert encode(position(table.of(row))) == encode_generally(position(tuple(table.of(row))))


def test_cells_are_a_tuple_of_records_to_who_looks_at_them() -> None:
    cells = columns([[(1, 9, 0)], [(0, 60, 3 * DAILY_SCALE), (2, 4, 0)]]).of(1)
    first = PositionCell(
        tier=Tier.COMMUNITY_PHARMACY, circuit=Circuit.VILLE, region="11", saleable=60, daily_use=3.0, days=20.0, reporters_share=1.0
    )
    second = PositionCell(tier=Tier.MANUFACTURER, circuit=Circuit.BOTH, saleable=4, reporters_share=0.0)
    assert cells == (first, second) == cells
    assert (first, second) == cells
    assert cells != (first,)
    assert cells != [first, second]
    assert (len(cells), cells[0], cells[-1], cells[1:]) == (2, first, second, (second,))
    assert (hash(cells), repr(cells)) == (hash((first, second)), repr((first, second)))
    with pytest.raises(IndexError):
        cells[2]
    assert isinstance(replace(position(cells), version=3).cells, Cells)


@pytest.mark.parametrize(("scaled", "use"), [(0, nan), (1, 0.000061), (DAILY_SCALE // 3, 0.333313), (DAILY_SCALE, 1.0)])
def test_daily_use_is_told_to_six_digits_and_only_above_zero(scaled: int, use: float) -> None:
    (found,) = columns([[(0, 60, scaled)]]).use.tolist()
    assert found == use or (isnan(found) and isnan(use))


def test_a_place_that_may_not_tell_its_use_tells_no_days_either() -> None:
    cells = columns([[(0, 60, DAILY_SCALE), (1, 60, DAILY_SCALE)]], (False, True, True, True)).of(0)
    assert [(c.daily_use, c.days) for c in cells] == [(None, None), (1.0, 60.0)]
