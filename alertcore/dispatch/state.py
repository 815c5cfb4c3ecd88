"""What the dispatch engine knows, as values under keys: each can be kept, forgotten and read back on its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from alertcore import statejson
from alertcore.dispatch.events import Above, Counted, Covered, Status
from alertcore.dispatch.receivers import Step
from alertcore.dispatch.silences import Silence
from alertcore.records.notice import Channel, Lane, Purpose

PREFIX = "dispatch/"
ROUTING = f"{PREFIX}routing"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingState:
    """The routing file in force."""

    version: str
    content: str
    lines: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertState:
    """An alert until its end was dealt with in all its groups. groups: keys. changed_at: since when what it says waits in them."""

    alert_id: str
    version: int
    status: Status
    labels: dict[str, str]
    lane: Lane
    duty: bool
    ending: Purpose
    groups: tuple[str, ...]
    changed_at: datetime | None = None
    covered: tuple[Covered, ...] = ()
    above: tuple[Above, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupState:
    """A group and its timers. route: key of the route that made it.

    flushed_at: last look at changes, whatever came of it: so what is held back never changes the rhythm. due: the next one.
    sent_at: last message about changes, other than a duty. release_at: when something held back may be told.
    repeat_at: next reminder. forget_at: when an empty group is given up.
    """

    key: str
    route: str
    receiver: str
    lane: Lane
    labels: dict[str, str]
    due: datetime | None = None
    flushed_at: datetime | None = None
    sent_at: datetime | None = None
    release_at: datetime | None = None
    repeat_at: datetime | None = None
    forget_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A receiver was told an alert, and not yet of its end. since: first told.

    acked: its people have acknowledged, so no update calls anybody. again: they are to hear again what they know.
    """

    alert_id: str
    receiver: str
    group: str
    version: int
    duty: bool
    since: datetime
    told_at: datetime
    notice_id: str
    lane: Lane
    channels: tuple[Channel, ...]
    acked: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """A chain of calls that runs, with the steps it started with. n: the next step. held: it waits for a silence or an inhibition to end.

    notices: all of it so far. people: whom the last of them reached, once known. counted: the last count of each notice that has one.
    """

    notice_id: str
    notices: tuple[str, ...]
    group: str
    receiver: str
    routing: str
    route: str
    lane: Lane
    alerts: tuple[str, ...]
    steps: tuple[Step, ...]
    due: datetime | None
    held: bool = False
    n: int = 0
    acked: tuple[str, ...] = ()
    people: tuple[str, ...] | None = None
    counted: tuple[Counted, ...] = ()


def alert_key(alert_id: str) -> str:
    """Where an alert stands."""
    return f"{PREFIX}alert/{alert_id}"


def group_key(group: str) -> str:
    """Where a group stands."""
    return f"{PREFIX}group/{group}"


def mark_key(alert_id: str, receiver: str) -> str:
    """Where it stands that a receiver was told an alert."""
    return f"{PREFIX}mark/{alert_id}\n{receiver}"


def silence_key(silence_id: str) -> str:
    """Where a silence stands."""
    return f"{PREFIX}silence/{silence_id}"


def escalation_key(notice_id: str) -> str:
    """Where an escalation stands."""
    return f"{PREFIX}escalation/{notice_id}"


KINDS: dict[str, type[Any]] = {
    "routing": RoutingState,
    "alert": AlertState,
    "group": GroupState,
    "mark": Mark,
    "silence": Silence,
    "escalation": Escalation,
}


def dump(value: Any) -> bytes:
    """A state value as bytes."""
    return statejson.dump(value)


def load(key: str, raw: bytes) -> Any:
    """A state value from what `dump` made of it."""
    return statejson.load(KINDS[key.split("/", 2)[1]], raw)


class Table(Protocol):
    """Where the state is kept: by the stage under its keys, or in memory. memo: derived from the rest, and may be lost at any time."""

    @property
    def memo(self) -> dict[str, Any]:
        """Scratch space."""
        ...

    def get(self, key: str) -> Any | None:
        """The value under a key, or None."""
        ...

    def put(self, key: str, value: Any | None) -> None:
        """Set a key, or forget it with None."""
        ...

    def items(self, prefix: str) -> Iterator[tuple[str, Any]]:
        """All (key, value) whose key begins with the prefix, in key order."""
        ...


class MemoryTable:
    """A table in memory, for the engine driven alone."""

    def __init__(self, values: dict[str, Any] | None = None) -> None:
        self.values: dict[str, Any] = values or {}
        self.memo: dict[str, Any] = {}
        self.get = self.values.get

    def put(self, key: str, value: Any | None) -> None:
        """Set a key, or forget it with None."""
        if value is None:
            self.values.pop(key, None)
        else:
            self.values[key] = value

    def items(self, prefix: str) -> Iterator[tuple[str, Any]]:
        """All (key, value) whose key begins with the prefix, in key order."""
        return ((k, self.values[k]) for k in sorted(k for k in self.values if k.startswith(prefix)))

    def dumped(self) -> dict[str, bytes]:
        """Everything as bytes."""
        return {key: dump(value) for key, value in self.values.items()}

    @classmethod
    def loaded(cls, raw: dict[str, bytes]) -> MemoryTable:
        """A table from bytes."""
        return cls({key: load(key, value) for key, value in raw.items()})
