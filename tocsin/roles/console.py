"""Role `console`: the web process, composed of the rooms' routers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from datetime import UTC, datetime

import uvicorn
from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response

from connectors.door.desk import Door
from connectors.door.service import DoorService
from connectors.http import door_router
from connectors.tokens import TokenFolder
from console.pages import pages_router
from console.registry import registry_router
from notifiers.subscription import read_keys
from plumbing.reader import Reader
from store.answers import Answers
from store.database import Database
from store.engine import open_engine
from store.vault import open_vault
from tocsin import __version__
from tocsin.hub import configured_access
from tocsin.roles.door import door_config
from tocsin.roles.serving import Serving
from tocsin.roles.watching import Watching
from tocsin.settings import Settings, required


async def console(serving: Serving, settings: Settings) -> None:
    """Serve until told to stop."""
    access = configured_access(settings)
    engine = open_engine(required(settings.database.url, "database.url"))
    vault = open_vault(required(settings.database.key_file, "database.key_file"))
    tokens, watching = TokenFolder(required(settings.keys.tokens, "keys.tokens")), Watching(access, settings)
    service = DoorService(Door(access, engine, door_config(settings), vault, serving.metrics))
    app = FastAPI(title="Tocsin", version=__version__, docs_url="/docs", redoc_url=None)
    app.include_router(door_router(service, tokens))
    app.include_router(watching.router(tokens))
    app.include_router(registry_router())
    app.include_router(pages_router(Answers(Database(engine), vault), lambda: datetime.now(UTC)))
    _add_health(app, serving)
    _add_keys(app, Reader(access))
    await service.start()
    try:
        async with watching.following(serving.stop):
            await _listen(app, serving, settings)
    finally:
        await service.stop()
        await engine.dispose()


async def _listen(app: FastAPI, serving: Serving, settings: Settings) -> None:
    web = settings.web
    with socket.create_server((web.host, web.port)) as listening:
        config = uvicorn.Config(app, log_config=None, lifespan="off", access_log=False, timeout_graceful_shutdown=3)
        serving.http = f"http://{web.host}:{listening.getsockname()[1]}"
        server = _Web(config, serving.ready)
        # Not serve(): it would take the process's signals, which `serving` holds.
        running = asyncio.ensure_future(server._serve([listening]))
        stopping = asyncio.ensure_future(serving.stop.wait())
        await asyncio.wait([running, stopping], return_when=asyncio.FIRST_COMPLETED)
        server.should_exit = True
        stopping.cancel()
        await running


class _Web(uvicorn.Server):
    """Tells when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell_ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, then the word."""
        await super().startup(sockets)
        self._tell_ready()


def _add_health(app: FastAPI, serving: Serving) -> None:
    """The web port answers for its own health too, so that one address can be watched."""

    @app.get("/live")
    async def live() -> JSONResponse:
        probes = {name: await check() for name, check in serving.live.items()}
        good = all(p.ok for p in probes.values())
        return JSONResponse({name: p._asdict() for name, p in probes.items()}, 200 if good else 503)

    @app.get("/ready")
    async def ready() -> JSONResponse:
        probe = await serving.is_ready()
        return JSONResponse({"role": probe._asdict()}, 200 if probe.ok else 503)

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(serving.metrics.render(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _add_keys(app: FastAPI, reader: Reader) -> None:
    """The hub's public keys, as the relay published them."""

    @app.get("/.well-known/jwks.json")
    async def keys() -> JSONResponse:
        found = await read_keys(reader)
        return JSONResponse({"keys": [dict(key) for _, key in sorted(found.items())]}, media_type="application/jwk-set+json")
