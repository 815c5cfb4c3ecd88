"""Which rules hear what: by kind of entry, by an alert that moved, and by a timer; and the state they keep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from alertcore.cases import acknowledged, medicines, release, settings, snapshots, timers
from alertcore.cases.desk import Desk, Moved
from alertcore.cases.state import KINDS as OWN_KINDS
from alertcore.rules import declared, defect, foreign_defect, hub_signals, published

Rule = Callable[[Desk, Any], str]
"""Takes what came; returns the reason of the decision."""
Follower = Callable[[Desk, Moved], None]
"""Hears of an alert that a rule raised, updated or ended, and may move alerts of its own."""
Waker = Callable[[Desk, str], None]
"""Hears that a timer it set for this subject has run out."""

RULES: dict[str, tuple[Rule, ...]] = {
    "shortage.declarations": (declared.decide,),
    "shortage.statuses": (lambda desk, status: published.decide(desk, status, desk.message.sender),),
    "quality.defects": (lambda desk, record: defect.decide(desk, record, desk.message.sender),),
    "rapidalerts": (foreign_defect.decide,),
    "signal": (hub_signals.decide,),
    "reference.products": (medicines.take,),
    "command": (release.command,),
    "acknowledgement": (acknowledged.take,),
    "policy": (settings.take,),
    "authorities": (settings.take,),
    "senders": (settings.take,),
    "routes": (settings.take,),
    "duty": (settings.take,),
    "calendar": (settings.take,),
}
"""By kind of entry. The first keeps the fact and gives the reason; the others follow in this order and see what it kept."""

FOLLOWERS: tuple[Follower, ...] = ()
"""Rules that look at more than one subject, in the order in which they hear."""

WAKERS: dict[str, Waker] = {}
"""By the rule's name in `timers.set_timer`."""

KINDS: dict[str, type[object]] = OWN_KINDS | snapshots.KINDS | timers.KINDS
"""Type of a state value by what its key begins with, up to the first slash."""
