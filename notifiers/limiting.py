"""Lets go what limits hold back, as soon as there is room; beside the expander, and asleep while nothing is held."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import structlog

from notifiers.sender import patiently
from store.limiting import Limiting

_log = structlog.get_logger(__name__)


class Limiter:
    """`added` is called after each transaction that let something go, so that the senders start at once."""

    def __init__(self, limiting: Limiting, added: Callable[[], None], *, poll_s: float = 0.5) -> None:
        self._limiting = limiting
        self._added = added
        self._poll_s = poll_s
        self._wanted = asyncio.Event()

    def kick(self) -> None:
        """Deliveries were added."""
        self._wanted.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._wanted.clear()
            if not await patiently(self._step):
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._poll_s):
                        await self._wanted.wait()

    async def _step(self) -> bool:
        """Whether anything was decided."""
        done = await self._limiting.step(datetime.now(UTC))
        if done is None:
            return False
        if done.messages:
            self._added()
        if done.merged or done.waiting:
            _log.info("limits", let_go=done.messages, merged=done.merged, waiting=done.waiting)
        return True
