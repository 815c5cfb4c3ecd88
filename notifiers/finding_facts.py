"""What a finding's message shows beside its sentence: numbers with their units in words, and limits with their source."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from notifiers.number_words import FIGURES, INTERNAL, UNITS
from notifiers.vocabulary import word

_LAW = {"law": ("obligation légale", "legal duty"), "procedure": ("procédure", "procedure")}
_OWN = ("objectif interne", "internal target")


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. digits: after the decimal sign. one, many: its unit in words, empty where it has none."""

    label: str
    value: float
    digits: int
    one: str = ""
    many: str = ""

    def unit(self, language: str) -> str:
        """The unit for this value: French counts in the plural from 2 on, English from anything but 1."""
        single = abs(self.value) < 2 if language == "fr" else abs(self.value) == 1
        return self.one if single else self.many


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit. source: on what it rests, in words. late: it was over when this was told, and nothing had been done."""

    what: str
    due: datetime
    source: str
    met_at: datetime | None
    late: bool


def figures(text: str | None, language: str) -> list[Figure]:
    """The numbers of a finding in the order given; what is no number, or is for programs only, is left out."""
    found = _read(text)
    if not isinstance(found, dict):
        return []
    return [_figure(name, float(n), language) for name, n in found.items() if _is_number(n) and not name.endswith(INTERNAL)]


def limits(text: str | None, language: str, told_at: datetime | None) -> list[Limit]:
    """The limits of a finding, the earliest first."""
    found = _read(text)
    rows = [_limit(row, language, told_at) for row in found if isinstance(row, dict)] if isinstance(found, list) else []
    return sorted((limit for limit in rows if limit is not None), key=lambda limit: limit.due)


def _figure(name: str, value: float, language: str) -> Figure:
    suffix = next((s for s in UNITS if name.endswith(f"_{s}")), "")
    digits, french, english = UNITS[suffix] if suffix else (2, ("", ""), ("", ""))
    one, many = french if language == "fr" else english
    label = word(FIGURES, name, language) if name in FIGURES else name.removesuffix(f"_{suffix}").replace("_", " ")
    return Figure(label, value, digits, one, many)


def _limit(row: dict[str, Any], language: str, told_at: datetime | None) -> Limit | None:
    due, met_at = _instant(row.get("due")), _instant(row.get("met_at"))
    if due is None:
        return None
    what = str(row.get(f"what_{language}") or row.get("what_en") or row.get("duty") or "").replace("_", " ")
    basis = _LAW.get(str(row.get("basis")), _OWN)[0 if language == "fr" else 1]
    source = f"{basis}, {row['article']}" if row.get("article") and row.get("basis") in _LAW else basis
    return Limit(what, due, source, met_at, met_at is None and told_at is not None and due <= told_at)


def _read(text: str | None) -> Any:
    try:
        return json.loads(text or "null")
    except ValueError:
        return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _instant(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
