"""Notices that wait for others: open once what they follow is in the ledger for all, or has not come for so long that it never will."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, literal_column, or_, select, update

from store.ledger import NoticeState, notice_follows, notices

PATIENCE_US = 600_000_000
"""A notice that cannot be read is set aside: what follows it goes on with what is there."""


def wake(connection: Connection, at: int) -> list[str]:
    """Opens what need wait no longer; returns those that go on without what they follow."""
    ready = list(connection.execute(_ready(), {"late": at - PATIENCE_US}))
    if ready:
        opened = update(notices).where(notices.c.id.in_([row.id for row in ready])).values(state=NoticeState.OPEN.value)
        connection.execute(opened)
    return [row.notice_id for row in ready if row.lacks]


@cache
def _ready() -> Any:
    n, before = notices.c, notices.alias("before")
    missing = (
        select(literal_column("1"))
        .select_from(notice_follows)
        .outerjoin(before, before.c.notice_id == notice_follows.c.follows)
        .where(notice_follows.c.notice == n.id, or_(before.c.id.is_(None), before.c.state != literal_column("'expanded'")))
        .correlate(notices)
        .exists()
    )
    query = select(n.id, n.notice_id, missing.label("lacks")).where(n.state == literal_column("'waiting'"))
    return query.where(or_(~missing, n.taken_at <= bindparam("late"))).with_for_update(skip_locked=True, of=notices)
