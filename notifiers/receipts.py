"""How far notices got, published as Receipts in absolute numbers: a lost or repeated one does no harm."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from notifiers.sender import patiently
from plumbing.producer import Producer
from plumbing.records import Delivered, Headers
from schemas.codec import encode
from store.progress import Progress, Standing

TOPIC = "in.hub.receipts"


class ReceiptPublisher:
    """At most one receipt a notice every `every_s` seconds; slower where counting takes long."""

    def __init__(self, progress: Progress, producer: Producer, prefix: str, every_s: float = 2.0) -> None:
        self._progress = progress
        self._producer = producer
        self._topic = prefix + TOPIC
        self._every_s = every_s

    async def run(self) -> None:
        """Until cancelled."""
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            await self.publish()
            await asyncio.sleep(max(self._every_s, 10 * (clock() - began)))

    async def publish(self) -> int:
        """Once for every notice whose numbers changed; returns how many were published."""
        after, published = 0, 0
        while standings := await patiently(lambda a=after: self._progress.due(a)):  # type: ignore[misc]
            fresh = [standing for standing in standings if standing.fresh]
            for answer in [await self._send(standing) for standing in fresh]:
                await answer
            known = [standing for standing in standings if standing.fresh or standing.settled]
            await patiently(lambda k=known: self._progress.confirm(*k))  # type: ignore[misc]
            after, published = standings[-1].notice, published + len(fresh)
        return published

    async def _send(self, standing: Standing) -> Awaitable[Delivered]:
        value = encode(standing.receipt)
        key = standing.receipt.notice_id.encode()
        return await self._producer.send(self._topic, value, key=key, headers=_headers(standing))


def _headers(standing: Standing) -> Headers:
    receipt = standing.receipt
    return (
        ("content-type", b"application/avro"),
        ("ce_specversion", b"1.0"),
        ("ce_id", f"{receipt.notice_id}/{receipt.version}".encode()),
        ("ce_source", b"/tocsin/deliver"),
        ("ce_type", b"tocsin.v1.Receipt"),
        ("tocsin_nature", receipt.nature.value.encode()),
    )
