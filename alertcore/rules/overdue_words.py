"""What rule `overdue` says, in French and English."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from alertcore.records.shared import Text
from alertcore.records.shortage import Plan
from alertcore.rules.spoken import of_fr

RETURN_PASSED = Text(fr="retour attendu dépassé, sans nouvelle", en="expected return passed without news")
ASK_RETURN = Text(
    fr="Demandez à l'entreprise une nouvelle date de retour, ou la confirmation de la remise à disposition.",
    en="Ask the company for another day of return, or for its confirmation that supply is back.",
)
DO_RETURN = Text(
    fr="Déclarez la remise à disposition ou une nouvelle date de retour.", en="Declare the return to supply, or another day of return."
)
PLAN_LATE = Text(fr="plan de gestion des pénuries en retard", en="shortage management plan late")
ASK_PLAN = Text(
    fr="Demandez à l'entreprise son plan de gestion des pénuries à jour.", en="Ask the company for its current shortage management plan."
)
DO_PLAN = Text(
    fr="Transmettez à l'agence votre plan de gestion des pénuries à jour.", en="Send the agency your current shortage management plan."
)

_CIRCUITS = {
    "ville": ("en ville", "in community pharmacies"),
    "hopital": ("à l'hôpital", "in hospitals"),
    "both": ("en ville et à l'hôpital", "everywhere"),
}


def passed(name: str, company: str, days: Mapping[str, date]) -> Text:
    """Days of return, by circuit, that have passed."""
    by_day = {day: [c for c, d in sorted(days.items(), reverse=True) if d == day] for day in sorted(set(days.values()))}
    fr = " et ".join(f"le {day:%d/%m/%Y} {_where(circuits, 0, ' et ')}" for day, circuits in by_day.items())
    en = " and ".join(f"on {day} {_where(circuits, 1, ' and ')}" for day, circuits in by_day.items())
    past_fr, past_en = ("ces jours sont passés", "these days have") if len(by_day) > 1 else ("ce jour est passé", "that day has")
    return Text(
        fr=f"{name} : {company} attendait le retour {fr} ; {past_fr} sans nouvelle.",
        en=f"{name}: {company} expected the return {en}; {past_en} passed without news.",
    )


def plan_old(name: str, plan: Plan, company: Text, months: int) -> Text:
    """The newest plan of a company has come of age."""
    age_fr, age_en = ("d'un an", "a year") if months == 12 else (f"de {months} mois", f"{months} months")
    return Text(
        fr=f"{name} : le plan de gestion des pénuries {of_fr(company.fr)}, reçu le {plan.received_on:%d/%m/%Y}, a plus {age_fr}"
        " (CSP R.5124-49-5).",
        en=f"{name}: the shortage management plan of {company.en}, received on {plan.received_on}, is more than {age_en} old"
        " (CSP R.5124-49-5).",
    )


def plan_missing(name: str, company: Text | None) -> Text:
    """No plan ever came where the policy expects one."""
    who_fr, who_en = (f" {of_fr(company.fr)}", f" of {company.en}") if company is not None else ("", "")
    return Text(
        fr=f"{name} : aucun plan de gestion des pénuries{who_fr} n'a été reçu (CSP L.5121-31).",
        en=f"{name}: no shortage management plan{who_en} has been received (CSP L.5121-31).",
    )


def _where(circuits: list[str], language: int, and_: str) -> str:
    return and_.join(_CIRCUITS.get(circuit, ("", ""))[language] for circuit in circuits)
