"""Frozen dataclasses to JSON text: one function a class, made from its types the way `dataclasses` makes constructors."""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from json.encoder import encode_basestring
from math import isfinite
from typing import Any, Union, get_args, get_origin, get_type_hints

from alertcore.kept import Kept, Same

Text = Callable[[Any], str]
MISSING = object()


@cache
def texter(tp: Any) -> Text:
    """Function from a value of type `tp` to its text. Fields that hold their default are left out; keys of maps are sorted.

    A value of another type than its field raises something.
    """
    return _Making().text(tp)


@cache
def plain_texter(tp: Any) -> Text:
    """Function from a record to its text in the contract's form: every field by its wire name, what is absent as null."""
    return _Plain().text(tp)


def rfc3339(at: datetime) -> str:
    """UTC with Z; fractions only where there are any."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def optional(tp: Any) -> bool:
    """True for `X | None`."""
    return get_origin(tp) in (Union, types.UnionType)


def inner(tp: Any) -> Any:
    """X of `X | None`, of `tuple[X, ...]`, or of `dict[str, X]`."""
    return [a for a in get_args(tp) if a is not type(None) and a is not Ellipsis][-1]


@cache
def fields_of(cls: Any) -> tuple[tuple[str, Any, Any], ...]:
    """(name, resolved type, default or MISSING) of every field."""
    hints = get_type_hints(cls)
    return tuple((f.name, hints[f.name], _default(f)) for f in dataclasses.fields(cls))


def _default(f: dataclasses.Field[Any]) -> Any:
    if f.default_factory is not dataclasses.MISSING:
        return f.default_factory()
    return MISSING if f.default is dataclasses.MISSING else f.default


def _float(value: float) -> str:
    if not isfinite(value):
        raise ValueError(f"{value} has no place in JSON")
    return float.__repr__(float(value))


def _key(text: str) -> str:
    return encode_basestring(text) + ":"


NAMES: dict[str, Any] = {
    "TEXT": Kept(encode_basestring, 8192, 1024),
    "KEY": Kept(_key, 8192),
    "whole": int.__repr__,
    "fraction": _float,
    "moment": datetime.isoformat,
    "zulu": rfc3339,
    "day": date.isoformat,
    "digits": bytes.hex,
    "other": json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode,
}
"""What the functions are made of."""

_FORMS: dict[Any, str] = {
    str: "TEXT[{0}]",
    int: "whole({0})",
    float: "fraction({0})",
    bool: "('true' if {0} else 'false')",
    bytes: "'\"' + digits({0}) + '\"'",
    datetime: "'\"' + moment({0}) + '\"'",
    date: "'\"' + day({0}) + '\"'",
}


_SMALL = 3
"""Fields up to which a record is written without a function of its own."""
_SAME = 8192
"""Records of one type whose text is kept, where they stand in lists: most of a list is there again in its next version."""


@cache
def lasting(tp: Any) -> bool:
    """Whether nothing about a value of this type can ever change."""
    if optional(tp) or get_origin(tp) is tuple:
        return lasting(inner(tp))
    if dataclasses.is_dataclass(tp):
        cls: Any = tp
        frozen: bool = cls.__dataclass_params__.frozen
        return frozen and all(lasting(of) for _, of, _ in fields_of(cls))
    return isinstance(tp, type) and (tp in _FORMS or issubclass(tp, StrEnum))


@cache
def _same(cls: Any) -> Same[str]:
    return Same(texter(cls), _SAME)


class _Making:
    """Makes the function of one type."""

    def __init__(self) -> None:
        self._names = dict(NAMES)

    def text(self, tp: Any) -> Text:
        """`tp`: a dataclass, or what a field of one may be."""
        form = self._record(tp, "r") if dataclasses.is_dataclass(tp) else self._form(tp, "r")
        made: Text = eval(f"lambda r: {form}", self._names)  # noqa: S307 - of our own types alone
        return made

    def _record(self, cls: Any, value: str) -> str:
        """Each field comes with a comma in front; the first comma goes."""
        fields = [self._field(tp, default, f',"{name}":', f"{value}.{name}") for name, tp, default in fields_of(cls)]
        return f"'{{' + ''.join(({', '.join(fields)},))[1:] + '}}'"

    def _field(self, tp: Any, default: Any, name: str, value: str) -> str:
        """The field with its name; an empty text where it holds its default."""
        if default is None:
            return f"('' if {value} is None else '{name}' + {self._form(inner(tp), value)})"
        text = f"'{name}' + {self._form(tp, value)}"
        if default is MISSING:
            return text
        known = self._named("default", default)
        return f"('' if {value} is {known} or {value} == {known} else {text})"

    def _form(self, tp: Any, value: str) -> str:
        """Expression for the text of `value`, an expression itself."""
        if optional(tp):
            return f"('null' if {value} is None else {self._form(inner(tp), value)})"
        if get_origin(tp) is tuple:
            return f"'[' + ','.join([{self._item(inner(tp))} for x in {value}]) + ']'"
        if get_origin(tp) is dict:
            return f"'{{' + ','.join([KEY[k] + {self._form(inner(tp), f'{value}[k]')} for k in sorted({value})]) + '}}'"
        if dataclasses.is_dataclass(tp):
            return self._part(tp, value)
        if isinstance(tp, type) and issubclass(tp, StrEnum):
            return f"TEXT[{value}._value_]"
        return _FORMS.get(tp, "other({0})").format(value)

    def _item(self, tp: Any) -> str:
        """Expression for the text of `x`, one of a list."""
        if dataclasses.is_dataclass(tp) and lasting(tp):  # type: ignore[arg-type]  # mypy takes a class for one of its instances
            cls: Any = tp
            same = _same(cls)
            return f"({self._named('known', same.known)}(id(x)) or {self._named('keep', same.keep)}(x))"
        return self._form(tp, "x")

    def _part(self, cls: Any, value: str) -> str:
        """A record within: a small one on the spot, a larger one by its own function."""
        if len(fields_of(cls)) <= _SMALL:
            return self._record(cls, value)
        return f"{self._named('text', texter(cls))}({value})"

    def _named(self, kind: str, thing: Any) -> str:
        name = f"{kind}{len(self._names)}"
        self._names[name] = thing
        return name


class _Plain(_Making):
    """Nothing is left out, and nothing kept."""

    def _record(self, cls: Any, value: str) -> str:
        fields = [f"""'"{name.removesuffix("_")}":' + {self._form(tp, f"{value}.{name}")}""" for name, tp, _ in fields_of(cls)]
        return f"'{{' + ','.join(({', '.join(fields)},)) + '}}'"

    def _form(self, tp: Any, value: str) -> str:
        return _PLAIN[tp].format(value) if tp in _PLAIN else super()._form(tp, value)

    def _item(self, tp: Any) -> str:
        return self._form(tp, "x")

    def _part(self, cls: Any, value: str) -> str:
        return f"{self._named('text', plain_texter(cls))}({value})"


_PLAIN: dict[Any, str] = {datetime: "'\"' + zulu({0}) + '\"'", float: "other({0})"}
