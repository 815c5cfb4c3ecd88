"""Who was told an alert, or will be: to them goes its end, under the same receiver, on the same channel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Row, and_, func, or_, select

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
    bounds = connection.execute(
        select(func.min(notices.c.first_delivery), func.max(notices.c.last_delivery)).where(notices.c.id.in_(earlier))
    ).one()
    d = deliveries.c
    after = max(row.cursor, (bounds[0] or 1) - 1)
    where = and_(d.notice.in_(earlier), d.id > after, d.id <= (bounds[1] or 0), _knows(notice.receiver))
    found = list(connection.execute(select(deliveries).where(where).order_by(d.id).limit(chunk)))
    names = _names(connection, vault, found, earlier, about(notice))
    targets = {name: Target(name, r.link, r.channel, r.audience, language(r.language)) for r, name in zip(found, names, strict=True)}
    return list(targets.values()), found[-1].id if len(found) == chunk else None


def _earlier(connection: Connection, row: Row[Any], notice: Notice, alert: str) -> dict[int, str]:
    """The notices that told it, and what each is about. One that this follows may have come later."""
    n = notices.c
    before = or_(n.id < row.id, n.notice_id.in_(notice.follows)) if notice.follows else n.id < row.id
    query = select(n.id, n.about).join_from(notices, notice_alerts).where(notice_alerts.c.alert_id == alert, before, n.id != row.id)
    if notice.receiver:
        query = query.where(n.receiver == notice.receiver)
    return {found.id: found.about or alert for found in connection.execute(query)}


def _knows(receiver: str) -> Any:
    """Whoever hears of it; under a receiver also whoever was told by another one meanwhile."""
    d = deliveries.c
    hears = d.state.in_(HEARS)
    return or_(hears, d.reason.startswith(TOLD_BY, autoescape=True)) if receiver else hears


def _names(connection: Connection, vault: Vault, found: list[Row[Any]], earlier: dict[int, str], alert: str) -> list[str]:
    """Patients told in a notice about another alert too are renamed: else nobody could see that they are told twice."""
    strange = {r.person: r.link for r in found if r.audience == TemplateAudience.PATIENT and earlier[r.notice] != alert and r.link}
    keys = keys_of(connection, vault, strange) if strange else {}
    return [pseudonym(alert, keys[r.person]) if r.person in keys else r.person for r in found]
