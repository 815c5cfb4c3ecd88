"""From a notice to its deliveries, chunk by chunk: recipients, their first event and the cursor in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, func, literal_column, select, text, update

from alertcore.identity import delivery_id
from alertcore.records.notice import AudienceFilter, Notice
from store.audience import Recipient, audience_chunk
from store.database import Database
from store.directory import TemplateAudience
from store.leaves import event_leaf, intended_detail
from store.ledger import OPEN, TOLD, DeliveryState, NoticeState, deliveries, delivery_events, notice_alerts, notices
from store.metadata import to_micros
from store.pseudonym import pseudonym
from store.vault import Vault

SQLITE_CHUNK = 2_000
POSTGRES_CHUNK = 10_000
MOST_STEPS = 25
"""Notices in one transaction: what is more urgent waits for no more than these."""
LINK_PURPOSE = b"delivery link"
_HEARS = tuple(s.value for s in (*TOLD, *OPEN))


@dataclass(frozen=True, slots=True)
class Expanded:
    """What one step did: `rows` deliveries of notice `notice` were added; `finished` when there is nobody left."""

    notice: int
    rows: int
    finished: bool


@dataclass(frozen=True, slots=True)
class Target:
    """One delivery to be: to whom, over what, and why not, where it is suppressed from the start."""

    person: str
    link: bytes | None
    channel: str
    audience: str
    language: str
    suppressed: str = ""


class Expansion:
    """Takes the open notices, most urgent first; several processes may do so at once on PostgreSQL."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        read_notice: Callable[[bytes], Notice],
        languages: Sequence[str] = ("fr",),
        *,
        chunk: int | None = None,
    ) -> None:
        """`read_notice` decodes a notice as it came; `languages` are the agency's, the first for whoever's own is not offered."""
        self._database = database
        self._vault = vault
        self._read = read_notice
        self._languages = tuple(languages)
        self._chunk = chunk or (SQLITE_CHUNK if database.sqlite else POSTGRES_CHUNK)

    async def step(self, at: datetime, channels: frozenset[str], *, ignore_not_before: bool = False) -> Expanded | None:
        """One chunk of the most urgent open notice; None if there is none. `channels` are those this hub can send on."""
        return await self._database.write(self._step, to_micros(at), channels, ignore_not_before)

    async def steps(self, at: datetime, channels: frozenset[str], *, ignore_not_before: bool = False) -> list[Expanded]:
        """Steps in one transaction, as many as make about a chunk: most notices are for few, and each transaction waits for the disk."""
        return await self._database.write(self._steps, to_micros(at), channels, ignore_not_before)

    def _steps(self, connection: Connection, at: int, channels: frozenset[str], ignore_not_before: bool) -> list[Expanded]:
        done: list[Expanded] = []
        while len(done) < MOST_STEPS and sum(one.rows for one in done) < self._chunk // 2:
            one = self._step(connection, at, channels, ignore_not_before)
            if one is None:
                break
            done.append(one)
        return done

    def _step(self, connection: Connection, at: int, channels: frozenset[str], ignore_not_before: bool) -> Expanded | None:
        row = connection.execute(next_notice()).first()
        if row is None:
            return None
        notice: Notice = self._read(row.body)
        as_of = row.as_of if row.as_of is not None else at
        targets, cursor = self._targets(connection, row, notice, as_of, channels)
        fresh = _new(connection, row.id, targets)
        due = at if ignore_not_before else max(at, to_micros(notice.not_before))
        first, last = _write(connection, row, notice.notice_id, fresh, at, due)
        state = NoticeState.EXPANDED if cursor is None else NoticeState.OPEN
        bounds = {"first": row.first_delivery or first, "last": last or row.last_delivery}
        moved = connection.execute(
            _move(),
            {
                "row": row.id,
                "expected": row.cursor,
                "state": state.value,
                "as_of": as_of,
                "following": row.cursor if cursor is None else cursor,
                **bounds,
            },
        )
        assert moved.rowcount == 1, "the notice is locked by this transaction"
        return Expanded(row.id, len(fresh), cursor is None)

    def _targets(
        self, connection: Connection, row: Row[Any], notice: Notice, as_of: int, channels: frozenset[str]
    ) -> tuple[list[Target], int | None]:
        if notice.audience.recipients_of is not None:
            return self._told(connection, row, notice.audience.recipients_of, notice)
        wanted = notice.audience.filter or AudienceFilter(kinds=("nobody",))
        chunk = audience_chunk(connection, self._vault, wanted, as_of, row.cursor, self._chunk)
        about = notice.alerts[0].alert_id if notice.alerts else notice.group_key
        return [self._target(r, notice, about, channels) for r in chunk.recipients], chunk.last

    def _target(self, recipient: Recipient, notice: Notice, about: str, channels: frozenset[str]) -> Target:
        asked = [c.value for c in notice.channels if c.value in channels]
        channel = next((c for c in asked if c in recipient.channels and (notice.duty or c not in recipient.stopped)), None)
        reason = ""
        if channel is None:
            channel = asked[0] if asked else (notice.channels[0].value if notice.channels else "email")
            reason = "no_channel" if not asked else "unsubscribed" if recipient.stopped & set(asked) else "no_address"
        person, link = self._person(recipient, about)
        return Target(person, link, channel, recipient.audience, self._language(recipient.language, notice), reason)

    def _person(self, recipient: Recipient, about: str) -> tuple[str, bytes | None]:
        """A patient is another in every alert: only with the key can two rows be seen to be of one person."""
        if recipient.audience != TemplateAudience.PATIENT:
            return str(recipient.person_id), None
        return pseudonym(about, recipient.key), self._vault.seal(b"%d" % recipient.person_id, LINK_PURPOSE)

    def _language(self, own: str, notice: Notice) -> str:
        offered = notice.languages or self._languages
        return own if own in offered else offered[0]

    def _told(self, connection: Connection, row: Row[Any], alert: str, notice: Notice) -> tuple[list[Target], int | None]:
        """Whoever was told of the alert, or will be: the same row of the directory, the same pseudonym, the same channel."""
        earlier = select(notice_alerts.c.notice).where(notice_alerts.c.alert_id == alert, notice_alerts.c.notice < row.id)
        ids = [n for (n,) in connection.execute(earlier)]
        bounds = connection.execute(
            select(func.min(notices.c.first_delivery), func.max(notices.c.last_delivery)).where(notices.c.id.in_(ids))
        ).one()
        d = deliveries.c
        after = max(row.cursor, (bounds[0] or 1) - 1)
        where = and_(d.notice.in_(ids), d.id > after, d.id <= (bounds[1] or 0), d.state.in_(_HEARS))
        found = list(connection.execute(select(deliveries).where(where).order_by(d.id).limit(self._chunk)))
        targets = {r.person: Target(r.person, r.link, r.channel, r.audience, self._language(r.language, notice)) for r in found}
        return list(targets.values()), found[-1].id if len(found) == self._chunk else None


@cache
def next_notice() -> Any:
    """An all-clear waits until everybody of the alert before it is in the ledger: it is told to them."""
    n, other = notices.c, notices.alias("other")
    same_alert = notice_alerts.alias("same_alert")
    before: Select[Any] = (
        select(literal_column("1"))
        .select_from(other)
        .join(same_alert, same_alert.c.notice == other.c.id)
        .join(notice_alerts, notice_alerts.c.alert_id == same_alert.c.alert_id)
        .where(notice_alerts.c.notice == n.id, other.c.id < n.id, other.c.state == literal_column("'open'"))
        .correlate(notices)
    )
    query = select(notices).where(n.state == literal_column("'open'"), ~before.exists()).order_by(n.lane, n.id).limit(1)
    return query.with_for_update(skip_locked=True, of=notices)


@cache
def _move() -> Any:
    """The notice goes on from where this step found it; its receipt is due."""
    said: dict[str, Any] = {
        name: bindparam(value) for name, value in (("cursor", "following"), ("first_delivery", "first"), ("last_delivery", "last"))
    }
    here = (notices.c.id == bindparam("row"), notices.c.cursor == bindparam("expected"))
    return update(notices).where(*here).values(state=bindparam("state"), as_of=bindparam("as_of"), receipt_due=True, **said)


@cache
def _known() -> Any:
    """People and channels that already have a delivery of a notice."""
    d = deliveries.c
    return select(d.person, d.channel).where(d.notice == bindparam("of"), d.person.in_(bindparam("people", expanding=True)))


def _new(connection: Connection, notice: int, targets: Sequence[Target]) -> list[Target]:
    """Without those who already have a delivery of this notice: told twice of an alert, or an expansion taken up again."""
    if not targets:
        return []
    known: set[tuple[str, str]] = set()
    for start in range(0, len(targets), 5_000):
        people = [t.person for t in targets[start : start + 5_000]]
        known.update((p, c) for p, c in connection.execute(_known(), {"of": notice, "people": people}))
    return [t for t in targets if (t.person, t.channel) not in known]


def _write(
    connection: Connection, row: Row[Any], notice_id: str, targets: Sequence[Target], at: int, due: int
) -> tuple[int | None, int | None]:
    """Deliveries and their first events; returns the first and last row number."""
    if not targets:
        return None, None
    numbers = _numbers(connection, len(targets))
    made = [_rows(number, row, notice_id, target, at, due) for number, target in zip(numbers, targets, strict=True)]
    for table, rows in ((deliveries, [d for d, _ in made]), (delivery_events, [e for _, e in made])):
        _insert(connection, table, rows)
    return numbers[0], numbers[-1]


def _rows(number: int, row: Row[Any], notice_id: str, target: Target, at: int, due: int) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    state = DeliveryState.SUPPRESSED if target.suppressed else DeliveryState.INTENDED
    name = delivery_id(notice_id, target.person, target.channel)
    waits = None if target.suppressed else due
    what = intended_detail(
        notice_id, target.person, target.channel, row.lane, target.audience, target.language, state.value, target.suppressed
    )
    delivery = (number, name, row.id, target.person, target.link, target.channel, target.audience, target.language, row.lane)
    event = (number, state.value, at, 0, target.suppressed, event_leaf(name, state.value, at, 0, what))
    return (*delivery, state.value, target.suppressed, waits, 0, at), event


_COLUMNS = {
    "deliveries": "id delivery_id notice person link channel audience language lane state reason due attempt changed_at",
    "delivery_events": "delivery kind at code detail leaf",
}
_TYPES = {
    "deliveries": "bigint text bigint text bytea text text text smallint text text bigint smallint bigint",
    "delivery_events": "bigint text bigint int text bytea",
}


def _insert(connection: Connection, table: Any, rows: Sequence[tuple[Any, ...]]) -> None:
    """Past the ORM's and the compiler's way: three times as many rows a second."""
    names = _COLUMNS[table.name].split()
    listed = ", ".join(names)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        connection.exec_driver_sql(f"insert into {table.name} ({listed}) values ({marks})", list(rows))  # noqa: S608 - names are ours
        return
    arrays = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate(_TYPES[table.name].split(), 1))
    columns = tuple(list(column) for column in zip(*rows, strict=True))
    connection.exec_driver_sql(f"insert into {table.name} ({listed}) select * from unnest({arrays})", columns)  # noqa: S608 - names are ours


def _numbers(connection: Connection, count: int) -> list[int]:
    """Row numbers to come, so that a delivery and its event are written without asking back."""
    if connection.dialect.name == "sqlite":
        last = connection.exec_driver_sql("select coalesce(max(id), 0) from deliveries").scalar() or 0
        return list(range(last + 1, last + 1 + count))
    drawn = connection.scalars(text("select nextval(pg_get_serial_sequence('deliveries', 'id')) from generate_series(1, :n)"), {"n": count})
    return sorted(drawn)
