"""What is said of a recall's reach, for officers, in French and English."""

from __future__ import annotations

from collections.abc import Sequence

from alertcore.records.holding import ReachRow
from alertcore.rules.recall_reach import percent
from alertcore.rules.spoken import en, fr

TIERS = {
    "manufacturer": ("exploitants", "companies"),
    "depositary": ("dépositaires", "depositaries"),
    "wholesaler": ("grossistes-répartiteurs", "wholesalers"),
    "community_pharmacy": ("officines", "community pharmacies"),
    "hospital_pharmacy": ("pharmacies à usage intérieur", "hospital pharmacies"),
}


def notes(rows: Sequence[ReachRow]) -> dict[str, str]:
    """Notes on an alert: a sentence in both languages, and the shares by level as `level=per cent`."""
    if not rows:
        return {}
    shares = ",".join(f"{row.tier}={percent(row):g}" for row in rows)
    french = " ; ".join(_french(row) for row in rows)
    english = "; ".join(_english(row) for row in rows)
    return {
        "reach_pct": shares,
        "reach_fr": f"Portée du rappel, d'après les relevés postérieurs à la décision : {french}.",
        "reach_en": f"Reach of the recall, by reports made after the decision: {english}.",
    }


def numbers(rows: Sequence[ReachRow]) -> dict[str, float]:
    """The same as numbers of a signal."""
    found: dict[str, float] = {}
    for row in rows:
        found |= {f"reach_{row.tier}_pct": percent(row), f"carriers_{row.tier}_count": float(row.carriers)}
        found |= {f"still_for_sale_{row.tier}_count": float(row.holding)}
    return found


def _french(row: ReachRow) -> str:
    left = row.carriers - row.clear - row.holding
    who = TIERS.get(row.tier, ("déclarants", "reporters"))[0]
    digits = 0 if percent(row).is_integer() else 1
    return (
        f"{who} : {fr(percent(row), digits)} % ({row.clear} sur {row.carriers}) n'ont plus de lot en vente,"
        f" {row.holding} en {'a' if row.holding < 2 else 'ont'} encore, {left} {'inconnu' if left < 2 else 'inconnus'}"
    )


def _english(row: ReachRow) -> str:
    left = row.carriers - row.clear - row.holding
    who = TIERS.get(row.tier, ("déclarants", "reporters"))[1]
    digits = 0 if percent(row).is_integer() else 1
    return (
        f"{who}: {en(percent(row), digits)} % ({row.clear} of {row.carriers}) have no batch for sale any more,"
        f" {row.holding} still {'has' if row.holding == 1 else 'have'}, {left} not known"
    )
