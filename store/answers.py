"""What comes back for a delivery: an acknowledgement by link, leaving by link, a bounce from the mail server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from alertcore.records.notice import Channel
from store import called_once
from store.database import Database
from store.leaves import event_leaf
from store.ledger import DeliveryState, deliveries, delivery_events, notices
from store.merged import reach
from store.metadata import to_micros
from store.people import People
from store.pseudonym import opened
from store.tokens import Tokens, TokenUse
from store.vault import Vault

# What an answer may still change: a state further on is never taken back by one that comes late.
_BEFORE = {
    DeliveryState.DELIVERED: ("claimed", "deferred", "accepted"),
    DeliveryState.READ: ("claimed", "deferred", "accepted", "delivered"),
    DeliveryState.ACKNOWLEDGED: ("claimed", "deferred", "accepted", "delivered", "read", "bounced"),
    DeliveryState.BOUNCED: ("claimed", "deferred", "accepted"),
}


@dataclass(frozen=True, slots=True)
class Answered:
    """The delivery a token stood for. `changed` is false when the ledger said so already."""

    delivery_id: str
    notice_id: str
    language: str
    changed: bool


class Answers:
    """Answers by token; an unknown token is None."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._tokens = Tokens(vault)

    async def look(self, use: TokenUse, token: str) -> Answered | None:
        """What the token stands for; nothing changes (mail scanners open links)."""
        found = await self._find(use, token)
        return None if found is None else _answered(found, changed=False)

    async def acknowledge(self, token: str, at: datetime) -> Answered | None:
        """The recipient says that it was read and understood."""
        return await self._reach(TokenUse.ACKNOWLEDGE, token, DeliveryState.ACKNOWLEDGED, at, 0, "link")

    async def bounced(self, token: str, at: datetime, code: int, detail: str) -> Answered | None:
        """A mail server gave the message up later. `detail` is the status code (RFC 3463), never an address."""
        return await self._reach(TokenUse.BOUNCE, token, DeliveryState.BOUNCED, at, code, detail)

    async def unsubscribe(self, token: str, at: datetime) -> Answered | None:
        """No more of what may be left over this delivery's channel; duties still arrive."""
        found = await self._find(TokenUse.UNSUBSCRIBE, token)
        if found is None:
            return None
        person = self._person(found)
        stopped = person is not None and await People(self._database, self._vault).stop(person, Channel(found.channel), at)
        return _answered(found, changed=stopped)

    async def _find(self, use: TokenUse, token: str) -> Row[Any] | None:
        number = self._tokens.read(use, token)
        if number is None:
            return None
        query = select(deliveries, notices.c.notice_id).join(notices, notices.c.id == deliveries.c.notice).where(deliveries.c.id == number)
        async with self._database.reading() as connection:
            return (await connection.execute(query)).first()

    async def _reach(self, use: TokenUse, token: str, state: DeliveryState, at: datetime, code: int, detail: str) -> Answered | None:
        found = await self._find(use, token)
        if found is None:
            return None
        async with self._database.writing() as connection:
            changed = await connection.run_sync(_advance, found, state, to_micros(at), code, detail)
        return _answered(found, changed=changed)

    def _person(self, found: Row[Any]) -> int | None:
        if found.link is None:
            return int(found.person)
        return opened(self._vault, found.link)


def _advance(connection: Connection, found: Row[Any], state: DeliveryState, at: int, code: int, detail: str) -> bool:
    where = (deliveries.c.id == found.id, deliveries.c.state.in_(_BEFORE[state]))
    values = {"state": state.value, "changed_at": at, "due": None, "worker": None, "claimed_at": None}
    if connection.execute(update(deliveries).where(*where).values(**values)).rowcount != 1:
        return False
    leaf = event_leaf(found.delivery_id, state.value, at, code, detail)
    event = {"delivery": found.id, "kind": state.value, "at": at, "code": code, "detail": detail, "leaf": leaf}
    connection.execute(insert(delivery_events).values(**event))
    connection.execute(update(notices).where(notices.c.id == found.notice).values(receipt_due=True))
    if state is DeliveryState.ACKNOWLEDGED:
        called_once.heard(connection, found, at, code)
    if found.merged_into == found.id:
        reach(connection, found.id, found.delivery_id, state, (*_BEFORE[state], "intended"), at, code, "", detail)
    return True


def _answered(found: Row[Any], *, changed: bool) -> Answered:
    return Answered(found.delivery_id, found.notice_id, found.language, changed)
