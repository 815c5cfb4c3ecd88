"""What follows from the state and is quicker to have at hand: members of groups, what waits, timers, silences by label, cached matches.

Everything here can be built again from the table, and gives the same then.
"""

from __future__ import annotations

import heapq
import json
from bisect import bisect_left, insort
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alertcore.dispatch.events import Status
from alertcore.dispatch.inhibit import InhibitIndex, Role
from alertcore.dispatch.intervals import Interval
from alertcore.dispatch.matcher_index import MatcherIndex
from alertcore.dispatch.receivers import Receiver
from alertcore.dispatch.route_tree import Route, matched, walk
from alertcore.dispatch.routing import Routing, read_routing
from alertcore.dispatch.silences import KEPT, Silence
from alertcore.dispatch.state import (
    PREFIX,
    ROUTING,
    AlertState,
    Escalation,
    GroupState,
    Mark,
    RoutingState,
    Table,
    alert_key,
    group_key,
    mark_key,
)
from alertcore.records.notice import Lane

MEMO = "dispatch"
LABEL_SETS = 250_000
"""Label sets whose matches are kept; beyond it they begin anew."""

UNROUTED: dict[str, Any] = {"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]}
"""In force before any file is."""

RANKS = {Lane.URGENT: 0, Lane.NORMAL: 1}

Heap = list[tuple[datetime, str]]
LabelSet = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Target:
    """A route and a receiver that an alert falls to. stem: the key of its group, without the lane."""

    route: Route
    receiver: Receiver
    labels: dict[str, str]
    stem: str


@dataclass(slots=True)
class Matched:
    """What a label set falls to. silences: as of `generation`."""

    targets: tuple[Target, ...]
    unheard: tuple[Route, ...]
    roles: tuple[Role, ...]
    silences: tuple[str, ...] = ()
    generation: int = -1


class Indexes:
    """Built from a table once, then kept with every change.

    told: group to the alerts its receiver knows of, sorted. chains: alert to escalations. calls: notice to its."""

    def __init__(self, table: Table) -> None:
        file: RoutingState | None = table.get(ROUTING)
        self.version = file.version if file else ""
        self.routing: Routing = read_routing(json.loads(file.content), file.lines) if file else read_routing(UNROUTED)
        self.routes = {r.key: r for r in walk(self.routing.root)}
        self.inhibit = InhibitIndex(self.routing.inhibitions)
        self.silences, self.generation = MatcherIndex(), 0
        self.members: dict[str, set[str]] = {}
        self.pending: dict[str, set[str]] = {}
        self.told: dict[str, list[str]] = {}
        self.chains: dict[str, set[str]] = {}
        self.calls: dict[str, str] = {}
        self.duties: set[str] = set()
        self._heaps: tuple[Heap, ...] = ([], [], [])
        self._label_sets: dict[LabelSet, Matched] = {}
        self._targets: dict[str, Target] = {}
        self._alerts: dict[str, tuple[dict[str, str], Matched]] = {}
        self._fill(table)

    def _fill(self, table: Table) -> None:
        for _, mark in table.items(f"{PREFIX}mark/"):
            self.told_in(mark.group, mark.alert_id)
        for _, alert in table.items(f"{PREFIX}alert/"):
            self._fill_alert(table, alert)
        for key, silence in table.items(f"{PREFIX}silence/"):
            if not silence.expired_by:
                self.silences.add(silence.silence_id, silence.matchers)
            self.wake(silence_due(silence), key, Lane.URGENT)
        for key, group in table.items(f"{PREFIX}group/"):
            self.wake(group_due(group), key, group.lane)
        for key, chain in table.items(f"{PREFIX}escalation/"):
            self.wake(chain.due, key, chain.lane)
            self.calls |= dict.fromkeys(chain.notices, chain.notice_id)
            for alert_id in chain.alerts:
                self.chains.setdefault(alert_id, set()).add(chain.notice_id)

    def _fill_alert(self, table: Table, alert: AlertState) -> None:
        self.inhibit.add(alert.alert_id, self.matched(alert.labels).roles, standing=alert.status is Status.FIRING)
        if alert.duty:
            self.duties.add(alert.alert_id)
        for group in alert.groups:
            self.members.setdefault(group, set()).add(alert.alert_id)
            state: GroupState | None = table.get(group_key(group))
            assert state is not None
            mark: Mark | None = table.get(mark_key(alert.alert_id, state.receiver))
            if self.waits(alert, state.receiver, mark):
                self.pending.setdefault(group, set()).add(alert.alert_id)

    def matched(self, labels: dict[str, str]) -> Matched:
        """What a label set falls to, looked up once."""
        key = tuple(sorted(labels.items()))
        found = self._label_sets.get(key)
        if found is None:
            if len(self._label_sets) >= LABEL_SETS:
                self._label_sets.clear()
                self._targets.clear()
            found = self._label_sets[key] = self._match(labels)
        return found

    def _match(self, labels: dict[str, str]) -> Matched:
        """A receiver that several routes name is told once, by the first of them; and only what is released to its own audience."""
        targets: dict[str, Target] = {}
        unheard = []
        released = labels.get("audience")
        for route in matched(self.routing.root, labels):
            receiver = self.routing.receivers[route.receiver]
            if receiver.audience is None:
                unheard.append(route)
            elif receiver.name not in targets and (not released or released == receiver.release_audience):
                common = route.group_labels(labels)
                apart = common | {name: labels[name] for name in _apart(receiver) if labels.get(name)}
                stem = f"{route.key}|{receiver.name}|{json.dumps(apart, ensure_ascii=False, separators=(',', ':'))}"
                targets[receiver.name] = self._targets.setdefault(stem, Target(route, receiver, common, stem))
        return Matched(tuple(targets.values()), tuple(unheard), self.inhibit.roles(labels))

    def is_duty(self, alert: AlertState, receiver: str, mark: Mark | None) -> bool:
        """Whether telling a receiver of an alert discharges a duty. One that is no more goes on hearing it as it heard it."""
        if not alert.duty:
            return False
        known = self.routing.receivers.get(receiver)
        return known.duties if known is not None else mark is not None and mark.duty

    def waits(self, alert: AlertState, receiver: str, mark: Mark | None) -> bool:
        """Whether there is something of an alert that a receiver does not know yet."""
        if alert.status is Status.RESOLVED or mark is None:
            return True
        return mark.version < alert.version or mark.again or (not mark.duty and self.is_duty(alert, receiver, mark))

    def matched_alert(self, alert: AlertState) -> Matched:
        """The same for an open alert, by its id."""
        found = self._alerts.get(alert.alert_id)
        if found is None or found[0] is not alert.labels:
            found = self._alerts[alert.alert_id] = (alert.labels, self.matched(alert.labels))
        return found[1]

    def forget(self, alert_id: str) -> None:
        """An alert is over."""
        self._alerts.pop(alert_id, None)
        self.duties.discard(alert_id)

    def silences_of(self, alert: AlertState) -> tuple[str, ...]:
        """The ids of all silences whose matchers hold, whether they hold now or not."""
        found = self.matched_alert(alert)
        if found.generation != self.generation:
            found.silences, found.generation = tuple(self.silences.found(alert.labels)), self.generation
        return found.silences

    def intervals(self, names: tuple[str, ...]) -> tuple[Interval, ...]:
        """All intervals of these names."""
        return tuple(i for name in names for i in self.routing.intervals[name])

    def told_in(self, group: str, alert_id: str) -> None:
        """An alert was told in a group."""
        insort(self.told.setdefault(group, []), alert_id)

    def not_told_in(self, group: str, alert_id: str) -> None:
        """It is told there no longer."""
        ids = self.told[group]
        del ids[bisect_left(ids, alert_id)]
        if not ids:
            del self.told[group]

    def wake(self, due: datetime | None, key: str, lane: Lane) -> None:
        """Look at a key then. Each lane has its own timers: those of a higher one never queue behind a flood in another."""
        if due is not None:
            heapq.heappush(self._heaps[RANKS.get(lane, 2)], (due, key))

    def next_due(self, table: Table) -> datetime | None:
        """The earliest timer."""
        first = [heap[0][0] for heap in self._heaps if _settled(table, heap)]
        return min(first) if first else None

    def take_due(self, table: Table, at: datetime) -> str | None:
        """The key of a timer that has come, once: of the highest lane, then the earliest."""
        for heap in self._heaps:
            if _settled(table, heap) and heap[0][0] <= at:
                return heapq.heappop(heap)[1]
        return None


def indexes(table: Table) -> Indexes:
    """The indexes of a table, built where they are not there."""
    found: Indexes | None = table.memo.get(MEMO)
    if found is None:
        found = table.memo[MEMO] = Indexes(table)
    return found


def _apart(receiver: Receiver) -> tuple[str, ...]:
    """Labels that keep groups apart whatever a route groups by: an exercise from the real thing, and what is not for the same people."""
    return ("nature", "company", "address") if receiver.follows or receiver.concerned else ("nature", "company")


def lane_of(target: Target, lane: Lane) -> Lane:
    """The lane a receiver is told in."""
    return target.receiver.lane or lane


def group_due(group: GroupState) -> datetime | None:
    """When a group is looked at next."""
    first = group.due
    for t in (group.release_at, group.repeat_at, group.forget_at):
        if t is not None and (first is None or t < first):
            first = t
    return first


def silence_due(silence: Silence) -> datetime:
    """When a silence is looked at next: to warn, then to forget it."""
    return silence.end + KEPT if silence.warned or silence.expired_by else silence.warn_at


def _settled(table: Table, heap: Heap) -> bool:
    """Whether there is a timer; what was overtaken falls out here."""
    while heap and _due_of(table.get(heap[0][1])) != heap[0][0]:
        heapq.heappop(heap)
    return bool(heap)


def _due_of(value: Any) -> datetime | None:
    if type(value) is GroupState:
        return group_due(value)
    if type(value) is Escalation:
        return value.due
    return silence_due(value) if type(value) is Silence else None


def alert_of(table: Table, alert_id: str) -> AlertState | None:
    """An open alert."""
    found: AlertState | None = table.get(alert_key(alert_id))
    return found
