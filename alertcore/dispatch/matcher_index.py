"""Which of many lists of matchers may hold for a label set: found by the values of a label, not by trying each."""

from __future__ import annotations

from bisect import insort
from collections.abc import Mapping

from alertcore.dispatch.matchers import Matchers, all_hold


class MatcherIndex:
    """Lists under numbers or texts. Each is filed under the values of one label that it needs; what needs none is tried every time."""

    __slots__ = ("_by_label", "_lists", "_rest")

    def __init__(self) -> None:
        self._by_label: dict[str, dict[str, list[str]]] = {}
        self._lists: dict[str, Matchers] = {}
        self._rest: list[str] = []

    def add(self, key: str, matchers: Matchers) -> None:
        """File a list. The key sorts what is found."""
        self.remove(key)
        self._lists[key] = matchers
        label, values = _needed(matchers)
        if values is None:
            insort(self._rest, key)
            return
        shelf = self._by_label.setdefault(label, {})
        for value in values:
            insort(shelf.setdefault(value, []), key)

    def remove(self, key: str) -> None:
        """Take a list out again."""
        matchers = self._lists.pop(key, None)
        if matchers is None:
            return
        label, values = _needed(matchers)
        if values is None:
            self._rest.remove(key)
            return
        shelf = self._by_label[label]
        for value in values:
            shelf[value].remove(key)
            if not shelf[value]:
                del shelf[value]

    def found(self, labels: Mapping[str, str]) -> list[str]:
        """The keys of all lists that hold, sorted."""
        candidates = self._rest.copy()
        for label, shelf in self._by_label.items():
            candidates += shelf.get(labels.get(label, ""), ())
        held = [key for key in candidates if all_hold(self._lists[key], labels)]
        held.sort()
        return held


def _needed(matchers: Matchers) -> tuple[str, tuple[str, ...] | None]:
    """The label with the fewest values that a list needs; an empty value is absence, which too many have to be worth filing."""
    best: tuple[str, tuple[str, ...] | None] = ("", None)
    for m in matchers:
        values = m.values()
        if values is not None and "" not in values and (best[1] is None or len(values) < len(best[1])):
            best = (m.name, tuple(sorted(set(values))))
    return best
