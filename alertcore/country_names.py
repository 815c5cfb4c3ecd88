"""Names of countries as officers read them, and which of them are the Union or the European Economic Area."""

from __future__ import annotations

from alertcore.records.shared import Text

UNION = "EU"
"""Stands for a list of EMA: a shortage somewhere in the Union, no state named."""

_EEA = {
    "AT": ("Autriche", "Austria"),
    "BE": ("Belgique", "Belgium"),
    "BG": ("Bulgarie", "Bulgaria"),
    "CY": ("Chypre", "Cyprus"),
    "CZ": ("Tchéquie", "Czechia"),
    "DE": ("Allemagne", "Germany"),
    "DK": ("Danemark", "Denmark"),
    "EE": ("Estonie", "Estonia"),
    "ES": ("Espagne", "Spain"),
    "FI": ("Finlande", "Finland"),
    "FR": ("France", "France"),
    "GR": ("Grèce", "Greece"),
    "HR": ("Croatie", "Croatia"),
    "HU": ("Hongrie", "Hungary"),
    "IE": ("Irlande", "Ireland"),
    "IS": ("Islande", "Iceland"),
    "IT": ("Italie", "Italy"),
    "LI": ("Liechtenstein", "Liechtenstein"),
    "LT": ("Lituanie", "Lithuania"),
    "LU": ("Luxembourg", "Luxembourg"),
    "LV": ("Lettonie", "Latvia"),
    "MT": ("Malte", "Malta"),
    "NL": ("Pays-Bas", "Netherlands"),
    "NO": ("Norvège", "Norway"),
    "PL": ("Pologne", "Poland"),
    "PT": ("Portugal", "Portugal"),
    "RO": ("Roumanie", "Romania"),
    "SE": ("Suède", "Sweden"),
    "SI": ("Slovénie", "Slovenia"),
    "SK": ("Slovaquie", "Slovakia"),
}
_OTHERS = {
    UNION: ("catalogue de l'EMA", "EMA's catalogue"),
    "AU": ("Australie", "Australia"),
    "CA": ("Canada", "Canada"),
    "CH": ("Suisse", "Switzerland"),
    "GB": ("Royaume-Uni", "United Kingdom"),
    "JP": ("Japon", "Japan"),
    "TW": ("Taïwan", "Taiwan"),
    "US": ("États-Unis", "United States"),
    "XI": ("Irlande du Nord", "Northern Ireland"),
}
STATES = frozenset(_EEA)
"""Member states of the Union and of the European Economic Area, ISO 3166-1 alpha-2."""


_ALSO = {"EL": "GR", "UK": "GB"}
"""Codes that the Union's own texts use in place of ISO 3166-1."""


def name(code: str) -> Text:
    """A country's name, or its code where it has none here."""
    iso = _ALSO.get(code, code)
    fr, en = _EEA.get(iso) or _OTHERS.get(iso) or (code, code)
    return Text(fr=fr, en=en)
