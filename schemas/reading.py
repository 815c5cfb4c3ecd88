"""Avro bytes straight to records: one function a class, made from its schema the way `dataclasses` makes constructors.

It knows the ordinary form that writers choose. At whatever else the format allows, and at whatever is broken, it raises something
or ends at another place than the bytes do: the general reader then says what it is.
"""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, get_origin

from alertcore.making import twin_of
from schemas.shape import hints, inner, is_optional, wire_name

Read = Callable[[bytes, int], tuple[Any, int]]
"""From bytes and the place where a record begins to the record and the place after it.

A place beyond the end means that the bytes are cut off, and a record of which something is missing: the caller must compare.
"""

_EPOCH, _FIRST_DAY = datetime(1970, 1, 1, tzinfo=UTC), date(1970, 1, 1).toordinal()
_LONGEST = 9
"""Bytes of a number; what takes ten is rare."""


class UnusualError(Exception):
    """The bytes are not in the ordinary form."""


def reader(cls: Any, schema: Any) -> Read:
    """Function that reads records of `cls` written with `schema` (fastavro's parsed form)."""
    return _Making(schema["__named_schemas"]).record(cls, schema)


def _long(raw: bytes, place: int) -> tuple[int, int]:
    """A number, still in zigzag, and the place after it."""
    value = shift = 0
    for at in range(place, place + _LONGEST):
        byte = raw[at]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at + 1
        shift += 7
    raise UnusualError("a number of ten bytes or more")


def _length(raw: bytes, place: int) -> tuple[int, int]:
    """The same for a length above zero: never backwards, and no block that says its bytes."""
    value, after = _long(raw, place)
    if value & 1 or not value:
        raise UnusualError("a length below zero, or zero in more than one byte")
    return value, after


def _moment(micros: int) -> datetime:
    return _EPOCH + timedelta(microseconds=micros)


def _day(number: int) -> date:
    return date.fromordinal(_FIRST_DAY + number)


NAMES: dict[str, Any] = {
    "LONG": _long,
    "LENGTH": _length,
    "UnusualError": UnusualError,
    "double": struct.Struct("<d").unpack_from,
    "moment": _moment,
    "day": _day,
}
"""What the functions are made of. In them `b` are the bytes, `p` the place, `n` the last number, `q` the end of a text."""

_LENGTH = ("n = b[p]; p += 1", "if n & 129: n, p = LENGTH(b, p - 1)", "q = p + (n >> 1)")
_NUMBER = ("n = b[p]; p += 1", "if n > 127: n, p = LONG(b, p - 1)")
_SIGNED = "n >> 1 ^ -(n & 1)"

_SCALARS: dict[Any, tuple[tuple[str, ...], str, str]] = {
    str: (_LENGTH, "b[p:q].decode()", "p = q"),
    bytes: (_LENGTH, "b[p:q]", "p = q"),
    int: (_NUMBER, _SIGNED, ""),
    float: ((), "double(b, p)[0]", "p += 8"),
    bool: (("n = b[p]; p += 1", "if n > 1: raise UnusualError"), "n == 1", ""),
    datetime: (_NUMBER, f"moment({_SIGNED})", ""),
    date: (_NUMBER, f"day({_SIGNED})", ""),
}
"""By type: lines before, the value, a line after."""


class _Making:
    """Makes the function of one record; `named`: types that its schema names."""

    def __init__(self, named: dict[str, Any]) -> None:
        self._named = named
        self._names = dict(NAMES)
        self._made: dict[Any, str] = {}

    def record(self, cls: Any, schema: Any) -> Read:
        """Its fields in the schema's order."""
        types = {wire_name(name): (name, tp) for name, tp in hints(cls).items()}
        of = self._named[schema] if isinstance(schema, str) else schema
        lines = [f"r = {self._named_as('twin', twin_of(cls))}()"]
        for field in of["fields"]:
            name, tp = types[field["name"]]
            lines += self._value(tp, field["type"], f"r.{name} = {{}}", 0)
        lines += [f"r.__class__ = {self._named_as('cls', cls)}"]
        made: dict[str, Read] = {}
        text = "".join(f"    {line}\n" for line in (*lines, "return r, p"))
        exec(f"def read(b, p):\n{text}", self._names, made)  # noqa: S102 - of our own schemas alone
        return made["read"]

    def _value(self, tp: Any, schema: Any, use: str, depth: int) -> Iterator[str]:
        """Lines that read a value of this type and hand it to `use`, a statement with a place for it.

        depth: of the lists and maps around it.
        """
        if is_optional(tp):
            yield from ("n = b[p]; p += 1", f"if n == 0: {use.format('None')}", "elif n != 2: raise UnusualError", "else:")
            yield from _deeper(self._value(inner(tp), schema[1], use, depth))
        elif get_origin(tp) is tuple:
            item = self._value(inner(tp), schema["items"], f"a{depth}.append({{}})", depth + 1)
            yield from _blocks(f"a{depth}", "[]", item)
            yield use.format(f"tuple(a{depth})")
        elif get_origin(tp) is dict:
            yield from _blocks(f"a{depth}", "{}", self._pair(tp, schema, depth))
            yield use.format(f"a{depth}")
        elif dataclasses.is_dataclass(tp):
            yield f"v, p = {self._part(tp, schema)}(b, p)"
            yield use.format("v")
        elif issubclass(tp, StrEnum):
            symbols = (self._named[schema] if isinstance(schema, str) else schema)["symbols"]
            members = {2 * number: tp(symbol) for number, symbol in enumerate(symbols[:64])}
            yield from (use.format(f"{self._named_as('members', members)}[b[p]]"), "p += 1")
        else:
            before, value, after = _SCALARS[tp]
            yield from (*before, use.format(value), *filter(None, (after,)))

    def _pair(self, tp: Any, schema: Any, depth: int) -> Iterator[str]:
        """One key and its value into the map `a<depth>`."""
        yield from (*_LENGTH, f"k{depth} = b[p:q].decode(); p = q")
        yield from self._value(inner(tp), schema["values"], f"a{depth}.__setitem__(k{depth}, {{}})", depth + 1)

    def _part(self, cls: Any, schema: Any) -> str:
        """Name of the function for a record within."""
        if cls not in self._made:
            self._made[cls] = self._named_as("read", self.record(cls, schema))
        return self._made[cls]

    def _named_as(self, kind: str, thing: Any) -> str:
        name = f"{kind}{len(self._names)}"
        self._names[name] = thing
        return name


def _blocks(into: str, empty: str, item: Iterable[str]) -> Iterator[str]:
    """All items, block by block, up to the empty one."""
    yield from (f"{into} = {empty}", "n = b[p]; p += 1", "while n:")
    yield "    if n & 129: n, p = LENGTH(b, p - 1)"
    yield "    for _ in range(n >> 1):"
    yield from _deeper(_deeper(item))
    yield "    n = b[p]; p += 1"


def _deeper(lines: Iterable[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)
