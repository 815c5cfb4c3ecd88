"""Which molecules of a seasonal plan a medicine belongs to: by ATC, else by its substances' names, and by strength where one is asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from alertcore.records.product import Substance
from alertcore.thresholds import Molecule, SeasonPlan, SeasonPolicy

_STRENGTH = re.compile(r"(\d[\d\s.,\u00a0\u202f]*)\s*(kg|g|mg|µg|μg|mcg|microgrammes?)\b", re.IGNORECASE)
_MILLIGRAMS = {"kg": 1e6, "g": 1e3, "mg": 1.0}


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
    wanted = strengths(molecule.strength or "")
    told = strengths(" ".join(s.strength or "" for s in substances))
    return wanted <= told or wanted <= strengths(name)


def strengths(text: str) -> frozenset[float]:
    """Every mass in a text, in milligrams: 1 g, 1 000 mg and 1000,0 mg are the same. In 1 g/125 mg there are two."""
    found = set()
    for number, unit in _STRENGTH.findall(text):
        plain = re.sub(r"[\s\u00a0\u202f]", "", number).replace(",", ".").rstrip(".")
        if plain.count(".") <= 1:
            found.add(round(float(plain) * _MILLIGRAMS.get(unit.lower(), 1e-3), 6))
    return frozenset(found)


def _by_name(molecule: Molecule, substances: Sequence[Substance]) -> bool:
    """Where no ATC is known: every part of the molecule's name begins a substance, and every substance begins with one."""
    parts = [_folded(part) for part in molecule.name.removesuffix(molecule.strength or "").split("/")]
    names = [_folded(s.name) for s in substances]
    return bool(names) and all(any(n.startswith(p) for n in names) for p in parts) and all(n.startswith(tuple(parts)) for n in names)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.strip().casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))
