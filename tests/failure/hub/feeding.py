"""The sender at work: a steady pace, an id on each event, and after any trouble the same events once more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence

from plumbing.errors import PlumbingError
from plumbing.producer import Producer
from plumbing.records import OutRecord
from plumbing.settings import KafkaAccess
from tests.failure.hub.inputs import Event
from tests.failure.hub.world import LAB

BURST_S = 0.1
PATIENCE_S = 180.0


class Feeder:
    """Publishes a list of events in order; `feed(n)` the next n of them."""

    def __init__(self, access: Callable[[], KafkaAccess], events: Sequence[Event], per_s: float) -> None:
        self.sent, self.again = 0, 0
        self._access, self._events, self._per_s = access, events, per_s
        self._producer: Producer | None = None

    @property
    def left(self) -> int:
        """Events not yet published."""
        return len(self._events) - self.sent

    def pace(self, per_s: float) -> None:
        """From now on so many a second."""
        self._per_s = per_s

    async def feed(self, count: int) -> None:
        """The next `count` events at the pace, and not faster after a halt."""
        for burst in _bursts(self._events[self.sent : self.sent + count], max(1, round(self._per_s * BURST_S))):
            began = time.monotonic()
            await self._publish([_record(event) for event in burst])
            self.sent += len(burst)
            await asyncio.sleep(max(0.0, len(burst) / self._per_s - (time.monotonic() - began)))

    async def close(self) -> None:
        """Ends its connection."""
        if self._producer is not None:
            producer, self._producer = self._producer, None
            await producer.stop(2.0)

    async def _publish(self, records: Sequence[OutRecord]) -> None:
        """Until the broker has confirmed all of them; what it had already comes twice, under the same id."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                if self._producer is None:
                    fresh = Producer(self._access(), request_timeout_s=20.0, linger_ms=2)
                    await fresh.start()
                    self._producer = fresh
                await self._producer.write_all(records)
            except PlumbingError:
                assert time.monotonic() < deadline, "the broker stays away"
                self.again += len(records)
                await self.close()
            else:
                return


def _record(event: Event) -> OutRecord:
    headers = (("ce_id", event.ce_id.encode()), ("content-type", b"application/json"))
    return OutRecord(f"in.{LAB}.{event.kind}", event.bytes, event.key.encode(), headers, 0)


def _bursts(events: Sequence[Event], size: int) -> Iterator[Sequence[Event]]:
    return (events[at : at + size] for at in range(0, len(events), size))
