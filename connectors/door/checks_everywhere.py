"""What holds in every record, wherever it stands: countries, batch numbers, days of this age, files' hashes, bodies' ids."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any, get_origin

from alertcore.identifiers import country, is_lot, is_sha256
from connectors.door.findings import Findings
from schemas.shape import hints, inner, is_optional, wire_name

FIRST_YEAR, LAST_YEAR = 1900, 2200
ID_MAX = 128
_COUNTRY_FIELDS = frozenset({"country", "location_country", "countries", "states", "states_concerned"})
Visit = Callable[[Any, str, Findings], Any]


def settle_everywhere(record: Any, found: Findings) -> Any:
    """The record with its countries in ISO spelling; notes what is impossible."""
    cls: Any = type(record)
    return _visitor(cls)(record, "", found)


@cache
def _visitor(cls: Any) -> Visit:
    """Compiled once a class: only the fields that need a look are visited."""
    plan = [(f.name, wire_name(f.name), visit) for f in dataclasses.fields(cls) if (visit := _visit(hints(cls)[f.name], f.name))]

    def visit_record(value: Any, path: str, found: Findings) -> Any:
        changed = {}
        for name, wire, visit in plan:
            before = getattr(value, name)
            if before is None or before == ():
                continue
            after = visit(before, f"{path}.{wire}" if path else wire, found)
            if after is not before:
                changed[name] = after
        return dataclasses.replace(value, **changed) if changed else value

    return visit_record if plan else _nothing


def _visit(tp: Any, name: str) -> Visit | None:
    if is_optional(tp):
        return _visit(inner(tp), name)
    if get_origin(tp) is tuple:
        of = _visit(inner(tp), name)
        return _each(of) if of else None
    if dataclasses.is_dataclass(tp):
        of_record = _visitor(_hashable(tp))
        return None if of_record is _nothing else of_record
    if get_origin(tp) is dict:
        return _map if inner(tp) is str else None
    if tp is str:
        return _text_visit(name)
    if tp is float:
        return _finite
    return _day if tp in (date, datetime) else None


def _text_visit(name: str) -> Visit | None:
    if name in _COUNTRY_FIELDS:
        return _country
    if name == "id" or name.endswith("_id"):
        return _id
    return {"lot": _lot, "sha256": _sha256}.get(name, _text)


def _text(value: str, path: str, found: Findings) -> str:
    if "\0" in value:  # databases refuse it, and it cuts texts short
        found.fault(path, "bad_text", "the text holds a NUL")
    return value


def _map(values: dict[str, str], path: str, found: Findings) -> dict[str, str]:
    if any("\0" in part for item in values.items() for part in item):
        found.fault(path, "bad_text", "the text holds a NUL")
    return values


def _finite(value: float, path: str, found: Findings) -> float:
    if not math.isfinite(value):
        found.fault(path, "out_of_range", "expected a finite number")
    return value


def _hashable(tp: Any) -> Any:
    return tp  # a class is; mypy has lost sight of it


def _each(of: Visit) -> Visit:
    def visit(values: Any, path: str, found: Findings) -> Any:
        after = tuple([of(v, f"{path}[{i}]", found) for i, v in enumerate(values)])
        return values if all(a is b for a, b in zip(after, values, strict=True)) else after

    return visit


def _nothing(value: Any, _path: str, _found: Findings) -> Any:
    return value


def _country(value: str, path: str, found: Findings) -> str:
    code = country(value)
    if code is None:
        # An authority that is no country (a body) has none to tell.
        if value:
            found.fault(path, "country", "expected a country of ISO 3166-1, two capital letters")
        return value
    return code if code != value else value


def _lot(value: str, path: str, found: Findings) -> str:
    if not is_lot(value):
        found.fault(path, "lot", "a batch number has 1 to 20 printable characters")
    return value


def _sha256(value: str, path: str, found: Findings) -> str:
    if not is_sha256(value):
        found.fault(path, "sha256", "expected a SHA-256 in lower-case hexadecimal")
    return value


def _id(value: str, path: str, found: Findings) -> str:
    if not value or len(value) > ID_MAX or not value.isprintable() or value != value.strip():
        found.fault(path, "id", f"expected an identifier of 1 to {ID_MAX} printable characters")
    return value


def is_of_this_age(day: date) -> bool:
    """Whether a day can be meant: 1900 to 2200."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def _day(value: date, path: str, found: Findings) -> date:
    if not is_of_this_age(value):
        found.fault(path, "impossible_date", f"the year {value.year} is not of this age")
    return value
