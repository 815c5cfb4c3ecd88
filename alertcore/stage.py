"""The contract of a stage: a pure decision over one partition's state, the same in the Kafka shell and in the local one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of the stage's log, decoded.

    value: the record inside the entry (for a tick, a Tick). kind, sender, event_id: of the entry. key: record key.
    at: the partition's `now`, the highest stamp seen so far and never going back. stamp: the entry's own stamp.
    partition, offset: where it stands in the log; a tick that the shell decides at a due instant (`time = data`) carries the
    offset of the message it comes before, and `n` numbers those ticks from 1 (0 is the message itself).
    """

    value: Any
    kind: str
    key: str
    at: datetime
    partition: int
    offset: int
    sender: str = ""
    event_id: str = ""
    stamp: datetime | None = None
    n: int = 0


@dataclass(frozen=True, slots=True)
class Emit:
    """One record to write: `value` is a record of alertcore.records.

    To a log (`supply.log`, `cases.log`) the shell wraps it in an Entry of this `kind` with origin and stamp = now.
    partition: fixed partition, or None to let the key decide (murmur2). id: event id; the shell makes one from the origin if empty.
    """

    topic: str
    key: str
    value: Any
    kind: str = ""
    partition: int | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What one message leads to.

    changes: state key to new value, or None to forget the key; values are never mutated after they are given here.
    due: earliest instant at which the whole partition wants a tick, or None; it replaces the one before.
    pending: true while the partition holds back something a quiet spell should let go (`time = data`).
    reason: closed word for metrics and explanation.
    """

    emits: tuple[Emit, ...] = ()
    changes: dict[str, Any] = field(default_factory=dict)
    due: datetime | None = None
    pending: bool = False
    reason: str = "nothing"


class View(Protocol):
    """Read access to one partition's state as left by all messages before."""

    @property
    def memo(self) -> dict[str, Any]:
        """Scratch space derived from state alone (indexes, sums). The shell drops it when the partition opens or a decision raises."""
        ...

    def get(self, key: str) -> Any | None:
        """The value under a key, or None."""
        ...

    def items(self, prefix: str) -> Iterator[tuple[str, Any]]:
        """All (key, value) whose key begins with the prefix, in key order."""
        ...


class Stage(Protocol):
    """One stage. Nothing it decides may depend on anything but the view and the message."""

    @property
    def name(self) -> str:
        """`stock`, `supply` or `cases`."""
        ...

    def decide(self, view: View, message: Message) -> Decision:
        """Decide one message. Raising is a bug of the stage: the shell dead-letters the message and raises the alert *undecided event*."""
        ...

    def dump(self, key: str, value: Any) -> bytes:
        """State value to bytes, the same bytes for the same value."""
        ...

    def load(self, key: str, raw: bytes) -> Any:
        """State value from bytes: load(key, dump(key, v)) == v."""
        ...
