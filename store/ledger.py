"""The ledger's tables: notices taken in, one delivery per (notice, person, channel), and what happened to each, append-only."""

from __future__ import annotations

from enum import IntEnum, StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    or_,
)

from alertcore.records.notice import Lane
from store.metadata import AutoId, metadata


class DeliveryState(StrEnum):
    """Where a delivery stands. `intended` and `deferred` wait for a sender; the rest is on its way or at an end."""

    INTENDED = "intended"
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    READ = "read"
    ACKNOWLEDGED = "acknowledged"
    DEFERRED = "deferred"
    BOUNCED = "bounced"
    FAILED = "failed"
    SUPPRESSED = "suppressed"


TOLD = (DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.READ, DeliveryState.ACKNOWLEDGED)
"""States of somebody who was told."""

OPEN = (DeliveryState.INTENDED, DeliveryState.CLAIMED, DeliveryState.DEFERRED)
"""States of somebody who will be told, or given up."""


class NoticeState(StrEnum):
    """`waiting` for what it follows; `open` while recipients are still being put into the ledger."""

    WAITING = "waiting"
    OPEN = "open"
    EXPANDED = "expanded"


class LaneNumber(IntEnum):
    """Lanes in the order they are served."""

    URGENT = 0
    NORMAL = 1
    BULK = 2


def lane_number(lane: Lane) -> LaneNumber:
    """An unknown lane is served as normal."""
    return {Lane.URGENT: LaneNumber.URGENT, Lane.BULK: LaneNumber.BULK}.get(lane, LaneNumber.NORMAL)


intake_offsets = Table(
    "intake_offsets",
    metadata,
    Column("topic", String(200), primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("next_offset", BigInteger, nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("notice_id", String(40), nullable=False, unique=True),
    Column("nature", String(16), nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("lane", SmallInteger, nullable=False),
    Column("duty", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),  # the Notice, framed as it came
    Column("taken_at", BigInteger, nullable=False),  # microseconds since 1970 UTC, as all times here
    Column("state", String(16), nullable=False),
    Column("as_of", BigInteger),  # the directory's date, fixed with the first recipients
    Column("cursor", BigInteger, nullable=False),  # last person, or last delivery for recipients_of, that was looked at
    Column("first_delivery", BigInteger),
    Column("last_delivery", BigInteger),
    Column("receipt_due", Boolean, nullable=False),  # true while its numbers may differ from the last receipt
    Column("receipt_version", Integer, nullable=False),
    Column("receipt_counts", Text, nullable=False),
    Column("receiver", Text, nullable=False, server_default=""),  # who is told, by the name in the routing file
    Column("about", Text, nullable=False, server_default=""),  # first alert: a patient's pseudonym is theirs for it; empty on old rows
    Column("limited_until", BigInteger),  # until when its deliveries may matter for a limit; null where it has none
)
Index("notices_waiting", notices.c.id, sqlite_where=notices.c.state == "waiting", postgresql_where=notices.c.state == "waiting")
Index(
    "notices_limited",
    notices.c.limited_until,
    sqlite_where=notices.c.limited_until.is_not(None),
    postgresql_where=notices.c.limited_until.is_not(None),
)
Index("notices_open", notices.c.lane, notices.c.id, sqlite_where=notices.c.state == "open", postgresql_where=notices.c.state == "open")
Index("notices_receipt_due", notices.c.id, sqlite_where=notices.c.receipt_due, postgresql_where=notices.c.receipt_due)

notice_alerts = Table(
    "notice_alerts",
    metadata,
    Column("alert_id", String(40), primary_key=True),
    Column("notice", ForeignKey(notices.c.id), primary_key=True),
    Column("version", Integer, nullable=False),
    Index("notice_alerts_notice", "notice"),
)

notice_follows = Table(
    "notice_follows",
    metadata,
    Column("notice", ForeignKey(notices.c.id), primary_key=True),
    Column("follows", String(40), primary_key=True),  # notice id; it may not be here yet
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("delivery_id", String(40), nullable=False),
    Column("notice", ForeignKey(notices.c.id), nullable=False),
    Column("person", String(40), nullable=False),  # row number in the directory; a patient's is a pseudonym, another for each alert
    Column("link", LargeBinary),  # a patient's row number, sealed
    Column("channel", String(16), nullable=False),
    Column("audience", String(16), nullable=False),
    Column("language", String(8), nullable=False),
    Column("lane", SmallInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(40), nullable=False),  # why suppressed, deferred or failed
    Column("due", BigInteger),  # when it may be claimed; null when it does not wait
    Column("attempt", SmallInteger, nullable=False),
    Column("worker", String(40)),
    Column("claimed_at", BigInteger),
    Column("changed_at", BigInteger, nullable=False),
    Column("held_until", BigInteger),  # waits for room under a limit, and is looked at then; due is null meanwhile
    Column("admitted_at", BigInteger),  # when a limit let it go
    Column("merged_into", BigInteger),  # the delivery whose message carries it; its own number where it carries others
    UniqueConstraint("notice", "person", "channel"),
)
_LIMITED = or_(deliveries.c.held_until.is_not(None), deliveries.c.admitted_at.is_not(None))
Index("deliveries_limited", deliveries.c.person, sqlite_where=_LIMITED, postgresql_where=_LIMITED)
Index(
    "deliveries_held",
    deliveries.c.held_until,
    deliveries.c.id,
    sqlite_where=deliveries.c.held_until.is_not(None),
    postgresql_where=deliveries.c.held_until.is_not(None),
)
Index(
    "deliveries_merged",
    deliveries.c.merged_into,
    sqlite_where=deliveries.c.merged_into.is_not(None),
    postgresql_where=deliveries.c.merged_into.is_not(None),
)
Index(
    "deliveries_due",
    deliveries.c.lane,
    deliveries.c.due,
    deliveries.c.id,
    sqlite_where=deliveries.c.due.is_not(None),
    postgresql_where=deliveries.c.due.is_not(None),
)
Index(
    "deliveries_claimed",
    deliveries.c.claimed_at,
    sqlite_where=deliveries.c.claimed_at.is_not(None),
    postgresql_where=deliveries.c.claimed_at.is_not(None),
)

delivery_events = Table(
    "delivery_events",
    metadata,
    Column("id", AutoId, primary_key=True),
    Column("delivery", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),  # the state reached
    Column("at", BigInteger, nullable=False),
    Column("code", Integer, nullable=False),  # the server's answer, 0 if there was none
    Column("detail", Text, nullable=False),  # provider, and how the answer was classified
    Column("leaf", LargeBinary, nullable=False),
)
Index("delivery_events_delivery", delivery_events.c.delivery)
