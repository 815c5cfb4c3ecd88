"""Bytes into records: framed Avro, plain JSON, CloudEvents in structured mode; and what cannot be read, said as such."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from alertcore.records.shortage import Contact
from alertcore.records.stock import StockReport
from connectors.door.arrival import MAX_RECORD_BYTES, Arrival
from connectors.door.contacts import split_contact
from connectors.door.findings import Findings
from schemas.codec import MEDIA_TYPE, UndecodableError, decode, record_name
from schemas.inbound import LINES, Checked, from_json
from schemas.stock_flat import FlatLines, flat_of
from schemas.stock_lines import Line, are_flat, plain_lines, read_framed

JSON_TYPES = frozenset({"application/json", "text/json", "application/x-ndjson"})
STRUCTURED = "application/cloudevents+json"
CE_ID_MAX = 256


@dataclass(frozen=True, slots=True)
class StockLines:
    """Lines of a stock report that have the right shape: columns where all are flat, else lines with their numbers.

    total: all lines sent.
    """

    total: int
    flat: FlatLines | None = None
    lines: Sequence[Line] = ()
    numbers: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """An arrival as read. record: None if it cannot be taken; the record's lines are in `stock` for a stock report.

    code: why the bytes are no record at all (goes to the dead letters), else empty.
    """

    arrival: Arrival
    record: Any | None
    found: Findings
    ce_id: str | None = None
    ce_time: datetime | None = None
    contact: Contact | None = None
    stock: StockLines | None = None
    code: str = ""


def read(arrival: Arrival, record: str) -> Reading:
    """Read an arrival as the record of this name. Never raises for bad input."""
    found = Findings()
    ce_id, ce_time = _cloud_event(arrival.headers, found)
    try:
        if len(arrival.value) > MAX_RECORD_BYTES:
            raise UndecodableError("too_large", f"{len(arrival.value)} bytes; at most {MAX_RECORD_BYTES} are taken")
        if _is_avro(arrival):
            value, stock, contact = *_read_avro(arrival.value, record), None
        else:
            raw = _parse(arrival.value)
            if arrival.content_type == STRUCTURED:
                ce_id, ce_time, raw = _unwrap(raw, found)
            value, stock, contact = _read_json(raw, record, found)
    except UndecodableError as error:
        found.fault("", "undecodable", error.text)
        return Reading(arrival, None, found, ce_id, ce_time, code=error.code)
    return Reading(arrival, None if found.whole else value, found, ce_id, ce_time, contact, stock)


def _is_avro(arrival: Arrival) -> bool:
    kind = arrival.content_type
    if not kind or kind == "application/octet-stream":
        return arrival.value[:1] == b"\0"
    if kind == MEDIA_TYPE:
        return True
    if kind in JSON_TYPES or kind == STRUCTURED:
        return False
    raise UndecodableError("content_type", f"content type {kind[:80]} is not taken; send {MEDIA_TYPE} or application/json")


def _read_avro(raw: bytes, record: str) -> tuple[Any, StockLines | None]:
    name = record_name(raw)
    if name is not None and name != record:
        raise UndecodableError("schema_id", f"the schema id is that of {name}, not of {record}")
    if record == "StockReport":
        head, lines = read_framed(raw)
        if isinstance(lines, FlatLines):
            return head, StockLines(len(lines.cip13), flat=lines)
        return head, StockLines(len(lines), lines=lines, numbers=range(1, len(lines) + 1))
    return decode(raw), None


def _parse(raw: bytes) -> Any:
    if not raw.strip():
        raise UndecodableError("empty", "the value is empty")
    try:
        return json.loads(raw.decode("utf-8-sig"), parse_constant=_no_constant, object_pairs_hook=None)
    except UnicodeDecodeError as error:
        raise UndecodableError("text", f"not UTF-8: byte {error.start} is {raw[error.start : error.start + 1].hex()}") from error
    except (ValueError, RecursionError) as error:
        where = f" at line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise UndecodableError("json", f"not JSON{where}") from error


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _read_json(raw: Any, record: str, found: Findings) -> tuple[Any | None, StockLines | None, Contact | None]:
    raw, contact = split_contact(raw, record, found)
    lines = raw.get(LINES) if isinstance(raw, dict) and record == "StockReport" else None
    if isinstance(lines, list) and are_flat(lines):
        checked = from_json(record, {**raw, LINES: []})
        _keep(checked, found)
        return checked.value, StockLines(len(lines), flat=flat_of(lines)), contact
    checked = from_json(record, raw)
    _keep(checked, found)
    if record != "StockReport":
        return checked.value, None, contact
    stock = _checked_lines(checked, len(lines) if isinstance(lines, list) else 0)
    head = None if checked.value is None else dataclasses.replace(checked.value, lines=())
    return head, stock, contact


def _checked_lines(checked: Checked, total: int) -> StockLines:
    bad = {p.line for p in checked.faults}
    report: StockReport | None = checked.value
    kept = plain_lines(report.lines) if report is not None else []
    numbers = [n for n in range(1, total + 1) if n not in bad]
    return StockLines(total, lines=kept, numbers=numbers if kept else [])


def _keep(checked: Checked, found: Findings) -> None:
    found.faults += checked.faults
    found.remarks += checked.remarks


def _cloud_event(headers: Mapping[str, str], found: Findings) -> tuple[str | None, datetime | None]:
    return _ce_id(headers.get("ce_id"), found), _ce_time(headers.get("ce_time"), found)


def _ce_id(text: Any, found: Findings) -> str | None:
    if text is None or text == "":
        return None
    if not isinstance(text, str) or len(text) > CE_ID_MAX or not text.isprintable():
        found.fault("ce_id", "ce_id", f"ce_id is a text of at most {CE_ID_MAX} printable characters")
        return None
    return text


def _ce_time(text: Any, found: Findings) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) and "T" in text else None
        if at is not None and at.tzinfo is not None:
            return at.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    found.remark("ce_time", "ce_time", "ce_time is not an RFC 3339 time and was left out")
    return None


def _unwrap(raw: Any, found: Findings) -> tuple[str | None, datetime | None, Any]:
    if not isinstance(raw, dict) or raw.get("specversion") != "1.0" or not isinstance(raw.get("data"), dict):
        raise UndecodableError("cloudevents", "a CloudEvent in structured mode has specversion 1.0 and an object as data")
    return _ce_id(raw.get("id"), found), _ce_time(raw.get("time"), found), raw["data"]
