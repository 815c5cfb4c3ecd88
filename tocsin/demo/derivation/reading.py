"""The publishers' files as the derivation needs them."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from connectors import bdpm
from connectors.source_text import JsonObject, Parsed

DATES = ("2026-01-19", "2026-01-26")
# What the C1 controls of a text read as Latin-1 were in Windows-1252.
_C1 = {code: bytes([code]).decode("cp1252", errors="ignore") for code in range(0x80, 0xA0)}

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Reference:
    """The reference files by CIS, and the two public lists by date (PublishedStatus in JSON form)."""

    medicines: dict[str, bdpm.Medicine]
    atc: dict[str, str]
    presentations: dict[str, list[bdpm.Presentation]]
    substances: dict[str, list[bdpm.Composition]]
    groups: dict[str, list[bdpm.Generic]]
    lists: dict[str, tuple[JsonObject, ...]]

    def is_mitm(self, cis: str) -> bool:
        """Whether the medicine is of major therapeutic interest."""
        return cis in self.atc


class UnusableSourceError(Exception):
    """A publisher's file is missing or refused; the text names it."""


def read_reference(shared: Path) -> Reference:
    """Everything from `shared/bdpm`. Raises UnusableSourceError."""
    raw, utf8 = shared / "bdpm/referentiel-2026-02-10-brut", shared / "bdpm/referentiel-2026-01-28-utf8"
    return Reference(
        medicines={row.cis: row for row in _rows(raw / "CIS_bdpm.txt", bdpm.medicines)},
        atc={row.cis: row.atc for row in _rows(raw / "CIS_MITM.txt", bdpm.major_interest)},
        presentations=_by_cis(_rows(utf8 / "CIS_CIP_bdpm.txt", bdpm.presentations), lambda row: row.cis),
        substances=_by_cis(_rows(utf8 / "CIS_COMPO_bdpm.txt", bdpm.compositions), lambda row: row.cis),
        groups=_by_cis(_rows(utf8 / "CIS_GENER_bdpm.txt", bdpm.generics), lambda row: row.cis),
        lists={day: _rows(shared / f"bdpm/disponibilites/{day}/CIS_CIP_Dispo_Spec.txt", bdpm.statuses) for day in DATES},
    )


def file_bytes(path: Path) -> bytes:
    """A publisher's file. Raises UnusableSourceError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnusableSourceError(f"{path.name}: {error.strerror}") from error


def repaired(data: bytes) -> bytes:
    """Undo a conversion "as if Latin-1": C1 controls become the Windows-1252 characters they were (U+0092 an apostrophe)."""
    try:
        return data.decode("utf-8").translate(_C1).encode()
    except UnicodeDecodeError:
        return data


def _rows(path: Path, parse: Callable[[bytes], Parsed[Row]]) -> tuple[Row, ...]:
    parsed = parse(repaired(file_bytes(path)))
    wrong = parsed.refusal or next(iter(parsed.problems), None)
    if wrong is not None:
        raise UnusableSourceError(f"{path.name}, line {wrong.line}: {wrong.text}")
    return parsed.rows


def _by_cis(rows: Iterable[Row], cis: Callable[[Row], str]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[cis(row)].append(row)
    return dict(grouped)
