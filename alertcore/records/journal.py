"""The private journal of a stage's partition."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEmit:
    """One emit of a journal."""

    topic: str  # topic
    partition: int | None = None  # partition where it is fixed
    key: bytes  # key
    value: bytes  # value
    headers: dict[str, bytes] = field(default_factory=dict)  # headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """Head of a partition's journal."""

    offset: int  # last offset decided
    now: datetime  # log time reached, UTC
    due: datetime | None = None  # earliest instant the stage wants a tick, UTC
    pending: bool = False  # true when an idle partition wants a tick
    parts: int = 0  # number of journal parts that hold the emits


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalPart:
    """A part of a journal's emits."""

    emits: tuple[JournalEmit, ...] = ()  # emits in order
