"""One full record of every released schema, kept as plain JSON and as bytes.

`python -m tests.unit.schemas.golden` writes what is missing (of a new record or version) and touches nothing that is there.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, get_origin

from schemas.binding import record_class
from schemas.catalogue import Released, catalogue
from schemas.codec import encode
from schemas.plain import to_json
from schemas.shape import hints, inner, is_optional

FOLDER = Path(__file__).resolve().parents[2] / "data" / "golden"


def golden_file(released: Released) -> Path:
    """Where the golden record of a schema stands."""
    return FOLDER / f"{released.name}.v{released.version}.json"


def full_record(name: str) -> Any:
    """A record with every field filled, each with another value."""
    return _value(record_class(name), itertools.count(1))


def _value(tp: Any, numbers: Iterator[int]) -> Any:
    if is_optional(tp):
        return _value(inner(tp), numbers)
    if get_origin(tp) is tuple:
        return (_value(inner(tp), numbers), _value(inner(tp), numbers))
    if get_origin(tp) is dict:
        return {f"name{next(numbers)}": _value(inner(tp), numbers)}
    if dataclasses.is_dataclass(tp):
        cls: Any = tp
        return cls(**{name: _value(of, numbers) for name, of in hints(cls).items()})
    return _scalar(tp, next(numbers))


def _scalar(tp: Any, n: int) -> Any:
    if issubclass(tp, StrEnum):
        return list(tp)[1 + n % (len(tp) - 1)]
    made = {
        str: f"é{n}",
        bool: n % 2 == 0,
        int: n,
        float: n + 0.25,
        bytes: n.to_bytes(2, "big"),
        date: date(2026, 1, 1) + timedelta(days=n),
        datetime: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n, microseconds=n),
    }
    return made[tp]


def write_missing() -> list[Path]:
    """Write the golden records that are not there yet."""
    missing = [v for vs in catalogue().by_name.values() for v in vs if not golden_file(v).exists()]
    for released in missing:
        record = full_record(released.name)
        text = json.dumps({"hex": encode(record).hex(), "json": to_json(record)}, ensure_ascii=False, indent=1)
        golden_file(released).write_text(text + "\n", encoding="utf-8")
    return [golden_file(v) for v in missing]


if __name__ == "__main__":
    for path in write_missing():
        print(path.name)
