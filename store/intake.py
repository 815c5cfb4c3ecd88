"""Notices into the ledger: the rows and the Kafka offset in one transaction, so that nothing is taken twice or left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from alertcore.records.notice import Notice
from store.database import Database
from store.errors import OtherOwner
from store.ledger import intake_offsets, notice_alerts, notice_follows, notices
from store.metadata import to_micros
from store.notice_row import notice_row

Taken = tuple[Notice, bytes]  # the notice and the bytes it came as


class Intake:
    """What deliver has read of the topic `notices`, and keeps."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def position(self, topic: str, partition: int) -> int | None:
        """The next offset to read, or None where nothing was ever read."""
        where = (intake_offsets.c.topic == topic, intake_offsets.c.partition == partition)
        async with self._database.reading() as connection:
            found = await connection.scalar(select(intake_offsets.c.next_offset).where(*where))
        return None if found is None else int(found)

    async def take(self, topic: str, partition: int, expected: int | None, following: int, batch: Sequence[Taken], at: datetime) -> int:
        """Adds the notices not yet known and moves the position from `expected` (None: never read) to `following`.

        Returns how many were new. OtherOwner if the position is not at `expected`: then nothing was written.
        """
        return await self._database.write(self._take, (topic, partition), expected, following, batch, to_micros(at))

    def _take(
        self, connection: Connection, of: tuple[str, int], expected: int | None, following: int, batch: Sequence[Taken], at: int
    ) -> int:
        self._move(connection, *of, expected, following)
        return _add(connection, batch, at)

    def _move(self, connection: Connection, topic: str, partition: int, expected: int | None, following: int) -> None:
        if expected is None:
            dialect = sqlite if self._database.sqlite else postgresql
            start = dialect.insert(intake_offsets).values(topic=topic, partition=partition, next_offset=following).on_conflict_do_nothing()
            moved = connection.execute(start).rowcount
        else:
            here = (intake_offsets.c.topic == topic, intake_offsets.c.partition == partition, intake_offsets.c.next_offset == expected)
            moved = connection.execute(update(intake_offsets).where(*here).values(next_offset=following)).rowcount
        if moved != 1:
            raise OtherOwner(f"partition {partition} of {topic} was read on by another worker")


def _add(connection: Connection, batch: Sequence[Taken], at: int) -> int:
    known = set(connection.scalars(select(notices.c.notice_id).where(notices.c.notice_id.in_([n.notice_id for n, _ in batch]))))
    fresh: dict[str, Taken] = {}
    for notice, body in batch:
        if notice.notice_id not in known:
            fresh.setdefault(notice.notice_id, (notice, body))
    if not fresh:
        return 0
    adding = insert(notices).returning(notices.c.id, notices.c.notice_id, sort_by_parameter_order=True)
    rows = connection.execute(adding, [notice_row(notice, body, at) for notice, body in fresh.values()]).all()
    told = [
        {"alert_id": alert, "notice": row.id, "version": version}
        for row in rows
        for alert, version in {a.alert_id: a.version for a in fresh[row.notice_id][0].alerts}.items()
    ]
    if told:
        connection.execute(insert(notice_alerts), told)
    follows = [{"notice": row.id, "follows": f} for row in rows for f in dict.fromkeys(fresh[row.notice_id][0].follows)]
    if follows:
        connection.execute(insert(notice_follows), follows)
    return len(fresh)
