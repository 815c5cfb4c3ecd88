"""Tab-separated lines without header or quoting, read into typed rows with every problem named."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from alertcore.identifiers import cip13_problem, is_spelled_cip13
from connectors.source_text import Parsed, Problem, Row, SourceText, control_character, decode, refused

_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})")


@dataclass(slots=True)
class Fields:
    """The cells of one line under their names; readers note a problem and go on, so that one look finds all."""

    line: int
    cells: dict[str, str]
    problems: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)

    def wrong(self, name: str, code: str, text: str) -> None:
        """Note why this row is left out."""
        self.problems.append(Problem(self.line, name, code, text))

    def remark(self, name: str, code: str, text: str) -> None:
        """Note an oddity; the row is kept."""
        self.remarks.append(Problem(self.line, name, code, text))

    def text(self, name: str) -> str:
        """The cell without surrounding spaces, possibly empty."""
        return self.cells[name].strip()

    def needed(self, name: str) -> str:
        """A cell that must not be empty."""
        value = self.text(name)
        if not value:
            self.wrong(name, "missing", "empty")
        return value

    def digits(self, name: str, length: int) -> str:
        """A code of exactly so many ASCII digits, leading zeros kept."""
        value = self.text(name)
        if not (len(value) == length and value.isascii() and value.isdigit()):
            self.wrong(name, "not_a_code", f"{value!r} is not {length} digits")
        return value

    def cip13(self, name: str) -> str:
        """A CIP13 with a right check digit."""
        value = self.text(name)
        problem = cip13_problem(value)
        if problem:
            self.wrong(name, "check_digit" if is_spelled_cip13(value) else "not_a_code", f"{value!r}: {problem}")
        return value

    def number(self, name: str) -> int:
        """A whole number, not negative."""
        value = self.text(name)
        if value.isascii() and value.isdigit():
            return int(value)
        self.wrong(name, "not_a_number", f"{value!r} is not a whole number")
        return -1

    def day(self, name: str) -> date | None:
        """DD/MM/YYYY; empty is None."""
        value = self.text(name)
        if not value:
            return None
        try:
            return french_day(value)
        except ValueError:
            self.wrong(name, "not_a_date", f"{value!r} is not a day DD/MM/YYYY")
            return None

    def money(self, name: str) -> Decimal | None:
        """Euros with a decimal comma; commas before the last one separate thousands (`1,195,27`)."""
        value = self.text(name)
        if not value:
            return None
        whole, _, cents = value.rpartition(",")
        try:
            return Decimal(f"{whole.replace(',', '')}.{cents}") if whole else Decimal(value)
        except InvalidOperation:
            self.wrong(name, "not_a_price", f"{value!r} is not a price")
            return None

    def items(self, name: str) -> tuple[str, ...]:
        """A cell that holds a list cut by semicolons, without empty items."""
        return tuple(item.strip() for item in self.cells[name].split(";") if item.strip())

    def one_of(self, name: str, known: Sequence[str]) -> str:
        """A word of an open list: an unknown one is kept and remarked."""
        value = self.text(name)
        if value not in known:
            self.remark(name, "unknown_code", f"{value!r} is not a known value")
        return value


def french_day(value: str) -> date:
    """DD/MM/YYYY as a date. Raises ValueError."""
    found = _DAY.fullmatch(value.strip())
    if found is None:
        raise ValueError(value)
    day, month, year = (int(part) for part in found.groups())
    return date(year, month, day)


def read_rows(data: bytes, columns: Sequence[str], make: Callable[[Fields], Row]) -> "Parsed[Row]":
    """Every line of a file through `make`; blank lines and stray carriage returns are ignored.

    One empty trailing cell is accepted (the publisher wrote a tab at each end of line for months).
    """
    source = decode(data)
    if isinstance(source, Problem):
        return refused(source)
    return _rows(source, columns, make)


def _rows(source: SourceText, columns: Sequence[str], make: Callable[[Fields], Row]) -> "Parsed[Row]":
    rows: list[Row] = []
    problems: list[Problem] = []
    remarks: list[Problem] = []
    for number, raw in enumerate(source.text.split("\n"), start=1):
        line = raw.strip("\r")
        if not line.strip():
            continue
        fields = _cut(number, line, columns)
        if isinstance(fields, Problem):
            problems.append(fields)
            continue
        row = make(fields)
        problems += fields.problems
        if not fields.problems:
            rows.append(row)
            remarks += fields.remarks
    return Parsed(tuple(rows), tuple(problems), tuple(remarks), source.encoding)


def _cut(number: int, line: str, columns: Sequence[str]) -> Fields | Problem:
    found = line.split("\t")
    if len(found) == len(columns) + 1 and not found[-1].strip():
        found.pop()
    if len(found) != len(columns):
        return Problem(number, None, "column_count", f"{len(found)} columns instead of {len(columns)}")
    for name, cell in zip(columns, found, strict=True):
        if control := control_character(cell):
            return Problem(number, name, "control_character", f"{control} in {name}: the text was wrongly converted")
    return Fields(number, dict(zip(columns, found, strict=True)))
