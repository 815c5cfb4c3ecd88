"""Signals, alerts with their versions, and what of them is published."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from alertcore.records.shared import Batch, Deadline, Measure, Nature, Subject, Text
from alertcore.records.stock import Circuit, Tier


class SignalState(StrEnum):
    """State of a signal."""

    UNKNOWN = "unknown"
    RAISED = "raised"
    CHANGED = "changed"
    CLEARED = "cleared"


class Severity(StrEnum):
    """How severe."""

    UNKNOWN = "unknown"
    INFO = "info"
    MINOR = "minor"
    MODERATE = "moderate"
    SEVERE = "severe"
    CRITICAL = "critical"


class CellUnit(StrEnum):
    """Unit of a signal's cell."""

    UNKNOWN = "unknown"
    PACKS = "packs"
    DAYS = "days"
    MONTHS = "months"
    PERCENT = "percent"
    COUNT = "count"


class AlertStep(StrEnum):
    """Step in the life of an alert."""

    UNKNOWN = "unknown"
    RAISED = "raised"
    HELD = "held"
    RELEASED = "released"
    UPDATED = "updated"
    CORRECTED = "corrected"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    COVERED = "covered"
    UNCOVERED = "uncovered"
    CONTESTED = "contested"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


class AlertKind(StrEnum):
    """Kind of an alert."""

    UNKNOWN = "unknown"
    SHORTAGE = "shortage"
    SAFETY_STOCK = "safety_stock"
    COVERAGE = "coverage"
    PROJECTION = "projection"
    DISRUPTION = "disruption"
    STOP = "stop"
    DEFECT = "defect"
    FALSIFIED = "falsified"
    RECALLED_LOT = "recalled_lot"
    DEVICE = "device"
    SEASON = "season"
    SEVERAL_STATES = "several_states"
    DUTY = "duty"
    SURGE = "surge"
    HUB = "hub"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalCell:
    """A part of a signal with the value that crossed its threshold."""

    tier: Tier | None = None  # place in the supply chain
    circuit: Circuit | None = None  # circuit
    region: str | None = None  # INSEE region code
    value: float  # value
    threshold: float  # threshold
    unit: CellUnit  # unit of both


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What one rule found on one subject."""

    nature: Nature = Nature.ACTUAL  # kind of content
    signal_id: str  # function of rule, subject and nature
    version: int  # version from 1
    rule: str  # rule name
    rule_version: int  # version of the rule
    policy_version: int  # version of the policy
    subject: Subject  # subject
    state: SignalState  # raised, changed or cleared
    severity: Severity  # severity
    since: datetime  # since when, UTC
    at: datetime  # when found, UTC log time
    cells: tuple[SignalCell, ...] = ()  # parts
    numbers: dict[str, float] = field(default_factory=dict)  # numbers behind it, unit in the name
    sentence: Text  # a sentence an officer understands
    because: tuple[str, ...] = ()  # event ids
    companies: tuple[str, ...] = ()  # organisation ids of the companies concerned, the worst placed first


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Who may hear an alert."""

    audiences: tuple[str, ...] = ()  # audiences released to
    by: tuple[str, ...] = ()  # who released (opaque ids)
    at: datetime | None = None  # when, UTC
    until: datetime | None = None  # time limit of the gate, UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class LogOrigin:
    """Where in a topic something came from."""

    topic: str  # topic
    partition: int  # partition
    offset: int  # offset


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One version of one alert."""

    nature: Nature = Nature.ACTUAL  # kind of content
    alert_id: str  # function of kind, subject, nature and opening event
    version: int  # version from 1
    step: AlertStep  # step
    reason: str  # reason code, closed list
    kind: AlertKind  # kind
    subject: Subject  # subject
    also: tuple[Subject, ...] = ()  # further subjects
    opened_by: str  # id of the event that opened it
    severity: Severity  # severity
    labels: dict[str, str] = field(default_factory=dict)  # labels for routing
    facts: dict[str, str] = field(default_factory=dict)  # facts for texts
    numbers: dict[str, float] = field(default_factory=dict)  # numbers, unit in the name
    batches: tuple[Batch, ...] = ()  # batches
    measures: tuple[Measure, ...] = ()  # measures
    deadlines: tuple[Deadline, ...] = ()  # deadlines
    covered_by: str | None = None  # alert that covers it
    replaces: str | None = None  # alert it follows
    release: Release | None = None  # release
    policy_version: int  # version of the policy
    rule_version: int  # version of the rule
    program: str  # program version
    decided_at: datetime  # when decided, UTC log time
    origin: LogOrigin  # log position that decided it


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedProduct:
    """A product in a published alert."""

    cis: str  # medicine code, 8 digits
    cip13: str | None = None  # presentation code, 13 digits
    name: str  # name


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedAlert:
    """The released part of an alert for outsiders."""

    nature: Nature = Nature.ACTUAL  # kind of content
    alert_id: str  # alert
    version: int  # version of the alert
    sequence: int  # sequence without gaps, from 1
    previous_hash: bytes  # SHA-256 of the previous record's value bytes, 32 zero bytes at first
    kind: AlertKind  # kind
    severity: Severity  # severity
    step: AlertStep  # step
    headline: Text  # headline
    text: Text  # text
    instruction: Text  # what to do now
    subject: Subject  # subject
    products: tuple[PublishedProduct, ...] = ()  # products
    batches: tuple[Batch, ...] = ()  # batches
    since: datetime  # since when, UTC
    at: datetime  # when published, UTC
    replaces: str | None = None  # alert it follows
    url: str = ""  # page
