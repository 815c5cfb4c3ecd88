"""Settings files, read from plain JSON into frozen values: what is absent keeps the shipped value, what is wrong is named."""

from __future__ import annotations

import dataclasses
import types
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


class SettingsError(ValueError):
    """A settings file that cannot be used. `problems`: one sentence each, with the path of the value."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def settle(cls: type[T], raw: Any) -> T:
    """`raw` (plain JSON) as `cls`, a frozen dataclass with defaults. SettingsError lists every problem at once."""
    problems: list[str] = []
    value = _value(cls, raw if raw is not None else {}, "", problems)
    if problems:
        raise SettingsError(tuple(problems))
    return value  # type: ignore[no-any-return]


def _value(tp: Any, raw: Any, path: str, problems: list[str]) -> Any:
    if get_origin(tp) in (Union, types.UnionType):
        of = next(a for a in get_args(tp) if a is not type(None))
        return None if raw is None else _value(of, raw, path, problems)
    if dataclasses.is_dataclass(tp):
        return _record(tp, raw, path, problems)
    if get_origin(tp) is tuple:
        return _list(get_args(tp)[0], raw, path, problems)
    if get_origin(tp) is dict:
        return _map(get_args(tp)[1], raw, path, problems)
    return _scalar(tp, raw, path, problems)


def _record(cls: Any, raw: Any, path: str, problems: list[str]) -> Any:
    if not isinstance(raw, dict):
        return problems.append(f"{path or 'the file'}: expected a mapping of names to values")
    hints = get_type_hints(cls)
    fields = {f.name.removesuffix("_"): f for f in dataclasses.fields(cls) if f.init}
    unknown = sorted(set(map(str, raw)) - set(fields))
    problems.extend(f"{_join(path, name)}: unknown name; known are {', '.join(sorted(fields))}" for name in unknown)
    before, values = len(problems), {}
    for name, f in fields.items():
        if name in raw and raw[name] is not None:
            values[f.name] = _value(hints[f.name], raw[name], _join(path, name), problems)
        elif f.default is f.default_factory is dataclasses.MISSING:
            problems.append(f"{_join(path, name)}: is required")
    return cls(**values) if len(problems) == before else None


def _list(of: Any, raw: Any, path: str, problems: list[str]) -> Any:
    if not isinstance(raw, list):
        return problems.append(f"{path}: expected a list")
    return tuple([_value(of, x, f"{path}[{i}]", problems) for i, x in enumerate(raw)])


def _map(of: Any, raw: Any, path: str, problems: list[str]) -> Any:
    if not isinstance(raw, dict):
        return problems.append(f"{path}: expected a mapping of names to values")
    return {str(k): _value(of, v, _join(path, str(k)), problems) for k, v in raw.items()}


def _scalar(tp: Any, raw: Any, path: str, problems: list[str]) -> Any:
    if tp is Any:
        return raw
    if tp is float and isinstance(raw, int) and not isinstance(raw, bool):
        return float(raw)
    if isinstance(raw, tp) and not (tp is int and isinstance(raw, bool)):
        return raw
    words = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}
    return problems.append(f"{path}: expected {words[tp]}, got {raw!r}")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
