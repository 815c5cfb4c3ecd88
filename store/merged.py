"""Deliveries that one message carries: what becomes of it becomes of them, each with an event of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from store.leaves import event_leaf
from store.ledger import OPEN, DeliveryState, deliveries, delivery_events, notices


@dataclass(frozen=True, slots=True)
class Carried:
    """A delivery in the message of another."""

    id: int
    delivery_id: str
    notice: int


def carried_by(connection: Connection, leaders: Sequence[int]) -> dict[int, tuple[Carried, ...]]:
    """By the delivery whose message it is, in the order of the ledger."""
    found: dict[int, tuple[Carried, ...]] = {}
    for row in _members(connection, leaders):
        found[row.merged_into] = (*found.get(row.merged_into, ()), Carried(row.id, row.delivery_id, row.notice))
    return found


def ends_with(connection: Connection, leader: int, state: DeliveryState, at: int, code: int, reason: str, detail: str) -> None:
    """What was recorded of the message holds for those that it carries, unless it was not recorded: the claim was somebody else's."""
    own = connection.execute(select(deliveries.c.delivery_id, deliveries.c.state).where(deliveries.c.id == leader)).one()
    if own.state == state:
        reach(connection, leader, own.delivery_id, state, tuple(s.value for s in OPEN), at, code, reason, detail)


def reach(
    connection: Connection,
    leader: int,
    leader_id: str,
    state: DeliveryState,
    before: Sequence[str],
    at: int,
    code: int,
    reason: str,
    detail: str,
) -> int:
    """Brings those that are in a state of `before` to `state`; returns how many."""
    rows = [row for row in _members(connection, [leader]) if row.state in before]
    if not rows:
        return 0
    said = f"merged into {leader_id}: {detail}"
    made = [_event(row, state, at, code, said) for row in rows]
    numbers = [row.id for row in rows]
    values = {"state": state.value, "reason": reason, "changed_at": at, "due": None}
    connection.execute(update(deliveries).where(deliveries.c.id.in_(numbers)).values(**values))
    connection.execute(insert(delivery_events), made)
    connection.execute(update(notices).where(notices.c.id.in_([row.notice for row in rows])).values(receipt_due=True))
    return len(rows)


def _event(row: Row[Any], state: DeliveryState, at: int, code: int, detail: str) -> dict[str, Any]:
    leaf = event_leaf(row.delivery_id, state.value, at, code, detail)
    return {"delivery": row.id, "kind": state.value, "at": at, "code": code, "detail": detail, "leaf": leaf}


def _members(connection: Connection, leaders: Sequence[int]) -> list[Row[Any]]:
    d = deliveries.c
    query = select(deliveries).where(d.merged_into.in_(leaders), d.id != d.merged_into).order_by(d.id)
    return list(connection.execute(query))
