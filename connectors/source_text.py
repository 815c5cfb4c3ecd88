"""The bytes of a public list as text, or the reason why they are refused.

Everything here is pure: the fetcher hands over bytes, nothing is read from a disk or a network.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

Row = TypeVar("Row")
JsonObject = dict[str, object]

_HTML = re.compile(r"\s*(<!doctype html|<html|<head|<body)", re.IGNORECASE)
# C0 without tab, line feed and carriage return, DEL, and C1: the trace of a wrong conversion.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# A list that shows one of these has been cut or wrongly converted: none of its rows is to be believed.
WHOLE_LIST_CODES = frozenset({"column_count", "control_character"})


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: line (from 1) and field where known, a stable code, and a text for a person."""

    line: int | None
    field: str | None
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class SourceText:
    """Decoded text, NFC, without byte order mark; `encoding` is utf-8 or cp1252."""

    text: str
    encoding: str


@dataclass(frozen=True, slots=True)
class Parsed(Generic[Row]):
    """What a list gave.

    `refusal` says why nothing of it may be used (then `rows` is empty). `problems` are rows left out,
    `remarks` are oddities of rows that were kept (unknown codes, unknown columns).
    """

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()
    encoding: str = ""
    refusal: Problem | None = None


def decode(data: bytes) -> SourceText | Problem:
    """Strict UTF-8, else Windows-1252 (never Latin-1, which hides mistakes as control characters).

    Refused with codes `empty`, `undecodable`, `html_page`.
    """
    if not data.strip():
        return Problem(None, None, "empty", "the file holds no data")
    read = _utf8(data) or _cp1252(data)
    if isinstance(read, Problem):
        return read
    if _HTML.match(read.text):
        return Problem(1, None, "html_page", "a web page stands where data was expected")
    return SourceText(unicodedata.normalize("NFC", read.text), read.encoding)


def _utf8(data: bytes) -> SourceText | None:
    try:
        return SourceText(data.decode("utf-8").removeprefix("\ufeff"), "utf-8")
    except UnicodeDecodeError:
        return None


def _cp1252(data: bytes) -> SourceText | Problem:
    try:
        return SourceText(data.decode("cp1252"), "cp1252")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Problem(
            line, None, "undecodable", f"byte 0x{data[error.start]:02x} at offset {error.start} is neither UTF-8 nor Windows-1252"
        )


def control_character(text: str) -> str | None:
    """The first forbidden control character of a text as `U+XXXX`, or None."""
    found = _CONTROL.search(text)
    return f"U+{ord(found.group()):04X}" if found else None


def refused(problem: Problem, encoding: str = "") -> "Parsed[Row]":
    """Nothing of the list may be used."""
    return Parsed((), encoding=encoding, refusal=problem)


def whole_or_nothing(parsed: "Parsed[Row]") -> "Parsed[Row]":
    """A list compared between dates: a cut or garbled row refuses all of it, and so does having no row.

    A truncated snapshot must never be read as a thousand returns to normal.
    """
    grave = next((problem for problem in parsed.problems if problem.code in WHOLE_LIST_CODES), None)
    if grave is None and not parsed.rows and parsed.refusal is None:
        grave = Problem(None, None, "empty", "the list holds no usable row")
    return replace(parsed, rows=(), refusal=grave) if grave else parsed


def keep_status(parsed: "Parsed[JsonObject]", publisher: str, data: bytes) -> "Parsed[JsonObject]":
    """A list of statuses as one snapshot: whole or nothing, every row under the name of the content."""
    checked = whole_or_nothing(parsed)
    source = decode(data)
    if checked.refusal is not None or isinstance(source, Problem):
        return checked
    name = snapshot_id(publisher, source.text)
    return replace(checked, rows=tuple({**row, "snapshot_id": name} for row in checked.rows))


def marker(rows: "Parsed[JsonObject]") -> JsonObject:
    """The record that ends a snapshot, saying how many rows came before it. Raises ValueError for a refused list."""
    if not rows.rows:
        raise ValueError("a refused list has no marker")
    return {"snapshot_id": rows.rows[0]["snapshot_id"], "rows": len(rows.rows)}


def snapshot_id(publisher: str, text: str) -> str:
    """Name of a snapshot, a function of its content: the same list in two encodings has one name."""
    content = text.replace("\r", "").rstrip("\n").encode()
    return f"{publisher}-{hashlib.sha256(content).hexdigest()[:16]}"
