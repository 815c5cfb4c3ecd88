"""What rule `projection` says, and its card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from alertcore.records.alert import AlertKind
from alertcore.records.shared import Mark, SubjectKind, Text
from alertcore.rules.card import RuleCard
from alertcore.rules.spoken import day_en, day_fr, packs_en, packs_fr

CARD = RuleCard(
    name="projection",
    stage="supply",
    subjects=(SubjectKind.CIS,),
    alert=AlertKind.PROJECTION,
    title=Text(fr="Épuisement prévisible du stock", en="Stock is running out"),
    fires=Text(
        fr="Au rythme médian auquel le stock national a baissé d'un jour à l'autre sur 28 jours, le stock sera épuisé, ou celui des"
        " entreprises tombera à leur plancher légal, dans les 60 jours et avant le retour annoncé par les entreprises.",
        en="At the median rate at which the national stock fell from day to day over 28 days, it comes to nought, or the companies' stock"
        " to their legal floor, within 60 days and before the resupply the companies announced.",
    ),
    ends=Text(
        fr="Quand l'échéance s'éloigne au-delà de 110 % de ces jours ou que le stock ne baisse plus. Un stock épuisé ou inconnu ne ferme"
        " rien.",
        en="When the date moves beyond 110 % of these days, or stock no longer falls. A stock that is gone or not known ends nothing.",
    ),
    source="règle interne ; Conover, Practical Nonparametric Statistics, 3rd ed., section 3.2",
    mark=Mark.U,
    thresholds=(
        "projection.burn_days",
        "projection.least_days",
        "projection.ahead_days",
        "projection.near_days",
        "projection.clear",
        "fresh_share",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """When something is reached, and the interval in which that lies; no earliest or latest where there is none."""

    days: float
    on: date
    earliest: date | None = None
    latest: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a sentence is made of. burn: packs a day by which stock falls. days: of the burn. ahead: days within which it matters."""

    cis: str
    name: str
    stock: float | None
    burn: float
    days: int
    ahead: int
    zero: Reach | None
    floor: Reach | None
    since: datetime
    cleared: bool
    by_policy: bool


def sentence(f: Facts) -> Text:
    """How much there is, how fast it goes, and when it is gone."""
    return Text(fr=_french(f), en=_english(f))


def _french(f: Facts) -> str:
    head = f"{f.name} (CIS {f.cis}) : "
    if f.by_policy:
        return (
            f"{head}les seuils ont changé ; la projection du {day_fr(f.since)} ne donne plus lieu à alerte, sans que le stock ait remonté."
        )
    if f.cleared:
        since = day_fr(f.since)
        return f"{head}le stock ne doit plus être épuisé ni tomber au plancher dans les {f.ahead} jours, comme prévu depuis le {since}."
    if f.zero and not f.zero.days:
        return f"{head}le stock national est épuisé."
    rate = f"le stock national de {packs_fr(f.stock or 0)} baisse de {packs_fr(f.burn)} par jour (médiane de {f.days} jours)"
    parts = [f"il serait épuisé {_when_fr(f.zero)}"] if f.zero else []
    parts += [f"le stock des entreprises tomberait à leur plancher légal {_when_fr(f.floor)}"] if f.floor else []
    return f"{head}{rate}. À ce rythme, {' ; '.join(parts)}."


def _english(f: Facts) -> str:
    head = f"{f.name} (CIS {f.cis}): "
    if f.by_policy:
        return f"{head}the levels were changed; the projection of {day_en(f.since)} no longer makes an alert, though stock has not risen."
    if f.cleared:
        return f"{head}stock is no longer to run out or fall to the floor within {f.ahead} days, as projected since {day_en(f.since)}."
    if f.zero and not f.zero.days:
        return f"{head}the national stock is gone."
    rate = f"the national stock of {packs_en(f.stock or 0)} falls by {packs_en(f.burn)} a day (median of {f.days} days)"
    parts = [f"it is gone {_when_en(f.zero)}"] if f.zero else []
    parts += [f"the companies' stock is at their legal floor {_when_en(f.floor)}"] if f.floor else []
    return f"{head}{rate}. At this rate {'; '.join(parts)}."


def _when_fr(r: Reach) -> str:
    if r.earliest is None or r.earliest == r.latest:
        return f"vers le {day_fr(r.on)}"
    if r.latest is None:
        return f"vers le {day_fr(r.on)} (au plus tôt le {day_fr(r.earliest)})"
    return f"vers le {day_fr(r.on)} (entre le {day_fr(r.earliest)} et le {day_fr(r.latest)})"


def _when_en(r: Reach) -> str:
    if r.earliest is None or r.earliest == r.latest:
        return f"about {day_en(r.on)}"
    if r.latest is None:
        return f"about {day_en(r.on)} ({day_en(r.earliest)} at the earliest)"
    return f"about {day_en(r.on)} (between {day_en(r.earliest)} and {day_en(r.latest)})"
