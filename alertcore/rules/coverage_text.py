"""What rule `coverage` says, and its card. Regions are named without their figures: a company may read it too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from alertcore.records.alert import AlertKind
from alertcore.records.shared import Mark, SubjectKind, Text
from alertcore.rules.card import RuleCard
from alertcore.rules.spoken import day_en, day_fr, days_en, days_fr, listed, region

CARD = RuleCard(
    name="coverage",
    stage="supply",
    subjects=(SubjectKind.CIS,),
    alert=AlertKind.COVERAGE,
    title=Text(fr="Couverture insuffisante", en="Days of supply are short"),
    fires=Text(
        fr="Le stock vendable d'un médicament, divisé par ce qui est dispensé par jour sur 28 jours (à défaut, par les ventes moyennes),"
        " passe sous un seuil pendant 24 heures : 30 et 10 jours au niveau national ; 7 et 3 jours dans une région, pour ses"
        " grossistes-répartiteurs et ses pharmacies d'officine.",
        en="A medicine's saleable stock, divided by what is dispensed a day over 28 days (else by mean sales), is under a level for 24"
        " hours: 30 and 10 days in the country; 7 and 3 days in a region, for its wholesalers and community pharmacies.",
    ),
    ends=Text(
        fr="Chaque seuil est quitté à 110 % de ses jours. Un stock inconnu (moins de 60 % de déclarants à jour) ne déclenche rien et ne"
        " ferme rien.",
        en="A level is left at 110 % of its days. A stock that is not known (under 60 % of reporters fresh) begins and ends nothing.",
    ),
    source="règle interne",
    mark=Mark.U,
    thresholds=("coverage.national_days", "coverage.region_days", "coverage.hold_hours", "coverage.clear", "fresh_share"),
)


class Cell(Protocol):
    """A place under a level."""

    @property
    def region(self) -> str | None:
        """INSEE code, or None for the country."""

    @property
    def level(self) -> float:
        """Days."""

    @property
    def days(self) -> float:
        """Days of supply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a sentence is made of. national: the country's cell, if it is short. days: of the country now, None where not known.

    since: a local day. brief: share of the reporters that dispense of which that is known of fewer than 28 days.
    """

    cis: str
    name: str
    national: Cell | None
    regions: Sequence[Cell]
    days: float | None
    since: date
    cleared: bool
    by_policy: bool
    brief: float = 0.0


def sentence(f: Facts) -> Text:
    """How long the stock lasts, where it is short, and since when."""
    return Text(fr=_french(f), en=_english(f))


def _french(f: Facts) -> str:
    head = f"{f.name} (CIS {f.cis}) : "
    if f.by_policy:
        return (
            f"{head}les seuils ont changé ; l’alerte du {day_fr(f.since)} n’a plus lieu d’être, sans que le stock soit rétabli pour autant."
        )
    if f.cleared:
        now = _now(f, " (", days_fr, " au niveau national)")
        return f"{head}la couverture est revenue au-dessus des seuils{now}. Elle était insuffisante depuis le {day_fr(f.since)}."
    parts = []
    if f.national is not None:
        parts.append(f"il reste {days_fr(f.national.days)} de stock au niveau national, pour un seuil de {days_fr(f.national.level)}")
    elif f.days is not None:
        parts.append(f"il reste {days_fr(f.days)} de stock au niveau national")
    parts += [f"régions sous {days_fr(level)} : {listed(names, 'et')}" for level, names in _by_level(f.regions)]
    note = f" Pour {_percent(f.brief)} % des pharmacies à jour, la consommation n’est connue que sur moins de 28 jours." if f.brief else ""
    return f"{head}{' ; '.join(parts)}. Situation constatée depuis le {day_fr(f.since)}.{note}"


def _english(f: Facts) -> str:
    head = f"{f.name} (CIS {f.cis}): "
    if f.by_policy:
        return f"{head}the levels were changed; the alert of {day_en(f.since)} no longer applies, though the stock has not recovered."
    if f.cleared:
        now = _now(f, " (", days_en, " in the country)")
        return f"{head}supply is back above its levels{now}. It was short since {day_en(f.since)}."
    parts = []
    if f.national is not None:
        parts.append(f"{days_en(f.national.days)} of supply left in the country, for a level of {days_en(f.national.level)}")
    elif f.days is not None:
        parts.append(f"{days_en(f.days)} of supply left in the country")
    parts += [f"regions under {days_en(level)}: {listed(names, 'and')}" for level, names in _by_level(f.regions)]
    note = f" Of {_percent(f.brief)} % of the pharmacies that are up to date, use is known of fewer than 28 days only." if f.brief else ""
    return f"{head}{'; '.join(parts)}. So since {day_en(f.since)}.{note}"


def _percent(share: float) -> int:
    """Whole per cent, at least one."""
    return max(round(100 * share), 1)


def _now(f: Facts, before: str, say: Callable[[float], str], after: str) -> str:
    return "" if f.days is None else f"{before}{say(f.days)}{after}"


def _by_level(cells: Sequence[Cell]) -> list[tuple[float, list[str]]]:
    found: dict[float, list[str]] = {}
    for cell in cells:
        found.setdefault(cell.level, []).append(region(cell.region or ""))
    return sorted(found.items())
