"""Strengths of medicines, as texts: to one spelling for the same strength, and the masses that stand in a text.

0,5 g, 500 mg, 500,0 mg and 500mg are one strength. Nothing is divided: 100 mg/5 ml stays another strength than 20 mg/ml, for an ampoule of
one is no ampoule of the other. A comma is a decimal comma and a space between thousands nothing, as the French register writes numbers.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

_NUMBER = r"(?<![\d.,])(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d+)(?:[.,]\d+)?(?![.,]?\d)"
_AMOUNT = re.compile(rf"({_NUMBER})\s*(%|[a-z\u03bcàâéèêîôûç][a-z\u03bcàâéèêîôûç.]*)?")
_PER = re.compile(r"\s*(?:/|\bpour\b|\bper\b)\s*")
_UNITS = {
    "kg": ("mg", Decimal(1_000_000)),
    "g": ("mg", Decimal(1000)),
    "mg": ("mg", Decimal(1)),
    "ng": ("mg", Decimal("0.000001")),
    "l": ("ml", Decimal(1000)),
    "dl": ("ml", Decimal(100)),
    "cl": ("ml", Decimal(10)),
    "ml": ("ml", Decimal(1)),
    "\u03bcl": ("ml", Decimal("0.001")),
    "ui": ("ui", Decimal(1)),
    "iu": ("ui", Decimal(1)),
} | dict.fromkeys(("\u03bcg", "mcg", "microgramme", "microgrammes", "microgram", "micrograms"), ("mg", Decimal("0.001")))
"""Unit as written, in small letters without points, to the unit it is told in and how many of it one is."""


@lru_cache(maxsize=16_384)
def plain(text: str) -> str:
    """The same text for the same strength: numbers with their units in mg, ml or UI where they are masses, volumes or units."""
    parts = [_one(part) for part in _PER.split(text.casefold())]
    return " per ".join(p for p in parts if p)


@lru_cache(maxsize=16_384)
def masses(text: str) -> frozenset[Decimal]:
    """Every mass in a text, in milligrams. In 1 g/125 mg there are two."""
    amounts = (_amount(m) for part in _PER.split(text.casefold()) for m in _AMOUNT.finditer(part))
    return frozenset(value for value, unit in amounts if unit == "mg")


def _one(part: str) -> str:
    """An amount by itself, `ml` alone being one of them."""
    words = " ".join(_AMOUNT.sub(_told, part).split())
    alone = _UNITS.get(words.replace(".", ""))
    return words if alone is None else f"{_number(alone[1])} {alone[0]}"


def _told(found: re.Match[str]) -> str:
    value, unit = _amount(found)
    return f"{_number(value)} {unit} "


def _amount(found: re.Match[str]) -> tuple[Decimal, str]:
    """The number and its unit, in the unit that all of its kind are told in."""
    value = Decimal(re.sub(r"[ \u00a0\u202f]", "", found[1]).replace(",", "."))
    written = (found[2] or "").replace(".", "")
    unit, times = _UNITS.get(written, (written, Decimal(1)))
    return value * times, unit


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}"
