"""The chain of one signed topic: numbers without gaps, each record holding the hash of the one before, days counted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any

from alertcore.records.alert import PublishedAlert
from alertcore.records.rapid import Day, MessageKind, RapidAlert

NOTHING = bytes(32)
"""The hash before the first record."""

PUBLIC = "public"
"""Addressee of `alerts.published`, where an authority's name stands elsewhere."""

Numbered = RapidAlert | PublishedAlert


class Place(StrEnum):
    """Where a record belongs in a chain."""

    NEXT = "next"
    REPEAT = "repeat"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Chain:
    """Where a topic stands. `sequence`: of the last record that is not a heartbeat; `previous_hash`: of the last record of all.

    `count` and `running_hash` cover what is not a heartbeat on `day`: everything since the last heartbeat of an earlier day.
    """

    authority: str
    sequence: int = 0
    previous_hash: bytes = NOTHING
    day: date | None = None
    count: int = 0
    running_hash: bytes = NOTHING

    def place(self, sequence: int) -> Place:
        """Whether a record of that number comes next, is there already, or leaves some out."""
        if sequence == self.sequence + 1:
            return Place.NEXT
        return Place.REPEAT if sequence <= self.sequence else Place.GAP

    def digest(self) -> Day | None:
        """What a heartbeat says of the day."""
        return Day(date=self.day, count=self.count, running_hash=self.running_hash) if self.day else None

    def on(self, day: date) -> Chain:
        """The same chain at the beginning of `day`: nothing counted yet."""
        return replace(self, day=day, count=0, running_hash=NOTHING)

    def after(self, record: Numbered, value: bytes) -> Chain:
        """The chain once `record`, whose bytes are `value`, stands in the topic."""
        hashed = sha256(value).digest()
        if is_heartbeat(record):
            return replace(self, previous_hash=hashed, **_told(record))
        running = sha256(self.running_hash + value).digest()
        return replace(self, sequence=record.sequence, previous_hash=hashed, count=self.count + 1, running_hash=running)


def is_heartbeat(record: Numbered) -> bool:
    """Whether the record only says that all is well."""
    return isinstance(record, RapidAlert) and record.message_kind is MessageKind.HEARTBEAT


def addressee(record: Numbered) -> str:
    """The authority a record is for, or `public`."""
    return record.authority if isinstance(record, RapidAlert) else PUBLIC


def target_topic(authority: str) -> str:
    """The signed topic of an addressee."""
    return "alerts.published" if authority == PUBLIC else f"rapidalerts.{authority}"


def begun_by(record: Numbered, value: bytes) -> Chain:
    """The chain as one record alone tells it; its day is known only where that record is a heartbeat."""
    return replace(Chain(addressee(record)).after(record, value), sequence=record.sequence)


def breaks(chain: Chain, record: Numbered) -> list[str]:
    """What is wrong with `record` as the next one of the chain, a sentence each. A chain without a day has no count to compare."""
    found = []
    expected = chain.sequence if is_heartbeat(record) else chain.sequence + 1
    if record.sequence != expected:
        found.append(f"sequence {record.sequence} where {expected} was due")
    if record.previous_hash != chain.previous_hash:
        found.append("the hash of the record before does not fit: something was changed, left out or put in")
    if isinstance(record, RapidAlert) and record.day is not None and chain.day is not None:
        counted = chain if record.day.date == chain.day else chain.on(record.day.date)
        if record.day.date < chain.day or record.day != counted.digest():
            found.append("the day's count or running hash does not fit what was received")
    return found


def _told(heartbeat: Numbered) -> dict[str, Any]:
    day = heartbeat.day if isinstance(heartbeat, RapidAlert) else None
    return {"day": day.date, "count": day.count, "running_hash": day.running_hash} if day else {}
