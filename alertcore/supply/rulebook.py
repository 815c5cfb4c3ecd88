"""What the rules on positions keep beside the state of stage supply, and can derive from it at any time."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from datetime import date

from alertcore.rules.coverage import CoverageState
from alertcore.rules.projection import ProjectionState
from alertcore.stage import View
from alertcore.supply.coming import Coming, coming_of
from alertcore.supply.trend import PREFIX, Trend
from alertcore.supply.turn import micros


@dataclass(slots=True)
class Holds:
    """Medicines to be looked at again at an instant (microseconds): one instant a medicine, the last that was set."""

    at: dict[str, int] = field(default_factory=dict)
    heap: list[tuple[int, str]] = field(default_factory=list)

    def put(self, cis: str, at: int | None) -> None:
        """Look at it at `at`, or not at all."""
        if at is None:
            self.at.pop(cis, None)
        elif self.at.get(cis) != at:
            self.at[cis] = at
            heapq.heappush(self.heap, (at, cis))

    def next(self) -> int | None:
        """The earliest instant. What was overtaken falls out here."""
        while self.heap and self.at.get(self.heap[0][1]) != self.heap[0][0]:
            heapq.heappop(self.heap)
        return self.heap[0][0] if self.heap else None

    def reached(self, now: int) -> list[str]:
        """Medicines whose instant has come; they are forgotten."""
        found = []
        while (at := self.next()) is not None and at <= now:
            cis = heapq.heappop(self.heap)[1]
            del self.at[cis]
            found.append(cis)
        return found


@dataclass(slots=True)
class Rulebook:
    """covered: medicines with a spell or an open signal of `coverage`. projected: with an open one of `projection`. silent: reporters.

    coming: deliveries announced.
    """

    covered: set[str]
    projected: set[str]
    holds: Holds
    trend: Trend
    silent: set[str]
    coming: Coming = field(default_factory=Coming)


def rulebook(view: View) -> Rulebook:
    """The rulebook, built where it is missing."""
    found: Rulebook | None = view.memo.get("rulebook")
    if found is None:
        found = view.memo["rulebook"] = _build(view)
    return found


def told_of(view: View) -> set[str]:
    """Medicines with an open signal of a rule kept here."""
    coverage: list[tuple[str, CoverageState]] = [(_name(key), value) for key, value in view.items("coverage/")]
    projection: list[tuple[str, ProjectionState]] = [(_name(key), value) for key, value in view.items("projection/")]
    return {cis for cis, value in coverage if value.told} | {cis for cis, value in projection if value.told}


def _build(view: View) -> Rulebook:
    holds, covered = Holds(), set()
    for key, value in view.items("coverage/"):
        if value.spells or value.told:
            covered.add(_name(key))
        if value.wake_at is not None:
            holds.put(_name(key), micros(value.wake_at))
    return Rulebook(
        covered=covered,
        projected={_name(key) for key, value in view.items("projection/") if value.told},
        holds=holds,
        trend=Trend({date.fromisoformat(_name(key)): block for key, block in view.items(PREFIX)}),
        coming=coming_of(view),
        silent={_name(key) for key, value in view.items("silent/") if value.since is not None},
    )


def _name(key: str) -> str:
    return key.split("/", 1)[1]
