"""`/live`, `/ready` and `/metrics` of a role, on a socket of its own, without a framework."""

from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple


class Probe(NamedTuple):
    """Answer of one check; `detail` is shown to the operator, and holds no personal data."""

    ok: bool
    detail: str


Check = Callable[[], Awaitable[Probe]]


class HealthServer:
    """Answers GET only. A path is 200 when all its checks are ok, else 503; the body is JSON {check: {ok, detail}}."""

    def __init__(self, render_metrics: Callable[[], bytes], live: Mapping[str, Check], ready: Mapping[str, Check]) -> None:
        raise NotImplementedError

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listens; returns the port (0: a random free one)."""
        raise NotImplementedError

    async def stop(self) -> None:
        """Closes the socket and open connections."""
        raise NotImplementedError
