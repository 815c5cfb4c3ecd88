"""One mail server with its connections: opened when there is work, kept while there is, rested when it fails."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import cast

import aiosmtplib
import structlog

from notifiers.email.pipe import Composer, Pipe
from notifiers.email.plain import Plain
from notifiers.ports import Attempt, Done, Server, Take, Verdict
from store.queue import Claimed

_log = structlog.get_logger(__name__)

ANSWER_S = 60.0
"""A server that has not answered for so long will not."""
IDLE_S = 20.0
"""A connection with nothing to do is closed after this time, before most servers do it themselves."""
CONNECT_S = 15.0
REST_FIRST_S = 0.5
REST_LONGEST_S = 30.0


class Provider:
    """Pulls deliveries over up to `server.connections` connections while it is well."""

    def __init__(
        self, server: Server, composer: Composer, take: Take, done: Done, waiting: Callable[[], int], standby: Callable[[], bool]
    ) -> None:
        """`waiting` counts what `take` could give now; `standby` says whether a server of weight 0 is needed."""
        self.server = server
        self._composer = composer
        self._next = take
        self._told = done
        self._count = waiting
        self._standby = standby
        self._lines: set[Pipe | Plain] = set()
        self._wanted = asyncio.Event()
        self._faults = 0
        self._rested_at = 0.0

    @property
    def open_connections(self) -> int:
        """Connections that are open now."""
        return len(self._lines)

    @property
    def resting(self) -> bool:
        """It failed lately: others should take over."""
        return asyncio.get_running_loop().time() < self._rested_at

    def _may(self) -> bool:
        return self.server.weight > 0 or self._standby()

    def _waiting(self) -> int:
        return self._count() if self._may() else 0

    def kick(self) -> None:
        """There may be something to take."""
        for line in tuple(self._lines):
            line.kick()
        if self._waiting():
            self._wanted.set()

    async def run(self) -> None:
        """Until cancelled; then every connection is closed and what was under way is told as lost."""
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self.server.connections):
                    group.create_task(self._keep())
        finally:
            for line in tuple(self._lines):
                line.abort()

    def _take(self) -> Claimed | None:
        return None if self.resting or not self._may() else self._next()

    def _done(self, attempt: Attempt) -> None:
        if attempt.verdict is Verdict.ACCEPTED:
            self._faults = 0
        elif attempt.verdict in (Verdict.THROTTLED, Verdict.AUTH) or attempt.code in (0, 421):
            self._rest(attempt.verdict.value)
        self._told(attempt)

    def _rest(self, why: str) -> None:
        """Twice as long each time, until something is accepted again; failures of connections that end together count once."""
        if self.resting:
            return
        self._faults += 1
        rest = min(REST_LONGEST_S, REST_FIRST_S * 2 ** (self._faults - 1))
        self._rested_at = asyncio.get_running_loop().time() + rest
        _log.warning("provider rests", provider=self.server.name, why=why, seconds=rest)

    async def _keep(self) -> None:
        """One connection after the other."""
        while True:
            await self._wanted.wait()
            if self._waiting() <= 2 * len(self._lines):  # those that are open will do
                self._wanted.clear()
                continue
            if self.resting:
                await asyncio.sleep(max(0.0, self._rested_at - asyncio.get_running_loop().time()))
                continue
            try:
                line = await self._open()
            except (aiosmtplib.SMTPException, OSError, ValueError) as error:
                if _cancelling():
                    raise asyncio.CancelledError from error
                self._rest(type(error).__name__)
                continue
            if _cancelling():
                line.abort()
                raise asyncio.CancelledError
            await self._use(line)

    async def _use(self, line: Pipe | Plain) -> None:
        self._lines.add(line)
        try:
            line.kick()
            while not line.closed.is_set():
                try:
                    async with asyncio.timeout(1.0):
                        await line.closed.wait()
                except TimeoutError:
                    self._watch(line)
        finally:
            line.abort()
            self._lines.discard(line)

    def _watch(self, line: Pipe | Plain) -> None:
        since = asyncio.get_running_loop().time() - line.active_at
        if line.busy and since > ANSWER_S:
            line.abort()
        elif not line.busy and since > IDLE_S:
            line.quit()

    async def _open(self) -> Pipe | Plain:
        server = self.server
        smtp = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",
            tls_context=ssl.create_default_context(cafile=server.ca_file) if server.tls != "none" else None,
            username=server.user or None,
            password=server.password.reveal() if server.user else None,
            timeout=CONNECT_S,
        )
        await smtp.connect()
        if smtp.is_ehlo_or_helo_needed:
            await smtp.ehlo()
        now = asyncio.get_running_loop().time
        if smtp.supports_extension("pipelining") and smtp.transport is not None:
            pipe = Pipe(server.name, self._composer, self._take, self._done, now)
            pipe.attach(cast(asyncio.Transport, smtp.transport), smtp)  # uvloop's is none by inheritance
            return pipe
        return Plain(server.name, self._composer, self._take, self._done, now, smtp)


def _cancelling() -> bool:
    """Before Python 3.12 wait_for may lose a cancellation that comes with a result or an error; the task still knows of it."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
