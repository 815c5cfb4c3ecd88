"""Which molecules of a seasonal plan a medicine belongs to: by ATC, else by its substances' names, and by strength where one is asked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from alertcore.records.product import Substance
from alertcore.strengths import masses
from alertcore.substances import set_key
from alertcore.thresholds import Molecule, SeasonPlan, SeasonPolicy


def is_sentinel(policy: SeasonPolicy, atc: str | None, substances: Sequence[Substance], name: str) -> bool:
    """Whether any plan watches the medicine, in whatever season."""
    return any(matches(molecule, atc, substances, name) for plan in policy.plans for molecule in plan.molecules)


def in_season(plan: SeasonPlan, month_day: str) -> bool:
    """Whether a day (MM-DD) lies in the plan, whose first and last day belong to it; a plan may run over the new year."""
    if plan.from_ <= plan.to:
        return plan.from_ <= month_day <= plan.to
    return month_day >= plan.from_ or month_day <= plan.to


def matches(molecule: Molecule, atc: str | None, substances: Sequence[Substance], name: str) -> bool:
    """Whether a medicine is of the molecule. Strengths are read from its substances, else from its name."""
    if not (atc.startswith(molecule.atc) if atc else _by_name(molecule, substances)):
        return False
    wanted = masses(molecule.strength or "")
    told = masses(" / ".join(s.strength or "" for s in substances))
    return wanted <= told or wanted <= masses(name)


def _by_name(molecule: Molecule, substances: Sequence[Substance]) -> bool:
    """Where no ATC is known: the same active parts, whatever their salts and in whatever order (WHO, INN and INNM)."""
    return _parts(molecule.name.removesuffix(molecule.strength or "")) == set_key(s.name for s in substances) != ""


@lru_cache(maxsize=256)
def _parts(name: str) -> str:
    return set_key(name.split("/"))
