"""What rule `projection` says, and its card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from alertcore.records.alert import AlertKind
from alertcore.records.shared import Mark, SubjectKind, Text
from alertcore.rules.card import RuleCard
from alertcore.rules.projection_burn import Coming, Reach
from alertcore.rules.spoken import day_en, day_fr, en, fr, listed, packs_en, packs_fr

_NBSP = "\u00a0"
NAMED = 3
"""Deliveries named in a sentence; of more, how many."""

CARD = RuleCard(
    name="projection",
    stage="supply",
    subjects=(SubjectKind.CIS,),
    alert=AlertKind.PROJECTION,
    title=Text(fr="Épuisement prévisible du stock", en="Stock is running out"),
    fires=Text(
        fr="Au rythme médian auquel le stock national a baissé d'un jour à l'autre sur 28 jours, le stock sera épuisé, ou celui des"
        " entreprises tombera à leur plancher légal, dans les 60 jours, malgré les livraisons annoncées par les fabricants et les"
        " dépositaires, et avant le retour annoncé par les entreprises.",
        en="At the median rate at which the national stock fell from day to day over 28 days, it comes to nought, or the companies' stock"
        " to their legal floor, within 60 days, for all the deliveries that manufacturers and depositaries announce, and before the"
        " return the companies announced.",
    ),
    ends=Text(
        fr="Quand l'échéance s'éloigne au-delà de 110 % de ces jours ou que le stock ne baisse plus. Un stock épuisé ou inconnu ne ferme"
        " rien. Quand seules des livraisons annoncées éloignent l'échéance, l'alerte se ferme sans retour à la normale.",
        en="When the date moves beyond 110 % of these days, or stock no longer falls. A stock that is gone or not known ends nothing."
        " Where only announced deliveries put it off, the alert closes without an all-clear.",
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
class Facts:
    """What a sentence is made of. burn: packs a day by which stock falls. days: of the burn; changes: known in them.

    ahead: days within which it matters. since: a local day. why: for what else than stock it ends: policy, floor or deliveries.
    day: today. coming: deliveries announced, by days from today.
    """

    cis: str
    name: str
    stock: float | None
    burn: float
    days: int
    changes: int
    ahead: int
    zero: Reach | None
    floor: Reach | None
    since: date
    cleared: bool
    day: date
    why: str = ""
    coming: Coming = ()


def sentence(f: Facts) -> Text:
    """How much there is, how fast it goes, what is announced to come, and when it is gone."""
    return Text(fr=_french(f), en=_english(f))


def _in_time(f: Facts) -> tuple[list[tuple[date, float]], tuple[date, float] | None]:
    """The deliveries that are announced before the last day told, and the next after it."""
    last = max((r.on for r in (f.zero, f.floor) if r is not None), default=None)
    rows = [(f.day + timedelta(days=after), packs) for after, packs in f.coming]
    return [row for row in rows if last is None or row[0] <= last], next((r for r in rows if last is not None and r[0] > last), None)


def _french(f: Facts) -> str:
    head, since = f"{f.name} (CIS {f.cis}) : ", day_fr(f.since)
    coming, after = _in_time(f)
    told = _listed([f"{packs_fr(packs)} le {day_fr(day)}" for day, packs in coming], "et", "autres")
    if f.why == "deliveries":
        return (
            f"{head}avec les livraisons annoncées ({told}), le stock ne doit plus être épuisé ni tomber au plancher dans les {f.ahead}"
            f" jours, comme prévu depuis le {since}. Ce n’est pas un retour à la normale : l’alerte reprend si elles n’arrivent pas."
        )
    if f.why == "floor":
        return (
            f"{head}le plancher légal a été abaissé ; la projection du {since} ne donne plus lieu à alerte, sans que le stock ait remonté."
        )
    if f.why:
        return f"{head}les seuils ont changé ; la projection du {since} ne donne plus lieu à alerte, sans que le stock ait remonté."
    if f.cleared:
        return f"{head}le stock ne doit plus être épuisé ni tomber au plancher dans les {f.ahead} jours, comme prévu depuis le {since}."
    tail = f" Livraison suivante annoncée : {packs_fr(after[1])} le {day_fr(after[0])}." if after else ""
    if f.zero and not f.zero.days:
        return f"{head}le stock national est épuisé.{tail}"
    rate = f"le stock national de {packs_fr(f.stock or 0)} {_rate_fr(f.burn)} ({_median_fr(f)})"
    parts = [f"il serait épuisé {_when_fr(f.zero)}"] if f.zero else []
    parts += [f"le stock des entreprises tomberait à leur plancher légal {_when_fr(f.floor)}"] if f.floor and f.floor.days else []
    also = f", et avec les livraisons annoncées ({told})" if told else ""
    pace = f" À ce rythme{also}, {' ; '.join(parts)}." if parts else ""
    there = " Le stock des entreprises n’est pas au-dessus de leur plancher légal." if f.floor and not f.floor.days else ""
    return f"{head}{rate}.{pace}{there}{tail}"


def _english(f: Facts) -> str:
    head, since = f"{f.name} (CIS {f.cis}): ", day_en(f.since)
    coming, after = _in_time(f)
    told = _listed([f"{packs_en(packs)} on {day_en(day)}" for day, packs in coming], "and", "others")
    if f.why == "deliveries":
        return (
            f"{head}with the deliveries announced ({told}), stock is no longer to run out or fall to the floor within {f.ahead} days, as"
            f" projected since {since}. This is no return to normal: the alert is back if they do not arrive."
        )
    if f.why == "floor":
        return f"{head}the legal floor was lowered; the projection of {since} no longer makes an alert, though stock has not risen."
    if f.why:
        return f"{head}the levels were changed; the projection of {since} no longer makes an alert, though stock has not risen."
    if f.cleared:
        return f"{head}stock is no longer to run out or fall to the floor within {f.ahead} days, as projected since {since}."
    tail = f" Next delivery announced: {packs_en(after[1])} on {day_en(after[0])}." if after else ""
    if f.zero and not f.zero.days:
        return f"{head}the national stock is gone.{tail}"
    rate = f"the national stock of {packs_en(f.stock or 0)} {_rate_en(f.burn)} ({_median_en(f)})"
    parts = [f"it is gone {_when_en(f.zero)}"] if f.zero else []
    parts += [f"the companies' stock is at their legal floor {_when_en(f.floor)}"] if f.floor and f.floor.days else []
    also = f", and with the deliveries announced ({told})," if told else ""
    pace = f" At this rate{also} {'; '.join(parts)}." if parts else ""
    there = " The companies' stock is not above their legal floor." if f.floor and not f.floor.days else ""
    return f"{head}{rate}.{pace}{there}{tail}"


def _rate_fr(burn: float) -> str:
    if burn <= 0:
        return "ne baisse plus"
    rate = "moins d’une boîte" if burn < 1 else f"{fr(burn, _digits(burn))}{_NBSP}{'boîtes' if round(burn, 1) >= 2 else 'boîte'}"
    return f"baisse de {rate} par jour"


def _rate_en(burn: float) -> str:
    if burn <= 0:
        return "no longer falls"
    rate = "less than one pack" if burn < 1 else f"{en(burn, _digits(burn))} {'pack' if round(burn, 1) == 1 else 'packs'}"
    return f"falls by {rate} a day"


def _digits(burn: float) -> int:
    """Under ten packs a day half a pack moves the date."""
    return 1 if burn < 9.95 and round(burn, 1) != round(burn) else 0


def _median_fr(f: Facts) -> str:
    if f.changes >= f.days:
        return f"médiane des {f.days} derniers jours"
    return f"médiane de {f.changes} variations d’un jour à l’autre, les seules connues des {f.days} derniers jours"


def _median_en(f: Facts) -> str:
    if f.changes >= f.days:
        return f"median of the last {f.days} days"
    return f"median of {f.changes} changes from day to day, the only ones known of the last {f.days} days"


def _listed(texts: Sequence[str], last: str, others: str) -> str:
    """The first few, and how many more."""
    if not texts:
        return ""
    if len(texts) > NAMED:
        return f"{', '.join(texts[:NAMED])} {last} {len(texts) - NAMED} {others}"
    return listed(texts, last)


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
