"""A row of another agency's shortage list as a PublishedStatus, and a list as one snapshot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from connectors.comma import Table, table
from connectors.source_text import JsonObject, Parsed, Problem, decode, keep_status, refused
from connectors.tabular import Fields


@dataclass(frozen=True, slots=True)
class ForeignStatus:
    """What a foreign row says. `number` is the publisher's own; `code` 1 to 4 in the meaning of the French list."""

    country: str
    number: str
    url: str
    code: int
    raw_label: str
    name: str
    substances: tuple[str, ...] = ()
    start: date | None = None
    updated: date | None = None

    def record(self) -> JsonObject:
        """JSON form; `cis` is the publisher's number prefixed by its country, `cip13` is `*`."""
        days = {"start": self.start, "updated": self.updated}
        return {
            "cis": f"{self.country}:{self.number}",
            "cip13": "*",
            "url": self.url,
            "country": self.country,
            "code": self.code,
            "raw_label": self.raw_label,
            "name": self.name,
            "substances": [{"name": name} for name in self.substances],
            **{key: day.isoformat() for key, day in days.items() if day is not None},
        }


def read_list(
    data: bytes, publisher: str, first: str, columns: Sequence[str], make: Callable[[Fields], ForeignStatus]
) -> Parsed[JsonObject]:
    """A comma-separated list as PublishedStatus records: whole or nothing."""
    source = decode(data)
    if isinstance(source, Problem):
        return refused(source)
    found = table(source.text, first, columns)
    if isinstance(found, Problem):
        return refused(found, source.encoding)
    return keep_status(_rows(found, make, source.encoding), publisher, data)


def _rows(found: Table, make: Callable[[Fields], ForeignStatus], encoding: str) -> Parsed[JsonObject]:
    rows: list[JsonObject] = []
    problems = list(found.problems)
    remarks = list(found.remarks)
    for line in found.lines:
        status = make(line)
        problems += line.problems
        if not line.problems:
            rows.append(status.record())
            remarks += line.remarks
    return Parsed(tuple(rows), tuple(problems), tuple(remarks), encoding)


def one_line(text: str) -> str:
    """Runs of spaces, no-break spaces and line breaks as one space."""
    return " ".join(text.split())
