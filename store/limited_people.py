"""The people for whom something is held: all that waits for them on a channel, and what they were sent of late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, or_, select

from alertcore.dispatch.limits import Waiting
from alertcore.records.notice import Channel, Notice
from store.directory import TemplateAudience
from store.ledger import OPEN, DeliveryState, deliveries, delivery_events, notices
from store.metadata import from_micros
from store.notice_row import limits_of
from store.pseudonym import keys_of, pseudonym
from store.vault import Vault

_WAIT = frozenset(s.value for s in OPEN)
_NEVER_WENT = frozenset({DeliveryState.FAILED.value, DeliveryState.SUPPRESSED.value})
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Held:
    """One delivery that waits for room."""

    id: int
    delivery_id: str
    notice: int
    notice_id: str
    channel: str
    state: str
    reason: str
    since: datetime

    def waits(self, notice: Notice) -> Waiting:
        """As the rule of limits wants it."""
        limits = limits_of(notice)
        return Waiting(notice_id=self.notice_id, channel=Channel(self.channel), lane=notice.lane, since=self.since, limits=limits)


@dataclass(slots=True)
class Person:
    """One person on one channel; an exercise is counted apart. on_the_way: something let go has not been answered."""

    channel: str
    held: list[Held] = field(default_factory=list)
    sent: tuple[datetime, ...] = ()
    on_the_way: bool = False


def people_at(connection: Connection, vault: Vault, at: int, limit: int) -> list[Person]:
    """The people of the next `limit` deliveries whose time has come, each with all that waits for room. `at` in microseconds UTC."""
    d = deliveries.c
    due = list(connection.execute(_limited().where(d.held_until <= at).order_by(d.held_until, d.id).limit(limit)))
    whose = _names(connection, vault, due, at)
    rows = {row.id: row for row in (*_rows_of(connection, list(whose), at), *due)}
    accepted = _accepted(connection, [r.id for r in rows.values() if r.state not in _WAIT and r.state not in _NEVER_WENT])
    found: dict[tuple[str, str, str], Person] = {}
    for row in sorted(rows.values(), key=lambda r: r.id):
        _add(found.setdefault((whose[row.person], row.channel, row.nature), Person(row.channel)), row, accepted, at)
    return [person for person in found.values() if person.held]


def _add(person: Person, row: Row[Any], accepted: dict[int, int], at: int) -> None:
    if row.held_until is not None:
        if row.held_until <= at or row.state == DeliveryState.DEFERRED:
            since = from_micros(row.taken_at)
            held = Held(row.id, row.delivery_id, row.notice, row.notice_id, row.channel, row.state, row.reason, since)
            person.held.append(held)
    elif row.merged_into in (None, row.id) and row.state not in _NEVER_WENT:
        open_ = row.state in _WAIT
        person.on_the_way |= open_
        when = at if open_ else accepted.get(row.id, row.changed_at)
        person.sent = tuple(sorted((*person.sent, from_micros(when))))


def _limited() -> Select[Any]:
    columns = (notices.c.notice_id, notices.c.nature, notices.c.taken_at)
    return select(deliveries, *columns).join_from(deliveries, notices)


def _names(connection: Connection, vault: Vault, due: Sequence[Row[Any]], at: int) -> dict[str, str]:
    """Every name that the ledger may have for these people, and one that stands for the person: patients have one for each alert."""
    own = {r.person: r.person for r in due}
    links = {r.person: r.link for r in due if r.audience == TemplateAudience.PATIENT and r.link}
    if not links:
        return own
    alerts = set(connection.scalars(select(notices.c.about).where(notices.c.limited_until > at)))
    for name, key in keys_of(connection, vault, links).items():
        same = pseudonym("", key)
        own[name] = same
        own |= {pseudonym(alert, key): same for alert in alerts}
    return own


def _rows_of(connection: Connection, names: Sequence[str], at: int) -> Iterable[Row[Any]]:
    d = deliveries.c
    matters = and_(or_(d.held_until.is_not(None), d.admitted_at.is_not(None)), or_(d.held_until.is_not(None), notices.c.limited_until > at))
    for start in range(0, len(names), _AT_ONCE):
        yield from connection.execute(_limited().where(matters, d.person.in_(names[start : start + _AT_ONCE])))


def _accepted(connection: Connection, rows: Sequence[int]) -> dict[int, int]:
    """When each of these deliveries was accepted."""
    e = delivery_events.c
    found: dict[int, int] = {}
    for start in range(0, len(rows), _AT_ONCE):
        where = (e.delivery.in_(rows[start : start + _AT_ONCE]), e.kind == DeliveryState.ACCEPTED.value)
        found |= {row.delivery: row.at for row in connection.execute(select(e.delivery, e.at).where(*where))}
    return found
