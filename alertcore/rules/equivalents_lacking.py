"""How a medicine lacks, seen from those that are like it: out of stock or stopped, or no more than at risk of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from alertcore.cases.alike import Scarce
from alertcore.cases.desk import Desk
from alertcore.cases.shortages import Supply, of_case
from alertcore.cases.state import AlertFile, ShortageCase
from alertcore.deadlines.clock import local_day
from alertcore.records.alert import AlertKind
from alertcore.records.shared import Nature
from alertcore.records.shortage import Declaration, DeclaredNature
from alertcore.rules.shortage import open_heads

OUT, TENSION = 1, 2
"""Codes of the public list (BDPM): out of stock, and in tension."""


def lacks(desk: Desk, cis: str, nature: Nature, files: Sequence[AlertFile]) -> Scarce | None:
    """By the open shortage and stop alerts of a medicine. What is not known to be a mere risk is none."""
    if not files:
        return None
    kinds, supply = {f.alert.kind for f in files}, _supply(desk, cis, nature)
    on_list = supply.public.code if supply.public is not None else None
    if AlertKind.SHORTAGE in kinds and not _is_risk(open_heads(supply, AlertKind.SHORTAGE), on_list):
        return Scarce.SHORT
    if AlertKind.STOP in kinds and stop_to_come(desk, cis, nature) is None:
        return Scarce.SHORT
    return Scarce.RISK


def stop_to_come(desk: Desk, cis: str, nature: Nature) -> date | None:
    """The first day of a stop that is declared and still to come; None where one has come, or nobody says when it does."""
    days = [d.stop.effect_on if d.stop is not None else None for d in open_heads(_supply(desk, cis, nature), AlertKind.STOP)]
    if not days:
        return None
    today = local_day(desk.now, desk.agency.timezone)
    to_come = [day for day in days if day is not None and day > today]
    return min(to_come) if to_come and len(to_come) == len(days) else None


def _supply(desk: Desk, cis: str, nature: Nature) -> Supply:
    case: ShortageCase = desk.get(f"case/{nature}/{cis}") or _NOTHING
    return of_case(desk, cis, nature, case)


_NOTHING = ShortageCase()


def _is_risk(heads: Sequence[Declaration], on_list: int | None) -> bool:
    if on_list == OUT:
        return False
    return all(d.nature_declared is DeclaredNature.RISQUE for d in heads) if heads else on_list == TENSION
