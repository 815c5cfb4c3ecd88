"""What rule `undeclared` says, in French and English."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from alertcore.records.shared import Text
from alertcore.rules.spoken import day_en, day_fr, of_fr

WHAT = Text(fr="déclaration attendue", en="declaration awaited")
ASK = Text(
    fr="Demandez à l'entreprise sa déclaration, et évaluez la situation sans l'attendre.",
    en="Ask the company for its declaration, and assess the situation without waiting for it.",
)
DO = Text(
    fr="Déclarez la rupture ou le risque de rupture, ou expliquez à l'agence pourquoi il n'y en a pas.",
    en="Declare the stock-out or the risk of one, or explain to the agency why there is none.",
)
_SHOWN = {
    "floor": ("stock sous son plancher légal", "stock under its legal floor"),
    "list": ("statut sur la liste publique", "status on the public list"),
    "pharmacies": ("ruptures groupées en pharmacie", "a cluster of disruptions at pharmacies"),
}


def sentence(name: str, company: Text | None, facts: Mapping[str, date], days: int) -> Text:
    """What shows it, since which local day, and who has not declared."""
    fr = ", ".join(f"{_SHOWN[source][0]} depuis le {day_fr(since)}" for source, since in sorted(facts.items()))
    en = ", ".join(f"{_SHOWN[source][1]} since {day_en(since)}" for source, since in sorted(facts.items()))
    who_fr, who_en = (f" {of_fr(company.fr)}", f" from {company.en}") if company is not None else ("", "")
    within_fr, within_en = (f"{days} jours" if days > 1 else f"{days} jour"), (f"{days} days" if days != 1 else "1 day")
    return Text(
        fr=f"{name} : {fr} ; aucune déclaration{who_fr} n'a été reçue (délai interne : {within_fr}).",
        en=f"{name}: {en}; no declaration{who_en} has been received (internal limit: {within_en}).",
    )
