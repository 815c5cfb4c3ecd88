"""Identifiers of medicines, batches, countries and regions: what is one, and what is only spelled like one."""

from __future__ import annotations

import re

_ASCII_DIGITS = re.compile(r"[0-9]+")
_CIP13 = re.compile(r"3400[0-9]{9}")
_CIS = re.compile(r"[0-9]{8}")
_FOREIGN = re.compile(r"([A-Z]{2}):(\S.{0,79})")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_ATC = re.compile(r"[ABCDGHJLMNPRSV]([0-9]{2}([A-Z]([A-Z]([0-9]{2})?)?)?)?")
_HEX64 = re.compile(r"[0-9a-f]{64}")
LOT_MAX = 20
"""GS1 application identifier 10: a batch number has 1 to 20 characters."""

_CODES = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG "
    "CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL "
    "GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA "
    "LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP "
    "NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV "
    "SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XI YE YT ZA ZM ZW"
)
COUNTRIES = frozenset(_CODES.split())
"""ISO 3166-1 alpha-2, and XI (Northern Ireland in the Union's medicines law)."""

ALIASES = {"EL": "GR", "UK": "GB"}
"""What the Union's institutions write, and ISO does not."""

REGIONS = frozenset("01 02 03 04 06 11 24 27 28 32 44 52 53 75 76 84 93 94".split())  # noqa: SIM905
"""INSEE codes of the French regions."""


def gtin_check_digit_holds(code: str) -> bool:
    """GS1 modulo 10 over a GTIN of 8, 12, 13 or 14 digits: weights 3 and 1 from the digit before the last, leftwards."""
    if len(code) not in (8, 12, 13, 14) or not _ASCII_DIGITS.fullmatch(code):
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(code))) % 10 == 0


def is_cis(code: str) -> bool:
    """A French medicine code: 8 digits, no check digit known."""
    return _CIS.fullmatch(code) is not None


def foreign_number(code: str) -> str | None:
    """Country of a publisher's number such as `US:12345`, or None if it is not written so."""
    found = _FOREIGN.fullmatch(code)
    return found[1] if found and found[1] in COUNTRIES else None


def cip13_problem(code: str) -> str | None:
    """Why this is no CIP13: not 13 digits after 3400, reserved to UCD (34008), or a wrong check digit; None if it is one."""
    if _CIP13.fullmatch(code) is None:
        return "a CIP13 has 13 digits and begins with 3400"
    if code.startswith("34008"):
        return "34008 begins a UCD code, not a CIP13"
    return None if gtin_check_digit_holds(code) else "the check digit is wrong"


def country(code: str) -> str | None:
    """ISO 3166-1 alpha-2 of a code (EL is GR, UK is GB, XI stays), or None."""
    code = ALIASES.get(code, code)
    return code if code in COUNTRIES else None


def is_lot(text: str) -> bool:
    """A batch number as printed: 1 to 20 printable characters, no space at either end."""
    return 1 <= len(text) <= LOT_MAX and text == text.strip() and text.isprintable()


def is_region(code: str) -> bool:
    """INSEE code of a French region."""
    return code in REGIONS


def is_atc(code: str) -> bool:
    """An ATC code, or a prefix of one at the end of a level."""
    return _ATC.fullmatch(code) is not None


def is_month(text: str) -> bool:
    """A month, YYYY-MM."""
    return _MONTH.fullmatch(text) is not None


def is_sha256(text: str) -> bool:
    """A SHA-256 in lower-case hexadecimal."""
    return _HEX64.fullmatch(text) is not None
