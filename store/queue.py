"""The ledger as the senders' queue: claim by lane and due time, record what came of it, give back what was left."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, func, select

from alertcore.records.notice import Channel
from store.database import Database
from store.leaves import event_leaf
from store.ledger import DeliveryState, deliveries, notices
from store.merged import Carried, carried_by, ends_with
from store.metadata import to_micros
from store.people import CONTACT_PURPOSE, KEY_PURPOSE
from store.pseudonym import opened
from store.queue_sql import POSTGRES, SQLITE
from store.vault import SealBroken, Vault


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery this worker must conclude. `address` is empty where the person has none (any more); `carries`: others in its message."""

    id: int
    delivery_id: str
    notice: int
    audience: str
    language: str
    channel: str
    attempt: int
    lane: int
    address: str
    carries: tuple[Carried, ...] = ()

    def __repr__(self) -> str:
        return f"Claimed({self.delivery_id})"


@dataclass(frozen=True, slots=True)
class Concluded:
    """What came of a claimed delivery: `deferred` needs `due` (microseconds UTC). `detail` names provider and class, never an address."""

    claimed: Claimed
    state: DeliveryState
    code: int = 0
    reason: str = ""
    detail: str = ""
    due: int | None = None


class Queue:
    """One worker's view of the queue; `worker` is unique among all that share the database."""

    def __init__(self, database: Database, vault: Vault, worker: str) -> None:
        self._database = database
        self._vault = vault
        self._worker = worker if len(worker) <= 40 else blake2b(worker.encode(), digest_size=20).hexdigest()
        self._sql = SQLITE if database.sqlite else POSTGRES

    async def claim(self, lane: int, limit: int, at: datetime, channel: Channel = Channel.EMAIL) -> list[Claimed]:
        """Up to `limit` deliveries of one lane that are due, oldest first; they are this worker's until recorded or given back."""
        return await self._database.write(self._claim, lane, limit, to_micros(at), channel.value)

    async def record(self, results: Sequence[Concluded], at: datetime) -> None:
        """State and event of each, in one transaction. An acceptance counts even if the claim has been taken away meanwhile."""
        await self._database.write(self._record, results, to_micros(at))

    async def give_back(self, claimed: Sequence[int], at: datetime) -> None:
        """What was claimed and not tried: due again at once, the attempt not counted."""
        if claimed:
            async with self._database.writing() as connection:
                await connection.exec_driver_sql(self._sql.give_back, (to_micros(at), self._worker, self._list(claimed)))

    async def take_back(self, before: datetime, at: datetime) -> int:
        """Frees what workers claimed before `before` and neither recorded nor gave back: they are dead. Returns how many."""
        async with self._database.writing() as connection:
            return (await connection.exec_driver_sql(self._sql.take_back, (to_micros(at), to_micros(before)))).rowcount

    async def waiting(self, at: datetime) -> dict[int, int]:
        """How many deliveries are due and not claimed, by lane."""
        due = select(deliveries.c.lane, func.count().label("n")).where(deliveries.c.due <= to_micros(at)).group_by(deliveries.c.lane)
        async with self._database.reading() as connection:
            return {row.lane: row.n for row in await connection.execute(due)}

    async def bodies(self, ids: Sequence[int]) -> dict[int, bytes]:
        """The notices with these row numbers, framed as they came."""
        async with self._database.reading() as connection:
            found = await connection.execute(select(notices.c.id, notices.c.body).where(notices.c.id.in_(ids)))
            return {row.id: row.body for row in found}

    def _list(self, numbers: Sequence[int]) -> Any:
        return json.dumps(list(numbers)) if self._database.sqlite else list(numbers)

    def _claim(self, connection: Connection, lane: int, limit: int, at: int, channel: str) -> list[Claimed]:
        rows = self._claimed_rows(connection, lane, limit, at, channel)
        if not rows:
            return []
        people = {row[0]: self._person(row[4], row[5]) for row in rows}
        addresses = self._addresses(connection, {p for p in people.values() if p is not None}, channel)
        leaders = [row[0] for row in rows if row[8] is not None]
        carries = carried_by(connection, leaders) if leaders else {}
        claimed = []
        for number, name, notice, attempt, _, _, audience, language, _ in rows:
            address, others = addresses.get(people[number] or 0, ""), carries.get(number, ())
            claimed.append(Claimed(number, name, notice, audience, language, channel, attempt + 1, lane, address, others))
        return claimed

    def _claimed_rows(self, connection: Connection, lane: int, limit: int, at: int, channel: str) -> list[Any]:
        if not self._database.sqlite:
            return list(connection.exec_driver_sql(self._sql.claim, (lane, at, limit, self._worker, channel)))
        rows = list(connection.exec_driver_sql(self._sql.claim, (lane, at, channel, limit)))
        if rows:
            connection.exec_driver_sql(self._sql.mark, (self._worker, at, json.dumps([row[0] for row in rows])))
        return rows

    def _person(self, person: str, link: bytes | None) -> int | None:
        return int(person) if link is None else opened(self._vault, link)

    def _addresses(self, connection: Connection, people: set[int], channel: str) -> dict[int, str]:
        """The address in force now, not when the notice was expanded: a correction meanwhile counts."""
        found = connection.exec_driver_sql(self._sql.addresses, (channel, self._list(sorted(people))))
        addresses: dict[int, str] = {}
        for person, sealed, sealed_key in found:
            if sealed is None or sealed_key is None:
                continue
            try:
                addresses[person] = Vault(self._vault.open(sealed_key, KEY_PURPOSE)).open(sealed, CONTACT_PURPOSE).decode()
            except SealBroken:
                continue
        return addresses

    def _record(self, connection: Connection, results: Sequence[Concluded], at: int) -> None:
        rows = [(r.claimed.id, r.state.value, r.code, r.reason, r.detail, r.due) for r in results]
        leaves = [event_leaf(r.claimed.delivery_id, r.state.value, at, r.code, r.detail) for r in results]
        if self._database.sqlite:
            document = json.dumps(rows)
            connection.exec_driver_sql(self._sql.events, (at, b"".join(leaves), document, self._worker))
            connection.exec_driver_sql(self._sql.states, (at, document, self._worker))
        else:
            columns = [list(column) for column in zip(*rows, strict=True)]
            connection.exec_driver_sql(self._sql.states, (*columns, leaves, at, self._worker))
        for result in results:
            if result.claimed.carries and result.state is not DeliveryState.DEFERRED:
                ends_with(connection, result.claimed.id, result.state, at, result.code, result.reason, result.detail)
