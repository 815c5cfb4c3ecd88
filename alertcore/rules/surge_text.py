"""What rule `surge` says, and its card."""

from __future__ import annotations

from alertcore.records.alert import AlertKind
from alertcore.records.shared import Mark, SubjectKind, Text
from alertcore.rules.card import RuleCard
from alertcore.rules.spoken import en, fr

CARD = RuleCard(
    name="surge",
    stage="cases",
    subjects=(SubjectKind.ATC,),
    alert=AlertKind.SURGE,
    title=Text(fr="Afflux de déclarations dans une classe", en="A surge of declarations in a class"),
    fires=Text(
        fr="Les déclarations initiales d'une classe ATC (niveaux 1 à 3) dépassent leur rythme des 52 semaines précédentes : la somme"
        " cumulée (CUSUM de Poisson, à la recherche d'un rythme doublé) atteint son seuil.",
        en="Initial declarations of an ATC class (levels 1 to 3) exceed their rate of the 52 weeks before: the cumulative sum (Poisson"
        " CUSUM, looking for a doubled rate) reaches its threshold.",
    ),
    ends=Text(
        fr="Quand la somme cumulée des semaines complètes est revenue à zéro.",
        en="When the cumulative sum over complete weeks is back at nought.",
    ),
    source="Lucas (1985), Counted Data CUSUM's, Technometrics 27, 129-144",
    mark=Mark.U,
    thresholds=("surge.ratio", "surge.threshold", "surge.weeks", "surge.least_rate", "surge.least_weeks"),
)
DO = Text(
    fr="Cherchez une cause commune : fournisseur de substance active, site, hausse de la demande.",
    en="Look for a common cause: a supplier of active substance, a site, rising demand.",
)
_CLASSES = {
    "A": ("voies digestives et métabolisme", "alimentary tract and metabolism"),
    "B": ("sang et organes hématopoïétiques", "blood and blood-forming organs"),
    "C": ("système cardiovasculaire", "cardiovascular system"),
    "D": ("dermatologie", "dermatologicals"),
    "G": ("système génito-urinaire et hormones sexuelles", "genito-urinary system and sex hormones"),
    "H": ("hormones systémiques", "systemic hormones"),
    "J": ("anti-infectieux à usage systémique", "anti-infectives for systemic use"),
    "L": ("antinéoplasiques et immunomodulateurs", "antineoplastic and immunomodulating agents"),
    "M": ("muscle et squelette", "musculo-skeletal system"),
    "N": ("système nerveux", "nervous system"),
    "P": ("antiparasitaires", "antiparasitic products"),
    "R": ("système respiratoire", "respiratory system"),
    "S": ("organes sensoriels", "sensory organs"),
    "V": ("divers", "various"),
}
"""ATC level 1 (WHO Collaborating Centre for Drug Statistics Methodology)."""


def named(atc: str) -> Text:
    """A class with the name of its first level."""
    found = _CLASSES.get(atc[:1], ("", ""))
    if not found[0]:
        return Text(fr=f"classe ATC {atc}", en=f"ATC class {atc}")
    if len(atc) == 1:
        return Text(fr=f"classe ATC {atc} ({found[0]})", en=f"ATC class {atc} ({found[1]})")
    return Text(fr=f"classe ATC {atc} (dans {atc[0]}, {found[0]})", en=f"ATC class {atc} (in {atc[0]}, {found[1]})")


def headline(atc: str) -> Text:
    """What it is about."""
    name = named(atc)
    return Text(fr=f"Afflux de déclarations : {name.fr}", en=f"Surge of declarations: {name.en}")


def above(atc: str, count: int, usual: float, weeks: int, cusum: float, threshold: float) -> Text:
    """How many came, how many are usual, and how far above it is."""
    name = named(atc)
    several = "s" if count > 1 else ""
    return Text(
        fr=f"{name.fr[0].upper()}{name.fr[1:]} : {count} déclaration{several} initiale{several} cette semaine, pour {fr(usual, 1)} par"
        f" semaine d’ordinaire ({weeks} semaines). La somme cumulée des dépassements est de {fr(cusum, 1)}, pour un seuil de"
        f" {fr(threshold, 1)}.",
        en=f"{name.en}: {count} initial declaration{'' if count == 1 else 's'} this week, where {en(usual, 1)} a week are usual"
        f" ({weeks} weeks). The cumulative sum above it is {en(cusum, 1)}, its threshold {en(threshold, 1)}.",
    )


def over(atc: str, usual: float) -> Text:
    """Back to the usual rate."""
    name = named(atc)
    return Text(
        fr=f"{name.fr[0].upper()}{name.fr[1:]} : les déclarations sont revenues à leur rythme habituel ({fr(usual, 1)} par semaine).",
        en=f"{name.en}: declarations are back at their usual rate ({en(usual, 1)} a week).",
    )
