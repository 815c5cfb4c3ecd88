"""A routing file, read and checked: the tree of routes, receivers, inhibitions and time intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from alertcore.dispatch.interval_text import read_interval
from alertcore.dispatch.intervals import Interval
from alertcore.dispatch.matchers import Matchers
from alertcore.dispatch.reading import Reading
from alertcore.dispatch.receivers import Receiver, read_receiver, unknown_kinds
from alertcore.dispatch.route_tree import Route, read_tree, walk

TOP = ("route", "receivers", "inhibit_rules", "time_intervals", "mute_time_intervals")
INHIBIT = ("name", "source_matchers", "source_match", "source_match_re", "target_matchers", "target_match", "target_match_re")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inhibition:
    """While an alert of the source stands, those of the target that are equal in these labels are not told."""

    path: str
    line: int
    source: Matchers
    target: Matchers
    equal: tuple[str, ...] = ()
    equal_absent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """A routing file in force. warnings: what is not wrong, and not meant so either."""

    root: Route
    receivers: dict[str, Receiver]
    inhibitions: tuple[Inhibition, ...] = ()
    intervals: dict[str, tuple[Interval, ...]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def read_routing(value: Any, lines: Mapping[str, int] | None = None) -> Routing:
    """SettingsError with every problem of the file. lines: path (`route.routes[2].receiver`) to line."""
    reading = Reading(lines)
    given = reading.map_of(value, "", TOP)
    receivers = _receivers(reading, given)
    intervals = _intervals(reading, given)
    inhibitions = tuple(_inhibition(reading, item, at) for item, at in reading.list_of(given.get("inhibit_rules"), "inhibit_rules"))
    if "route" not in given:
        reading.wrong("", "a route is wanted: the one that everything begins with")
    root = read_tree(reading, given.get("route", {}))
    _names_known(reading, root, receivers, intervals)
    reading.done()
    warnings = tuple(_unused(root, receivers, intervals))
    return Routing(root=root, receivers=receivers, inhibitions=inhibitions, intervals=intervals, warnings=warnings)


def _receivers(reading: Reading, given: dict[str, Any]) -> dict[str, Receiver]:
    found: dict[str, Receiver] = {}
    for item, at in reading.list_of(given.get("receivers"), "receivers"):
        made = read_receiver(reading, item, at)
        if made.name in found:
            reading.wrong(f"{at}.name", f"there are two receivers {made.name!r}")
        found[made.name] = made
    return found


def _intervals(reading: Reading, given: dict[str, Any]) -> dict[str, tuple[Interval, ...]]:
    found: dict[str, tuple[Interval, ...]] = {}
    for top in ("time_intervals", "mute_time_intervals"):
        for item, at in reading.list_of(given.get(top), top):
            one = reading.map_of(item, at, ("name", "time_intervals"))
            name = reading.text(one.get("name"), f"{at}.name")
            if not name or name in found:
                reading.wrong(f"{at}.name", f"there are two time intervals {name!r}" if name else "a time interval needs a name")
            inside = f"{at}.time_intervals"
            found[name] = tuple(read_interval(reading, part, where) for part, where in reading.list_of(one.get("time_intervals"), inside))
    return found


def _inhibition(reading: Reading, value: Any, path: str) -> Inhibition:
    given = reading.map_of(value, path, (*INHIBIT, "equal", "equal_absent"))
    sides = {side: reading.sides(given, path, f"{side}_") for side in ("source", "target")}
    for side, matchers in sides.items():
        if not matchers:
            reading.wrong(path, f"{side}_matchers must be given: without them it would be every alert")
    return Inhibition(
        path=path,
        line=reading.line(path),
        source=sides["source"],
        target=sides["target"],
        equal=reading.texts(given.get("equal"), f"{path}.equal"),
        equal_absent=reading.yes(given.get("equal_absent"), f"{path}.equal_absent", False),
    )


def _names_known(reading: Reading, root: Route, receivers: dict[str, Receiver], intervals: dict[str, tuple[Interval, ...]]) -> None:
    for route in walk(root):
        if route.receiver not in receivers and (route.own_receiver or route is root):
            reading.wrong(f"{route.path}.receiver", f"there is no receiver {route.receiver!r}")
        for field_, names in (("mute_time_intervals", route.mute), ("active_time_intervals", route.active)):
            for n, name in enumerate(names):
                if name not in intervals:
                    reading.wrong(f"{route.path}.{field_}[{n}]", f"there is no time interval {name!r}")


def _unused(root: Route, receivers: dict[str, Receiver], intervals: dict[str, tuple[Interval, ...]]) -> list[str]:
    routes = list(walk(root))
    used = {r.receiver for r in routes}
    named = {n for r in routes for n in (*r.mute, *r.active)}
    found = [f"receiver {name!r} is used by no route" for name in receivers if name not in used]
    for name, receiver in receivers.items():
        found += [f"receiver {name!r}: nobody in the directory is of kind {kind!r}" for kind in unknown_kinds(receiver)]
    if not any(receivers[name].duties for name in used if receivers[name].audience is not None):
        found.append("no receiver that a route uses discharges duties")
    found += [f"time interval {name!r} is used by no route" for name in intervals if name not in named]
    if receivers[root.receiver].audience is None:
        found.append(f"{root.where}: {root.receiver!r} has no audience: what no other route takes is told to nobody")
    return found + [f"{r.where}: is never reached: {r.shadowed} takes everything before it" for r in routes if r.shadowed]
