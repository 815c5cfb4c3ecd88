"""What can happen to the dispatch engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from alertcore.dispatch.silences import Silence
from alertcore.records.notice import Lane, Purpose


class Status(StrEnum):
    """Whether an alert stands."""

    FIRING = "firing"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Covered:
    """Everybody of a receiver was told another alert, `by`, that says what this one says too."""

    receiver: str
    by: str


@dataclass(frozen=True, slots=True)
class Way:
    """An alert told to a receiver."""

    alert_id: str
    receiver: str


@dataclass(frozen=True, slots=True)
class Above:
    """Another alert, `by`, says what this one says too, and not everybody of a receiver was told it yet.

    kinds: those of its people who were not. ways: how they may be; once all of them are told in one instant, this one is covered.
    """

    receiver: str
    by: str
    kinds: tuple[str, ...]
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertUpdate:
    """An alert as it is now. A version is never told twice to one receiver; an older one than the known is ignored.

    duty: telling it discharges a legal duty. ending: how its end is told, `all_clear`, `update` or `correction`; `unknown` where its
    successor tells it and nobody is to hear of an end. covered: for whom it would say nothing new; above: for whom it would not once
    another is told. again: receivers to tell this version once more, since they heard meanwhile that what covered it is over.
    """

    alert_id: str
    version: int
    labels: dict[str, str]
    status: Status = Status.FIRING
    lane: Lane = Lane.NORMAL
    duty: bool = False
    ending: Purpose = Purpose.ALL_CLEAR
    covered: tuple[Covered, ...] = ()
    above: tuple[Above, ...] = ()
    again: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceSet:
    """A silence, new or in place of the one with its id. confirmed: also where open duties match it.

    waiting: duties that match and that are not released yet; they count as open ones.
    """

    silence: Silence
    confirmed: bool = False
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceExpired:
    """Somebody ends a silence now."""

    silence_id: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingSet:
    """A routing file comes into force. content: plain JSON as text; lines: path to line."""

    version: str
    content: str
    lines: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """A person has acknowledged a notice; or an alert, in all chains that run for it, or those of one receiver. by: opaque id."""

    by: str
    notice_id: str = ""
    alert_id: str = ""
    receiver: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """The people a notice was expanded to: what `each` and `n of m` count. people: opaque ids."""

    notice_id: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many of those a notice goes to have acknowledged it, where it is not known who. Absolute numbers: the latest counts."""

    notice_id: str
    total: int
    acknowledged: int


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has come to an instant; only this lets timers run, so that facts that were there first count first."""


Event = AlertUpdate | SilenceSet | SilenceExpired | RoutingSet | Acknowledged | Reached | Counted | Tick
