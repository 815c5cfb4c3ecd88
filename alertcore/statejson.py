"""State values as canonical JSON: frozen dataclasses to bytes and back, the same bytes for the same value, compiled once a class."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import Any, get_origin

from alertcore.statetext import fields_of, inner, optional, plain_texter, texter
from alertcore.statetext import rfc3339 as rfc3339

Convert = Callable[[Any], Any]
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def dump(value: Any) -> bytes:
    """`value` as JSON. Fields that hold their default are left out, so a field added later with a default changes no old bytes."""
    tp: Any = type(value)
    return texter(tp)(value).encode()


def load(tp: Any, raw: bytes) -> Any:
    """The value of type `tp` that `dump` wrote: load(type(v), dump(v)) == v."""
    plain = json.loads(raw)
    of = _loader(tp)
    return plain if of is None else of(plain)


def plain_json(value: Any) -> str:
    """A record, or a tuple of records, as JSON text in the contract's form.

    Every field stands by its wire name; times are RFC 3339, what is absent is null.
    """
    if isinstance(value, tuple):
        return f"[{','.join([plain_json(v) for v in value])}]"
    tp: Any = type(value)
    of = plain_texter(tp) if hasattr(tp, "__dataclass_fields__") else _ENCODE
    return of(value)


def json_text(value: Any) -> str:
    """Plain JSON as compact text."""
    return _ENCODE(value)


def plain(value: Any) -> Any:
    """A record, or a tuple of records, as plain JSON in the contract's form."""
    if isinstance(value, tuple):
        return [plain(v) for v in value]
    tp: Any = type(value)
    of = _plain(tp)
    return value if of is None else of(value)


def _unless_none(of: Convert | None) -> Convert | None:
    return None if of is None else lambda v: None if v is None else of(v)


def _sorted_map(of: Convert | None) -> Convert:
    if of is None:
        return lambda v: {k: v[k] for k in sorted(v)}
    return lambda v: {k: of(v[k]) for k in sorted(v)}


def _values(cls: Any) -> Convert:
    names = [f.name for f in dataclasses.fields(cls)]
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda v: (get(v),)


@cache
def _loader(tp: Any) -> Convert | None:
    if optional(tp):
        return _unless_none(_loader(inner(tp)))
    if get_origin(tp) is tuple:
        return _tuple_loader(_loader(inner(tp)))
    if get_origin(tp) is dict:
        of = _loader(inner(tp))
        return None if of is None else _map_loader(of)
    if isinstance(tp, type) and issubclass(tp, StrEnum):
        return {m.value: m for m in tp}.__getitem__
    if dataclasses.is_dataclass(tp):
        return _record_loader(tp)
    return _LOADED.get(tp)


_LOADED: dict[Any, Convert] = {float: float, datetime: datetime.fromisoformat, date: date.fromisoformat, bytes: bytes.fromhex}


def _tuple_loader(of: Convert | None) -> Convert:
    return tuple if of is None else lambda v: tuple([of(x) for x in v])


def _map_loader(of: Convert) -> Convert:
    return lambda v: {k: of(x) for k, x in v.items()}


def _record_loader(cls: Any) -> Convert:
    converts = {name: _loader(tp) for name, tp, _ in fields_of(cls)}

    def of(raw: dict[str, Any]) -> Any:
        found = {name: (v, converts[name]) for name, v in raw.items() if name in converts}
        return cls(**{name: v if convert is None else convert(v) for name, (v, convert) in found.items()})

    return of


@cache
def _plain(tp: Any) -> Convert | None:
    if optional(tp):
        return _unless_none(_plain(inner(tp)))
    if get_origin(tp) is tuple:
        of = _plain(inner(tp))
        return None if of is None else lambda v: [of(x) for x in v]
    if get_origin(tp) is dict:
        return _sorted_map(_plain(inner(tp)))
    if dataclasses.is_dataclass(tp):
        return _record_plain(tp)
    return _PLAIN.get(tp)


_PLAIN: dict[Any, Convert] = {datetime: rfc3339, date: date.isoformat}


def _record_plain(cls: Any) -> Convert:
    slots = [(name.removesuffix("_"), _plain(tp)) for name, tp, _ in fields_of(cls)]
    get = _values(cls)
    return lambda v: {name: x if of is None else of(x) for (name, of), x in zip(slots, get(v), strict=True)}
