"""What an officer gives with a measure: its code, its text where the code says nothing alone, and its days in their order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from alertcore.cases.case_file import LONGEST
from alertcore.cases.measure_codes import FREE_TEXT, is_known
from alertcore.deadlines.clock import day_of

Days = tuple[date | None, date | None]
"""The first and the last day, where they are given."""


def code_of(params: Mapping[str, str], police: tuple[str, ...]) -> str | None:
    """The code, where it is one and its text is there; None where it may not be told to anybody."""
    code, detail = params.get("code", "").strip(), params.get("detail", "").strip()
    usable = is_known(code, police) and (detail or code not in FREE_TEXT) and len(detail) <= LONGEST
    return code if usable else None


def days_of(params: Mapping[str, str]) -> Days | None:
    """`from` and `to`; None where one of them is no day (YYYY-MM-DD), or the last comes before the first."""
    given = [params.get(name, "").strip() for name in ("from", "to")]
    first, last = (day_of(text) for text in given)
    if (first is None and given[0]) or (last is None and given[1]):
        return None
    return (first, last) if in_order(first, last) else None


def in_order(first: date | None, last: date | None) -> bool:
    """False for a measure that would end before it begins."""
    return first is None or last is None or first <= last
