"""Codes of medicines: CIS, CIP13 and CIP7, UCD, GTIN-14, ATC, numbers of EU authorisations, numbers of foreign publishers."""

from __future__ import annotations

import re

from alertcore.identifiers.check_digits import gtin_check_digit_holds, with_gtin_check_digit
from alertcore.identifiers.places import PUBLISHERS

_CIP13 = re.compile(r"3400[0-9]{9}")
_UCD13 = re.compile(r"34008[0-9]{8}")
_UCD7 = re.compile(r"9[0-9]{6}")
_CIS = re.compile(r"[0-9]{8}")
_CIP7 = re.compile(r"[0-9]{7}")
_FOREIGN = re.compile(r"([A-Z]{2}):(\S.{0,79})")
_ATC = re.compile(r"[ABCDGHJLMNPRSV]([0-9]{2}([A-Z]([A-Z]([0-9]{2})?)?)?)?")
_EU_NUMBER = re.compile(r"EU/([12])/([0-9]{2})/([0-9]{3,4})(?:/([0-9]{3}))?/?")
ATC_LEVELS = (1, 3, 4, 5, 7)
"""Lengths of an ATC code's five levels."""

WITHOUT_KEY = (("3000000", "3039999"), ("4900000", "4900999"), ("4950000", "4959999"), ("5500000", "5510999"))
"""Ranges of CIP7, first and last, that have no check digit, or of which a part has none (measured on the public database)."""


def is_cis(code: str) -> bool:
    """A French medicine code: 8 digits, no check digit known."""
    return _CIS.fullmatch(code) is not None


def is_spelled_cip13(code: str) -> bool:
    """13 digits after 3400: what is still wrong with it is only its check digit, or that it is a UCD."""
    return _CIP13.fullmatch(code) is not None


def cip13_problem(code: str) -> str | None:
    """Why this is no CIP13: not 13 digits after 3400, reserved to UCD (34008), or a wrong check digit; None if it is one."""
    if not is_spelled_cip13(code):
        return "a CIP13 has 13 digits and begins with 3400"
    if code.startswith("34008"):
        return "34008 begins a UCD code, not a CIP13"
    return None if gtin_check_digit_holds(code) else "the check digit is wrong"


def is_cip7(code: str) -> bool:
    """The old presentation code: 7 digits. Its key is no ground to reject one, see `cip7_key_holds`."""
    return _CIP7.fullmatch(code) is not None


def cip7_key_holds(code: str) -> bool | None:
    """Whether the last digit of a CIP7 is its key, (2d1+3d2+4d3+5d4+6d5+7d6) mod 11; None in ranges that have no key.

    Never a ground to reject: a false one asks for a second look.
    """
    if any(first <= code <= last for first, last in WITHOUT_KEY):
        return None
    return sum(int(d) * weight for weight, d in enumerate(code[:6], start=2)) % 11 == int(code[6])


def cip7_of(cip13: str) -> str:
    """The CIP7 in a CIP13: its digits 6 to 12."""
    return cip13[5:12]


def gtin14_of(cip13: str) -> str:
    """The CIP13 as GTIN-14; the check digit stays."""
    return f"0{cip13}"


def cip13_of(gtin14: str) -> str | None:
    """The CIP13 in a GTIN-14, or None if it carries none (another level of packing, another country, a UCD)."""
    code = gtin14[1:]
    return code if len(gtin14) == 14 and gtin14[0] == "0" and cip13_problem(code) is None else None


def ucd13_problem(code: str) -> str | None:
    """Why this is no UCD13 (dispensing unit): not 13 digits after 34008, or a wrong check digit; None if it is one."""
    if _UCD13.fullmatch(code) is None:
        return "a UCD13 has 13 digits and begins with 34008"
    return None if gtin_check_digit_holds(code) else "the check digit is wrong"


def ucd13_of(ucd7: str) -> str | None:
    """The UCD13 of an old UCD7, or None if this is none (7 digits, the first a 9)."""
    return with_gtin_check_digit(f"34008{ucd7}") if _UCD7.fullmatch(ucd7) else None


def foreign_number(code: str) -> str | None:
    """Country of a publisher's number such as `US:12345`, or None if it is not written so."""
    found = _FOREIGN.fullmatch(code)
    return found[1] if found and found[1] in PUBLISHERS else None


def is_atc(code: str) -> bool:
    """An ATC code, or a prefix of one at the end of a level."""
    return _ATC.fullmatch(code) is not None


def atc_prefixes(code: str) -> tuple[str, ...]:
    """An ATC code with the levels above it, the widest first: C, C09, C09A, C09AA, C09AA05."""
    return tuple(code[:n] for n in ATC_LEVELS if n <= len(code))


def eu_number(text: str) -> str | None:
    """The number of an EU marketing authorisation as it should be written, or None if this is none.

    `EU/1/yy/nnn` or `nnnn`, 2 for veterinary ones, with or without the presentation; a stray slash at the end is let go.
    """
    found = _EU_NUMBER.fullmatch(text.strip())
    return None if found is None else "/".join(("EU", *(part for part in found.groups() if part)))
