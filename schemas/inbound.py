"""Plain JSON into records, with every problem named: line, field, what is wrong, what to do."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import re
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, get_origin

from alertcore.records.hub import Problem
from schemas.binding import record_class
from schemas.catalogue import catalogue
from schemas.shape import hints, inner, is_optional, wire_name

LINES = "lines"
"""Top-level list whose bad elements are left out singly, so that neighbours are spared."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INT = {"int": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}


@dataclass(frozen=True, slots=True)
class Checked:
    """Outcome of reading one object.

    value: the record, without its faulty lines; None if something outside a line is wrong.
    faults: problems that refuse the record or, with `line` set, that line. remarks: problems that do not (unknown fields).
    """

    value: Any | None
    faults: tuple[Problem, ...]
    remarks: tuple[Problem, ...]


def from_json(name: str, raw: Any) -> Checked:
    """Read plain JSON as the record `name`. Never raises for bad input."""
    schema = _schema(name)
    reading = _Reading(schema["__named_schemas"])
    value = reading.record(record_class(name), raw, schema, "")
    whole = any(p.line is None for p in reading.faults)
    return Checked(None if whole else value, tuple(reading.faults), tuple(reading.remarks))


def _schema(name: str) -> Any:
    return catalogue().latest(name).parsed


class _Reading:
    def __init__(self, named: dict[str, Any]) -> None:
        self._named = named
        self.faults: list[Problem] = []
        self.remarks: list[Problem] = []
        self._line: int | None = None

    def fault(self, field: str, code: str, text: str) -> None:
        self.faults.append(Problem(line=self._line, field=field or None, code=code, text=text))

    def record(self, cls: Any, raw: Any, schema: Any, path: str) -> Any:
        if not isinstance(raw, dict):
            return self.fault(path, "not_an_object", f"expected a JSON object, got {_kind(raw)}")
        known = {wire_name(n): n for n in hints(cls)}
        for extra in sorted(set(raw) - set(known), key=str):
            text = "this field is not known and was left out"
            self.remarks.append(Problem(line=self._line, field=_join(path, _name(extra)), code="unknown_field", text=text))
        # A type that stands twice in a file is written out the first time and named after that.
        fields = self._named[schema]["fields"] if isinstance(schema, str) else schema["fields"]
        avro = {f["name"]: f for f in fields}
        required = {f.name for f in dataclasses.fields(cls) if f.default is f.default_factory is dataclasses.MISSING}
        before, values = len(self.faults), {}
        for wire, attribute in known.items():
            given = raw.get(wire)
            at = _join(path, wire)
            if given is None:
                if attribute in required:
                    self.fault(at, "missing", "this field is required")
                continue
            tp, of = hints(cls)[attribute], avro[wire]["type"]
            values[attribute] = self._lines(tp, given, of, at) if at == LINES and get_origin(tp) is tuple else self.value(tp, given, of, at)
        return cls(**values) if all(p.line != self._line for p in self.faults[before:]) else None

    def _lines(self, tp: Any, raw: Any, schema: Any, path: str) -> Any:
        if not isinstance(raw, list):
            return self.fault(path, "not_a_list", f"expected a list, got {_kind(raw)}")
        kept = []
        for number, item in enumerate(raw, 1):
            self._line = number
            value = self.record(inner(tp), item, schema["items"], "")
            self._line = None
            if value is not None:
                kept.append(value)
        return tuple(kept)

    def value(self, tp: Any, raw: Any, schema: Any, path: str) -> Any:
        if is_optional(tp):
            return self.value(inner(tp), raw, schema[1], path)
        if get_origin(tp) is tuple:
            return self._list(tp, raw, schema, path)
        if get_origin(tp) is dict:
            return self._map(tp, raw, schema, path)
        if dataclasses.is_dataclass(tp):
            return self.record(tp, raw, schema, path)
        if issubclass(tp, StrEnum):
            return self._symbol(tp, raw, path)
        return self._scalar(tp, raw, schema, path)

    def _list(self, tp: Any, raw: Any, schema: Any, path: str) -> Any:
        if not isinstance(raw, list):
            return self.fault(path, "not_a_list", f"expected a list, got {_kind(raw)}")
        return tuple([self.value(inner(tp), x, schema["items"], f"{path}[{i}]") for i, x in enumerate(raw)])

    def _map(self, tp: Any, raw: Any, schema: Any, path: str) -> Any:
        if not isinstance(raw, dict):
            return self.fault(path, "not_an_object", f"expected a JSON object, got {_kind(raw)}")
        return {
            self._text(k, _join(path, _name(k))): self.value(inner(tp), v, schema["values"], _join(path, _name(k))) for k, v in raw.items()
        }

    def _symbol(self, tp: type[StrEnum], raw: Any, path: str) -> Any:
        if not isinstance(raw, str) or raw not in set(tp):
            return self.fault(path, "not_in_list", f"expected one of {', '.join(m.value for m in tp)}, got {_short(raw)}")
        return tp(raw)

    def _scalar(self, tp: type, raw: Any, schema: Any, path: str) -> Any:
        if tp is bool:
            return raw if isinstance(raw, bool) else self.fault(path, "not_a_boolean", f"expected true or false, got {_kind(raw)}")
        if tp is int:
            return self._integer(raw, schema if isinstance(schema, str) else schema["type"], path)
        if tp is float:
            return self._float(raw, path)
        if not isinstance(raw, str):
            return self.fault(path, "not_a_string", f"expected a string, got {_kind(raw)}")
        if tp is str:
            return self._text(raw, path)
        return self._bytes(raw, path) if tp is bytes else self._moment(tp, raw, path)

    def _text(self, raw: str, path: str) -> Any:
        # A lone surrogate is valid JSON and no valid UTF-8; a NUL is refused by databases and cuts texts short.
        if "\0" in raw or any("\ud800" <= c <= "\udfff" for c in raw):
            return self.fault(path, "bad_text", "the text holds a NUL or half a surrogate pair")
        return raw

    def _integer(self, raw: Any, kind: str, path: str) -> Any:
        if isinstance(raw, bool) or not isinstance(raw, int):
            return self.fault(path, "not_an_integer", f"expected a whole number without quotes, got {_kind(raw)} {_short(raw)}")
        low, high = _INT[kind]
        return raw if low <= raw <= high else self.fault(path, "out_of_range", f"{_short(raw)} is not between {low} and {high}")

    def _float(self, raw: Any, path: str) -> Any:
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            return self.fault(path, "not_a_number", f"expected a number without quotes, got {_kind(raw)} {_short(raw)}")
        if not abs(raw) <= sys.float_info.max:  # so that not-a-number fails too
            return self.fault(path, "out_of_range", "expected a finite number")
        return float(raw)

    def _bytes(self, raw: str, path: str) -> Any:
        try:
            return base64.b64decode(raw, validate=True)
        except (binascii.Error, ValueError):
            return self.fault(path, "not_base64", "expected base64")

    def _moment(self, tp: type, raw: str, path: str) -> Any:
        try:
            if tp is date:
                return (
                    date.fromisoformat(raw)
                    if _DATE.fullmatch(raw)
                    else self.fault(path, "not_a_date", f"expected YYYY-MM-DD, got {_short(raw)}")
                )
            if _TIME.fullmatch(raw):
                return datetime.fromisoformat(raw).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        kind = (
            ("not_a_date", "a day of the calendar, YYYY-MM-DD")
            if tp is date
            else ("not_a_time", "an RFC 3339 time such as 2026-01-31T09:30:00Z")
        )
        return self.fault(path, kind[0], f"expected {kind[1]}, got {_short(raw)}")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _name(raw: str) -> str:
    """A sender's field name as it may stand in an answer: printable, and not longer than a line."""
    return raw if len(raw) <= 80 and raw.isprintable() else ascii(raw[:80])[1:-1]


def _kind(raw: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "a boolean", int: "a number", float: "a number", type(None): "null"}
    return names.get(type(raw), type(raw).__name__)


def _short(raw: Any) -> str:
    if isinstance(raw, dict | list) or (isinstance(raw, int) and raw.bit_length() > 200):
        return _kind(raw)  # spelling it out could be long, or deeper than the stack
    text = repr(raw)
    return text if len(text) <= 40 else text[:37] + "..."
