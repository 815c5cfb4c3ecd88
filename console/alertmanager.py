"""Alertmanager's API, version 2: `amtool`, Prometheus and what else speaks it work with the hub. Nobody reads here without a token."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import QueryParams

from console.alertmanager_access import Access
from console.alertmanager_alerts import AlertList
from console.alertmanager_config import as_alertmanager
from console.alertmanager_faults import Fault
from console.alertmanager_filters import alerts_wanted, matchers_in
from console.alertmanager_orders import Orders
from console.alertmanager_posting import read_alerts, read_json
from console.alertmanager_silences import gettable, meant
from console.alertmanager_times import shown_time
from console.hub_view import HubView

PREFIXES = ("", "/alertmanager")
READY_WITHIN_S = 10.0
MAX_BODY_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """What a user asks: query and body of the request, and the silence that its path names."""

    user: str
    query: QueryParams
    body: bytes
    silence_id: str


Answer = Callable[[Asked], Awaitable[Any]]
"""What it returns is answered as JSON. Raises Fault."""


class Following(Protocol):
    """The view of the hub, and whether it is complete."""

    @property
    def view(self) -> HubView:
        """As it is now."""
        ...

    async def ready(self, within_s: float) -> bool:
        """Whether everything written before the start was read, within some seconds."""
        ...


class Api:
    """now: time of the process; started: when it began. version: of the program. language: of texts that the hub has in several."""

    def __init__(
        self, hub: Following, orders: Orders, access: Access, now: Callable[[], datetime], version: str, language: str = "en"
    ) -> None:
        self._hub = hub
        self._orders = orders
        self._access = access
        self._now = now
        self._version = version
        self._language = language
        self._started = now()

    async def status(self, _asked: Asked) -> Any:
        """The program, and the routing in force as a file of Alertmanager's."""
        names = ("revision", "branch", "buildUser", "buildDate", "goVersion")
        return {
            "cluster": {"status": "disabled", "peers": []},
            "versionInfo": {"version": self._version} | dict.fromkeys(names, ""),
            "config": {"original": as_alertmanager(self._hub.view.routes)},
            "uptime": shown_time(self._started),
        }

    async def receivers(self, _asked: Asked) -> Any:
        """Names of the receivers in force."""
        return [{"name": name} for name in self._hub.view.routing.receivers]

    async def alerts(self, asked: Asked) -> Any:
        """Open alerts that are asked for."""
        return alerts_wanted(self._list().gettable(), asked.query)

    async def groups(self, asked: Asked) -> Any:
        """The same by the groups in which they are told."""
        found = self._list()
        return found.groups(alerts_wanted(found.gettable(), asked.query))

    async def post_alerts(self, asked: Asked) -> Any:
        """What is right in a request is taken, whatever is wrong beside it."""
        good, wrong = read_alerts(asked.body, self._now())
        await self._orders.post(asked.user, good)
        if wrong:
            raise Fault(400, "; ".join(wrong[:20]))
        return None

    async def silences(self, asked: Asked) -> Any:
        """Silences that are asked for, ended ones as long as they are shown."""
        matchers, creators = matchers_in(asked.query), asked.query.getlist("creator")
        now = self._now()
        return [gettable(s, now) for s in self._hub.view.held(now) if meant(s, matchers, creators)]

    async def post_silence(self, asked: Asked) -> Any:
        """Set or replace one."""
        given = read_json(asked.body)
        return {"silenceID": await self._orders.set_silence(self._hub.view, asked.user, given)}

    async def silence(self, asked: Asked) -> Any:
        """One by its id."""
        now, wanted = self._now(), asked.silence_id
        found = next((s for s in self._hub.view.held(now) if s.silence_id == wanted), None)
        if found is None:
            raise Fault(404, f"there is no silence {wanted}")
        return gettable(found, now)

    async def delete_silence(self, asked: Asked) -> Any:
        """End one before its time."""
        await self._orders.expire_silence(self._hub.view, asked.user, asked.silence_id)

    def guarded(self, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
        """The answer for those who may ask, once the view is complete."""

        async def served(request: Request) -> Response:
            try:
                user = self._access.user_of(request.headers.get("authorization", ""))
                if not await self._hub.ready(READY_WITHIN_S):
                    raise Fault(503, "the console still reads what the hub has decided: ask again")
                found = await answer(await _asked(request, user))
            except Fault as fault:
                asking = {"WWW-Authenticate": 'Basic realm="tocsin"'} if fault.status == 401 else None
                return JSONResponse(fault.text, fault.status, headers=asking)
            return JSONResponse(found) if found is not None else Response(status_code=200)

        return served

    async def is_ready(self) -> Response:
        """For whoever watches: no token is wanted, and nothing is told."""
        ready = await self._hub.ready(0)
        return Response("OK" if ready else "still reading", 200 if ready else 503, media_type="text/plain")

    async def is_healthy(self) -> Response:
        """The process answers."""
        return Response("OK", media_type="text/plain")

    def _list(self) -> AlertList:
        return AlertList(self._hub.view, self._now(), self._language)


def alertmanager_router(api: Api) -> APIRouter:
    """The API at the root, where `amtool` looks for it, and below `/alertmanager`."""
    router = APIRouter(tags=["alertmanager"])
    served: tuple[tuple[str, str, Answer], ...] = (
        ("GET", "status", api.status),
        ("GET", "receivers", api.receivers),
        ("GET", "alerts", api.alerts),
        ("POST", "alerts", api.post_alerts),
        ("GET", "alerts/groups", api.groups),
        ("GET", "silences", api.silences),
        ("POST", "silences", api.post_silence),
        ("GET", "silence/{silence_id}", api.silence),
        ("DELETE", "silence/{silence_id}", api.delete_silence),
    )
    for prefix in PREFIXES:
        for method, path, answer in served:
            route = f"{prefix}/api/v2/{path}"
            router.add_api_route(route, api.guarded(answer), methods=[method], include_in_schema=not prefix, response_model=None)
        router.add_api_route(f"{prefix}/-/healthy", api.is_healthy, methods=["GET", "HEAD"], include_in_schema=False)
        router.add_api_route(f"{prefix}/-/ready", api.is_ready, methods=["GET", "HEAD"], include_in_schema=False)
    return router


async def _asked(request: Request, user: str) -> Asked:
    return Asked(user, request.query_params, await _body(request), request.path_params.get("silence_id", ""))


async def _body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY_BYTES:
            raise Fault(413, f"a request has at most {MAX_BODY_BYTES} bytes")
        parts.append(part)
    return b"".join(parts)
