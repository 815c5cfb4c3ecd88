"""What is to be told to whom, and how far it got."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from alertcore.records.shared import Nature, Subject


class Purpose(StrEnum):
    """Why something is told."""

    UNKNOWN = "unknown"
    ALERT = "alert"
    UPDATE = "update"
    CORRECTION = "correction"
    ALL_CLEAR = "all_clear"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    DIGEST = "digest"
    DUTY = "duty"
    CONTACT_TEST = "contact_test"


class Lane(StrEnum):
    """Lane of delivery."""

    UNKNOWN = "unknown"
    URGENT = "urgent"
    NORMAL = "normal"
    BULK = "bulk"


class Channel(StrEnum):
    """Channel."""

    UNKNOWN = "unknown"
    EMAIL = "email"
    SMS = "sms"
    WEBHOOK = "webhook"
    HANDOFF = "handoff"
    AUTHORITY = "authority"


class AckMode(StrEnum):
    """Who must acknowledge."""

    UNKNOWN = "unknown"
    NONE = "none"
    ANY = "any"
    EACH = "each"
    N_OF_M = "n_of_m"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRef:
    """A version of an alert."""

    alert_id: str  # alert
    version: int  # version


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceFilter:
    """A filter over the directory; empty lists do not narrow."""

    kinds: tuple[str, ...] = ()  # kinds of person or body
    subjects: tuple[Subject, ...] = ()  # followers of any of these subjects
    regions: tuple[str, ...] = ()  # INSEE region codes
    countries: tuple[str, ...] = ()  # ISO 3166-1 alpha-2
    facilities: tuple[str, ...] = ()  # organisation ids; of officers alone, their references in the list of people
    mandatory: bool = False  # true reaches people whatever they follow


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who is told: a filter, or the recipients of an alert."""

    filter: AudienceFilter | None = None  # filter over the directory
    recipients_of: str | None = None  # everyone who was told this alert


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeReason:
    """Which rule made a notice."""

    rule: str  # rule or route
    text: str = ""  # in words


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most so many messages to one person on a channel in a span of time."""

    channel: Channel  # channel
    n: int  # messages
    per_ms: int  # span, milliseconds

    @property
    def per(self) -> timedelta:
        """The span."""
        return timedelta(milliseconds=self.per_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something to be told to an audience."""

    nature: Nature = Nature.ACTUAL  # kind of content
    notice_id: str  # function of group, alerts, purpose and audience
    group_key: str  # group
    alerts: tuple[AlertRef, ...] = ()  # alerts told
    purpose: Purpose  # purpose
    lane: Lane  # lane
    duty: bool = False  # true when it discharges a legal duty
    audience: Audience  # audience
    channels: tuple[Channel, ...] = ()  # channels in order
    fallback_after_s: int = 0  # seconds until the next channel is tried; 0 never
    template: str  # template
    params: dict[str, str] = field(default_factory=dict)  # parameters of the template
    languages: tuple[str, ...] = ()  # languages, ISO 639-1
    not_before: datetime  # earliest time, UTC
    expires: datetime | None = None  # latest time, UTC
    ack: AckMode = AckMode.NONE  # who must acknowledge
    ack_n: int = 0  # how many, for n_of_m
    ack_due: datetime | None = None  # until when, UTC
    reason: NoticeReason  # which rule
    receiver: str = ""  # receiver of the routing file that is told; empty where no route led here
    follows: tuple[str, ...] = ()  # notices that must be in the ledger before this one finds its recipients
    limits: tuple[Limit, ...] = ()  # limits for one person; what is beyond waits and is merged


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """How far a notice got, in absolute numbers."""

    nature: Nature = Nature.ACTUAL  # kind of content
    notice_id: str  # notice
    version: int  # rises with every receipt of this notice
    sent: int = 0  # sent
    accepted: int = 0  # accepted by a server
    delivered: int = 0  # delivered
    read: int = 0  # read
    acknowledged: int = 0  # acknowledged
    failed: int = 0  # given up
    total: int = 0  # deliveries intended
