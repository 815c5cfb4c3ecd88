"""Results that are kept."""

from __future__ import annotations

import pytest

from alertcore.kept import Kept


def test_a_result_is_made_once_while_it_is_kept() -> None:
    asked: list[str] = []

    def make(value: str) -> str:
        asked.append(value)
        return value * 2

    kept = Kept(make, most=2, longest=4)
    assert [kept["a"], kept["a"], kept["bbb"], kept["bbb"]] == ["aa", "aa", "bbbbbb", "bbbbbb"]
    assert asked == ["a", "bbb", "bbb"], "what is too long is not kept"


def test_it_begins_anew_when_it_is_full() -> None:
    kept = Kept(str.upper, most=2)
    assert [kept[c] for c in "abc"] == ["A", "B", "C"]
    assert set(kept) == {"c"}


def test_nothing_is_kept_of_what_raises() -> None:
    kept = Kept(bytes.fromhex, most=2)
    for _ in range(2):
        with pytest.raises(ValueError, match="hex"):
            kept["no"]
    assert not kept
