"""Shortage management plans received: the newest of each company on each medicine."""

from __future__ import annotations

from dataclasses import dataclass

from alertcore.cases.desk import Desk
from alertcore.cases.reasons import Outcome
from alertcore.records.shared import Nature
from alertcore.records.shortage import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanShelf:
    """The newest plan of each company on one medicine (`plans/<nature>/<cis>`), by company id."""

    plans: tuple[Plan, ...] = ()


KINDS: dict[str, type[object]] = {"plans": PlanShelf}


def take(desk: Desk, plan: Plan) -> str:
    """Keep a plan, unless one of its company came later or is the same."""
    key = f"plans/{plan.nature}/{plan.cis}"
    shelf: PlanShelf = desk.get(key) or PlanShelf()
    old = next((p for p in shelf.plans if p.company.id == plan.company.id), None)
    if old is not None and (old.received_on, old.version) >= (plan.received_on, plan.version):
        return Outcome.NOTHING_NEW if old == plan else Outcome.LATE
    others = [p for p in shelf.plans if p is not old]
    desk.put(key, PlanShelf(plans=tuple(sorted((*others, plan), key=lambda p: p.company.id))))
    return Outcome.PLAN_KEPT


def received(desk: Desk, cis: str, nature: Nature) -> tuple[Plan, ...]:
    """The newest plan of every company that ever sent one."""
    shelf: PlanShelf | None = desk.get(f"plans/{nature}/{cis}")
    return shelf.plans if shelf else ()
