"""GS1 application identifiers: how long each is, and what form its value has (GS1 Syntax Dictionary)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """Form of a value: `least` to `most` characters. predefined: of fixed length, with no separator behind it."""

    least: int
    most: int
    digits: bool = False
    check_digit: bool = False
    predefined: bool = False


def _fixed(length: int, *, check_digit: bool = False) -> Format:
    return Format(length, length, digits=True, check_digit=check_digit, predefined=True)


_TEXT_20, _TEXT_30, _COUNT = Format(1, 20), Format(1, 30), Format(1, 8, digits=True)

FORMATS: dict[str, Format] = {
    "00": _fixed(18, check_digit=True),
    "01": _fixed(14, check_digit=True),
    "02": _fixed(14, check_digit=True),
    "03": _fixed(14, check_digit=True),
    "04": _fixed(16),
    **{str(n): _fixed(6) for n in range(11, 20)},
    "20": _fixed(2),
    **{str(n): _fixed(6) for n in range(31, 37)},
    "41": _fixed(13, check_digit=True),
    "10": _TEXT_20,
    "21": _TEXT_20,
    "22": _TEXT_20,
    "235": Format(1, 28),
    "240": _TEXT_30,
    "241": _TEXT_30,
    "250": _TEXT_30,
    "251": _TEXT_30,
    "30": _COUNT,
    "37": _COUNT,
    **{f"71{n}": _TEXT_20 for n in range(7)},
}
"""By identifier, or by what it begins with. What is missing here has 1 to 90 characters and a separator behind it."""

_LONG = {"23": 3, "24": 3, "25": 3, "40": 3, "41": 3, "42": 3, "71": 3}
_LONGEST = ("31", "32", "33", "34", "35", "36", "39", "43", "70", "72", "80", "81", "82")


def ai_length(text: str) -> int:
    """How many digits the application identifier has with which a text begins."""
    return 4 if text[:2] in _LONGEST else _LONG.get(text[:2], 2)
