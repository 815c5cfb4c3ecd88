"""What became of an alert for people: each delivery with its events, and for who has none, why a notice did not reach them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from alertcore.records.notice import Notice
from store.database import Database
from store.directory import persons
from store.ledger import NoticeState, deliveries, delivery_events, notice_alerts, notices
from store.metadata import from_micros
from store.notice_row import about
from store.people import KEY_PURPOSE, ref_hash
from store.pseudonym import pseudonym
from store.reach import why_not
from store.vault import Vault


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a delivery. kind: the state reached; detail: provider and class, until when it waits, or what it was merged into."""

    kind: str
    at: datetime
    code: int
    detail: str


@dataclass(frozen=True, slots=True)
class Fate:
    """One delivery of a notice about an alert. person: as the ledger names them; a patient has another name in every alert.

    versions: of the alert that was asked for. reason: why deferred, suppressed or failed; `told_by:NOTICE` where another notice told it.
    until: when it is looked at or tried again. merged_into: the delivery whose message carries it.
    """

    notice_id: str
    receiver: str
    purpose: str
    duty: bool
    versions: tuple[int, ...]
    delivery_id: str
    person: str
    audience: str
    channel: str
    state: str
    reason: str
    at: datetime
    until: datetime | None
    merged_into: str
    events: tuple[Happened, ...]


@dataclass(frozen=True, slots=True)
class Unreached:
    """A notice about an alert of which a person has no delivery.

    why: `waiting` (it is not yet in the ledger for all), `unknown` (nobody has this reference), `erased`, `not_valid` (not in the
    directory at its date), `kind`, `region`, `country`, `facility`, `follows` (nothing it is about), `nobody`, `not_told` (it went to
    who was told the alert before), or `matched` (by what the directory says now of that date, and did not then).
    """

    notice_id: str
    receiver: str
    purpose: str
    versions: tuple[int, ...]
    at: datetime
    why: str


class Fates:
    """Reads ledger and directory; changes nothing. `ref`: a person's reference in the list of people."""

    def __init__(self, database: Database, vault: Vault, read_notice: Callable[[bytes], Notice]) -> None:
        self._database = database
        self._vault = vault
        self._read = read_notice

    async def of_alert(self, alert_id: str, ref: str | None = None, limit: int = 1_000) -> list[Fate]:
        """Deliveries of every notice about the alert in the order of the ledger; with `ref`, of this person alone."""
        async with self._database.reading() as connection:
            return await connection.run_sync(self._fates, alert_id, ref, limit)

    async def unreached(self, alert_id: str, ref: str) -> list[Unreached]:
        """The notices about the alert that made no delivery for this person, and why."""
        async with self._database.reading() as connection:
            return await connection.run_sync(self._unreached, alert_id, ref)

    def _fates(self, connection: Connection, alert_id: str, ref: str | None, limit: int) -> list[Fate]:
        told, versions = _notices(connection, alert_id)
        names = None if ref is None else self._names(connection, ref, told)
        rows = _deliveries(connection, told, names, limit)
        events = _events(connection, [r.id for r in rows])
        leaders = _ids(connection, {r.merged_into for r in rows if r.merged_into not in (None, r.id)})
        return [self._fate(r, told[r.notice], versions[r.notice], events.get(r.id, ()), leaders) for r in rows]

    def _fate(
        self, row: Row[Any], notice: Row[Any], versions: tuple[int, ...], events: tuple[Happened, ...], leaders: dict[int, str]
    ) -> Fate:
        until = row.held_until if row.held_until is not None else row.due
        return Fate(
            notice_id=notice.notice_id,
            receiver=notice.receiver,
            purpose=notice.purpose,
            duty=notice.duty,
            versions=versions,
            delivery_id=row.delivery_id,
            person=row.person,
            audience=row.audience,
            channel=row.channel,
            state=row.state,
            reason=row.reason,
            at=from_micros(row.changed_at),
            until=None if until is None else from_micros(until),
            merged_into=leaders.get(row.merged_into, ""),
            events=events,
        )

    def _unreached(self, connection: Connection, alert_id: str, ref: str) -> list[Unreached]:
        told, versions = _notices(connection, alert_id)
        reached = {r.notice for r in _deliveries(connection, told, self._names(connection, ref, told), len(told) * 10)}
        return [
            Unreached(n.notice_id, n.receiver, n.purpose, versions[n.id], from_micros(n.taken_at), self._why(connection, n, ref))
            for n in told.values()
            if n.id not in reached
        ]

    def _why(self, connection: Connection, notice: Row[Any], ref: str) -> str:
        if notice.state != NoticeState.EXPANDED:
            return "waiting"
        audience = self._read(notice.body).audience
        if audience.recipients_of is not None:
            return "not_told"
        if audience.filter is None:
            return "nobody"
        return why_not(connection, self._vault, audience.filter, notice.as_of, ref)

    def _names(self, connection: Connection, ref: str, told: dict[int, Row[Any]]) -> list[str]:
        """As which the ledger may know a person: by row number, and by a pseudonym for each alert that a notice begins with."""
        hashed = ref_hash(self._vault, ref)
        found = connection.execute(select(persons.c.id, persons.c.sealed_key).where(persons.c.ref == hashed)).first()
        if found is None:
            return []
        names = [str(found.id)]
        if found.sealed_key is not None:
            key = self._vault.open(found.sealed_key, KEY_PURPOSE)
            names += [pseudonym(alert, key) for alert in {self._about(n) for n in told.values()}]
        return names

    def _about(self, notice: Row[Any]) -> str:
        return notice.about or about(self._read(notice.body))


def _notices(connection: Connection, alert_id: str) -> tuple[dict[int, Row[Any]], dict[int, tuple[int, ...]]]:
    told = select(notice_alerts.c.notice, notice_alerts.c.version).where(notice_alerts.c.alert_id == alert_id)
    versions: dict[int, tuple[int, ...]] = {}
    for row in connection.execute(told):
        versions[row.notice] = (*versions.get(row.notice, ()), row.version)
    found = connection.execute(select(notices).where(notices.c.id.in_(versions)).order_by(notices.c.id))
    return {row.id: row for row in found}, versions


def _deliveries(connection: Connection, told: Iterable[int], names: Sequence[str] | None, limit: int) -> list[Row[Any]]:
    query = select(deliveries).where(deliveries.c.notice.in_(list(told)))
    if names is not None:
        query = query.where(deliveries.c.person.in_(names))
    return list(connection.execute(query.order_by(deliveries.c.notice, deliveries.c.id).limit(limit)))


def _events(connection: Connection, rows: Sequence[int]) -> dict[int, tuple[Happened, ...]]:
    e = delivery_events.c
    found: dict[int, tuple[Happened, ...]] = {}
    for row in connection.execute(select(delivery_events).where(e.delivery.in_(rows)).order_by(e.id)):
        one = Happened(row.kind, from_micros(row.at), row.code, row.detail)
        found[row.delivery] = (*found.get(row.delivery, ()), one)
    return found


def _ids(connection: Connection, rows: set[int]) -> dict[int, str]:
    query = select(deliveries.c.id, deliveries.c.delivery_id).where(deliveries.c.id.in_(rows))
    return {row.id: row.delivery_id for row in connection.execute(query)}
