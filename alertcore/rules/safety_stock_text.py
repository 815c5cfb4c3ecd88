"""What rule `safety_stock` says to an officer, in French and English."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from alertcore.records.alert import AlertKind
from alertcore.records.shared import Mark, SubjectKind, Text
from alertcore.rules.card import RuleCard

_WEEK = 12 / 52
_NBSP = "\u00a0"

CARD = RuleCard(
    name="safety_stock",
    stage="supply",
    subjects=(SubjectKind.CIS,),
    alert=AlertKind.SAFETY_STOCK,
    title=Text(fr="Stock de sécurité insuffisant", en="Safety stock below its floor"),
    fires=Text(
        fr="Le stock vendable d'une entreprise, prêt pour la France et situé dans l'EEE, passe sous son plancher légal : un nombre de mois"
        " de ses ventes moyennes des 12 derniers mois complets, mois exceptionnels exclus.",
        en="A company's saleable stock, ready for France and held in the EEA, falls under its legal floor: a number of months of its mean"
        " sales over the last 12 complete months, exceptional months left out.",
    ),
    ends=Text(
        fr="Le manquement cesse au plancher ; l'alerte se ferme à 110 % du plancher. Un stock inconnu ne ferme rien.",
        en="The breach ends at the floor; the alert closes at 110 % of it. An unknown stock closes nothing.",
    ),
    source="CSP L.5121-29, R.5124-49-4",
    mark=Mark.C,
    thresholds=(
        "safety_stock.default_months",
        "safety_stock.other_weeks",
        "safety_stock.public_health_months",
        "safety_stock.max_months",
        "safety_stock.breach_end",
        "safety_stock.clear",
        "safety_stock.months",
        "safety_stock.periods",
        "fresh_share",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a sentence is made of.

    stock, floor: packs. months, coverage: months of sales. clear: times the floor. others: further companies under their floor.
    """

    cis: str
    name: str
    company: str
    stock: float
    floor: float
    months: float
    coverage: float
    kept: int
    exceptional: int
    unit: float | None
    clear: float
    since: datetime
    ended: datetime | None
    cleared: bool
    others: int


def sentence(facts: Facts) -> Text:
    """Who has how much, what the law asks, and what is missing."""
    return Text(fr=_french(facts), en=_english(facts))


def _french(f: Facts) -> str:
    head = f"{f.name} (CIS {f.cis}) : le stock de {f.company} est de {_packs_fr(f.stock)}, soit {_fr(f.coverage, 1)} mois de ventes"
    floor = f"plancher légal de {_packs_fr(f.floor)} ({_duration_fr(f.months)} de ventes)"
    if f.cleared:
        ended = f.ended or f.since
        body = f" ; le {floor} est de nouveau respecté. Il ne l’était plus du {f.since:%d/%m/%Y} au {ended:%d/%m/%Y}."
    elif f.ended is not None:
        body = f" ; il a retrouvé le {floor}. L’alerte reste ouverte jusqu’à {_packs_fr(f.floor * f.clear)}."
    else:
        body = f", sous le {floor}. Il manque {_packs_fr(_missing(f))}."
    notes = [
        f" Une boîte compte pour {_fr(f.unit, 0)} unités." if f.unit else "",
        f" Calcul au prorata de {f.kept} mois de ventes." if f.kept < 12 else "",
        f" Mois exceptionnels écartés : {f.exceptional}." if f.exceptional else "",
        f" Autres entreprises sous leur plancher : {f.others}." if f.others else "",
    ]
    return head + body + "".join(notes)


def _english(f: Facts) -> str:
    head = f"{f.name} (CIS {f.cis}): {f.company} holds {_packs_en(f.stock)}, {_en(f.coverage, 1)} months of sales"
    floor = f"the legal floor of {_packs_en(f.floor)} ({_duration_en(f.months)} of sales)"
    if f.cleared:
        ended = f.ended or f.since
        body = f"; {floor} is kept again. It was not from {f.since:%Y-%m-%d} to {ended:%Y-%m-%d}."
    elif f.ended is not None:
        body = f", back at {floor}. The alert stays open until {_packs_en(f.floor * f.clear)}."
    else:
        body = f", under {floor}. {_packs_en(_missing(f))} missing."
    notes = [
        f" One pack counts {_en(f.unit, 0)} units." if f.unit else "",
        f" Pro rata of {f.kept} months of sales." if f.kept < 12 else "",
        f" Exceptional months left out: {f.exceptional}." if f.exceptional else "",
        f" Other companies under their floor: {f.others}." if f.others else "",
    ]
    return head + body + "".join(notes)


def _missing(f: Facts) -> int:
    """Whole packs to reach the floor, at least one."""
    return max(ceil(f.floor - f.stock - 1e-6), 1)


def _en(number: float, digits: int) -> str:
    return f"{number:,.{digits}f}"


def _fr(number: float, digits: int) -> str:
    return _en(number, digits).replace(",", _NBSP).replace(".", ",")


def _packs_fr(number: float) -> str:
    return f"{_fr(number, 0)}{_NBSP}{'boîtes' if round(number) >= 2 else 'boîte'}"


def _packs_en(number: float) -> str:
    return f"{_en(number, 0)} {'pack' if round(number) == 1 else 'packs'}"


def _weeks(months: float) -> int | None:
    """Whole weeks, where a duration is meant in weeks."""
    weeks = months / _WEEK
    return round(weeks) if months < 1 and abs(weeks - round(weeks)) < 1e-9 else None


def _duration_fr(months: float) -> str:
    weeks = _weeks(months)
    if weeks is not None:
        return f"{weeks} {'semaines' if weeks > 1 else 'semaine'}"
    return f"{_fr(months, 0 if months == int(months) else 1)} mois"


def _duration_en(months: float) -> str:
    weeks = _weeks(months)
    if weeks is not None:
        return f"{weeks} {'week' if weeks == 1 else 'weeks'}"
    return f"{_en(months, 0 if months == int(months) else 1)} {'month' if months == 1 else 'months'}"
