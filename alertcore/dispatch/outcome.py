"""What the dispatch engine answers: notices, why each alert was told or not, and when it wants to be asked again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from alertcore.dispatch.limits import Limit
from alertcore.records.notice import AckMode, AlertRef, Audience, Channel, Lane, Purpose


class Word(StrEnum):
    """A verdict."""

    ROUTED = "routed"
    DUTY = "duty"
    GROUPED = "grouped"
    NOBODY = "nobody"
    COVERED = "covered"
    INHIBITED = "inhibited"
    SILENCED = "silenced"
    MUTED = "muted"
    TOLD = "told"
    REPEATED = "repeated"
    ESCALATED = "escalated"
    ENDED = "ended"
    ENDED_UNTOLD = "ended_untold"
    ENDED_UNSAID = "ended_unsaid"
    ACKNOWLEDGED = "acknowledged"
    LIMITED = "limited"


HELD = (Word.COVERED, Word.INHIBITED, Word.SILENCED, Word.MUTED)
"""Verdicts that something is not told now, and will be when the reason ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """by: the route, rule, alert, silence, time interval or notice that decided; until: when it ends, where that is known."""

    word: Word
    by: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The chain of verdicts on one alert for one receiver at one instant, in the order they were given.

    receiver: `name`, or `name#1` for whom the first step of its escalation calls. routing: version of the routing file.
    """

    at: datetime
    alert_id: str
    alert_version: int
    receiver: str
    routing: str
    verdicts: tuple[Verdict, ...]

    @property
    def last(self) -> Word:
        """What came of it."""
        return self.verdicts[-1].word


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message to one audience, before its text.

    news: alerts that this message is about. standing: others of the group that this receiver knows of and that still stand;
    standing_more: how many it was told of beyond those named. audience: a filter over the directory, or another alert's recipients;
    concerned: of that filter only the organisations that the alert names.
    recipients_of: in place of an audience, the alerts whose recipients under this receiver hear of them, each of those they were told;
    last_told: for each of these since when it was told there (RFC 3339), and the notice that told it last.
    step: of an escalation, from 1.
    """

    notice_id: str
    at: datetime
    purpose: Purpose
    receiver: str
    step: int = 0
    group: str
    group_labels: dict[str, str] = field(default_factory=dict)
    lane: Lane = Lane.NORMAL
    duty: bool = False
    news: tuple[AlertRef, ...]
    standing: tuple[AlertRef, ...] = ()
    standing_more: int = 0
    audience: Audience | None = None
    concerned: bool = False
    recipients_of: tuple[str, ...] = ()
    last_told: tuple[tuple[str, str], ...] = ()
    channels: tuple[Channel, ...] = ()
    limits: tuple[Limit, ...] = ()
    ack: AckMode = AckMode.NONE
    ack_n: int = 0
    ack_due: datetime | None = None
    accounts: tuple[Account, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceEnding:
    """A silence ends soon; its author is told."""

    silence_id: str
    author: str
    reason: str
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What was asked was not done. duties: open duties that a silence would have touched."""

    what: str
    why: str
    duties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """accounts: of alerts that were not told. due: the next instant at which a tick is wanted."""

    notices: tuple[Outgoing, ...] = ()
    accounts: tuple[Account, ...] = ()
    endings: tuple[SilenceEnding, ...] = ()
    refused: tuple[Refused, ...] = ()
    due: datetime | None = None
