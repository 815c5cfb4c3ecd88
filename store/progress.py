"""How far each notice got: absolute numbers from the ledger, and which of them nobody was told yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from alertcore.identity import canonical_json
from alertcore.records.notice import Receipt
from alertcore.records.shared import Nature
from store import called_once
from store.database import Database
from store.ledger import OPEN, DeliveryState, NoticeState, deliveries, notices

_ACCEPTED = (DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.READ, DeliveryState.ACKNOWLEDGED, DeliveryState.BOUNCED)


@dataclass(frozen=True, slots=True)
class Standing:
    """A receipt; `fresh` when its numbers were not told yet; `settled` when nothing of the notice waits any more; `told` is kept."""

    notice: int
    receipt: Receipt
    fresh: bool
    settled: bool
    told: str


class Progress:
    """Receipts of notices. A receipt's version rises only when its numbers changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, after: int = 0, limit: int = 50) -> list[Standing]:
        """Notices whose numbers may have changed since their last receipt, by row number above `after`."""
        async with self._database.reading() as connection:
            return await connection.run_sync(_standings, after, limit)

    async def confirm(self, *standings: Standing) -> None:
        """Their receipts are published. A notice stays due while deliveries wait."""
        rows = [{"row": s.notice, "told_version": s.receipt.version, "told_counts": s.told, "still_due": not s.settled} for s in standings]
        if rows:
            await self._database.write(_confirm, rows)

    async def counts(self, notice_id: str) -> dict[str, int]:
        """Deliveries of a notice by state."""
        async with self._database.reading() as connection:
            row = await connection.scalar(select(notices.c.id).where(notices.c.notice_id == notice_id))
            return {} if row is None else await connection.run_sync(_counts, row)


_CONFIRM = (
    update(notices)
    .where(notices.c.id == bindparam("row"))
    .values(receipt_version=bindparam("told_version"), receipt_counts=bindparam("told_counts"), receipt_due=bindparam("still_due"))
)


def _confirm(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Counted again while this holds the rows: whoever acknowledged since the receipt was made is told in the next."""
    connection.execute(_CONFIRM, rows)
    quiet = [row for row in rows if not row["still_due"]]
    moved = [row["row"] for row in quiet if canonical_json(_counts(connection, row["row"])).decode() != row["told_counts"]]
    if moved:
        connection.execute(update(notices).where(notices.c.id.in_(moved)).values(receipt_due=True))


def _standings(connection: Connection, after: int, limit: int) -> list[Standing]:
    n = notices.c
    columns = select(n.id, n.notice_id, n.nature, n.state, n.receipt_version, n.receipt_counts)
    rows = connection.execute(columns.where(n.receipt_due, n.id > after).order_by(n.id).limit(limit)).all()
    found = []
    for row in rows:
        counts = _counts(connection, row.id)
        settled = row.state == NoticeState.EXPANDED and not any(counts.get(s.value) for s in OPEN)
        told = canonical_json(counts).decode()
        # Half of the recipients are not yet all: who waits for each of them to acknowledge must not take them for it.
        partly = row.state != NoticeState.EXPANDED and counts.get(DeliveryState.ACKNOWLEDGED.value, 0) > 0
        fresh = told != row.receipt_counts and not partly
        numbers = replace(receipt(row.notice_id, counts, row.receipt_version + fresh), nature=Nature(row.nature))
        found.append(Standing(row.id, numbers, fresh, settled, told))
    return found


def _counts(connection: Connection, notice: int) -> dict[str, int]:
    query = select(deliveries.c.state, func.count().label("n")).where(deliveries.c.notice == notice).group_by(deliveries.c.state)
    counts = {row.state: int(row.n) for row in connection.execute(query)}
    owed = called_once.owed(connection, notice) if DeliveryState.SUPPRESSED.value in counts else 0
    if owed:
        counts |= {called_once.OWED: owed, DeliveryState.SUPPRESSED.value: counts[DeliveryState.SUPPRESSED.value] - owed}
    return counts


def receipt(notice_id: str, counts: dict[str, int], version: int) -> Receipt:
    """Absolute numbers; each level holds those above it. Suppressed ones were never due, but for who answers a call by another."""

    def of(*states: DeliveryState) -> int:
        return sum(counts.get(s.value, 0) for s in states)

    return Receipt(
        notice_id=notice_id,
        version=version,
        sent=of(*_ACCEPTED),
        accepted=of(*_ACCEPTED),
        delivered=of(DeliveryState.DELIVERED, DeliveryState.READ, DeliveryState.ACKNOWLEDGED),
        read=of(DeliveryState.READ, DeliveryState.ACKNOWLEDGED),
        acknowledged=of(DeliveryState.ACKNOWLEDGED),
        failed=of(DeliveryState.FAILED, DeliveryState.BOUNCED),
        total=sum(counts.values()) - of(DeliveryState.SUPPRESSED),
    )
