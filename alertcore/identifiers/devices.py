"""Codes of medical devices: UDI-DI and Basic UDI-DI of the four issuing entities, and the EMDN nomenclature."""

from __future__ import annotations

import re
from collections.abc import Callable

from alertcore.identifiers.check_digits import gs1_pair, gtin_check_digit_holds, modulo_43, modulo_97
from alertcore.records.product import IssuingEntity

BASIC_MAX = 25
"""A Basic UDI-DI has at most 25 characters, its check characters among them (MDCG 2019-1)."""

_GTIN = re.compile(r"[0-9]{8}|[0-9]{12,14}")
_HIBC_SCANNED = re.compile(r"\+[A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}[0-9][0-9A-Z\-. $/+%]")
_HIBC = re.compile(r"[A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}[0-9]")
_PPN = re.compile(r"[0-9A-Z]{2}[0-9A-Z.\-]{1,18}[0-9]{2}")
_ISBT = re.compile(r"(=/)?[0-9A-Z]{16}")
_GMN = re.compile(r"[0-9]{5}.+")
_HIBC_BASIC = re.compile(r"\+\+[A-Z][A-Z0-9]{3}\S{1,17}[2-9A-HJ-NP-Z]{2}")
_IFA_BASIC = re.compile(r"PP[0-9]{5}[0-9A-Z.]{1,16}[0-9]{2}")
_ISBT_BASIC = re.compile(r"[0-9A-Z]{18}")
_EUDAMED_DI = re.compile(r"B-\S+")
_EMDN = re.compile(r"[A-Z]([0-9]{2}([0-9]{2}){0,5})?")
_EMDN_VARIOUS, _EMDN_OTHER = "90", "99"


def udi_di_problem(code: str, entity: IssuingEntity) -> str | None:
    """Why this is no UDI-DI of its issuing entity; None if it is one, or if the entity is not known."""
    check = _UDI_DI.get(entity)
    return None if check is None else check(code)


def basic_udi_di_problem(code: str, entity: IssuingEntity) -> str | None:
    """Why this is no Basic UDI-DI of its issuing entity; None if it is one, or if the entity is not known.

    Devices older than the regulations have a EUDAMED DI (`B-…`) in its place: only its length is looked at.
    """
    if not 1 <= len(code) <= BASIC_MAX:
        return f"a Basic UDI-DI has at most {BASIC_MAX} characters"
    check = None if _EUDAMED_DI.fullmatch(code) else _BASIC.get(entity)
    return None if check is None else check(code)


def _gs1(code: str) -> str | None:
    if _GTIN.fullmatch(code) is None:
        return "a UDI-DI of GS1 is a GTIN of 8, 12, 13 or 14 digits"
    return None if gtin_check_digit_holds(code) else "the check digit is wrong"


def _hibc(code: str) -> str | None:
    """With the leading plus the check character is part of it; the registered device identifier goes without both."""
    if _HIBC.fullmatch(code) is not None:
        return None
    if _HIBC_SCANNED.fullmatch(code) is None:
        return "a UDI-DI of HIBCC is a labeler code (a letter and 3 characters), a product code and a digit for the unit"
    return None if modulo_43(code[:-1]) == code[-1] else "the check character is wrong"


def _ppn(code: str) -> str | None:
    if _PPN.fullmatch(code) is None:
        return "a UDI-DI of IFA is a PPN: 5 to 22 characters, the last two digits"
    return None if modulo_97(code[:-2]) == code[-2:] else "the check digits are wrong"


def _isbt(code: str) -> str | None:
    """The code itself has no check character."""
    return None if _ISBT.fullmatch(code) else "a UDI-DI of ICCBBA has 16 letters and digits: facility, facility's product, description"


def _gmn(code: str) -> str | None:
    if _GMN.fullmatch(code) is None:
        return "a Basic UDI-DI of GS1 begins with the company's number, at least 5 digits"
    return _pair(code)


def _hibc_basic(code: str) -> str | None:
    if _HIBC_BASIC.fullmatch(code) is None:
        return "a Basic UDI-DI of HIBCC is ++, a labeler code, a model of 1 to 17 characters and two check characters"
    return _pair(code)


def _pair(code: str) -> str | None:
    return None if gs1_pair(code[:-2]) == code[-2:] else "the check characters are wrong"


def _ifa_basic(code: str) -> str | None:
    if _IFA_BASIC.fullmatch(code) is None:
        return "a Basic UDI-DI of IFA is PP, 5 digits, a group of 1 to 16 characters and two check digits"
    return None if modulo_97(code[:-2]) == code[-2:] else "the check digits are wrong"


def _isbt_basic(code: str) -> str | None:
    return None if _ISBT_BASIC.fullmatch(code) else "a Basic UDI-DI of ICCBBA has 18 letters and digits"


_Check = Callable[[str], str | None]
_UDI_DI: dict[str, _Check] = {"gs1": _gs1, "hibcc": _hibc, "ifa": _ppn, "iccbba": _isbt}
_BASIC: dict[str, _Check] = {"gs1": _gmn, "hibcc": _hibc_basic, "ifa": _ifa_basic, "iccbba": _isbt_basic}


def is_emdn(code: str) -> bool:
    """A code of the European nomenclature: a letter, two digits for the group, then up to five types of two digits."""
    return _EMDN.fullmatch(code) is not None


def emdn_prefixes(code: str) -> tuple[str, ...]:
    """An EMDN code with the levels above it, the widest first: A, A01, A0101 …"""
    return tuple(code[:n] for n in (1, *range(3, len(code) + 1, 2)))


def emdn_problem(code: str) -> str | None:
    """Why a device cannot be registered under this code: not an EMDN code, a whole category, or `90` (various, never the last level)."""
    if not is_emdn(code):
        return "expected an EMDN code: a letter, then two to twelve digits"
    if len(code) == 1:
        return "a letter alone is a category, not a device"
    return "90 stands for various devices and is not used for registration" if code.endswith(_EMDN_VARIOUS) else None


def is_emdn_other(code: str) -> bool:
    """`99`: other devices of the level above; it may be used."""
    return is_emdn(code) and code.endswith(_EMDN_OTHER)
