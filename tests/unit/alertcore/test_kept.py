"""Results that are kept."""

from __future__ import annotations

import pytest

from alertcore.kept import Kept, Same


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


class Thing:
    """Equal to every other one."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Thing)

    def __hash__(self) -> int:
        return 0


def test_each_object_has_its_own_result_though_it_equals_another() -> None:
    asked: list[str] = []

    def make(thing: Thing) -> str:
        asked.append(thing.text)
        return thing.text.upper()

    same, a, b = Same(make, most=8), Thing("a"), Thing("b")
    assert [same.known(id(it)) or same.keep(it) for it in (a, b, a, b)] == ["A", "B", "A", "B"]
    assert asked == ["a", "b"]


def test_an_object_that_nobody_else_holds_never_gives_its_result_to_another() -> None:
    same = Same(lambda thing: thing.text, most=500)
    for number in range(2_000):
        thing = Thing(str(number))
        assert (same.known(id(thing)) or same.keep(thing)) == str(number)
        assert len(same) <= 500


def test_nothing_is_kept_of_an_object_whose_result_could_not_be_made() -> None:
    same = Same(lambda thing: thing.missing, most=8)
    for _ in range(2):
        with pytest.raises(AttributeError):
            same.keep(Thing("a"))
    assert not len(same)
