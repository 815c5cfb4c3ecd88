"""Where a key lives never changes within a generation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertcore.sharding import shard


@pytest.mark.parametrize(
    ("key", "partitions", "place"), [("60000000", 4, 0), ("60000001", 4, 2), ("75000001", 4, 3), ("é", 7, 4), ("", 4, 0)]
)
def test_the_place_of_a_key_is_fixed(key: str, partitions: int, place: int) -> None:
    assert shard(key, partitions) == place


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, 256))
def test_every_key_has_a_place(key: str, partitions: int) -> None:
    assert 0 <= shard(key, partitions) < partitions


def test_medicines_are_spread_evenly() -> None:
    counts = [0, 0, 0, 0]
    for number in range(8000):
        counts[shard(str(60000000 + number * 7919), 4)] += 1
    assert all(1800 <= count <= 2200 for count in counts)
