"""Numbers, days, names and regions of France as an officer reads them, in French and English."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date

from alertcore.country_names import name as country
from alertcore.records.shared import Text

_NBSP = "\u00a0"
REGIONS = {
    "01": "Guadeloupe",
    "02": "Martinique",
    "03": "Guyane",
    "04": "La Réunion",
    "06": "Mayotte",
    "11": "Île-de-France",
    "24": "Centre-Val de Loire",
    "27": "Bourgogne-Franche-Comté",
    "28": "Normandie",
    "32": "Hauts-de-France",
    "44": "Grand Est",
    "52": "Pays de la Loire",
    "53": "Bretagne",
    "75": "Nouvelle-Aquitaine",
    "76": "Occitanie",
    "84": "Auvergne-Rhône-Alpes",
    "93": "Provence-Alpes-Côte d’Azur",
    "94": "Corse",
}
"""INSEE codes of the 18 regions (COG 2025)."""


def region(code: str) -> str:
    """A region's name, or its code where it has none here."""
    return REGIONS.get(code, code)


def en(number: float, digits: int = 0) -> str:
    """1,234.5"""
    return f"{number:,.{digits}f}"


def fr(number: float, digits: int = 0) -> str:
    """1 234,5"""
    return en(number, digits).replace(",", _NBSP).replace(".", ",")


def packs_fr(number: float) -> str:
    """Whole packs."""
    return f"{fr(number)}{_NBSP}{'boîtes' if round(number) >= 2 else 'boîte'}"


def packs_en(number: float) -> str:
    """Whole packs."""
    return f"{en(number)} {'pack' if round(number) == 1 else 'packs'}"


def days_fr(number: float) -> str:
    """Days, with one decimal where they are not whole."""
    return f"{fr(number, _digits(number))}{_NBSP}{'jours' if round(number, 1) >= 2 else 'jour'}"


def days_en(number: float) -> str:
    """Days, with one decimal where they are not whole."""
    return f"{en(number, _digits(number))} {'day' if round(number, 1) == 1 else 'days'}"


def hours_fr(number: int) -> str:
    """1 heure, 72 heures"""
    return f"{fr(number)}{_NBSP}{'heures' if number >= 2 else 'heure'}"


def hours_en(number: int) -> str:
    """1 hour, 72 hours"""
    return f"{en(number)} {'hour' if number == 1 else 'hours'}"


def day_fr(day: date) -> str:
    """31/12/2026"""
    return f"{day:%d/%m/%Y}"


def day_en(day: date) -> str:
    """2026-12-31"""
    return f"{day:%Y-%m-%d}"


def countries(codes: Iterable[str]) -> Text:
    """Countries by name, in the order of their names in each language."""
    names = [country(c) for c in codes]
    return Text(fr=listed(sorted(n.fr for n in names), "et"), en=listed(sorted(n.en for n in names), "and"))


def of_fr(name: str) -> str:
    """Of a name, in French: d'Arrow, de Biogaran, du Vidal, des Laboratoires. An h may be aspirate, so nothing falls away before one."""
    for article, with_de in _ARTICLES.items():
        if name.startswith(article):
            return with_de + name.removeprefix(article)
    return f"d'{name}" if _is_vowel(name[:1]) else f"de {name}"


def listed(names: Sequence[str], last: str) -> str:
    """Names with commas, and `last` ("et", "and") before the last one."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


_ARTICLES = {"Les ": "des ", "LES ": "des ", "Le ": "du ", "LE ": "du "}


def _is_vowel(letter: str) -> bool:
    plain = unicodedata.normalize("NFD", letter.casefold())[:1]
    return plain != "" and plain in "aeiouœæ"


def _digits(number: float) -> int:
    return 0 if round(number, 1) == round(number) else 1
