"""Limits of messages to one person: what is sent now, what waits, and what is merged. Nothing is ever dropped.

What is urgent or discharges a duty goes at once, and takes no room from the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from alertcore.records.notice import Channel, Lane
from alertcore.records.notice import Limit as Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class SentTo:
    """What one person was sent of late, by channel, oldest first; exempt messages are not in it."""

    sent: dict[str, tuple[datetime, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A notice that waits for this person on a channel, with the limit of its receiver (None: there is none)."""

    notice_id: str
    channel: Channel
    lane: Lane
    since: datetime
    duty: bool = False
    limits: tuple[Limit, ...] = ()

    @property
    def exempt(self) -> bool:
        """Whether no limit holds for it."""
        return self.duty or self.lane is Lane.URGENT


class Act(StrEnum):
    """What becomes of notices."""

    SEND = "send"
    MERGE = "merge"
    DEFER = "defer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One message, or some that wait. until: when those that wait are looked at again. why: what the merged message and explain say."""

    act: Act
    channel: Channel
    notices: tuple[str, ...]
    until: datetime | None = None
    why: str = ""


def decide(person: SentTo, waiting: tuple[Waiting, ...], at: datetime) -> tuple[tuple[Sending, ...], SentTo]:
    """What is sent now, and the person as they are after it. Each notice that waits is in exactly one Sending.

    While there is room for all, each goes as a message of its own; when not, the last free place takes all the rest as one.
    """
    found: list[Sending] = []
    sent = {k: v for k, v in person.sent.items() if v}
    for channel in sorted({w.channel for w in waiting}):
        mine = sorted((w for w in waiting if w.channel is channel), key=_order)
        found += [Sending(act=Act.SEND, channel=channel, notices=(w.notice_id,)) for w in mine if w.exempt]
        rest = [w for w in mine if not w.exempt]
        limits = sorted({x for w in rest for x in w.limits if x.channel is channel}, key=lambda x: (x.n, x.per_ms))
        made = _limited(channel, rest, limits, sent.get(channel, ()), at)
        found += made
        messages = sum(s.act is not Act.DEFER for s in made)
        if limits:
            longest = max(x.per for x in limits)
            sent[channel.value] = (*(t for t in sent.get(channel, ()) if t > at - longest), *([at] * messages))
    return tuple(found), SentTo(sent={k: v for k, v in sent.items() if v})


def _order(w: Waiting) -> tuple[bool, bool, datetime, str]:
    """Higher lanes first, then the oldest."""
    return (not w.exempt, w.lane is Lane.BULK, w.since, w.notice_id)


def _limited(channel: Channel, rest: list[Waiting], limits: list[Limit], sent: tuple[datetime, ...], at: datetime) -> list[Sending]:
    if not rest:
        return []
    ids = [w.notice_id for w in rest]
    room = min((x.n - _used(x, sent, at) for x in limits), default=len(ids))
    if room >= len(ids):
        return [Sending(act=Act.SEND, channel=channel, notices=(i,)) for i in ids]
    why = "; ".join(f"at most {x.n} a {x.per} by {channel}" for x in limits)
    if room <= 0:
        return [Sending(act=Act.DEFER, channel=channel, notices=tuple(ids), until=_free_at(limits, sent, at), why=why)]
    alone = [Sending(act=Act.SEND, channel=channel, notices=(i,)) for i in ids[: room - 1]]
    merged = tuple(ids[room - 1 :])
    return [*alone, Sending(act=Act.MERGE, channel=channel, notices=merged, why=f"{len(merged)} messages in one: {why}")]


def _used(limit: Limit, sent: tuple[datetime, ...], at: datetime) -> int:
    return sum(1 for t in sent if t > at - limit.per)


def _free_at(limits: list[Limit], sent: tuple[datetime, ...], at: datetime) -> datetime:
    """When every limit has room for one more."""
    return max((_one_free(x, sent, at) for x in limits), default=at)


def _one_free(limit: Limit, sent: tuple[datetime, ...], at: datetime) -> datetime:
    inside = sorted(t for t in sent if t > at - limit.per)
    return at if len(inside) < limit.n else inside[len(inside) - limit.n] + limit.per
