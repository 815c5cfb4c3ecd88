"""Keeps the view of the hub up to date: reads its topics from their beginning, then follows them; begins again where that fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress

import structlog

from console.hub_view import ALERTS, SETTINGS, SILENCES, VERDICTS, HubView
from plumbing.errors import PlumbingError
from plumbing.reader import Reader, Start
from plumbing.records import Received, TopicPartition

AGAIN_AFTER_S = 5.0
TOPICS = (ALERTS, SILENCES, SETTINGS, VERDICTS)
"""Verdicts last: of those, only what is said of alerts that are open then has to be read at all."""
_STEP = 500
"""Records taken at once: a request in between waits no longer than these take."""

log = structlog.get_logger(__name__)


class HubFollower:
    """Holds the view that is complete; while it begins again the one before stands."""

    def __init__(self, reader: Reader, empty: Callable[[], HubView]) -> None:
        self.view = empty()
        self._reader = reader
        self._empty = empty
        self._caught_up = asyncio.Event()

    @property
    def caught_up(self) -> bool:
        """Whether everything written before the start was read."""
        return self._caught_up.is_set()

    async def ready(self, within_s: float) -> bool:
        """Whether that is so within some seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s if not self.caught_up else None):
                await self._caught_up.wait()
        return self.caught_up

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            try:
                await self._follow()
            except PlumbingError as error:
                log.warning("the view of the hub is read again", text=str(error))
            await asyncio.sleep(AGAIN_AFTER_S)

    async def _follow(self) -> None:
        view = self._empty() if self.caught_up else self.view
        ends: dict[TopicPartition, Start] = {}
        for topic in TOPICS:
            partitions = [TopicPartition(topic, p) for p in await self._reader.partitions(topic)]
            ends |= {place: end for place, (_, end) in (await self._reader.offsets(partitions)).items()}
            await asyncio.gather(*(self._read(view, place) for place in partitions))
        self.view = view
        self._caught_up.set()
        async with aclosing(self._reader.tail(ends, idle_s=1.0)) as batches:
            async for batch in batches:
                await _apply(view, batch)

    async def _read(self, view: HubView, place: TopicPartition) -> None:
        async with aclosing(self._reader.read_to_end(place.topic, place.partition)) as batches:
            async for batch in batches:
                if place.topic == VERDICTS:
                    batch = [r for r in batch if r.key is not None and r.key.decode(errors="replace") in view.alerts]
                await _apply(view, batch)


async def _apply(view: HubView, batch: Sequence[Received]) -> None:
    for first in range(0, len(batch), _STEP):
        view.apply(batch[first : first + _STEP])
        await asyncio.sleep(0)
