"""Records straight to Avro bytes: one function a class, made from its schema the way `dataclasses` makes constructors.

The general writer wants a dict for every record and looks each value up in the schema again; this one knows both beforehand.
"""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import chain
from operator import index
from typing import Any, get_origin

from alertcore.kept import Kept, Same
from alertcore.records.shared import Subject
from alertcore.records.stock import PositionCell
from schemas.numbers import number
from schemas.shape import hints, inner, is_optional, wire_name

Write = Callable[[Any], bytes]


def writer(cls: Any, schema: Any, frame: bytes = b"") -> Write:
    """Function from a record of `cls` to its Avro body, after `frame`. `schema`: fastavro's parsed form.

    A value of another type than its field raises something: ask the general writer what it is.
    """
    return _Making(schema["__named_schemas"]).record(cls, schema, frame)


def _text(value: str) -> bytes:
    raw = str.encode(value)
    return _LENGTHS[len(raw)] + raw


_EPOCH, _FIRST_DAY = datetime(1970, 1, 1, tzinfo=UTC), date(1970, 1, 1).toordinal()


def _moment(value: datetime) -> bytes:
    since = value - _EPOCH
    n = 2 * ((since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)
    if not 1 << 49 <= n < 1 << 56:
        return number(n >> 1)
    # eight bytes, as everything between 1978 and 3111 has: a new instant or two come with every decision
    low, high = (n & 127 | 128, n >> 7 & 127 | 128, n >> 14 & 127 | 128, n >> 21 & 127 | 128), n >> 28
    return bytes((*low, high & 127 | 128, high >> 7 & 127 | 128, high >> 14 & 127 | 128, high >> 21))


def _day(value: date) -> bytes:
    if type(value) is not date:
        raise TypeError(f"{value!r} is no plain date")
    return number(value.toordinal() - _FIRST_DAY)


def _tuple(value: Any) -> Any:
    if type(value) is not tuple:
        raise TypeError(f"{value!r} is no tuple")
    return value


_LENGTHS = Kept(number, 8192)
_TEXTS = Kept(_text, 8192, 1024)


def _cells(value: Any) -> tuple[bytes]:
    """Cells of a position that stand as columns; only stage supply has such, and loads numpy for them."""
    from schemas.cell_bytes import written

    return (written(value),)


NAMES: dict[str, Any] = {
    "cells": _cells,
    "TEXT": _TEXTS,
    "texts": _TEXTS.__getitem__,
    "flat": chain.from_iterable,
    "NUMBER": _LENGTHS,
    "MOMENT": Kept(_moment, 1024),
    "DAY": Kept(_day, 8192),
    "double": struct.Struct("<d").pack,
    "index": index,
}
"""What the functions are made of. Values that are equal have the same bytes, so what is kept never depends on who came first."""

_FORMS: dict[Any, str] = {
    str: "TEXT[{0}]",
    int: "NUMBER[index({0})]",
    float: "double({0})",
    bool: r"(b'\1' if {0} else b'\0')",
    bytes: "NUMBER[len({0})], {0}",
    datetime: "MOMENT[{0}]",
    date: "DAY[{0}]",
}


class _Making:
    """Makes the function of one record; `named`: types that its schema names."""

    def __init__(self, named: dict[str, Any]) -> None:
        self._named = named
        self._names = dict(NAMES)

    def record(self, cls: Any, schema: Any, frame: bytes) -> Write:
        """All its pieces at once: a byte is copied only when they are joined."""
        made: Write = eval(f"lambda r: b''.join([{frame!r}, {self._record(cls, schema, 'r')}])", self._names)  # noqa: S307 - of our own schemas alone
        return made

    def _record(self, cls: Any, schema: Any, value: str) -> str:
        """Its fields in the schema's order."""
        types = {wire_name(name): (name, tp) for name, tp in hints(cls).items()}
        named = [(types[field["name"]], field["type"]) for field in self._of(schema)["fields"]]
        return ", ".join(self._pieces(tp, of, f"{value}.{name}") for (name, tp), of in named)

    def _pieces(self, tp: Any, schema: Any, value: str) -> str:
        """Expressions, with commas between, for the bytes of `value`, an expression itself."""
        if is_optional(tp):
            given = self._pieces(inner(tp), schema[1], value)
            if "," not in given:
                return rf"(b'\0' if {value} is None else b'\2' + {given})"
            return rf"*((b'\0',) if {value} is None else (b'\2', {given}))"
        if get_origin(tp) is tuple and inner(tp) is Subject:
            same = self._named_as("same", self._same(tp, schema))
            return f"({same}.known(id({value})) or {same}.keep({value}))"
        if get_origin(tp) is tuple:
            block = self._block(value, self._items(self._pieces(inner(tp), schema["items"], "x"), value))
            return f"*(({block},) if type({value}) is tuple else cells({value}))" if inner(tp) is PositionCell else block
        if get_origin(tp) is dict:
            pairs = f"flat([(TEXT[k], {self._pieces(inner(tp), schema['values'], 'x')}) for k, x in {value}.items()])"
            return self._block(value, f"map(texts, flat({value}.items()))" if inner(tp) is str else pairs)
        if dataclasses.is_dataclass(tp):
            return self._record(tp, schema, value)
        if issubclass(tp, StrEnum):
            return f"{self._named_as('symbol', {s: number(i) for i, s in enumerate(self._of(schema)['symbols'])})}[{value}._value_]"
        return _FORMS[tp].format(value)

    def _same(self, tp: Any, schema: Any) -> Same[bytes]:
        """Bytes of what somebody may follow: an alert's next version and all its notices have the very same tuple."""
        block = self._block("v", self._items(self._pieces(inner(tp), schema["items"], "x"), "v"))
        made: Write = eval(f"lambda v: b''.join([{block}])", self._names)  # noqa: S307 - of our own schemas alone
        return Same(lambda v: made(_tuple(v)), 4096)

    def _of(self, schema: Any) -> Any:
        return self._named[schema] if isinstance(schema, str) else schema

    def _items(self, pieces: str, value: str) -> str:
        return f"flat([({pieces}) for x in {value}])" if "," in pieces else f"[{pieces} for x in {value}]"

    def _block(self, value: str, items: str) -> str:
        """All items as one block, and the empty block that ends it."""
        return rf"*((NUMBER[len({value})], *{items}, b'\0') if {value} else (b'\0',))"

    def _named_as(self, kind: str, thing: Any) -> str:
        name = f"{kind}{len(self._names)}"
        self._names[name] = thing
        return name
