"""Invents records of every kind from the types of their fields."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, get_origin

from hypothesis import strategies as st

from schemas.binding import record_class
from schemas.catalogue import catalogue
from schemas.shape import hints, inner, is_optional, wire_name

NAMES = sorted(catalogue().by_name)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
_SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bytes: st.binary(max_size=12),
    date: st.dates(),
    datetime: st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)),
}


@cache
def records(name: str) -> st.SearchStrategy[Any]:
    """Records of that name, with any value its fields can hold."""
    schema = catalogue().latest(name).parsed
    assert isinstance(schema, dict)
    return _record(record_class(name), schema, schema["__named_schemas"])


def _record(cls: Any, schema: Any, named: Any) -> st.SearchStrategy[Any]:
    fields = {f["name"]: f["type"] for f in (named[schema] if isinstance(schema, str) else schema)["fields"]}
    return st.builds(cls, **{name: _values(tp, fields[wire_name(name)], named) for name, tp in hints(cls).items()})


def _values(tp: Any, schema: Any, named: Any) -> st.SearchStrategy[Any]:
    if is_optional(tp):
        return st.none() | _values(inner(tp), schema[1], named)
    if get_origin(tp) is tuple:
        return st.lists(_values(inner(tp), schema["items"], named), max_size=2).map(tuple)
    if get_origin(tp) is dict:
        return st.dictionaries(TEXT, _values(inner(tp), schema["values"], named), max_size=2)
    if dataclasses.is_dataclass(tp):
        return _record(tp, schema, named)
    if issubclass(tp, StrEnum):
        return st.sampled_from(list(tp))
    if tp is int:
        bits = 31 if schema == "int" else 63
        return st.integers(-(2**bits), 2**bits - 1)
    return _SCALARS[tp]
