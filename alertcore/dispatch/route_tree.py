"""The tree of routes: what each inherits, and which of them a label set falls to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from alertcore.dispatch.matcher_index import MatcherIndex
from alertcore.dispatch.matchers import Matchers, text_of
from alertcore.dispatch.reading import Reading

NAMES = (
    *("receiver", "matchers", "match", "match_re", "continue", "group_by", "group_wait", "group_interval", "repeat_interval"),
    *("mute_time_intervals", "active_time_intervals", "routes"),
)
ALL_LABELS = "..."
DEEPEST = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A node, with all it inherited. key: stays the same while its matchers do, wherever it stands in the file.

    group_by: None groups by every label. mute, active: are not inherited, as in Alertmanager.
    """

    path: str
    line: int
    key: str
    receiver: str
    own_receiver: bool = True
    matchers: Matchers = ()
    goes_on: bool = False
    group_by: tuple[str, ...] | None = ()
    group_wait: timedelta = timedelta(seconds=30)
    group_interval: timedelta = timedelta(minutes=5)
    repeat_interval: timedelta = timedelta(hours=4)
    mute: tuple[str, ...] = ()
    active: tuple[str, ...] = ()
    shadowed: str = ""
    children: tuple[Route, ...] = ()
    index: MatcherIndex = field(default_factory=MatcherIndex, compare=False, repr=False)

    def group_labels(self, labels: Mapping[str, str]) -> dict[str, str]:
        """The labels that alerts of one group have in common; an absent one is left out."""
        if self.group_by is None:
            return {name: value for name, value in sorted(labels.items()) if value}
        return {name: labels[name] for name in self.group_by if labels.get(name)}

    @property
    def where(self) -> str:
        """For people: line and path."""
        return f"line {self.line}, {self.path}" if self.line else self.path


def walk(route: Route) -> Iterator[Route]:
    """The route and all below it, in the order of the file."""
    yield route
    for child in route.children:
        yield from walk(child)


def matched(route: Route, labels: Mapping[str, str]) -> list[Route]:
    """The routes an alert falls to: the deepest that match; of brothers the first, and the next while it says `continue`."""
    found: list[Route] = []
    for key in route.index.found(labels):
        child = route.children[int(key)]
        found += matched(child, labels)
        if not child.goes_on:
            break
    return found or [route]


def read_tree(reading: Reading, value: Any) -> Route:
    """The root and all below it. Problems go to `reading`."""
    given = reading.map_of(value, "route", NAMES)
    for name in ("match", "match_re", "matchers"):
        if given.get(name):
            reading.wrong(f"route.{name}", "the first route takes every alert, so it has no matchers")
    for name in ("mute_time_intervals", "active_time_intervals"):
        if given.get(name):
            reading.wrong(f"route.{name}", "the first route has no time intervals: what no other takes must be told at any time")
    if given.get("continue"):
        reading.wrong("route.continue", "there is nothing to go on to after the first route")
    if "receiver" not in given:
        reading.wrong("route", "the first route needs a receiver")
    blank = Route(path="route", line=reading.line("route"), key="", receiver="")
    return _node(reading, {k: v for k, v in given.items() if k not in ("match", "match_re", "matchers")}, blank, "route", "{}", 0)


def _node(reading: Reading, given: dict[str, Any], above: Route, path: str, key: str, depth: int) -> Route:
    node = replace(
        above,
        path=path,
        line=reading.line(path),
        key=key,
        own_receiver="receiver" in given,
        receiver=reading.text(given.get("receiver"), f"{path}.receiver", empty=above.receiver),
        matchers=reading.sides(given, path),
        goes_on=reading.yes(given.get("continue"), f"{path}.continue", False),
        group_by=_group_by(reading, given, path, above.group_by),
        group_wait=reading.duration(given.get("group_wait"), f"{path}.group_wait", above.group_wait),
        group_interval=reading.duration(given.get("group_interval"), f"{path}.group_interval", above.group_interval),
        repeat_interval=_repeat_interval(reading, given, path, above.repeat_interval),
        mute=reading.texts(given.get("mute_time_intervals"), f"{path}.mute_time_intervals"),
        active=reading.texts(given.get("active_time_intervals"), f"{path}.active_time_intervals"),
        shadowed="",
        children=(),
        index=MatcherIndex(),
    )
    if depth > DEEPEST:
        reading.wrong(path, f"routes are nested more than {DEEPEST} deep")
        return node
    return _with_children(reading, given, node, depth)


def _with_children(reading: Reading, given: dict[str, Any], node: Route, depth: int) -> Route:
    children: list[Route] = []
    seen: dict[str, int] = {}
    taker = ""
    for item, at in reading.list_of(given.get("routes"), f"{node.path}.routes"):
        inside = reading.map_of(item, at, NAMES)
        own = text_of(Reading().sides(inside, at))
        seen[own] = seen.get(own, 0) + 1
        key = f"{node.key}/{own}" + (f"#{seen[own]}" if seen[own] > 1 else "")
        child = replace(_node(reading, inside, node, at, key, depth + 1), shadowed=taker)
        children.append(child)
        if not child.matchers and not child.goes_on:
            taker = taker or at
    for n, child in enumerate(children):
        node.index.add(f"{n:06}", child.matchers)
    return replace(node, children=tuple(children))


def _group_by(reading: Reading, given: dict[str, Any], path: str, above: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if given.get("group_by") is None:
        return above
    names = reading.texts(given["group_by"], f"{path}.group_by")
    if ALL_LABELS in names:
        if len(names) > 1:
            reading.wrong(f"{path}.group_by", f"{ALL_LABELS!r} is every label, so it stands alone")
        return None
    for n, name in enumerate(names):
        if names.index(name) != n:
            reading.wrong(f"{path}.group_by[{n}]", f"{name!r} stands there twice")
    return tuple(sorted(set(names)))


def _repeat_interval(reading: Reading, given: dict[str, Any], path: str, above: timedelta) -> timedelta:
    found = reading.duration(given.get("repeat_interval"), f"{path}.repeat_interval", above)
    if found <= timedelta(0):
        reading.wrong(f"{path}.repeat_interval", "must be more than nothing")
    return found
