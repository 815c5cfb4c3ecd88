"""Files as events: JSON lines, CSV for flat kinds, and the public lists of agencies as one snapshot each."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors import bdpm, ema, fda, tfda
from connectors.source_text import Parsed, Problem, marker
from tocsin.exits import UsageError
from tocsin.flat import FLAT_KINDS, read_flat
from tocsin.publishing import Item

LISTS: dict[str, Callable[[bytes], Parsed[dict[str, Any]]]] = {
    "bdpm": bdpm.statuses,
    "ema": ema.statuses,
    "fda": fda.statuses,
    "tfda": tfda.statuses,
}
FORMATS = ("jsonl", "csv", *LISTS)
LIST_KIND = "shortage.statuses"


@dataclass(frozen=True, slots=True)
class Feed:
    """Events of a file. problems: rows left out and remarks, as (line, text). refusal: why a list is refused whole."""

    items: tuple[Item, ...]
    problems: tuple[tuple[int | None, str], ...] = ()
    refusal: str | None = None


def read_feed(kind: str, file: Path, form: str | None) -> Feed:
    """The events in a file. UsageError says what is wrong with the call."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from error
    form = form or ("csv" if file.suffix.lower() == ".csv" else "jsonl")
    if form == "jsonl":
        return Feed(tuple(_lines(data)))
    if form == "csv":
        return _flat(kind, data, file)
    if form not in LISTS:
        raise UsageError(f"--format takes one of {', '.join(FORMATS)}, not {form!r}")
    if kind != LIST_KIND:
        raise UsageError(f"a {form} file is a list of public statuses: publish it as {LIST_KIND}, not as {kind}")
    return _snapshot(form, data)


def _lines(data: bytes) -> Iterator[Item]:
    """One event a line; a file that is one JSON list or an object over several lines is each of its elements, or that object."""
    data = data.removeprefix(codecs.BOM_UTF8)
    lines = [(n, line) for n, line in enumerate(data.splitlines(), 1) if line.strip()]
    whole = _whole(data, len(lines))
    yield from _items(whole) if whole is not None else (Item(n, line) for n, line in lines)


def _whole(data: bytes, lines: int) -> list[Any] | None:
    """Elements of a file that is one document, or None where the lines stand for themselves."""
    try:
        value = json.loads(data)  # ends at the second line of JSON lines
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list):
        return value
    return [value] if lines > 1 else None


def _items(values: Iterable[Any]) -> Iterator[Item]:
    yield from (Item(n, _bytes(value)) for n, value in enumerate(values, 1))


def _bytes(value: Any) -> bytes:
    """Plain JSON. Half a surrogate pair stays an escape: the door names the field it stands in."""
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(value).encode()


def _flat(kind: str, data: bytes, file: Path) -> Feed:
    if kind not in FLAT_KINDS:
        raise UsageError(f"{kind} has nested values and cannot be written as CSV (only {', '.join(FLAT_KINDS)} can): use JSON lines")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8 text (byte {error.start}): save it as UTF-8") from error
    return Feed(tuple(Item(n, _bytes(v)) for n, v in read_flat(kind, text, str(file))))


def _snapshot(form: str, data: bytes) -> Feed:
    """A list as rows and the marker that ends them.

    An unreadable one is told to the door as a snapshot without rows, which it refuses, so that the officer hears of it.
    """
    parsed = LISTS[form](data)
    problems = tuple((p.line, p.text) for p in (*parsed.problems, *parsed.remarks))
    if parsed.refusal is not None:
        end = {"snapshot_id": f"{form}-unreadable", "rows": 0}
        return Feed(tuple(_items([end])), problems, _sentence(parsed.refusal))
    return Feed(tuple(_items([*parsed.rows, marker(parsed)])), problems)


def _sentence(problem: Problem) -> str:
    place = f"line {problem.line}: " if problem.line else ""
    return f"{place}{problem.text} ({problem.code})"
