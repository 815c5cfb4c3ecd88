"""Frozen records made fast: a frozen dataclass sets each field through a call, and of some kinds dozens are made in every decision.

A record is filled as an instance of a class with the same slots that is not frozen, and is given its own class last. Nobody else
ever sees it before that.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

Fill = Callable[[Any, dict[str, Any]], Any]


def maker(cls: Callable[P, T]) -> Callable[P, T]:
    """A function that does what the constructor of a frozen dataclass with slots does. It must have no `__post_init__`."""
    made: Callable[P, T] = _made(cls)
    return made


def replace(record: T, **changes: Any) -> T:
    """`dataclasses.replace` for such a record. An unknown field is an AttributeError."""
    cls: Any = type(record)
    changed: T = _changer(cls)(record, changes)
    return changed


def twin_of(cls: Any) -> Any:
    """The class that is not frozen. TypeError if its instances cannot become those of `cls`."""
    if hasattr(cls, "__post_init__"):
        raise TypeError(f"{cls} does something when it is made")
    twin = type(cls.__name__, (), {"__slots__": cls.__slots__})
    twin().__class__ = cls
    return twin


@cache
def _made(cls: Any) -> Any:
    names: dict[str, Any] = {"twin": twin_of(cls), "cls": cls, "ABSENT": object()}
    fields = dataclasses.fields(cls)
    plain = [_parameter(f, names) for f in fields if not f.kw_only]
    named = [_parameter(f, names) for f in fields if f.kw_only]
    parameters = [*plain, *(["*", *named] if named else [])]
    fills = [f"    r.{f.name} = {_given(f)}" for f in fields]
    text = [f"def make({', '.join(parameters)}):", "    r = twin()", *fills, "    r.__class__ = cls", "    return r"]
    exec("\n".join(text), names)  # noqa: S102 - of our own types alone
    return names["make"]


def _parameter(f: dataclasses.Field[Any], names: dict[str, Any]) -> str:
    if f.default_factory is not dataclasses.MISSING:
        names[f"of_{f.name}"] = f.default_factory
        return f"{f.name}=ABSENT"
    if f.default is not dataclasses.MISSING:
        names[f"of_{f.name}"] = f.default
        return f"{f.name}=of_{f.name}"
    return f.name


def _given(f: dataclasses.Field[Any]) -> str:
    return f.name if f.default_factory is dataclasses.MISSING else f"of_{f.name}() if {f.name} is ABSENT else {f.name}"


@cache
def _changer(cls: Any) -> Fill:
    names: dict[str, Any] = {"twin": twin_of(cls), "cls": cls}
    fills = [f"    r.{f.name} = record.{f.name}" for f in dataclasses.fields(cls)]
    changes = ["    for name, value in changes.items():", "        setattr(r, name, value)"]
    text = ["def change(record, changes):", "    r = twin()", *fills, *changes, "    r.__class__ = cls", "    return r"]
    exec("\n".join(text), names)  # noqa: S102 - of our own types alone
    made: Fill = names["change"]
    return made
