"""Conversion between frozen dataclasses and the plain dicts that Avro reads and writes, compiled once a class."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import Any, Union, get_args, get_origin, get_type_hints

Convert = Callable[[Any], Any]
NAMESPACE = "tocsin.v1"


def wire_name(attribute: str) -> str:
    """Field name on the wire: attributes that collide with a Python keyword carry a trailing underscore."""
    return attribute.removesuffix("_")


@cache
def hints(cls: Any) -> dict[str, Any]:
    """Field name to resolved type, in order."""
    resolved = get_type_hints(cls)
    return {f.name: resolved[f.name] for f in dataclasses.fields(cls)}


def is_optional(tp: Any) -> bool:
    """True for `X | None`."""
    return get_origin(tp) in (Union, types.UnionType)


def inner(tp: Any) -> Any:
    """X of `X | None`, of `tuple[X, ...]`, or of `dict[str, X]`."""
    args = [a for a in get_args(tp) if a is not type(None) and a is not Ellipsis]
    return args[-1]


def _unless_none(of: Convert | None) -> Convert | None:
    if of is None:
        return None

    def convert(v: Any) -> Any:
        return None if v is None else of(v)

    return convert


@cache
def loader(tp: Any) -> Convert | None:
    """Function from Avro's value to ours, or None where they are the same."""
    if is_optional(tp):
        return _unless_none(loader(inner(tp)))
    if get_origin(tp) is tuple:
        of = loader(inner(tp))
        return tuple if of is None else lambda v: tuple([of(x) for x in v]) if v else ()
    if get_origin(tp) is dict:
        return None
    if isinstance(tp, type) and issubclass(tp, StrEnum):
        return {m.value: m for m in tp}.__getitem__
    if dataclasses.is_dataclass(tp):
        return _record_loader(tp)
    return None


def _record_loader(cls: Any) -> Convert:
    # Into the slots directly: the constructor of a frozen dataclass takes more than twice as long. Records check nothing in it.
    slots = [(getattr(cls, name).__set__, wire_name(name), loader(tp)) for name, tp in hints(cls).items()]
    new = object.__new__

    def load(raw: dict[str, Any]) -> Any:
        record = new(cls)
        for fill, wire, of in slots:
            fill(record, raw[wire] if of is None else of(raw[wire]))
        return record

    return load


@cache
def dumper(tp: Any, named: bool = False) -> Convert | None:
    """Function from our value to what Avro writes, or None where they are the same.

    named: a record in a union goes with its name, or fastavro validates it whole to find out which branch it is.
    """
    if is_optional(tp):
        return _optional_dumper(inner(tp)) if named else _unless_none(dumper(inner(tp)))
    if get_origin(tp) is tuple:
        of = dumper(inner(tp), named)
        return None if of is None else lambda v: [of(x) for x in v]
    if dataclasses.is_dataclass(tp) and isinstance(tp, type):
        return _record_dumper(tp, named)
    return None


def _optional_dumper(tp: Any) -> Convert | None:
    of = dumper(tp, True)
    if of is None or not dataclasses.is_dataclass(tp):
        return _unless_none(of)
    name, dump = f"{NAMESPACE}.{getattr(tp, '__name__', '')}", of
    return lambda v: None if v is None else (name, dump(v))


def _record_dumper(cls: Any, named: bool) -> Convert:
    names = list(hints(cls))
    wires = [wire_name(name) for name in names]
    converted = [(wire_name(name), of) for name, tp in hints(cls).items() if (of := dumper(tp, named)) is not None]
    # attrgetter gives one value bare and several as a tuple.
    get = attrgetter(*names) if len(names) > 1 else lambda value: (getattr(value, names[0]),)

    def dump(value: Any) -> dict[str, Any]:
        plain = dict(zip(wires, get(value), strict=True))
        for wire, of in converted:
            plain[wire] = of(plain[wire])
        return plain

    return dump
