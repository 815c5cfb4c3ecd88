"""The dispatch engine: one event at one instant on a table of state; notices, verdicts and the next due time out. No clock, no I/O.

Timers run on a tick alone: a fact that was there first counts first, and an outage fires nothing that is over by then.
"""

from __future__ import annotations

import json
from datetime import datetime

from alertcore.dispatch import alerts, escalation, flushing, silencing
from alertcore.dispatch.events import Acknowledged, AlertUpdate, Counted, Event, Reached, RoutingSet, SilenceExpired, SilenceSet, Tick
from alertcore.dispatch.indexes import MEMO, group_due, indexes
from alertcore.dispatch.outcome import Outcome
from alertcore.dispatch.routing import read_routing
from alertcore.dispatch.silences import Silence
from alertcore.dispatch.state import PREFIX, ROUTING, Escalation, RoutingState, Table
from alertcore.dispatch.turn import Turn

_GROUP = f"{PREFIX}group/"


def step(table: Table, event: Event, at: datetime) -> Outcome:
    """What an event at an instant leads to. `at` never goes back. SettingsError, and nothing changed, where a routing file is wrong."""
    turn = Turn(table, at) if type(event) is not RoutingSet else _rerouted(table, event, at)
    match event:
        case AlertUpdate():
            alerts.update(turn, event)
        case Tick():
            _tick(turn)
        case SilenceSet():
            silencing.set_silence(turn, event)
        case SilenceExpired():
            silencing.expire(turn, event)
        case Acknowledged():
            escalation.acknowledged(turn, event)
        case Reached():
            escalation.reached(turn, event)
        case Counted():
            escalation.counted(turn, event)
        case _:
            assert type(event) is RoutingSet
    return turn.outcome()


def next_due(table: Table) -> datetime | None:
    """The next instant at which a tick is wanted."""
    return indexes(table).next_due(table)


LOOKS = 20
"""Timers that one tick runs. What is left is due at once, so the next tick comes at once: facts can come in between."""


def _tick(turn: Turn) -> None:
    """What was held back for what is told in this instant relies on it: those groups are looked at however many others were."""
    turn.looking = True
    for _ in range(LOOKS):
        key = turn.ix.take_due(turn.table, turn.at)
        if key is None:
            break
        _look(turn, key)
    while turn.first:
        _look_first(turn, turn.first.pop(0))


def _look(turn: Turn, key: str) -> None:
    value = turn.table.get(key)
    if type(value) is Silence:
        silencing.due(turn, value)
    elif type(value) is Escalation:
        escalation.call(turn, value)
    else:
        flushing.look(turn, key.removeprefix(_GROUP))


def _look_first(turn: Turn, key: str) -> None:
    group = turn.group(key)
    due = group_due(group) if group is not None else None
    if due is not None and due <= turn.at:
        flushing.look(turn, key)


def _rerouted(table: Table, event: RoutingSet, at: datetime) -> Turn:
    """Another routing file: everything that follows from it is made anew, and every open alert is routed again."""
    read_routing(json.loads(event.content), event.lines)
    table.put(ROUTING, RoutingState(version=event.version, content=event.content, lines=event.lines))
    table.memo.pop(MEMO, None)
    turn = Turn(table, at)
    for _, alert in list(table.items(f"{PREFIX}alert/")):
        alerts.reroute(turn, alert)
    return turn
