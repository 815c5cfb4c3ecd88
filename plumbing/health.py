"""`/live`, `/ready` and `/metrics` of a role, on a socket of its own, without a framework."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import NamedTuple

from prometheus_client import CONTENT_TYPE_LATEST


class Probe(NamedTuple):
    """Answer of one check; `detail` is shown to the operator, and holds no personal data."""

    ok: bool
    detail: str


Check = Callable[[], Awaitable[Probe]]

_CHECK_TIMEOUT_S = 5.0
_REQUEST_TIMEOUT_S = 5.0
_REQUEST_BYTES = 8192
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 503: "Service Unavailable"}


class HealthServer:
    """Answers GET only. A path is 200 when all its checks are ok, else 503; the body is JSON {check: {ok, detail}}.

    The mappings are read at each request: checks may be added after the start.
    """

    def __init__(self, render_metrics: Callable[[], bytes], live: Mapping[str, Check], ready: Mapping[str, Check]) -> None:
        self._render_metrics = render_metrics
        self._live, self._ready = live, ready
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listens; returns the port (0: a random free one)."""
        self._server = await asyncio.start_server(self._serve, host, port, limit=_REQUEST_BYTES)
        number: int = self._server.sockets[0].getsockname()[1]
        return number

    async def stop(self) -> None:
        """Closes the socket and open connections."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
            for writer in list(self._open):
                writer.close()
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            async with asyncio.timeout(_REQUEST_TIMEOUT_S):
                head = await reader.readuntil(b"\r\n\r\n")
            writer.write(_response(*await self._answer(head)))
            await writer.drain()
        except (TimeoutError, asyncio.LimitOverrunError):
            writer.write(_response(400, "text/plain", b"not a request\n"))
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the caller went away
        finally:
            self._open.discard(writer)
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, head: bytes) -> tuple[int, str, bytes]:
        method, _, rest = head.partition(b"\r\n")[0].decode("latin-1").partition(" ")
        path = rest.partition(" ")[0].partition("?")[0]
        if method != "GET":
            return 405, "text/plain", b"GET only\n"
        if path == "/metrics":
            return 200, CONTENT_TYPE_LATEST, self._render_metrics()
        checks = {"/live": self._live, "/ready": self._ready}.get(path)
        if checks is None:
            return 404, "text/plain", b"/live /ready /metrics\n"
        probes = {name: await _asked(check) for name, check in checks.items()}
        body = {name: {"ok": probe.ok, "detail": probe.detail} for name, probe in probes.items()}
        status = 200 if all(probe.ok for probe in probes.values()) else 503
        return status, "application/json", json.dumps(body).encode() + b"\n"


async def _asked(check: Check) -> Probe:
    """A check that fails or hangs is a no, not an error of the server."""
    try:
        async with asyncio.timeout(_CHECK_TIMEOUT_S):
            return await check()
    except Exception as error:
        return Probe(False, f"check failed: {type(error).__name__}")


def _response(status: int, media_type: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body
