"""What rule `season` says, and its card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from alertcore.records.alert import AlertKind
from alertcore.records.shared import Mark, SubjectKind, Text
from alertcore.rules.card import RuleCard
from alertcore.rules.spoken import day_en, day_fr, days_en, days_fr
from alertcore.substances_english import english_of_parts
from alertcore.thresholds import Molecule

CARD = RuleCard(
    name="season",
    stage="cases",
    subjects=(SubjectKind.ATC,),
    alert=AlertKind.SEASON,
    title=Text(fr="Plan saisonnier : molécule sentinelle", en="Seasonal plan: sentinel molecule"),
    fires=Text(
        fr="Chaque lundi d'un plan (hiver, canicule), un indicateur par acteur (pharmacie, grossiste-répartiteur, industriel) compare ses"
        " jours de stock aux seuils : satisfaisant, acceptable, insatisfaisant, sans objet ou inconnu. L'alerte naît d'un indicateur"
        " insatisfaisant. La liste du plan canicule n'est pas publiée : elle est vide tant que l'agence ne la remplit pas. Les dispositifs"
        " que le plan hiver nomme n'ont pas d'indicateur : personne n'en déclare le stock.",
        en="Each Monday of a plan (winter, heat), an indicator per actor (pharmacy, wholesaler, manufacturer) compares its days of supply"
        " with the levels: satisfactory, acceptable, unsatisfactory, not relevant or not known. An unsatisfactory one raises the alert. The"
        " list of the heat plan is not published: it is empty until the agency fills it. The devices that the winter plan names have no"
        " indicator: nobody reports their stock.",
    ),
    ends=Text(
        fr="Quand aucun indicateur n'est plus insatisfaisant et que tous sont connus ; à la fin du plan, sans annonce de retour à la"
        " normale.",
        en="When no indicator is unsatisfactory and all are known; at the end of the plan, without an all-clear.",
    ),
    source="Plan hivernal (2023-) ; niveaux internes",
    mark=Mark.P,
    thresholds=("season.plans", "season.hour", "season.satisfactory_days", "season.acceptable_days", "fresh_share"),
)
DO = Text(
    fr="Vérifiez les livraisons prévues avec les industriels et la répartition avec les grossistes.",
    en="Check coming deliveries with manufacturers, and distribution with wholesalers.",
)


class Indicator(StrEnum):
    """How well an actor's stock covers the needs."""

    SATISFACTORY = "satisfactory"
    ACCEPTABLE = "acceptable"
    UNSATISFACTORY = "unsatisfactory"
    NOT_RELEVANT = "not_relevant"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """An actor's indicator and the days of supply behind it."""

    indicator: Indicator
    days: float | None = None


_ACTORS = {
    "pharmacy": ("pharmacies", "pharmacies"),
    "wholesaler": ("grossistes-répartiteurs", "wholesalers"),
    "manufacturer": ("industriels", "manufacturers"),
}
_INDICATORS = {
    Indicator.SATISFACTORY: ("satisfaisant", "satisfactory"),
    Indicator.ACCEPTABLE: ("acceptable", "acceptable"),
    Indicator.UNSATISFACTORY: ("insatisfaisant", "unsatisfactory"),
    Indicator.NOT_RELEVANT: ("sans objet", "not relevant"),
    Indicator.NOT_KNOWN: ("indicateur inconnu", "indicator not known"),
}
_PLANS = {"winter": ("Plan hiver", "Winter plan"), "heat": ("Plan canicule", "Heat plan")}


def named(molecule: Molecule) -> Text:
    """A molecule in both languages: the plan names it in French."""
    base = molecule.name.removesuffix(molecule.strength or "").strip()
    strength = molecule.name.removeprefix(base)
    return Text(fr=molecule.name, en=english_of_parts(base) + strength)


def sentence(plan: str, molecule: Text, monday: date, actors: Mapping[str, Assessed]) -> Text:
    """Every actor's indicator in the week of a Monday."""
    names = _PLANS.get(plan, (f"Plan {plan}", f"Plan {plan}"))
    french = ", ".join(_actor(actor, found, 0) for actor, found in actors.items())
    english = ", ".join(_actor(actor, found, 1) for actor, found in actors.items())
    return Text(
        fr=f"{names[0]}, semaine du {day_fr(monday)}, {molecule.fr} : {french}.",
        en=f"{names[1]}, week of {day_en(monday)}, {molecule.en}: {english}.",
    )


def over(plan: str, molecule: Text) -> Text:
    """The plan has ended."""
    names = _PLANS.get(plan, (f"Plan {plan}", f"Plan {plan}"))
    return Text(
        fr=f"{names[0]}, {molecule.fr} : la saison est terminée, les indicateurs ne sont plus établis.",
        en=f"{names[1]}, {molecule.en}: the season is over, indicators are no longer drawn up.",
    )


def headline(plan: str, molecule: Text) -> Text:
    """What it is about."""
    names = _PLANS.get(plan, (f"Plan {plan}", f"Plan {plan}"))
    return Text(fr=f"{names[0]} : couverture insatisfaisante, {molecule.fr}", en=f"{names[1]}: unsatisfactory cover, {molecule.en}")


def _actor(actor: str, found: Assessed, language: int) -> str:
    name, what = _ACTORS[actor][language], _INDICATORS[found.indicator][language]
    if found.days is None:
        return f"{name} ({what})"
    days = days_en(found.days) if language else days_fr(found.days)
    return f"{name} {days} ({what})"
