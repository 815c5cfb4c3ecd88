"""Comma-separated lists with a header line, read by column name; quoted commas and line breaks are data."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connectors.source_text import Problem, control_character
from connectors.tabular import Fields


@dataclass(frozen=True, slots=True)
class Table:
    """The lines under a header: readable ones as fields, the others as problems; unknown columns are remarks."""

    lines: tuple[Fields, ...]
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]


def table(text: str, first: str, columns: Sequence[str]) -> Table | Problem:
    """The table whose header line starts with the cell `first` and has at least `columns`, in any order.

    Lines before the header are a preamble. Refused with `no_header`, `missing_column` or `broken_quoting`.
    """
    records = _records(text)
    try:
        header = next((cells for _, cells in records if cells and cells[0].strip() == first), None)
        if header is None:
            return Problem(None, None, "no_header", f"no line starts with the column {first!r}")
        return _table([cell.strip() for cell in header], records, columns)
    except csv.Error as error:
        return Problem(None, None, "broken_quoting", str(error))


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(_physical_lines(text), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return


def _physical_lines(text: str) -> Iterator[str]:
    """Cut at line feeds only: str.splitlines would also cut at characters that are text."""
    return (line + "\n" for line in text.removesuffix("\n").split("\n"))


def _table(header: list[str], records: Iterator[tuple[int, list[str]]], columns: Sequence[str]) -> Table | Problem:
    missing = [name for name in columns if name not in header]
    if missing:
        return Problem(None, missing[0], "missing_column", f"columns missing: {', '.join(missing)}")
    unknown = tuple(Problem(None, name, "unknown_column", f"column {name!r} is not known") for name in header if name not in columns)
    lines: list[Fields] = []
    problems: list[Problem] = []
    for number, cells in records:
        if not any(cell.strip() for cell in cells):
            continue
        found = _line(number, cells, header)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            lines.append(found)
    return Table(tuple(lines), tuple(problems), unknown)


def _line(number: int, cells: list[str], header: list[str]) -> Fields | Problem:
    if len(cells) != len(header):
        return Problem(number, None, "column_count", f"{len(cells)} columns instead of {len(header)}")
    for name, cell in zip(header, cells, strict=True):
        if control := control_character(cell):
            return Problem(number, name, "control_character", f"{control} in {name}: the text was wrongly converted")
    return Fields(number, dict(zip(header, cells, strict=True)))
