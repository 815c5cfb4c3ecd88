"""GS1 element strings, as a scanner reads them from a pack's Data Matrix: product, lot, expiry, serial number."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date

from alertcore.identifiers.check_digits import CSET_82, gtin_sum
from alertcore.identifiers.gs1_table import FORMATS, Format, ai_length
from alertcore.records.shared import PartDate, Precision

FNC1 = "\x1d"
SYMBOLOGIES = ("]d2", "]C1", "]Q3", "]J1", "]e0")
"""What a scanner may put in front: GS1 Data Matrix, GS1-128, GS1 QR, GS1 DotCode, GS1 DataBar."""

NEEDS_ONE_OF = {
    "10": ("01", "02", "03", "8006", "8026"),
    "17": ("01", "02", "03", "255", "8006", "8026"),
    "21": ("01", "03", "8006"),
    "711": ("01",),
}
"""An element that says nothing without the other: a lot, an expiry, a serial number or a French CIP of which product."""

NEVER_WITH = (("01", "02"), ("01", "37"), ("01", "255"), ("21", "235"))


class Gs1Error(ValueError):
    """Why a text is no GS1 element string."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gs1Scan:
    """What a scan says. lot and serial keep their case. elements: all of it, by application identifier, as scanned."""

    gtin: str | None = None
    lot: str | None = None
    serial: str | None = None
    expiry: PartDate | None = None
    made_on: PartDate | None = None
    french_cip: str | None = None
    elements: dict[str, str] = field(default_factory=dict)


def read_gs1(raw: str, year: int) -> Gs1Scan:
    """Read a raw scan; the order of its elements is free. year: of today, for the century of two-digit years.

    Raises Gs1Error. Separators are FNC1 (0x1D); parentheses are part of what is scanned, never separators.
    """
    elements: dict[str, str] = {}
    rest = _payload(raw)
    while rest:
        ai, value, rest = _element(rest)
        if elements.setdefault(ai, value) != value:
            raise Gs1Error(f"({ai}) stands twice, with different values")
    _associations(elements)
    return Gs1Scan(
        gtin=elements.get("01"),
        lot=elements.get("10"),
        serial=elements.get("21"),
        expiry=_day(elements, "17", year),
        made_on=_day(elements, "11", year),
        french_cip=elements.get("711"),
        elements=elements,
    )


def _payload(raw: str) -> str:
    text = next((raw[len(s) :] for s in SYMBOLOGIES if raw.startswith(s)), raw).removeprefix(FNC1)
    if not text:
        raise Gs1Error("the scan is empty")
    if text.startswith("("):
        raise Gs1Error("this is the text printed for people, not what a scanner reads")
    return text


def _element(text: str) -> tuple[str, str, str]:
    """The first element: its identifier, its value, and the rest."""
    ai = text[: ai_length(text)]
    if not ai.isascii() or not ai.isdigit():
        raise Gs1Error(f"no application identifier begins with {text[:4]!r}")
    form = FORMATS.get(ai) or FORMATS.get(ai[:3]) or FORMATS.get(ai[:2]) or Format(1, 90)
    if form.predefined:
        end = len(ai) + form.most
        value, rest = text[len(ai) : end], text[end:].removeprefix(FNC1)
    else:
        value, _, rest = text[len(ai) :].partition(FNC1)
    _check(ai, value, form)
    return ai, value, rest


def _check(ai: str, value: str, form: Format) -> None:
    if not form.least <= len(value) <= form.most:
        raise Gs1Error(f"({ai}) has {form.least} to {form.most} characters, not {len(value)}")
    if form.digits and not (value.isascii() and value.isdigit()):
        raise Gs1Error(f"({ai}) has digits only")
    if any(c not in CSET_82 for c in value):
        raise Gs1Error(f"({ai}) has a character that GS1 does not allow")
    if form.check_digit and gtin_sum(value) % 10:
        raise Gs1Error(f"the check digit of ({ai}) is wrong")


def _associations(elements: dict[str, str]) -> None:
    for ai, others in NEEDS_ONE_OF.items():
        if ai in elements and not any(other in elements for other in others):
            raise Gs1Error(f"({ai}) needs ({others[0]}) beside it")
    for one, other in NEVER_WITH:
        if one in elements and other in elements:
            raise Gs1Error(f"({one}) and ({other}) exclude each other")


def _day(elements: dict[str, str], ai: str, year: int) -> PartDate | None:
    """YYMMDD; day 00 is not specified: the last day of the month is meant."""
    text = elements.get(ai)
    if text is None:
        return None
    at, month, day = full_year(int(text[:2]), year), int(text[2:4]), int(text[4:])
    if not 1 <= month <= 12 or day > calendar.monthrange(at, month)[1]:
        raise Gs1Error(f"({ai}) is no date: {text}")
    if day == 0:
        return PartDate(text=text, date=date(at, month, calendar.monthrange(at, month)[1]), precision=Precision.MONTH)
    return PartDate(text=text, date=date(at, month, day), precision=Precision.DAY)


def full_year(two_digits: int, year: int) -> int:
    """The year meant: in the present century, unless that lies 51 years or more ahead, or 50 or more back."""
    century = year - year % 100
    ahead = two_digits - year % 100
    return century + two_digits + (-100 if ahead >= 51 else 100 if ahead <= -50 else 0)
