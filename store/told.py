"""Who was told an alert, or will be: to them goes its end, under the same receiver, on the same channel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, literal_column, or_, select

from alertcore.dispatch.receivers import CALLED
from alertcore.records.notice import Notice
from store.delivery_rows import Target
from store.directory import TemplateAudience
from store.ledger import OPEN, TOLD, deliveries, notice_alerts, notices
from store.notice_row import about
from store.pseudonym import keys_of, pseudonym
from store.vault import Vault

HEARS = tuple(s.value for s in (*TOLD, *OPEN))
TOLD_BY = "told_by:"
"""Reason of a delivery that is suppressed because another notice, named behind it, tells this person the same."""


def told(
    connection: Connection, vault: Vault, row: Row[Any], notice: Notice, alert: str, chunk: int, language: Callable[[str], str]
) -> tuple[list[Target], int | None]:
    """The next of them, and the delivery up to which was looked; None when there is nobody behind."""
    earlier = _earlier(connection, row, notice, alert)
    found = _rows(connection, earlier, _knows(notice.receiver), row.cursor, chunk)
    names = _names(connection, vault, found, earlier, about(notice))
    targets = {name: Target(name, r.link, r.channel, r.audience, language(r.language)) for r, name in zip(found, names, strict=True)}
    return list(targets.values()), found[-1].id if len(found) == chunk else None


def _earlier(connection: Connection, row: Row[Any], notice: Notice, alert: str) -> dict[int, str]:
    """The notices that told it, and what each is about: those under its receiver; without one all, or those it follows.

    One that this follows may have come later.
    """
    n = notices.c
    before = or_(n.id < row.id, n.notice_id.in_(notice.follows)) if notice.follows else n.id < row.id
    query = select(n.id, n.about).join_from(notices, notice_alerts).where(notice_alerts.c.alert_id == alert, before, n.id != row.id)
    if notice.receiver:
        query = query.where(n.receiver == notice.receiver)
    elif notice.reason.rule == CALLED:
        query = query.where(n.notice_id.in_(notice.follows))
    return {found.id: found.about or alert for found in connection.execute(query)}


def _rows(connection: Connection, earlier: dict[int, str], knows: ColumnElement[bool], after: int, limit: int) -> list[Row[Any]]:
    """Their deliveries behind `after` by row number, read in ranges: to sort all of them for each chunk would take for ever."""
    d, found = deliveries.c, list[Row[Any]]()
    # With the sign the index by notice is not used: it has another order.
    of = literal_column("+deliveries.notice").in_(list(earlier))
    for low, high in _ranges(connection, earlier):
        if high > after and len(found) < limit:
            where = and_(d.id > max(after, low - 1), d.id <= high, of, knows)
            found += connection.execute(select(deliveries).where(where).order_by(d.id).limit(limit - len(found)))
    return found


def _ranges(connection: Connection, earlier: dict[int, str]) -> list[tuple[int, int]]:
    """Row numbers between which the deliveries of notices lie, rising, without what lies between them."""
    n = notices.c
    query = select(n.first_delivery, n.last_delivery).where(n.id.in_(earlier), n.first_delivery.is_not(None)).order_by(n.first_delivery)
    ranges: list[tuple[int, int]] = []
    for low, high in connection.execute(query):
        if ranges and low <= ranges[-1][1]:
            low, high = ranges[-1][0], max(high, ranges.pop()[1])
        ranges.append((low, high))
    return ranges


def _knows(receiver: str) -> ColumnElement[bool]:
    """Whoever hears of it; under a receiver also whoever was told by another one meanwhile."""
    d = deliveries.c
    hears = d.state.in_(HEARS)
    return or_(hears, d.reason.startswith(TOLD_BY, autoescape=True)) if receiver else hears


def _names(connection: Connection, vault: Vault, found: list[Row[Any]], earlier: dict[int, str], alert: str) -> list[str]:
    """Patients told in a notice about another alert too are renamed: else nobody could see that they are told twice."""
    strange = {r.person: r.link for r in found if r.audience == TemplateAudience.PATIENT and earlier[r.notice] != alert and r.link}
    keys = keys_of(connection, vault, strange) if strange else {}
    return [pseudonym(alert, keys[r.person]) if r.person in keys else r.person for r in found]
