"""A hub behind Alertmanager's API without a broker: the real stage in memory; what it writes is what the view reads."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import fastapi
import httpx2

from alertcore.dispatch.shipped import SHIPPED
from alertcore.records.hub import Command, SettingName, SettingsFile
from alertcore.statejson import rfc3339
from connectors.routes_file import read_routes_file
from console.alertmanager import Api, alertmanager_router
from console.alertmanager_access import Access
from console.alertmanager_orders import Orders
from console.hub_view import ALERTS, SETTINGS, SILENCES, VERDICTS, HubView
from plumbing.errors import Transient
from plumbing.records import Received
from schemas.codec import encode
from streams.emitting import Out
from tests.unit.alertcore.cases_world import NOW, World

HOUR = timedelta(hours=1)
DISK: dict[str, Any] = {
    "labels": {"alertname": "Disk", "instance": "a:1", "severity": "warning"},
    "annotations": {"summary": "disk is full"},
}
"""An alert as Prometheus posts it."""
TOKENS = {"secret": "amtool", "key": "demo-lab"}


def read_routes(text: str) -> Mapping[str, Any] | None:
    """As the console's role has it."""
    file = read_routes_file(text)
    return file.plain if file.routing is not None else None


def received(topic: str, key: str, value: bytes, offset: int = 0) -> Received:
    """A record as a reader of the topic gets it."""
    return Received(topic, 0, offset, key.encode(), value, (), 0)


class Hub:
    """Stage, view and API. away: Kafka does not take orders. deaf: the stage does not answer. live: time passes as it does outside."""

    def __init__(self, *, live: bool = False, **world: Any) -> None:
        self.live = live
        if live:
            world["at"] = datetime.now(UTC)
        self.world = World(**world)
        self.view = HubView(SHIPPED, read_routes)
        self.caught_up = True
        self.away = self.deaf = False
        self.sent: list[Command] = []
        self._ids = (f"order-{n}" for n in itertools.count(1))
        self.show(self.world.outs)

    async def ready(self, within_s: float) -> bool:
        """Whether the view is complete."""
        return self.caught_up

    async def send(self, command: Command) -> None:
        """An order, decided at once."""
        if self.away:
            raise Transient("away")
        self.sent.append(command)
        if not self.deaf:
            self.world.now = self.now()
            self.show(self.world.feed("command", command, event=f"evt_{command.command_id}"))

    def now(self) -> datetime:
        """Time of the console, which is the stage's."""
        return max(self.world.now, datetime.now(UTC)) if self.live else self.world.now

    def feed(self, kind: str, value: Any) -> None:
        """A fact, decided."""
        self.show(self.world.feed(kind, value))

    def wait(self, time: Any) -> None:
        """Let time pass, with its ticks."""
        self.show(self.world.wait(time))

    def routes(self, text: str) -> None:
        """Another routing file, as the door takes it and the topic shows it."""
        file = SettingsFile(name=SettingName.ROUTES, content=text, sha256="", by="operator", at=self.now())
        self.view.apply([received(SETTINGS, "routes", encode(file))])

    def ordered(self, action: str, target: str = "", **params: str) -> Command:
        """An order as the command line gives it."""
        return Command(
            command_id=f"cli-{self.world.count}", by="o", action=action, target=target, reason="known", at=self.now(), params=params
        )

    def app(self, within_s: float = 0.05) -> fastapi.FastAPI:
        """The API over this hub."""
        orders = Orders(self, self.now, lambda: next(self._ids), within_s)
        app = fastapi.FastAPI()
        app.include_router(alertmanager_router(Api(self, orders, Access(_Tokens(), ("amtool",)), self.now, "1.2.3")))
        return app

    def client(self, authorization: str = "Bearer secret") -> httpx2.AsyncClient:
        """A client with a token."""
        headers = {"authorization": authorization} if authorization else {}
        return httpx2.AsyncClient(transport=httpx2.ASGITransport(self.app()), base_url="http://hub", headers=headers)

    def show(self, outs: Iterable[Out]) -> None:
        """What the stage wrote comes to the view."""
        shown = [received(o.topic, o.key, o.wire.value) for o in outs if o.topic in (ALERTS, SILENCES, VERDICTS) and o.wire.value]
        self.view.apply(shown)


class _Tokens:
    def sender_of(self, token: str) -> str | None:
        """Whose it is."""
        return TOKENS.get(token)


def silence(*, hours: float = 2, **fields: Any) -> dict[str, Any]:
    """A silence as amtool posts it."""
    wanted = [{"name": "kind", "value": "shortage", "isRegex": False, "isEqual": True}]
    times = {"startsAt": rfc3339(NOW), "endsAt": rfc3339(NOW + hours * HOUR)}
    found: dict[str, Any] = {"matchers": wanted, "createdBy": "officer-1", "comment": "known"} | times | fields
    return found


async def get(hub: Hub, path: str, **query: Any) -> Any:
    """The JSON of an answer that must be good."""
    async with hub.client() as client:
        response = await client.get(f"/api/v2/{path}", params=query)
    assert response.status_code == 200, response.text
    return response.json()


async def post(hub: Hub, path: str, value: Any) -> httpx2.Response:
    """The answer to a post."""
    async with hub.client() as client:
        return await client.post(f"/api/v2/{path}", content=json.dumps(value))
