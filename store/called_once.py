"""Whoever several receivers call in one instant is called once: the word of theirs counts for each of the calls.

A call that is left out stays suppressed, `told_by` the one that called, until that one is acknowledged. A receipt counts it all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, select, update

from alertcore.records.notice import AckMode, Notice, Purpose
from store.leaves import event_leaf
from store.ledger import DeliveryState, deliveries, delivery_events, notices
from store.told import TOLD_BY

ONE_INSTANT = timedelta(minutes=1)
"""Calls of one instant may be decided some moments apart where many come at once; steps are further apart."""
OWED = "told_by"
"""Among the counts of a call: those left out whose word is asked for all the same."""

_CALL = Purpose.ESCALATION.value
_ASKS = (AckMode.ANY, AckMode.EACH, AckMode.N_OF_M)


def same_call(one: Notice, other: Notice) -> bool:
    """Whether `other` calls for `one` too: in one instant, and a word that `one` asks for can be given to it."""
    near = abs(one.not_before - other.not_before) <= ONE_INSTANT
    return near and one.nature is other.nature and (other.ack in _ASKS or one.ack not in _ASKS)


def heard_before(connection: Connection, notice: int, at: int) -> None:
    """Of a notice whose recipients were just written: those left out whose call was acknowledged before."""
    own, first, of = deliveries.alias("own"), deliveries.alias("first"), notices.alias("of")
    by = and_(of.c.notice_id == func.substr(own.c.reason, len(TOLD_BY) + 1), first.c.notice == of.c.id)
    same = and_(first.c.person == own.c.person, first.c.channel == own.c.channel, first.c.state == DeliveryState.ACKNOWLEDGED.value)
    where = (own.c.notice == notice, own.c.state == DeliveryState.SUPPRESSED.value)
    query = select(own, of.c.notice_id.label("teller")).where(*where).where(by).where(same)
    for row in connection.execute(query).all():
        _acknowledged(connection, [row], at, 0, row.teller)


def heard(connection: Connection, teller: Row[Any], at: int, code: int) -> None:
    """A call was acknowledged, and with it those that were left out for it. teller: its delivery, with its `notice_id`."""
    d = deliveries.c
    left_out = (d.person == teller.person, d.channel == teller.channel, d.state == DeliveryState.SUPPRESSED.value)
    by = (d.reason == TOLD_BY + teller.notice_id, notices.c.purpose == _CALL)
    rows = connection.execute(select(deliveries).join(notices, notices.c.id == d.notice).where(*left_out).where(*by)).all()
    _acknowledged(connection, rows, at, code, teller.notice_id)


def _acknowledged(connection: Connection, rows: Sequence[Row[Any]], at: int, code: int, teller: str) -> None:
    if not rows:
        return
    state, detail = DeliveryState.ACKNOWLEDGED.value, f"by {teller}"
    connection.execute(update(deliveries).where(deliveries.c.id.in_([r.id for r in rows])).values(state=state, changed_at=at))
    made = [
        {
            "delivery": r.id,
            "kind": state,
            "at": at,
            "code": code,
            "detail": detail,
            "leaf": event_leaf(r.delivery_id, state, at, code, detail),
        }
        for r in rows
    ]
    connection.execute(insert(delivery_events), made)
    connection.execute(update(notices).where(notices.c.id.in_({r.notice for r in rows})).values(receipt_due=True))


def owed(connection: Connection, notice: int) -> int:
    """How many were left out of a call for another, which nobody has acknowledged."""
    d = deliveries.c
    where = (d.notice == notice, d.state == DeliveryState.SUPPRESSED.value, d.reason.startswith(TOLD_BY, autoescape=True))
    query = select(func.count()).select_from(deliveries).join(notices, notices.c.id == d.notice).where(*where, notices.c.purpose == _CALL)
    return int(connection.scalar(query) or 0)
