"""Numbers of people and organisations in France: RPPS, FINESS, SIREN, SIRET; and the GS1 location number."""

from __future__ import annotations

import re
from collections.abc import Callable

from alertcore.identifiers.check_digits import gtin_check_digit_holds, luhn_holds

_FINESS = re.compile(r"([0-9]{2}|2[AB])[0-9]{7}")
_RPPS = re.compile(r"[0-9]{11}")
_SIREN = re.compile(r"[0-9]{9}")
_SIRET = re.compile(r"[0-9]{14}")
_GLN = re.compile(r"[0-9]{13}")
LA_POSTE = "356000000"


def rpps_problem(code: str) -> str | None:
    """Why this is no RPPS number (a health professional, for life): 11 digits, the last a Luhn key."""
    return _keyed(code, _RPPS, "an RPPS number has 11 digits")


def finess_problem(code: str) -> str | None:
    """Why this is no FINESS number: department (2A, 2B in Corsica), 7 digits, the last a Luhn key.

    How the letters of Corsica count in the key is not confirmed, so it is not judged there.
    """
    if _FINESS.fullmatch(code) is None:
        return "a FINESS number has 9 characters: the department (2A or 2B in Corsica) and digits"
    return None if not code.isdigit() or luhn_holds(code) else "the key is wrong"


def siren_problem(code: str) -> str | None:
    """Why this is no SIREN (a firm): 9 digits, the last a Luhn key."""
    return _keyed(code, _SIREN, "a SIREN has 9 digits")


def siret_problem(code: str) -> str | None:
    """Why this is no SIRET (an establishment): 14 digits, the last a Luhn key, after a SIREN.

    La Poste ran out of keys: its establishments may also have digits that add up to a multiple of 5.
    """
    if _SIRET.fullmatch(code) is not None and code.startswith(LA_POSTE) and sum(map(int, code)) % 5 == 0:
        return None
    return _keyed(code, _SIRET, "a SIRET has 14 digits") or siren_problem(code[:9])


def gln_problem(code: str) -> str | None:
    """Why this is no GS1 location number: 13 digits, the last a check digit."""
    if _GLN.fullmatch(code) is None:
        return "a GLN has 13 digits"
    return None if gtin_check_digit_holds(code) else "the check digit is wrong"


def _keyed(code: str, form: re.Pattern[str], text: str) -> str | None:
    if form.fullmatch(code) is None:
        return text
    return None if luhn_holds(code) else "the key is wrong"


PROBLEM_BY_SCHEME: dict[str, Callable[[str], str | None]] = {
    "finess": finess_problem,
    "siren": siren_problem,
    "siret": siret_problem,
    "gln": gln_problem,
}
"""By the scheme an organisation's id comes from; schemes that are missing here have no rule."""
