"""A settings file keeps the shipped value where it is silent, and every wrong value is named with its path."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from alertcore.settled import SettingsError, settle


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    name: str
    count: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Outer:
    from_: str = "here"
    share: float = 0.5
    on: bool = False
    maybe: int | None = None
    inner: Inner = Inner(name="x")
    many: tuple[Inner, ...] = ()
    months: dict[str, float] = field(default_factory=dict)
    free: dict[str, Any] = field(default_factory=dict)


@pytest.mark.parametrize("raw", [None, {}, {"share": None, "inner": None}])
def test_what_is_absent_or_null_keeps_the_shipped_value(raw: Any) -> None:
    assert settle(Outer, raw) == Outer()


def test_what_is_given_is_taken() -> None:
    raw = {
        "from": "there",
        "share": 1,
        "on": True,
        "maybe": 7,
        "inner": {"name": "y"},
        "many": [{"name": "a", "count": 1}, {"name": "b"}],
        "months": {60000000: 4},
        "free": {"a": [1, {"b": None}]},
    }
    expected = Outer(
        from_="there",
        share=1.0,
        on=True,
        maybe=7,
        inner=Inner(name="y"),
        many=(Inner(name="a", count=1), Inner(name="b")),
        months={"60000000": 4.0},
        free={"a": [1, {"b": None}]},
    )
    assert settle(Outer, raw) == expected
    assert isinstance(settle(Outer, raw).share, float)


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ([], "the file: expected a mapping of names to values"),
        ({"shares": 1}, "shares: unknown name; known are free, from, inner, many, maybe, months, on, share"),
        ({"from_": "x"}, "from_: unknown name; known are free, from, inner, many, maybe, months, on, share"),
        ({"share": "1"}, "share: expected a number, got '1'"),
        ({"share": True}, "share: expected a number, got True"),
        ({"maybe": True}, "maybe: expected a whole number, got True"),
        ({"maybe": 1.5}, "maybe: expected a whole number, got 1.5"),
        ({"on": 1}, "on: expected true or false, got 1"),
        ({"from": 1}, "from: expected a text, got 1"),
        ({"inner": []}, "inner: expected a mapping of names to values"),
        ({"inner": {}}, "inner.name: is required"),
        ({"inner": {"name": None}}, "inner.name: is required"),
        ({"many": {}}, "many: expected a list"),
        ({"many": [{"name": "a"}, {"name": 1}]}, "many[1].name: expected a text, got 1"),
        ({"months": []}, "months: expected a mapping of names to values"),
        ({"months": {"6": "x"}}, "months.6: expected a number, got 'x'"),
    ],
)
def test_a_wrong_value_is_named_with_its_path(raw: Any, problem: str) -> None:
    with pytest.raises(SettingsError) as told:
        settle(Outer, raw)
    assert told.value.problems == (problem,)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as told:
        settle(Outer, {"share": "x", "on": "y", "many": [{}]})
    assert len(told.value.problems) == 3
    assert str(told.value) == "; ".join(told.value.problems)
