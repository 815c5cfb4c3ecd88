"""The door for callers in this process (HTTP): requests are gathered into batches, and answered when the broker has."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from alertcore.records.hub import DoorReceipt
from connectors.door.arrival import Arrival
from connectors.door.bodies import split_body
from connectors.door.desk import Batch, Door

log = structlog.get_logger(__name__)

GATHER = 512
"""Most events of one batch; a request is never cut, but for its size."""
QUEUE = 1024
START_AGAIN_S = 1.0


class Unavailable(Exception):
    """The door cannot answer now: broker or database away. What was sent may be sent again, under the same ids."""


@dataclass(slots=True)
class _Request:
    arrivals: list[Arrival]
    answer: asyncio.Future[list[DoorReceipt]]


class DoorService:
    """One worker over one Door. A fault breaks the batch at hand; the door is then started anew."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._queue: asyncio.Queue[_Request] = asyncio.Queue(QUEUE)
        self._worker: asyncio.Task[None] | None = None
        self._up = False

    async def start(self) -> None:
        """Connects. Raises if broker or database are away."""
        await self._door.start()
        self._up = True
        self._worker = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """Ends the worker and closes the door; requests that wait get Unavailable."""
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.wait([self._worker])
        while not self._queue.empty():
            self._queue.get_nowait().answer.set_exception(Unavailable("the door is closing"))
        await self._door.stop()

    async def take(
        self, sender: str, kind: str, raw: bytes, content_type: str, headers: Mapping[str, str], timeout_s: float = 15.0
    ) -> list[DoorReceipt]:
        """Answers to all events of a body, in order, after the broker's answer. headers: ce_id, ce_time, tocsin_*, names as in Kafka.

        Raises Unavailable.
        """
        arrivals = [Arrival(sender, kind, part, own) for part, own in split_body(raw, content_type, headers)]
        request = _Request(arrivals, asyncio.get_running_loop().create_future())
        if not self._up or self._queue.full():
            raise Unavailable("broker or database are away" if not self._up else "too much is waiting")
        self._queue.put_nowait(request)
        try:
            async with asyncio.timeout(timeout_s):
                return await request.answer
        except TimeoutError as error:
            raise Unavailable("no answer in time") from error

    async def _work(self) -> None:
        while True:
            requests = await self._gather()
            try:
                self._door.keep_up()
                await self._serve(requests)
            except Exception as error:
                # Which kind of fault it is does not matter to callers: each may send again.
                log.error("door_broken", error=type(error).__name__, text=str(error)[:300])
                self._up = False
                _fail(requests, error)
                await self._start_again()

    async def _gather(self) -> list[_Request]:
        requests = [await self._queue.get()]
        count = len(requests[0].arrivals)
        while count < GATHER and not self._queue.empty():
            requests.append(self._queue.get_nowait())
            count += len(requests[-1].arrivals)
        return requests

    async def _serve(self, requests: Sequence[_Request]) -> None:
        arrivals = [(str(id(request)), arrival) for request in requests for arrival in request.arrivals]
        batch = await self._door.handle(arrivals, closing=[str(id(request)) for request in requests])
        await self._door.finish(batch)
        answers = _by_arrival(batch)
        for request in requests:
            if not request.answer.done():
                request.answer.set_result([answers[id(arrival)] for arrival in request.arrivals])

    async def _start_again(self) -> None:
        while not self._up:
            try:
                await self._door.stop()
                await self._door.start()
                self._up = True
            except Exception as error:
                log.warning("door_not_up", error=type(error).__name__, text=str(error)[:300])
                await asyncio.sleep(START_AGAIN_S)


def _by_arrival(batch: Batch) -> dict[int, DoorReceipt]:
    return {id(answer.arrival): receipt for answer, receipt in batch.receipts if answer.arrival is not None}


def _fail(requests: Sequence[_Request], error: Exception) -> None:
    for request in requests:
        if not request.answer.done():
            request.answer.set_exception(Unavailable(type(error).__name__))
