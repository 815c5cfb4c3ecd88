"""What dispatch says of itself: why an alert was told or not, and the silences that are set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alertcore.records.shared import Nature


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One verdict."""

    word: str  # routed, duty, grouped, covered, inhibited, silenced, muted, told and others
    by: str = ""  # route, rule, silence, time interval or notice that decided
    until: datetime | None = None  # when it ends, UTC, where that is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The verdicts on one version for one receiver, in the order in which they were given."""

    version: int  # version of the alert
    audience: str  # audience it was released to; for companies with the one it concerns
    receiver: str  # receiver, with #n for whom step n of its escalation calls
    routing: str  # version of the routing file; 0 is the shipped one
    verdicts: tuple[Verdict, ...] = ()  # verdicts


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What became of an alert at one instant, for every receiver that it fell to."""

    nature: Nature = Nature.ACTUAL  # kind of content
    alert_id: str  # alert
    at: datetime  # when it was decided, UTC
    chains: tuple[Chain, ...] = ()  # one for each receiver


class SilenceState(StrEnum):
    """Where a silence stands."""

    UNKNOWN = "unknown"
    ACTIVE = "active"
    EXPIRED = "expired"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceMatcher:
    """What a label must or must not be."""

    name: str  # label
    op: str  # one of =, !=, =~ and !~
    value: str  # value, or a pattern that must match the whole value


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceRecurrence:
    """Holds on these days from a local minute on, not all the time."""

    minute: int  # minute of the local day, 0 to 1439
    duration_ms: int  # how long each time, milliseconds
    weekdays: tuple[int, ...] = ()  # weekdays, 0 is Sunday; none means every day
    zone: str = "UTC"  # time zone, IANA name


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A silence as it stands after an order, or an order for one that was refused."""

    nature: Nature = Nature.ACTUAL  # kind of content
    silence_id: str  # silence
    version: int  # rises with every change
    state: SilenceState  # whether it was set, ended before its time, or refused
    matchers: tuple[SilenceMatcher, ...] = ()  # all must hold
    author: str  # who set it, opaque id
    reason: str = ""  # why, in the author's words
    starts: datetime | None = None  # first instant, UTC
    ends: datetime | None = None  # first instant at which it is over, UTC
    recurrence: SilenceRecurrence | None = None  # when it recurs
    warn_ms: int = 3_600_000  # how long before the end its author is told, milliseconds
    confirmed: bool = False  # true where its author knew that open duties match and are told all the same
    expired_by: str = ""  # who ended it before its time, opaque id
    why: str = ""  # why it was refused
    duties: tuple[str, ...] = ()  # alerts with open duties that it matches
    at: datetime  # when this was decided, UTC
