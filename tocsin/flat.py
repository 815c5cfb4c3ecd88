"""CSV of flat kinds as JSON values: dotted column names, one row a line of a report or one row an event."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any, get_origin

from schemas.binding import KINDS, record_class
from schemas.shape import hints, inner, is_optional, wire_name
from tocsin.exits import UsageError

FLAT_KINDS = ("stock.reports", "sales.reports", "supply.disruptions", "reference.products")
_REPORTS = frozenset({"stock.reports", "sales.reports"})
_WHOLE, _NUMBER = re.compile(r"-?\d{1,40}", re.ASCII), re.compile(r"-?\d{1,40}(\.\d{1,40})?", re.ASCII)
_TRUE, _FALSE = frozenset({"true", "1", "oui", "yes"}), frozenset({"false", "0", "non", "no"})


def read_flat(kind: str, text: str, where: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """(first line in the file, value) of each event. Rows with the same report_id are lines of one report.

    Columns are field names, dotted inside objects (`reporter.id`); those of a report's lines stand as they are (`cip13`).
    A cell that does not fit its field goes through as text, for the door to name. UsageError for what is no table of known columns.
    """
    delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = [name.strip() for name in next(reader, [])]
    types = _columns(kind)
    unknown = [name for name in header if name not in types]
    if unknown or not header:
        raise UsageError(f"{where}: unknown column {', '.join(unknown) or '(no header)'}; known are {', '.join(sorted(types))}")
    if double := sorted({name for name in header if header.count(name) > 1}):
        raise UsageError(f"{where}: column {', '.join(double)} stands twice")
    objects = ((number, _objects(header, row, types)) for number, row in _rows(reader, len(header), delimiter, where))
    yield from _reports(objects, where) if kind in _REPORTS else ((n, top) for n, (top, _) in objects)


def _rows(reader: Any, columns: int, delimiter: str, where: str) -> Iterator[tuple[int, list[str]]]:
    try:
        for row in reader:
            if any(cell.strip() for cell in row[columns:]):
                raise UsageError(
                    f"{where}:{reader.line_num}: {len(row)} cells under {columns} columns; put texts with a {delimiter!r} in quotes"
                )
            if any(cell.strip() for cell in row):
                yield reader.line_num, row
    except csv.Error as error:
        raise UsageError(f"{where}:{reader.line_num}: not CSV: {error}") from error


def _columns(kind: str) -> dict[str, tuple[Any, bool]]:
    """Column name to (type, belongs to a line)."""
    cls = record_class(KINDS[kind])
    found = {path: (tp, False) for path, tp in _paths(cls, "")}
    if kind in _REPORTS:
        found |= {path: (tp, True) for path, tp in _paths(inner(hints(cls)["lines"]), "")}
    return found


def _paths(cls: Any, path: str) -> Iterator[tuple[str, Any]]:
    for name, tp in hints(cls).items():
        of = inner(tp) if is_optional(tp) else tp
        at = f"{path}{wire_name(name)}"
        if hasattr(of, "__dataclass_fields__"):
            yield from _paths(of, at + ".")
        elif get_origin(of) is not tuple or inner(of) is str:
            yield at, of


def _objects(header: list[str], row: list[str], types: dict[str, tuple[Any, bool]]) -> tuple[dict[str, Any], dict[str, Any]]:
    top: dict[str, Any] = {}
    line: dict[str, Any] = {}
    for name, cell in zip(header, row, strict=False):
        if cell.strip():
            tp, in_line = types[name]
            _put(line if in_line else top, name.split("."), _value(tp, cell.strip()))
    return top, line


def _put(into: dict[str, Any], path: list[str], value: Any) -> None:
    for step in path[:-1]:
        into = into.setdefault(step, {})
    into[path[-1]] = value


def _value(tp: Any, cell: str) -> Any:
    if get_origin(tp) is tuple:
        return [part.strip() for part in cell.split("|") if part.strip()]
    if tp is bool:
        return True if cell.lower() in _TRUE else False if cell.lower() in _FALSE else cell
    if tp is int and _WHOLE.fullmatch(cell):
        return int(cell)
    if tp is float and _NUMBER.fullmatch(cell):
        return float(cell)
    return cell


def _reports(objects: Iterator[tuple[int, tuple[dict[str, Any], dict[str, Any]]]], where: str) -> Iterator[tuple[int, dict[str, Any]]]:
    reports: dict[str, tuple[int, dict[str, Any], dict[str, Any]]] = {}
    for number, (top, line) in objects:
        first, head, report = reports.setdefault(str(top.get("report_id")), (number, top, {**top, "lines": []}))
        if any(head.get(name) != value for name, value in top.items()):
            raise UsageError(f"{where}:{number}: report {top.get('report_id')} is told otherwise here than in line {first}")
        report["lines"].append(line)
    for number, _, report in reports.values():
        if "observed_at" in report:
            report.setdefault("line_count", len(report["lines"]))
        yield number, report
