"""What is said of pharmacies that cannot be supplied in time, in French and English."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from alertcore.records.shared import Text
from alertcore.rules.spoken import day_en, day_fr, en, fr, hours_en, hours_fr, listed, region

STEPS = (1, 2, 3, 4, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000)
"""Numbers of pharmacies at which the alert is told anew: exact while they are few, then each about twice the one before."""
EXACT = 5

DO = Text(
    fr="Répondez aux pharmaciens par votre centre d'appel d'urgence, dépannez-les, et signalez à l'agence tout risque de rupture dès que"
    " vous en avez connaissance.",
    en="Answer the pharmacists through your emergency call centre, help them out, and tell the agency of any risk of stock-out as soon as"
    " you know of it.",
)
DO_OFFICERS = Text(
    fr="Demandez la cause à l'entreprise et aux distributeurs, et voyez si une déclaration de rupture est due.",
    en="Ask the company and the distributors for the cause, and see whether a declaration of a stock-out is owed.",
)
DO_END = Text(fr="Aucune action n'est plus attendue.", en="Nothing more is awaited.")
DO_SILENT = Text(
    fr="Vérifiez avec vos distributeurs que les pharmacies reçoivent de nouveau ce médicament.",
    en="Check with your distributors that pharmacies receive this medicine again.",
)


def step(pharmacies: int) -> int:
    """The last number reached at which the alert is told anew."""
    return max((s for s in STEPS if s <= pharmacies), default=0)


def headline(name: str, *, cluster: bool) -> Text:
    """The medicine and what is wrong."""
    if cluster:
        return Text(fr=f"{name} : ruptures d'approvisionnement en pharmacie", en=f"{name}: supply disruptions at pharmacies")
    return Text(fr=f"{name} : rupture d'approvisionnement en pharmacie", en=f"{name}: supply disruption at a pharmacy")


def waiting(name: str, count: int, regions: Sequence[str], since: date, limit: int) -> Text:
    """Who has waited too long for what, and where. count: a step; limit: hours."""
    where_fr = where_en = ""
    if regions:
        names = [region(r) for r in regions]
        where_fr, where_en = f" ({listed(names, 'et')})", f" ({listed(names, 'and')})"
    if count == 1:
        return Text(
            fr=f"{name} : une pharmacie{where_fr} attend depuis plus {_than_fr(limit)}, malgré sa demande à deux distributeurs"
            f" ; connu le {day_fr(since)}.",
            en=f"{name}: one pharmacy{where_en} has waited for more than {hours_en(limit)} although it asked two distributors;"
            f" known on {day_en(since)}.",
        )
    least_fr, least_en = ("au moins ", "at least ") if count > EXACT else ("", "")
    return Text(
        fr=f"{name} : depuis le {day_fr(since)}, {least_fr}{fr(count)} pharmacies{where_fr} n'ont pas été servies dans le délai"
        f" {_than_fr(limit)}, ou plus court si le pharmacien l'a fixé, malgré leur demande à deux distributeurs.",
        en=f"{name}: since {day_en(since)}, {least_en}{en(count)} pharmacies{where_en} were not supplied within {hours_en(limit)}, or a"
        " shorter limit set by the pharmacist, although they asked two distributors.",
    )


def _than_fr(limit: int) -> str:
    return "d'une heure" if limit == 1 else f"de {hours_fr(limit)}"


def shorter(limit: int) -> Text:
    """The pharmacist set a shorter limit."""
    return Text(
        fr=f" Le pharmacien a réduit le délai à {limit} h pour la continuité du traitement.",
        en=f" The pharmacist shortened the limit to {limit} h for the continuity of treatment.",
    )


def reported_late(hours: int) -> Text:
    """The first report came after the limit."""
    return Text(fr=f" Le signalement est arrivé {fr(hours)} h après ce délai.", en=f" The report came {en(hours)} h after that limit.")


def clustered(pharmacies: int, regions: int, days: int) -> Text:
    """Why the agency is told."""
    return Text(
        fr=f" Le seuil de l'agence est atteint : {pharmacies} pharmacies ou {regions} régions en {days} jours.",
        en=f" The agency's threshold is reached: {pharmacies} pharmacies or {regions} regions within {days} days.",
    )


def no_company() -> Text:
    """Nobody at the company can be told."""
    return Text(
        fr=" L'entreprise qui exploite ce médicament n'est pas connue : prévenez-la.",
        en=" The company that markets this medicine is not known: let it know.",
    )


def served(name: str) -> Text:
    """All were served."""
    return Text(fr=f"{name} : toutes les pharmacies concernées ont été servies.", en=f"{name}: every pharmacy concerned has been supplied.")


def silent(name: str) -> Text:
    """Nobody reports it any more, which is no good news by itself."""
    return Text(
        fr=f"{name} : plus aucune pharmacie ne signale de demande en attente, sans que toutes aient dit avoir été servies.",
        en=f"{name}: no pharmacy reports a request that waits any more, but not all have said that they were supplied.",
    )
