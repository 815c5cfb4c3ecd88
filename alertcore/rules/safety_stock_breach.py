"""Breaches of floors, company by company: when one begins and ends, and whether by stock that is back or only because less is asked.

Less is asked where a derogation begins, a higher floor for a time ends, a medicine leaves the list of MITM, or another policy comes. A
company that is out of its breach by that alone is not back: its end is no all-clear, and while others are still in breach it is remembered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from alertcore.rules.safety_stock_floor import Floor, Ground, Standing
from alertcore.thresholds import SafetyStockPolicy

HAIR = 1e-9
"""Sums of means are rounded: what is at a level to nine digits is at it, not under it."""


class Lowered(StrEnum):
    """Why a company is no longer under its floor though its stock is not back: another policy, a floor that is lower now, or none.

    LEFT: by reference data it markets no presentation of the medicine any more.
    """

    POLICY = "policy"
    FLOOR = "floor"
    LEFT = "left"


FLAGS = {Lowered.POLICY: "cleared_by_policy_flag", Lowered.FLOOR: "floor_lowered_flag", Lowered.LEFT: "no_longer_marketed_flag"}
"""Numbers of a signal whose end is no all-clear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked of a company when it was last known to be under its floor. clear: times the floor at which the alert clears."""

    months: float
    clear: float
    ground: Ground = Ground.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A company under its floor since an instant. ended_at: at the floor again, not yet high enough for the alert to clear.

    lowered: it is there only because less is asked. policy_version: of the last look at a stock that was known.
    """

    company: str
    since: datetime
    ended_at: datetime | None = None
    asked: Asked | None = None
    lowered: Lowered | None = None
    policy_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """What one look goes by. version: of the policy."""

    at: datetime
    policy: SafetyStockPolicy
    version: int

    def of(self, floor: Floor) -> Asked:
        """What is asked of a company now."""
        return Asked(months=floor.months, clear=self.policy.clear, ground=floor.ground)


Breaches = tuple[Breach, ...]


def judge(breach: Breach | None, standing: Standing, at: datetime, policy: SafetyStockPolicy) -> Breach | None:
    """The breach after a look. It begins under `breach_end` of the floor, ends at it, and is forgotten at `clear`."""
    ratio = standing.ratio
    if ratio is None:
        return breach
    if ratio < policy.breach_end - HAIR:
        return replace(breach, ended_at=None) if breach else Breach(company=standing.floor.company, since=at)
    if breach is None or ratio >= policy.clear - HAIR:
        return None
    return breach if breach.ended_at else replace(breach, ended_at=at)


def judged(before: Breaches, excused: Breaches, standings: Iterable[Standing], asks: Asks) -> tuple[Breaches, Breaches]:
    """Who is in breach now, and who was and is not only because less is asked, by company. Who is not looked at stays as it was."""
    open_, out = {b.company: b for b in before}, {b.company: b for b in excused}
    for standing in standings:
        company = standing.floor.company
        was = open_.pop(company, None)
        after = judge(was, standing, asks.at, asks.policy)
        if after is not None:
            open_[company] = _remembered(after, standing, asks)
        if standing.ratio is not None:
            was = was or out.pop(company, None)
            why = lowered(was, standing, asks) if was is not None and after is None else None
            if was is not None and why is not None:
                out[company] = replace(was, lowered=why, ended_at=was.ended_at or asks.at, policy_version=asks.version)
    return _by_company(open_), _by_company(out)


def left(before: Breaches, standings: Collection[Standing], marketing: Collection[str] | None) -> Breaches:
    """Breaches of companies that are asked nothing any more: they market no presentation. marketing: who does; None where not known."""
    if not before or marketing is None:
        return ()
    asked = {s.floor.company for s in standings}
    return tuple([b for b in before if b.company not in asked and b.company not in marketing])


def _by_company(breaches: dict[str, Breach]) -> Breaches:
    return tuple([breaches[company] for company in sorted(breaches)])


def _remembered(breach: Breach, standing: Standing, asks: Asks) -> Breach:
    """The breach with what is asked, while the company is under its floor; else with why it is not, where that is not its stock."""
    if standing.ratio is None:
        return breach
    if breach.ended_at is None:
        return replace(breach, asked=asks.of(standing.floor), lowered=None, policy_version=asks.version)
    return replace(breach, lowered=lowered(breach, standing, asks), policy_version=asks.version)


def lowered(was: Breach, standing: Standing, asks: Asks) -> Lowered | None:
    """Why a company is not under its floor any more, where its stock would still not end what was asked of it then; None where it would.

    By sales as they are now: that less is sold is a fact, and no lower demand of the law.
    """
    then, now, mean = was.asked, asks.of(standing.floor), standing.floor.mean_month or 0.0
    if then is None or (standing.stock or 0.0) >= then.months * mean * then.clear - HAIR:
        return None
    if now.months >= then.months and now.clear >= then.clear:
        return was.lowered
    return was.lowered or (Lowered.FLOOR if was.policy_version == asks.version else Lowered.POLICY)
