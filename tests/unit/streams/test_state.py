"""State of a partition: what was restored, what a batch changed, and the way back."""

from __future__ import annotations

from streams.state import PartitionState
from tests.toy_stage import ToyStage


def restored(**values: str) -> PartitionState:
    state = PartitionState(ToyStage())
    for key, value in values.items():
        state.restore(key, value.encode())
    return state


def test_a_restored_value_is_loaded_when_it_is_asked_for() -> None:
    state = restored(a="1")
    assert state.get("a") == "1"
    assert state.get("b") is None


def test_the_later_record_of_a_key_wins_and_a_tombstone_forgets() -> None:
    state = restored(a="1", b="1")
    state.restore("a", b"2")
    state.restore("b", None)
    assert [state.get(key) for key in "ab"] == ["2", None]


def test_items_are_in_key_order_and_show_every_change_at_once() -> None:
    state = restored(c="3", a="1")
    assert list(state.items("")) == [("a", "1"), ("c", "3")]
    state.change("b", "2")
    state.change("c", None)
    assert list(state.items("")) == [("a", "1"), ("b", "2")]


def test_items_may_change_while_they_are_walked() -> None:
    state = restored(a="1", b="2")
    seen = []
    for key, _ in state.items(""):
        seen.append(key)
        state.change("b", None)
        state.change("c", "3")
    assert seen == ["a"]


def test_a_stage_does_not_see_the_shells_own_keys() -> None:
    state = restored(a="1")
    state.change("!own", b"x")
    assert [key for key, _ in state.items("")] == ["a"]
    assert state.get("!own") == b"x"


def test_rewinding_takes_back_everything_since_it_was_settled() -> None:
    state = restored(a="1", b="2")
    state.change("a", "10")
    state.settle()
    list(state.items(""))
    state.memo["x"] = 1
    state.change("a", "11")
    state.change("a", "12")
    state.change("b", None)
    state.change("c", "3")
    state.rewind()
    assert list(state.items("")) == [("a", "10"), ("b", "2")]
    assert state.changes() == {}
    assert state.memo == {}


def test_changes_hold_the_last_value_of_each_key_once() -> None:
    state = restored(a="1")
    state.change("a", "2")
    state.change("b", "1")
    state.change("a", None)
    assert state.changes() == {"a": None, "b": "1"}
