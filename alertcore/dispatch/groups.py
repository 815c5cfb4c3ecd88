"""Groups: which alerts are in them, and when they are looked at."""

from __future__ import annotations

from datetime import datetime, timedelta

from alertcore.dispatch import escalation
from alertcore.dispatch.indexes import Target, group_due, lane_of
from alertcore.dispatch.state import AlertState, GroupState, alert_key, group_key
from alertcore.dispatch.turn import Turn
from alertcore.making import maker, replace
from alertcore.records.notice import Lane

AT_ONCE = timedelta(milliseconds=1)
"""The shortest wait: what comes in the same millisecond is one message, whatever group_wait says."""

ALONE_BY = "alert"
"""A group by this label holds one alert: the label names it."""

_group_made = maker(GroupState)


def key_of(target: Target, lane: Lane) -> str:
    """A group holds one lane: so a flood in another can never change when it is told."""
    return f"{lane_of(target, lane)}|{target.stem}"


def save(turn: Turn, group: GroupState) -> None:
    """Keep a group, and wake for its next timer."""
    key = group_key(group.key)
    before: GroupState | None = turn.table.get(key)
    turn.table.put(key, group)
    due = group_due(group)
    if before is None or group_due(before) != due:
        turn.ix.wake(due, key, group.lane)


def ensured(turn: Turn, target: Target, lane: Lane) -> GroupState:
    """The group an alert falls into by a target."""
    key = key_of(target, lane)
    found = turn.group(key)
    if found is not None:
        if found.forget_at is not None:
            found = replace(found, forget_at=None)
            save(turn, found)
        return found
    made = _group_made(key=key, route=target.route.key, receiver=target.receiver.name, lane=lane_of(target, lane), labels=target.labels)
    save(turn, made)
    return made


def join(turn: Turn, group: str, alert_id: str) -> None:
    """An alert is in a group from now on."""
    turn.ix.members.setdefault(group, set()).add(alert_id)


def tells_now(turn: Turn, group: GroupState) -> bool:
    """Of a group by the alert, whether a change is told in the step it comes in: no other can ever join, so there is nothing to wait for.

    So it is where a first message does not wait, and the last look is an interval ago.
    """
    route = turn.ix.routes.get(group.route)
    if route is None or group.due is not None or len(turn.ix.members[group.key]) > 1:
        return False
    if group.flushed_at is None:
        return not route.group_wait
    return not min(route.group_wait, route.group_interval) and group.flushed_at + route.group_interval <= turn.at


def changed(turn: Turn, group: GroupState, alert_id: str, *, news: bool) -> None:
    """An alert has changed: look at the group in time, whether its receiver is told then or not: its rhythm never depends on that."""
    if group.due is None:
        save(turn, replace(group, due=_change_due(turn, group)))
    if news:
        turn.ix.pending.setdefault(group.key, set()).add(alert_id)
    else:
        settled(turn, group.key, alert_id)


def _change_due(turn: Turn, group: GroupState) -> datetime:
    """group_wait after the first change, and never less than group_interval after the look before.

    After a quiet time a change waits for its neighbours only as long as for the first message, not for the end of an interval.
    """
    route = turn.ix.routes.get(group.route)
    if route is None:
        return turn.at + AT_ONCE
    if group.flushed_at is None:
        return turn.at + max(route.group_wait, AT_ONCE)
    wait = max(min(route.group_wait, route.group_interval), AT_ONCE)
    return max(turn.at + wait, group.flushed_at + route.group_interval)


def release(turn: Turn, key: str, at: datetime) -> None:
    """What is held back in a group is looked at again then. Only a message puts it off, for an interval at most."""
    group = turn.group(key)
    assert group is not None
    route = turn.ix.routes.get(group.route)
    if route is not None and group.sent_at is not None:
        at = max(at, group.sent_at + route.group_interval)
    if group.release_at is None or at < group.release_at:
        save(turn, replace(group, release_at=at))


def release_alert(turn: Turn, alert: AlertState) -> None:
    """Whatever held this alert back may have ended: look again in every group where something of it waits."""
    for key in alert.groups:
        if alert.alert_id in turn.ix.pending.get(key, ()):
            release(turn, key, turn.at + AT_ONCE)
    escalation.release(turn, alert.alert_id, turn.at + AT_ONCE)


def settled(turn: Turn, key: str, alert_id: str) -> None:
    """Nothing of an alert waits in a group."""
    waiting = turn.ix.pending.get(key)
    if waiting is not None:
        waiting.discard(alert_id)
        if not waiting:
            del turn.ix.pending[key]


def leave(turn: Turn, key: str, alert: AlertState) -> AlertState:
    """An alert is in a group no longer. One that is in none and has ended is forgotten."""
    settled(turn, key, alert.alert_id)
    members = turn.ix.members[key]
    members.discard(alert.alert_id)
    if not members:
        del turn.ix.members[key]
    return replace(alert, groups=tuple(g for g in alert.groups if g != key))


def keep_or_forget(turn: Turn, key: str) -> None:
    """An empty group keeps its rhythm for one interval, so that what comes back at once is not told at once; then it is forgotten."""
    group = turn.group(key)
    if group is None or key in turn.ix.members:
        return
    route = turn.ix.routes.get(group.route)
    until = group.flushed_at + route.group_interval if route and group.flushed_at else turn.at
    if until <= turn.at:
        turn.table.put(group_key(key), None)
    else:
        save(turn, replace(group, forget_at=until, release_at=None, repeat_at=None))


def put_alert(turn: Turn, alert: AlertState) -> None:
    """An alert as it is now."""
    turn.table.put(alert_key(alert.alert_id), alert)
