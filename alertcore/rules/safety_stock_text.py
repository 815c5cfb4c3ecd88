"""What rule `safety_stock` says to an officer, in French and English."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import ceil

from alertcore.records.alert import AlertKind
from alertcore.records.shared import Mark, SubjectKind, Text
from alertcore.rules.card import RuleCard
from alertcore.rules.safety_stock_floor import Ground
from alertcore.rules.spoken import listed, of_fr

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
        fr="Le manquement cesse au plancher ; l'alerte se ferme à 110 % du plancher. Un stock inconnu ne ferme rien. Quand seul le plancher"
        " a été abaissé (dérogation, fin d'un plancher relevé, sortie de la liste des MITM), ou que l'entreprise n'en commercialise plus"
        " aucune présentation, l'alerte se ferme sans retour à la normale."
        " Sans ventes connues sur 12 mois il n'y a pas de plancher : les agents l'apprennent, par entreprise, pour les MITM (`no_floor`).",
        en="The breach ends at the floor; the alert closes at 110 % of it. An unknown stock closes nothing. Where only the floor was"
        " lowered (derogation, end of a raised floor, off the list of MITM), or the company markets no presentation any more, the alert"
        " closes without an all-clear."
        " Without known sales in 12 months there is no floor: officers are told so, by company, of MITM (`no_floor`).",
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
class Lower:
    """What was asked before, and on what ground; now: the ground of the floor that is asked since."""

    months: float
    ground: Ground
    now: Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a sentence is made of.

    stock, floor: packs. months, coverage: months of sales. clear: times the floor. others: further companies under their floor.
    since, ended: local days. until: the last day of a floor for a time. lowered: where the alert ends only because less is asked.
    freed: further companies for which it ends by that alone. less: the floor is reached only because it is lower now.
    gone: companies that were under their floor and do not market it any more.
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
    since: date
    ended: date | None
    cleared: bool
    others: int
    until: date | None = None
    lowered: Lower | None = None
    freed: int = 0
    less: bool = False
    gone: int = 0


def sentence(facts: Facts) -> Text:
    """Who has how much, what the law asks, and what is missing."""
    return Text(fr=_french(facts), en=_english(facts))


def no_longer_marketed(name: str, cis: str, companies: list[str]) -> Text:
    """Why nothing is asked any more of those who were under their floor."""
    many = len(companies) > 1
    fr = f"ne {'commercialisent' if many else 'commercialise'} plus ce médicament"
    en = f"no longer {'market' if many else 'markets'} this medicine"
    return Text(
        fr=f"{name} (CIS {cis}) : selon les données de référence, {listed(companies, 'et')} {fr}. L’alerte se ferme sans retour à la"
        f" normale : {'leur' if many else 'son'} stock de sécurité n’a pas été reconstitué.",
        en=f"{name} (CIS {cis}): by the reference data, {listed(companies, 'and')} {en}. The alert closes without a return to normal:"
        f" {'their' if many else 'its'} safety stock was not rebuilt.",
    )


def _french(f: Facts) -> str:
    if f.lowered is not None:
        return _lowered_fr(f, f.lowered)
    head = f"{f.name} (CIS {f.cis}) : le stock {of_fr(f.company)} est de {_packs_fr(f.stock)}, soit {_fr(f.coverage, 1)} mois de ventes"
    clear = _packs_fr(f.floor * f.clear)
    floor = f"plancher légal de {_packs_fr(f.floor)} ({_duration_fr(f.months)} de ventes)"
    if f.cleared:
        ended = f.ended or f.since
        body = f" ; le {floor} est de nouveau respecté. Il ne l’était plus du {f.since:%d/%m/%Y} au {ended:%d/%m/%Y}."
    elif f.less:
        body = f", au-dessus du {floor}, qui a été abaissé : il n’est pas reconstitué. L’alerte reste ouverte jusqu’à {clear}."
    elif f.ended is not None:
        body = f" ; il a retrouvé le {floor}. L’alerte reste ouverte jusqu’à {clear}."
    else:
        body = f", sous le {floor}. Il manque {_packs_fr(_missing(f))}."
    notes = [
        f" Une boîte compte pour {_fr(f.unit, 0)} unités." if f.unit else "",
        f" Calcul au prorata de {f.kept} mois de ventes." if f.kept < 12 else "",
        f" Mois exceptionnels écartés : {f.exceptional}." if f.exceptional else "",
        f" Autres entreprises sous leur plancher : {f.others}." if f.others else "",
        f" Entreprises dont le plancher a été abaissé sans que leur stock soit reconstitué : {f.freed}." if f.freed else "",
        f" Entreprises sous leur plancher qui ne le commercialisent plus : {f.gone}." if f.gone else "",
        f" Plancher fixé par l’agence jusqu’au {f.until:%d/%m/%Y}." if f.until else "",
    ]
    return head + body + "".join(notes)


def _english(f: Facts) -> str:
    if f.lowered is not None:
        return _lowered_en(f, f.lowered)
    head = f"{f.name} (CIS {f.cis}): {f.company} holds {_packs_en(f.stock)}, {_en(f.coverage, 1)} months of sales"
    clear = _packs_en(f.floor * f.clear)
    floor = f"the legal floor of {_packs_en(f.floor)} ({_duration_en(f.months)} of sales)"
    if f.cleared:
        ended = f.ended or f.since
        body = f"; {floor} is kept again. It was not from {f.since:%Y-%m-%d} to {ended:%Y-%m-%d}."
    elif f.less:
        body = f", above {floor}, which was lowered: it is not rebuilt. The alert stays open until {clear}."
    elif f.ended is not None:
        body = f", back at {floor}. The alert stays open until {clear}."
    else:
        body = f", under {floor}. {_packs_en(_missing(f))} missing."
    notes = [
        f" One pack counts {_en(f.unit, 0)} units." if f.unit else "",
        f" Pro rata of {f.kept} months of sales." if f.kept < 12 else "",
        f" Exceptional months left out: {f.exceptional}." if f.exceptional else "",
        f" Other companies under their floor: {f.others}." if f.others else "",
        f" Companies whose floor was lowered, with their stock not rebuilt: {f.freed}." if f.freed else "",
        f" Companies below their floor that no longer market it: {f.gone}." if f.gone else "",
        f" Floor set by the agency until {f.until:%Y-%m-%d}." if f.until else "",
    ]
    return head + body + "".join(notes)


def _lowered_fr(f: Facts, was: Lower) -> str:
    before, now = _duration_fr(was.months), _duration_fr(f.months)
    if was.months <= f.months:
        why = "l’agence a changé le seuil auquel une alerte se ferme"
    elif was.now is Ground.PERIOD:
        until = f" jusqu’au {f.until:%d/%m/%Y}" if f.until else ""
        why = f"l’agence a accordé{until} un plancher abaissé à {now} de ventes, au lieu de {before}"
    elif was.ground is Ground.PERIOD:
        why = f"le plancher de {before} de ventes, fixé pour un temps par l’agence, a pris fin ; il est de {now}"
    elif was.ground is Ground.MITM and was.now in (Ground.PUBLIC_HEALTH, Ground.OTHER):
        why = (
            "ce n’est plus un médicament d’intérêt thérapeutique majeur selon les données de référence ; son plancher passe de"
            f" {before} à {now} de ventes"
        )
    else:
        why = f"le plancher passe de {before} à {now} de ventes"
    tail = (
        f"Le stock {of_fr(f.company)}, {_packs_fr(f.stock)}, n’est pas pour autant reconstitué :"
        " l’alerte se ferme sans retour à la normale."
    )
    return f"{f.name} (CIS {f.cis}) : {why}. {tail}"


def _lowered_en(f: Facts, was: Lower) -> str:
    before, now = _duration_en(was.months), _duration_en(f.months)
    if was.months <= f.months:
        why = "the agency has changed the level at which an alert closes"
    elif was.now is Ground.PERIOD:
        until = f" until {f.until:%Y-%m-%d}" if f.until else ""
        why = f"the agency has granted a lower floor of {now} of sales{until}, instead of {before}"
    elif was.ground is Ground.PERIOD:
        why = f"the floor of {before} of sales that the agency had set for a time has ended; it is {now}"
    elif was.ground is Ground.MITM and was.now in (Ground.PUBLIC_HEALTH, Ground.OTHER):
        why = (
            "by the reference data this is no longer a medicine of major therapeutic interest; its floor goes from"
            f" {before} to {now} of sales"
        )
    else:
        why = f"the floor goes from {before} to {now} of sales"
    tail = f"The stock of {f.company}, {_packs_en(f.stock)}, is not rebuilt for that: the alert closes without a return to normal."
    return f"{f.name} (CIS {f.cis}): {why}. {tail}"


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


def _decimals(months: float) -> int:
    """As many as a decision of the agency is written with, at most two; one where the months are reckoned."""
    return next((digits for digits in (0, 1, 2) if abs(months - round(months, digits)) < 1e-9), 1)


def _duration_fr(months: float) -> str:
    weeks = _weeks(months)
    if weeks is not None:
        return f"{weeks} {'semaines' if weeks > 1 else 'semaine'}"
    return f"{_fr(months, _decimals(months))} mois"


def _duration_en(months: float) -> str:
    weeks = _weeks(months)
    if weeks is not None:
        return f"{weeks} {'week' if weeks == 1 else 'weeks'}"
    return f"{_en(months, _decimals(months))} {'month' if months == 1 else 'months'}"
