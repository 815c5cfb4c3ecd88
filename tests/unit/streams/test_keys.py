"""Sorted keys behave as a sorted set, whatever is added and removed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streams.keys import SortedKeys

KEYS = st.text(alphabet="ab/é", max_size=4)


@given(st.sets(KEYS), st.lists(st.tuples(KEYS, st.booleans())), KEYS)
def test_keys_under_a_prefix_are_those_of_a_sorted_set(first: set[str], changes: list[tuple[str, bool]], prefix: str) -> None:
    keys, model = SortedKeys(first), set(first)
    for key, there in changes:
        if there and key not in model:
            keys.add(key)
            model.add(key)
        elif not there and key in model:
            keys.remove(key)
            model.remove(key)
    assert keys.under(prefix) == sorted(key for key in model if key.startswith(prefix))


def test_thousands_of_keys_added_in_any_order_stay_sorted() -> None:
    keys = SortedKeys()
    numbers = [f"k{i * 7919 % 5000:05d}" for i in range(5000)]
    for key in numbers:
        keys.add(key)
    for key in numbers[::2]:
        keys.remove(key)
    assert keys.under("k") == sorted(numbers[1::2])
    assert keys.under("k0042") == [key for key in sorted(numbers[1::2]) if key.startswith("k0042")]
