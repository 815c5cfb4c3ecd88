"""Puts the recipients of open notices into the ledger, chunk by chunk; between two chunks the most urgent notice is chosen anew."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime

from notifiers.sender import patiently
from store.expansion import Expanded, Expansion


class Expander:
    """`channels` this hub can send on; `added` is called after each transaction, so that the senders start with the first."""

    def __init__(
        self, expansion: Expansion, channels: frozenset[str], added: Callable[[], None], *, ignore_times: bool, poll_s: float = 0.5
    ) -> None:
        self._expansion = expansion
        self._channels = channels
        self._added = added
        self._ignore_times = ignore_times
        self._poll_s = poll_s
        self._wanted = asyncio.Event()

    def kick(self) -> None:
        """A notice came in."""
        self._wanted.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._wanted.clear()
            if not await patiently(self._step):
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._poll_s):
                        await self._wanted.wait()
            else:
                self._added()

    async def _step(self) -> Sequence[Expanded]:
        return await self._expansion.steps(datetime.now(UTC), self._channels, ignore_not_before=self._ignore_times)
