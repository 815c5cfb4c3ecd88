"""The hub's own records: log entries, ticks, commands, settings, receipts, dead letters, ledger heads."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from alertcore.records.alert import LogOrigin
from alertcore.records.shared import Nature


class Verdict(StrEnum):
    """Answer of the door."""

    UNKNOWN = "unknown"
    TAKEN = "taken"
    REMARKS = "remarks"
    REFUSED = "refused"
    HELD = "held"


class SettingName(StrEnum):
    """Name of a settings file."""

    UNKNOWN = "unknown"
    POLICY = "policy"
    ROUTES = "routes"
    SENDERS = "senders"
    AUTHORITIES = "authorities"
    DUTY = "duty"
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmitOrigin:
    """Which decision an entry or record came from, rising for each source."""

    stage: str  # stage
    generation: int  # generation of its log
    partition: int  # partition of its log
    offset: int  # offset that was decided
    n: int  # number within the decision, from 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One record of a log."""

    stamp: datetime  # when the door or a stage stamped it, UTC
    sender: str  # who sent it
    event_id: str  # event id
    kind: str  # kind of the value
    value: bytes  # the value, framed
    remarks: tuple[str, ...] = ()  # remarks of the door
    origin: EmitOrigin | None = None  # which decision made it


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Time passing in a partition."""

    nature: Nature = Nature.ACTUAL  # kind of content
    at: datetime  # the instant, UTC
    idle: bool = False  # true when the partition was idle and lets go what it holds back


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """An officer's command."""

    nature: Nature = Nature.ACTUAL  # kind of content
    command_id: str  # the caller's own id
    by: str  # who (opaque)
    action: str  # action code
    target: str  # what it acts on
    reason: str = ""  # why
    at: datetime  # when, UTC
    params: dict[str, str] = field(default_factory=dict)  # further values of the action


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsFile:
    """One whole settings file."""

    nature: Nature = Nature.ACTUAL  # kind of content
    name: SettingName  # which file
    content: str  # content: YAML inbound, canonical JSON in a log
    sha256: str  # SHA-256 of the content, lower-case hexadecimal
    by: str  # who (opaque)
    at: datetime  # when, UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One problem of an event."""

    line: int | None = None  # line, from 1
    field: str | None = None  # field, dotted path
    code: str  # code, closed list
    text: str  # what is wrong and what to do


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorReceipt:
    """The door's answer to one event."""

    nature: Nature = Nature.ACTUAL  # kind of content
    event_id: str  # event id
    kind: str  # kind
    verdict: Verdict  # answer
    problems: tuple[Problem, ...] = ()  # problems
    at: datetime  # when, UTC
    ce_id: str | None = None  # the sender's CloudEvents id
    origin: LogOrigin | None = None  # where the event came from


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A record that could not be handled."""

    nature: Nature = Nature.ACTUAL  # kind of content
    origin: LogOrigin  # where it came from
    key: bytes  # key
    value: bytes  # value
    headers: dict[str, str] = field(default_factory=dict)  # headers
    error: str  # error code
    text: str  # what is wrong
    trace: str | None = None  # trace
    role: str  # role that gave up
    attempts: int = 1  # attempts
    at: datetime  # when, UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerHead:
    """The sealed head of a day's ledger."""

    nature: Nature = Nature.ACTUAL  # kind of content
    day: str  # day, YYYY-MM-DD UTC
    events: int  # events sealed so far
    root: bytes  # Merkle root
    previous_root: bytes  # root of the head before
    sealed_at: datetime  # when, UTC
