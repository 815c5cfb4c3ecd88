"""State values as canonical JSON."""

from __future__ import annotations

import json
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from alertcore.statejson import dump, json_text, load, plain, plain_json, rfc3339
from alertcore.statetext import lasting


class Colour(StrEnum):
    """An enum."""

    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Only required fields."""

    a: str
    b: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class One:
    """A single field."""

    x: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """Every shape of field."""

    name: str
    class_: str = ""
    number: float = 0.0
    colour: Colour = Colour.RED
    at: datetime | None = None
    on: date | None = None
    raw: bytes = b""
    pairs: tuple[Pair, ...] = ()
    one: One | None = None
    words: tuple[str, ...] = ()
    table: dict[str, str] = field(default_factory=dict)
    ones: dict[str, One] = field(default_factory=dict)


instants = some.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=some.just(UTC))
wholes = some.builds(
    Whole,
    name=some.text(),
    class_=some.text(),
    number=some.floats(allow_nan=False, allow_infinity=False),
    colour=some.sampled_from(Colour),
    at=some.none() | instants,
    on=some.none() | some.dates(),
    raw=some.binary(),
    pairs=some.lists(some.builds(Pair, a=some.text(), b=some.sampled_from(Colour))).map(tuple),
    one=some.none() | some.builds(One, x=some.integers()),
    words=some.lists(some.text()).map(tuple),
    table=some.dictionaries(some.text(), some.text()),
    ones=some.dictionaries(some.text(), some.builds(One, x=some.integers())),
)


@given(wholes)
def test_what_was_written_is_read_back_and_written_the_same(value: Whole) -> None:
    raw = dump(value)
    again = load(Whole, raw)
    assert again == value
    assert dump(again) == raw


def plainly(value: Any) -> Any:
    """The same by the textbook: a dict for every record, without what holds its default, for the general encoder."""
    if is_dataclass(value):
        held = {f.name: (getattr(value, f.name), f.default if f.default_factory is MISSING else f.default_factory()) for f in fields(value)}
        return {name: plainly(v) for name, (v, default) in held.items() if default is MISSING or v != default}
    if isinstance(value, dict):
        return {k: plainly(value[k]) for k in sorted(value)}
    if isinstance(value, tuple):
        return [plainly(v) for v in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value


@given(wholes)
def test_the_general_encoder_writes_the_same(value: Whole) -> None:
    assert dump(value) == json.dumps(plainly(value), ensure_ascii=False, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    "wrong",
    [
        Whole(name=7),  # type: ignore[arg-type]
        Whole(name="", number=float("nan")),
        Whole(name="", raw="text"),  # type: ignore[arg-type]
        Whole(name="", one=One(x=1.5)),  # type: ignore[arg-type]
        Whole(name="half a pair \ud800"),
    ],
)
def test_what_could_not_be_read_back_is_not_written(wrong: Whole) -> None:
    with pytest.raises((TypeError, ValueError)):
        dump(wrong)


@given(some.dictionaries(some.text(), some.text(), min_size=2))
def test_maps_are_written_in_the_order_of_their_keys(table: dict[str, str]) -> None:
    backwards = dict(reversed(list(table.items())))
    assert dump(Whole(name="", table=table)) == dump(Whole(name="", table=backwards))


def test_what_stands_in_several_versions_is_written_the_same_in_each() -> None:
    pairs = tuple(Pair(a=str(n), b=Colour.RED) for n in range(3))
    first = dump(Whole(name="", pairs=pairs))
    assert dump(Whole(name="", pairs=(*pairs, Pair(a="3", b=Colour.BLUE)))) == first[:-2] + b',{"a":"3","b":"blue"}]}'
    assert dump(Whole(name="", pairs=pairs[:1])) == b'{"name":"","pairs":[{"a":"0","b":"red"}]}'


def test_only_texts_of_what_cannot_change_are_kept() -> None:
    assert lasting(Pair)
    assert lasting(tuple[One, ...])
    assert not lasting(Whole), "its maps could change"


def test_a_default_takes_no_room_and_an_unknown_name_is_passed_over() -> None:
    assert dump(Whole(name="n")) == b'{"name":"n"}'
    assert load(Whole, b'{"name":"n","later":1}') == Whole(name="n")


def test_plain_values_are_themselves() -> None:
    values: list[tuple[Any, Any]] = [(int, 3), (str, "é")]
    assert [load(tp, dump(v)) for tp, v in values] == [3, "é"]


def test_plain_json_has_every_field_by_its_wire_name() -> None:
    at = datetime(2026, 1, 26, 9, tzinfo=UTC)
    value = Whole(name="n", at=at, on=date(2026, 1, 26), pairs=(Pair(a="x", b=Colour.BLUE),), one=One(x=1), table={"b": "2", "a": "1"})
    found = plain(value)
    assert found["class"] == ""
    assert (found["at"], found["on"], found["raw"]) == ("2026-01-26T09:00:00Z", "2026-01-26", b"")
    assert (found["pairs"], found["one"], list(found["table"])) == ([{"a": "x", "b": "blue"}], {"x": 1}, ["a", "b"])
    assert plain_json((One(x=1), One(x=2))) == '[{"x":1},{"x":2}]'
    assert plain((One(x=1), One(x=2))) == [{"x": 1}, {"x": 2}]
    assert plain_json("é") == '"é"'
    assert json_text({"é": None}) == '{"é":null}'
    assert plain("text") == "text"
    assert plain(Whole(name="n", ones={"a": One(x=1)}))["ones"] == {"a": {"x": 1}}


@given(wholes)
def test_the_general_encoder_writes_the_same_of_plain_json(value: Whole) -> None:
    assert plain_json(value) == json_text(plain(value) | {"raw": value.raw.hex()})


def test_times_are_utc_with_fractions_only_where_there_are_any() -> None:
    assert rfc3339(datetime(2026, 1, 26, 9, 0, 0, 500, tzinfo=UTC)) == "2026-01-26T09:00:00.000500Z"
