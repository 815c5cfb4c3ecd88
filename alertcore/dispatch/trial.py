"""Where a label set falls to in a routing file, and what the calendar makes of it at an instant: an answer for people, nothing is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from alertcore.dispatch.intervals import Interval, any_holds, quiet, speaks_again
from alertcore.dispatch.receivers import Receiver
from alertcore.dispatch.route_tree import Route, matched
from alertcore.dispatch.routing import Routing

AUDIENCE = "audience"
"""Label of the release audience that an alert is told to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """A route that took the labels, and its receiver. group: what its messages have in common.

    muted_by, until: the intervals that keep it quiet, and when it may speak again; empty and None where none does.
    first: path of an earlier route with the same receiver: it is told once, by that one.
    """

    route: Route
    receiver: Receiver
    group: dict[str, str]
    muted_by: str = ""
    until: datetime | None = None
    first: str = ""


def falls(routing: Routing, labels: Mapping[str, str], at: datetime) -> list[Fall]:
    """In the order of the tree. Where the labels name a release audience, the receivers of others are left out, as in the hub."""
    found: list[Fall] = []
    firsts: dict[str, str] = {}
    released = labels.get(AUDIENCE)
    for route in matched(routing.root, labels):
        receiver = routing.receivers[route.receiver]
        if receiver.audience is not None and released and released != receiver.release_audience:
            continue
        muted_by, until = _muted(routing, route, at)
        first = firsts.setdefault(receiver.name, route.path)
        found.append(
            Fall(
                route=route,
                receiver=receiver,
                group=route.group_labels(labels),
                muted_by=muted_by,
                until=until,
                first="" if first == route.path else first,
            )
        )
    return found


def receivers_of(found: list[Fall]) -> list[str]:
    """Each once; those that tell nobody too, as an Alertmanager lists them."""
    return [one.receiver.name for one in found if not one.first]


def _muted(routing: Routing, route: Route, at: datetime) -> tuple[str, datetime | None]:
    mute = _intervals(routing, route.mute)
    active = _intervals(routing, route.active) if route.active else None
    if not quiet(mute, active, at):
        return "", None
    by = [name for name in route.mute if any_holds(routing.intervals[name], at)]
    return ", ".join(by) or f"outside {', '.join(route.active)}", speaks_again(mute, active, at)


def _intervals(routing: Routing, names: tuple[str, ...]) -> tuple[Interval, ...]:
    return tuple(i for name in names for i in routing.intervals[name])
