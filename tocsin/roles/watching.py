"""The part of the console role that watches the hub, and answers Alertmanager's clients."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from fastapi import APIRouter

from alertcore.dispatch.shipped import SHIPPED
from connectors.routes_file import read_routes_file
from console.alertmanager import Api, alertmanager_router
from console.alertmanager_access import Access, Tokens
from console.alertmanager_orders import Orders
from console.commands import KafkaCommands
from console.hub_follower import HubFollower
from console.hub_view import HubView
from plumbing.reader import Reader
from plumbing.settings import KafkaAccess
from tocsin import __version__
from tocsin.exits import UsageError
from tocsin.files import read_registers
from tocsin.settings import Settings


class Watching:
    """A view of the hub in memory, and the way to give orders."""

    def __init__(self, access: KafkaAccess, settings: Settings) -> None:
        self._users = _users(settings)
        self._language = settings.agency.languages[0]
        self._commands = KafkaCommands(access)
        self._follower = HubFollower(Reader(access), lambda: HubView(SHIPPED, read_routes))

    def router(self, tokens: Tokens) -> APIRouter:
        """Alertmanager's API."""
        orders = Orders(self._commands, _now, lambda: str(uuid4()))
        return alertmanager_router(Api(self._follower, orders, Access(tokens, self._users), _now, __version__, self._language))

    @asynccontextmanager
    async def following(self, stop: asyncio.Event) -> AsyncIterator[None]:
        """Keep the view up to date while inside. What breaks it stops the process, which is started again."""
        await self._commands.start()
        task = asyncio.ensure_future(self._follower.run())
        task.add_done_callback(lambda _: stop.set())
        try:
            yield
            if task.done():
                task.result()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self._commands.stop()


def read_routes(text: str) -> Mapping[str, Any] | None:
    """A routing file as the door reads it; None where the door refuses it."""
    file = read_routes_file(text)
    return file.plain if file.routing is not None else None


def _users(settings: Settings) -> tuple[str, ...]:
    """A sender's token must not open what is not released yet."""
    users = settings.web.alertmanager_users
    both = sorted({s.name for s in read_registers(settings).senders.senders} & set(users))
    if both:
        raise UsageError(f"web.alertmanager_users names {', '.join(both)}, a sender: give the user a name and a token of its own")
    return users


def _now() -> datetime:
    return datetime.now(UTC)
