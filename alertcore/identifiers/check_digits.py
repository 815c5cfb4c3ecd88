"""Check digits and check characters: which schemes guard identifiers of goods, devices, people and firms."""

from __future__ import annotations

import re
from itertools import count

_ASCII_DIGITS = re.compile(r"[0-9]+")
_GTIN_LENGTHS = (8, 12, 13, 14)

HIBC_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
"""The 43 characters of a HIBC code, by their value."""

CSET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
"""GS1 character set 82, by value: batch and serial numbers, model references."""

_CSET_32 = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)
PAIR_LENGTH_MAX = len(_PRIMES)
"""Characters that a GS1 check pair can guard."""


def gtin_check_digit_holds(code: str) -> bool:
    """GS1 modulo 10 over a GTIN of 8, 12, 13 or 14 digits: weights 3 and 1 from the digit before the last, leftwards."""
    if len(code) not in _GTIN_LENGTHS or not _ASCII_DIGITS.fullmatch(code):
        return False
    return gtin_sum(code) % 10 == 0


def gtin_sum(digits: str) -> int:
    """The weighted sum of GS1 modulo 10: weight 1 at the last digit, then 3, 1 … leftwards."""
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))


def with_gtin_check_digit(body: str) -> str:
    """The digits with their GS1 check digit behind."""
    return f"{body}{-gtin_sum(body + '0') % 10}"


def luhn_holds(code: str) -> bool:
    """Luhn key as last digit: every second digit from the right doubled, digits of the products added (ISO/IEC 7812-1)."""
    if not _ASCII_DIGITS.fullmatch(code):
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(code)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def modulo_43(text: str) -> str | None:
    """HIBC check character: the sum of the characters' values modulo 43; None if a character has no value."""
    if any(c not in HIBC_CHARACTERS for c in text):
        return None
    return HIBC_CHARACTERS[sum(map(HIBC_CHARACTERS.index, text)) % 43]


def modulo_97(text: str) -> str:
    """IFA check digits: ASCII values times 2, 3, 4 … from the left, modulo 97, two digits."""
    return f"{sum(ord(c) * weight for c, weight in zip(text, count(2), strict=False)) % 97:02d}"


def gs1_pair(text: str) -> str | None:
    """GS1 check character pair: values times primes from the right, modulo 1021; None if it cannot be guarded by one.

    GS1 General Specifications 7.9.5. HIBCC uses the same pair for its Basic UDI-DI.
    """
    if len(text) > PAIR_LENGTH_MAX or any(c not in CSET_82 for c in text):
        return None
    total = sum(CSET_82.index(c) * prime for c, prime in zip(reversed(text), _PRIMES, strict=False)) % 1021
    return _CSET_32[total >> 5] + _CSET_32[total & 31]
