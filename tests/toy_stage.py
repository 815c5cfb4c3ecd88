"""A small stage whose every lost or doubled decision shows: counters by key, and one emit a message that tells the count."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from alertcore.records.hub import Command, Entry
from alertcore.stage import Decision, Emit, Message, View
from schemas.codec import encode

OUT = "toy.out"
EPOCH = datetime(2020, 3, 1, tzinfo=UTC)


def command(action: str, target: str, at: datetime = EPOCH, **params: str) -> Command:
    """What the toy stage is told to do."""
    return Command(command_id=f"{action}-{target}", by="nobody", action=action, target=target, at=at, params=params)


def entry(action: str, target: str, at: datetime = EPOCH, *, event_id: str = "", origin: Any = None, **params: str) -> Entry:
    """The same as an entry of its log."""
    value = encode(command(action, target, at, **params))
    return Entry(stamp=at, sender="tests", event_id=event_id or f"evt_{action}_{target}", kind="command", value=value, origin=origin)


class ToyStage:
    """Actions: count (the counter of `target` goes up), both (count twice as far), raise, due (asks for a tick at params.until),
    hold (pending until an idle tick), large (emits params.emits values of params.bytes characters), unwritable (state no dump can take),
    list (emits every counter under `target`), memo (counts what the memo has seen).
    """

    def __init__(self, name: str = "toy", spin: int = 0) -> None:
        self._name = name
        self._spin = spin

    @property
    def name(self) -> str:
        return self._name

    def decide(self, view: View, message: Message) -> Decision:
        if message.kind == "tick":
            return self._tick(view, message)
        told: Command = message.value
        due, pending = view.get("due"), bool(view.get("held"))
        due_at = datetime.fromisoformat(due) if due else None
        act = getattr(self, "_" + told.action)
        decision: Decision = act(view, message, told)
        if told.action in ("due", "hold"):
            return decision
        return Decision(emits=decision.emits, changes=decision.changes, due=due_at, pending=pending, reason=told.action)

    def dump(self, key: str, value: Any) -> bytes:
        if not isinstance(value, str):
            raise TypeError(f"{key} is no text")
        return value.encode()

    def load(self, key: str, raw: bytes) -> Any:
        return raw.decode()

    def _emit(self, key: str, text: str, at: datetime) -> Emit:
        return Emit(OUT, key, Command(command_id=text, by="toy", action="told", target=key, at=at), partition=None)

    def _count(self, view: View, message: Message, told: Command) -> Decision:
        key = "n/" + told.target
        n = int(view.get(key) or "0") + 1
        for _ in range(self._spin):
            n += 0
        return Decision(
            emits=(self._emit(told.target, f"{told.target}:{n}:{message.partition}:{message.offset}", message.at),), changes={key: str(n)}
        )

    def _raise(self, view: View, message: Message, told: Command) -> Decision:
        view.memo["half"] = "made"
        raise RuntimeError(f"cannot do {told.target}")

    def _due(self, view: View, message: Message, told: Command) -> Decision:
        until = datetime.fromisoformat(told.params["until"])
        return Decision(changes={"due": until.isoformat()}, due=until, reason="due")

    def _hold(self, view: View, message: Message, told: Command) -> Decision:
        return Decision(changes={"held": told.target}, pending=True, reason="hold")

    def _large(self, view: View, message: Message, told: Command) -> Decision:
        body = "x" * int(told.params["bytes"])
        return Decision(emits=tuple(self._emit(told.target, f"{i}{body}", message.at) for i in range(int(told.params["emits"]))))

    def _unwritable(self, view: View, message: Message, told: Command) -> Decision:
        return Decision(changes={"bad/" + told.target: 7})

    def _list(self, view: View, message: Message, told: Command) -> Decision:
        text = " ".join(f"{key}={value}" for key, value in view.items("n/" + told.target))
        return Decision(emits=(self._emit("list", text, message.at),))

    def _forget(self, view: View, message: Message, told: Command) -> Decision:
        return Decision(changes={"n/" + told.target: None})

    def _memo(self, view: View, message: Message, told: Command) -> Decision:
        view.memo["seen"] = view.memo.get("seen", 0) + 1
        return Decision(emits=(self._emit("memo", f"{view.memo['seen']} {view.memo.get('half', '')}", message.at),))

    def _tick(self, view: View, message: Message) -> Decision:
        told = f"tick {message.at.isoformat()} n={message.n} idle={message.value.idle}"
        return Decision(emits=(self._emit("tick", told, message.at),), changes={"due": None, "held": None}, reason="tick")
