"""A stock report as its head and plain lines: no dataclass a line, for the door, which takes hundreds of thousands of lines a second."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import fastavro

from alertcore.records.stock import Incoming, LotStock, StockLine, StockReport
from schemas.catalogue import catalogue
from schemas.codec import UndecodableError, record_name
from schemas.shape import Convert, loader
from schemas.stock_flat import FlatLines, scan_lines

Line = Mapping[str, Any]
"""One line, with the names of the wire; nested values as Avro gives them or as records, absent ones None or left out."""

LINES = "lines"
_FRAME_BYTES = 5
_WHOLE = ("on_hand", "saleable", "blocked", "dispensed", "period_days")
_TEXT = ("cip13", "location_country")
_FLAT = frozenset((*_WHOLE, *_TEXT))
_ALL = (*_TEXT, *_WHOLE, "incoming", "lots")


def read_framed(raw: bytes) -> tuple[StockReport, FlatLines | list[Line]]:
    """Head (a report without lines) and lines of a framed StockReport. UndecodableError says what is wrong."""
    if record_name(raw) != "StockReport":
        raise UndecodableError("schema_id", "the schema id is not that of a StockReport")
    released = catalogue().by_id[int.from_bytes(raw[1:_FRAME_BYTES], "big")]
    newest = catalogue().latest("StockReport")
    if released is newest and (quick := _quick(raw)) is not None:
        return quick
    body = io.BytesIO(raw)
    body.seek(_FRAME_BYTES)
    try:
        plain: Any = fastavro.schemaless_reader(body, released.parsed, None if released is newest else newest.parsed)
    except Exception as error:  # whatever the broken byte leads to
        raise UndecodableError("body", f"not a StockReport: {type(error).__name__} while reading the Avro body") from error
    if body.tell() != len(raw):
        raise UndecodableError("body", f"{len(raw) - body.tell()} bytes are left over after the StockReport")
    lines, plain["lines"] = plain["lines"], []
    return _of(StockReport)(plain), lines


def _quick(raw: bytes) -> tuple[StockReport, FlatLines] | None:
    """Head and columns where all lines are of the ordinary kind; None leaves the report to the general reader."""
    body = io.BytesIO(raw)
    body.seek(_FRAME_BYTES)
    try:
        plain: Any = fastavro.schemaless_reader(body, _head_schema(), None)
        flat = scan_lines(raw, body.tell())
        return None if flat is None else (_of(StockReport)({**plain, LINES: []}), flat)
    except Exception:  # the general reader finds it again, and says what it is
        return None


@cache
def _head_schema() -> Any:
    """The newest schema up to its lines, which come last."""
    schema = json.loads(catalogue().latest("StockReport").text)
    assert schema["fields"][-1]["name"] == LINES
    return fastavro.parse_schema({**schema, "fields": schema["fields"][:-1]}, named_schemas={})


def are_flat(lines: list[Any]) -> bool:
    """True where every line of plain JSON holds numbers and texts alone, each of its type, and cip13 and on_hand are there."""
    for line in lines:
        if type(line) is not dict or not line.keys() <= _FLAT or type(line.get("cip13")) is not str or type(line.get("on_hand")) is not int:
            return False
        for name, value in line.items():
            if value is not None and type(value) is not (str if name in _TEXT else int):
                return False
    return True


def plain_lines(lines: tuple[StockLine, ...]) -> list[Line]:
    """Lines of a record as plain ones."""
    return [{name: getattr(line, name) for name in _ALL} for line in lines]


def incoming_of(line: Line) -> list[Incoming]:
    """Expected deliveries of a line."""
    return [one if isinstance(one, Incoming) else _of(Incoming)(one) for one in line.get("incoming") or ()]


def lots_of(line: Line) -> list[LotStock]:
    """Stock by batch of a line."""
    return [one if isinstance(one, LotStock) else _of(LotStock)(one) for one in line.get("lots") or ()]


@cache
def _of(cls: Any) -> Convert:
    load = loader(cls)
    assert load is not None
    return load
