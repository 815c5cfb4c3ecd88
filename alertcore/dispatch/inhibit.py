"""Which alerts hold others back: found by the labels that must be equal, never by looking at all that are open."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Mapping
from dataclasses import dataclass

from alertcore.dispatch.matcher_index import MatcherIndex
from alertcore.dispatch.routing import Inhibition

Place = tuple[int, tuple[str, ...]]
"""A rule, and the values of its equal labels, with those that are always among them."""

ALWAYS = ("audience", "company", "nature")
"""What somebody was not told, or only in an exercise, never holds back what they are to be told. Absent on both sides is equal here."""


@dataclass(frozen=True, slots=True)
class Role:
    """What an alert is to one rule at one place."""

    place: Place
    source: bool
    target: bool


class InhibitIndex:
    """Sources that stand, and open targets, by place. An alert that is both is held back only by what is a source alone."""

    __slots__ = ("_both", "_rules", "_sides", "_sources", "_targets")

    def __init__(self, rules: tuple[Inhibition, ...]) -> None:
        self._rules = rules
        self._sides = MatcherIndex()
        for n, rule in enumerate(rules):
            self._sides.add(f"{n:06}s", rule.source)
            self._sides.add(f"{n:06}t", rule.target)
        self._sources: dict[Place, list[str]] = {}
        self._both: dict[Place, list[str]] = {}
        self._targets: dict[Place, set[str]] = {}

    def roles(self, labels: Mapping[str, str]) -> tuple[Role, ...]:
        """What a label set is to each rule. An absent label equals no other, unless the rule says so."""
        found: dict[int, set[str]] = {}
        for key in self._sides.found(labels):
            found.setdefault(int(key[:6]), set()).add(key[6])
        made = []
        for n, sides in found.items():
            place = self._place(n, labels)
            if place is not None:
                made.append(Role(place, "s" in sides, "t" in sides))
        return tuple(made)

    def _place(self, n: int, labels: Mapping[str, str]) -> Place | None:
        rule = self._rules[n]
        values = tuple(labels.get(name, "") for name in rule.equal)
        if not rule.equal_absent and not all(values):
            return None
        return n, (*values, *[labels.get(name, "") for name in ALWAYS])

    def add(self, alert_id: str, roles: tuple[Role, ...], *, standing: bool) -> None:
        """An open alert; it holds others back while it stands."""
        for role in roles:
            if role.source and standing:
                insort((self._both if role.target else self._sources).setdefault(role.place, []), alert_id)
            if role.target:
                self._targets.setdefault(role.place, set()).add(alert_id)

    def remove(self, alert_id: str, roles: tuple[Role, ...], *, standing: bool) -> None:
        """It is no longer what it was added as."""
        for role in roles:
            if role.source and standing:
                _drop(self._both if role.target else self._sources, role.place, alert_id)
            if role.target:
                self._targets[role.place].discard(alert_id)

    def by(self, roles: tuple[Role, ...]) -> tuple[Inhibition, str] | None:
        """The rule and the alert that hold back an alert with these roles."""
        for role in roles:
            if role.target:
                found = self._sources.get(role.place) or (None if role.source else self._both.get(role.place))
                if found:
                    return self._rules[role.place[0]], found[0]
        return None

    def freed(self, roles: tuple[Role, ...]) -> list[str]:
        """Targets that may speak after a source with these roles has ended."""
        found: set[str] = set()
        for role in roles:
            if role.source and not self._sources.get(role.place):
                found |= self._targets.get(role.place, set())
        return sorted(found)


def _drop(shelf: dict[Place, list[str]], place: Place, alert_id: str) -> None:
    ids = shelf[place]
    del ids[bisect_left(ids, alert_id)]
    if not ids:
        del shelf[place]
