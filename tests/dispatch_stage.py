"""A thin stage around the dispatch engine alone: what is pushed to it goes through the engine, and each notice comes out as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from alertcore import statejson
from alertcore.dispatch import events, state
from alertcore.dispatch.engine import next_due, step
from alertcore.dispatch.outcome import Outgoing
from alertcore.records.hub import Command, Entry
from alertcore.stage import Decision, Emit, Message, View
from schemas.codec import encode
from tests.toy_stage import OUT

PUSHED = {
    kind.__name__: kind
    for kind in (
        events.AlertUpdate,
        events.SilenceSet,
        events.SilenceExpired,
        events.RoutingSet,
        events.Acknowledged,
        events.Reached,
        events.Counted,
    )
}
NOTICE, DONE = "notice", "done"


def push(number: int, event: events.Event | None, at: datetime) -> Entry:
    """One event as an entry of the log; None: time comes to `at`, and nothing else."""
    told = {} if event is None else {"event": statejson.dump(event).decode()}
    action = "time" if event is None else type(event).__name__
    value = Command(command_id=str(number), by="tests", action=action, target="", at=at, params=told)
    return Entry(stamp=at, sender="tests", event_id=f"evt_{number}", kind="command", value=encode(value))


def as_told(notice: Outgoing) -> str:
    """A notice as it comes out."""
    return statejson.dump(notice).decode()


class DispatchStage:
    """It goes by the name of the toy stage, and uses its topics. After the notices of an event it says that the event is done."""

    name = "toy"

    def decide(self, view: View, message: Message) -> Decision:
        """A tick, or a push."""
        table = _Table(view)
        told: Command | None = None if message.kind == "tick" else message.value
        notices: tuple[Outgoing, ...] = ()
        if told is None:
            notices = step(table, events.Tick(), message.at).notices
        elif told.action in PUSHED:
            event = statejson.load(PUSHED[told.action], told.params["event"].encode())
            notices = step(table, event, message.at).notices
        emits = [_emit(message, NOTICE, n.notice_id, {"notice": as_told(n)}) for n in notices]
        if told is not None:
            emits.append(_emit(message, DONE, told.command_id, {}))
        return Decision(emits=tuple(emits), changes=table.changes, due=next_due(table), reason=message.kind)

    def dump(self, key: str, value: Any) -> bytes:
        """State value to bytes."""
        return state.dump(value)

    def load(self, key: str, raw: bytes) -> Any:
        """State value from bytes."""
        return state.load(key, raw)


def _emit(message: Message, action: str, name: str, params: dict[str, str]) -> Emit:
    row = str(message.partition)
    return Emit(OUT, row, Command(command_id=name, by="dispatch", action=action, target=row, at=message.at, params=params))


class _Table:
    """The engine's state over a view, with what this decision has changed."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.memo = view.memo
        self.changes: dict[str, Any] = {}

    def get(self, key: str) -> Any | None:
        return self.changes[key] if key in self.changes else self._view.get(key)

    def put(self, key: str, value: Any | None) -> None:
        self.changes[key] = value

    def items(self, prefix: str) -> Iterator[tuple[str, Any]]:
        kept = dict(self._view.items(prefix)) | {k: v for k, v in self.changes.items() if k.startswith(prefix)}
        return iter(sorted((k, v) for k, v in kept.items() if v is not None))
