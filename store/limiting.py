"""Limits of messages to one person: what they have room for goes, the rest waits and is merged; one process at a time decides.

A delivery under a limit is held: no sender sees it until it is let go here. What a person was sent of late is read from the ledger in the
transaction that lets go, and what was let go and is not yet answered counts as sent now: so no senders, however many, and no kill exceed a
limit. Only what has a limit takes room.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, select, text, update

from alertcore.dispatch.limits import Act, Sending, SentTo, decide
from alertcore.records.notice import Notice
from store.database import Database
from store.leaves import event_leaf
from store.ledger import DeliveryState, deliveries, delivery_events, notices
from store.limited_people import Held, Person, people_at
from store.metadata import to_micros
from store.notice_row import limited_until, limits_of
from store.vault import Vault

_AT_ONCE = 500
_LOCK = 0x70C51
"""Of PostgreSQL's advisory locks: who has it decides."""
_AGAIN = timedelta(minutes=1)
"""While something is on its way it may still fail, and leave its room to others."""
LIMITED, MERGED = "limited", "merged"


@dataclass(frozen=True, slots=True)
class LetGo:
    """What one step did: messages let go, deliveries merged into one of them, and deliveries that wait on."""

    messages: int = 0
    merged: int = 0
    waiting: int = 0


@dataclass(slots=True)
class _Changes:
    """Columns of deliveries and their events, written together."""

    at: int
    rows: list[dict[str, Any]]
    events: list[dict[str, Any]]

    def let_go(self, held: Held, into: int | None = None) -> None:
        """It goes: alone, or in the message of `into`, which may be itself."""
        rides = into is not None and into != held.id
        merged = into is not None
        state, reason = (DeliveryState.DEFERRED.value, MERGED) if merged else (held.state, held.reason)
        self._row(held, state, reason, due=None if rides else self.at, held_until=None, admitted_at=self.at, merged_into=into)

    def wait(self, held: Held, until: int) -> None:
        """It stays."""
        self._row(held, DeliveryState.DEFERRED.value, LIMITED, due=None, held_until=until, admitted_at=None, merged_into=None)

    def event(self, held: Held, detail: str) -> None:
        """What is said of it."""
        kind = DeliveryState.DEFERRED.value
        leaf = event_leaf(held.delivery_id, kind, self.at, 0, detail)
        self.events.append({"delivery": held.id, "kind": kind, "at": self.at, "code": 0, "detail": detail, "leaf": leaf})

    def _row(self, held: Held, state: str, reason: str, **columns: int | None) -> None:
        self.rows.append({"row": held.id, "to_state": state, "why": reason} | {f"to_{name}": value for name, value in columns.items()})


class Limiting:
    """What is held, and whether it may go."""

    def __init__(self, database: Database, vault: Vault, read_notice: Callable[[bytes], Notice]) -> None:
        self._database = database
        self._vault = vault
        self._read = read_notice
        self._notices: dict[int, Notice] = {}

    async def step(self, at: datetime) -> LetGo | None:
        """Decides for some of those whose time has come; None where there is nobody, or another process decides now."""
        return await self._database.write(self._step, at)

    def _step(self, connection: Connection, at: datetime) -> LetGo | None:
        now = to_micros(at)
        first = connection.scalar(next_held())
        if first is None or first > now:
            return None
        if not self._database.sqlite and not connection.scalar(text("select pg_try_advisory_xact_lock(:key)"), {"key": _LOCK}):
            return None
        people = people_at(connection, self._vault, now, _AT_ONCE)
        if not people:
            return None
        held = [h for person in people for h in person.held]
        self._fetch(connection, {h.notice for h in held})
        changes = _Changes(now, [], [])
        found = [self._decide(person, at, changes) for person in people]
        _write(connection, changes)
        _matter(connection, {h.notice: limited_until(limits_of(self._notices[h.notice]), now) for h in held})
        self._notices = {n: self._notices[n] for n in list(self._notices)[-1_000:]}
        return LetGo(sum(f.messages for f in found), sum(f.merged for f in found), sum(f.waiting for f in found))

    def _decide(self, person: Person, at: datetime, changes: _Changes) -> LetGo:
        waiting = tuple(h.waits(self._notices[h.notice]) for h in person.held)
        sendings, _ = decide(SentTo(sent={person.channel: person.sent}), waiting, at)
        by_notice = {h.notice_id: h for h in person.held}
        done = LetGo()
        for sending in sendings:
            those = [by_notice[n] for n in sending.notices]
            if sending.act is Act.SEND:
                changes.let_go(those[0])
                done = replace(done, messages=done.messages + 1)
            elif sending.act is Act.MERGE:
                _merge(those, sending, changes)
                done = replace(done, messages=done.messages + 1, merged=done.merged + len(those) - 1)
            else:
                _hold(those, sending, person, at, changes)
                done = replace(done, waiting=done.waiting + len(those))
        return done

    def _fetch(self, connection: Connection, wanted: set[int]) -> None:
        missing = wanted - self._notices.keys()
        if missing:
            found = connection.execute(select(notices.c.id, notices.c.body).where(notices.c.id.in_(missing)))
            self._notices |= {row.id: self._read(row.body) for row in found}


@cache
def next_held() -> Select[tuple[Any]]:
    """When the next held delivery is to be looked at: the first entry of an index that is empty where nothing is held."""
    d = deliveries.c
    return select(d.held_until).where(d.held_until.is_not(None)).order_by(d.held_until, d.id).limit(1)


def _merge(those: Sequence[Held], sending: Sending, changes: _Changes) -> None:
    """The first carries all; the one message is its delivery's."""
    leader = those[0]
    changes.let_go(leader, into=leader.id)
    changes.event(leader, f"carries {len(those) - 1} more: {sending.why}")
    for one in those[1:]:
        changes.let_go(one, into=leader.id)
        changes.event(one, f"merged into {leader.delivery_id}: {sending.why}")


def _hold(those: Sequence[Held], sending: Sending, person: Person, at: datetime, changes: _Changes) -> None:
    assert sending.until is not None, "what waits is looked at again"
    until = min(sending.until, at + _AGAIN) if person.on_the_way else sending.until
    for one in those:
        if one.reason != LIMITED:
            changes.event(one, f"until {sending.until:%Y-%m-%dT%H:%M:%SZ}: {sending.why}")
        changes.wait(one, to_micros(until))


_CHANGE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("row"))
    .values(
        state=bindparam("to_state"),
        reason=bindparam("why"),
        changed_at=bindparam("now"),
        **{name: bindparam(f"to_{name}") for name in ("due", "held_until", "admitted_at", "merged_into")},
    )
)
_MATTER = update(notices).where(notices.c.id == bindparam("row")).values(limited_until=bindparam("until"))


def _write(connection: Connection, changes: _Changes) -> None:
    connection.execute(_CHANGE, [row | {"now": changes.at} for row in changes.rows])
    if changes.events:
        connection.execute(insert(delivery_events), changes.events)


def _matter(connection: Connection, until: dict[int, int | None]) -> None:
    """Their deliveries take room for as long from now on."""
    connection.execute(_MATTER, [{"row": row, "until": value} for row, value in sorted(until.items()) if value is not None])
