"""Sends events as one of the hub's senders, and gathers the door's answer to each."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from alertcore.records.alert import LogOrigin
from alertcore.records.hub import DoorReceipt, Problem, Verdict
from plumbing.producer import Producer
from plumbing.reader import Reader
from plumbing.records import Delivered, TopicPartition
from plumbing.settings import KafkaAccess
from schemas.codec import UndecodableError, decode
from tocsin.exits import UnreachableError

JSON = (("content-type", b"application/json"),)
PATIENCE_S = 30.0
WINDOW = 2000
"""Events sent and not yet answered, at most."""
MAX_EVENT_BYTES = 4 * 1024 * 1024
TOO_LARGE = Problem(code="too_large", text="larger than an event may be (4 MiB): send it in parts")
AT_THE_END = frozenset({"shortage.statuses"})
"""Kinds whose events are answered only when the last of them has come."""

Progress = Callable[[int, int], None]
Place = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Item:
    """One event to send. number: its line in the file, from 1."""

    number: int
    value: bytes
    ce_id: str | None = None


@dataclass(slots=True)
class Refusal:
    """An event that was refused, with the door's problems."""

    number: int
    value: bytes
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class Outcome:
    """Answers counted. taken counts those taken with remarks too; held: kept for a person to decide."""

    taken: int = 0
    remarks: int = 0
    held: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    noted: list[tuple[int, Problem]] = field(default_factory=list)

    @property
    def refused(self) -> int:
        """Events refused."""
        return len(self.refusals)

    @property
    def answered(self) -> int:
        """Events answered."""
        return self.taken + self.held + self.refused

    def note(self, item: Item, receipt: DoorReceipt) -> None:
        """Count one answer."""
        if receipt.verdict == Verdict.REFUSED:
            self.refusals.append(Refusal(item.number, item.value, receipt.problems))
        elif receipt.verdict == Verdict.HELD:
            self.held += 1
        else:
            self.taken += 1
            self.remarks += receipt.verdict == Verdict.REMARKS
            self.noted += [(item.number, p) for p in receipt.problems]


class Publisher:
    """A sender at work; use as a context. Reads its receipts from the moment it opens."""

    def __init__(self, access: KafkaAccess, sender: str) -> None:
        self.sender = sender
        self._access = access
        self._producer = Producer(access, linger_ms=5)
        self._answers: dict[Place, DoorReceipt] = {}
        self._arrived = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Publisher:
        topic = f"out.{self.sender}.receipts"
        reader = Reader(self._access)
        partitions = [TopicPartition(topic, p) for p in await reader.partitions(topic)]
        ends = {p: end for p, (_, end) in (await reader.offsets(partitions)).items()}
        self._reading = asyncio.create_task(self._read(reader, ends))
        await self._producer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._producer.stop()
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait([self._reading])

    async def publish(self, kind: str, items: Iterable[Item], progress: Progress = lambda *_: None) -> Outcome:
        """Send everything and wait for every answer. UnreachableError if the door answers nothing for 30 s."""
        outcome, waiting, sent = Outcome(), dict[Place, Item](), 0
        for batch in _batches(items, 200):
            sent += len(batch)
            waiting |= await self._send(kind, batch, outcome)
            # The rows of a snapshot are answered together, when its end has come.
            await self._collect(waiting, outcome, len(waiting) if kind in AT_THE_END else WINDOW)
            progress(outcome.answered, sent)
        while waiting:
            await self._collect(waiting, outcome, len(waiting) - 1)
            progress(outcome.answered, sent)
        return outcome

    async def _send(self, kind: str, batch: Sequence[Item], outcome: Outcome) -> dict[Place, Item]:
        topic = f"in.{self.sender}.{kind}"
        # What the broker would refuse is not sent: an idempotent producer cannot go on after it.
        fit = [item for item in batch if len(item.value) <= MAX_EVENT_BYTES]
        outcome.refusals += [Refusal(item.number, item.value, (TOO_LARGE,)) for item in batch if len(item.value) > MAX_EVENT_BYTES]
        confirmed = [await self._producer.send(topic, i.value, key=i.ce_id.encode() if i.ce_id else None, headers=_headers(i)) for i in fit]
        delivered: list[Delivered] = [await answer for answer in confirmed]
        return {(topic, where.partition, where.offset): item for item, where in zip(fit, delivered, strict=True)}

    async def _collect(self, waiting: dict[Place, Item], outcome: Outcome, until: int) -> None:
        """Take answers until at most `until` events wait."""
        last = time.monotonic()
        while True:
            self._arrived.clear()
            for place in [p for p in waiting if p in self._answers]:
                outcome.note(waiting.pop(place), self._answers.pop(place))
                last = time.monotonic()
            if len(waiting) <= until:
                return
            if self._reading is not None and self._reading.done():
                self._reading.result()  # raises what ended it
            if time.monotonic() - last > PATIENCE_S:
                late = f"the door has not answered for {PATIENCE_S:g} s"
                raise UnreachableError(f"{late}; {len(waiting)} events are in Kafka and will be taken when it is back")
            try:
                await asyncio.wait_for(self._arrived.wait(), 1.0)
            except TimeoutError:
                continue

    async def _read(self, reader: Reader, ends: dict[TopicPartition, int]) -> None:
        async with aclosing(reader.tail(dict(ends), idle_s=1.0)) as batches:
            async for batch in batches:
                for record in batch:
                    self._take(record.value)
                self._arrived.set()

    def _take(self, value: bytes | None) -> None:
        receipt = receipt_of(value)  # what is not the door's is passed over: the receipt waited for will time out and say so
        if receipt is not None and receipt.origin is not None:
            self._answers[place_of(receipt.origin)] = receipt


def receipt_of(value: bytes | None) -> DoorReceipt | None:
    """The door's receipt in these bytes, or None if they hold none."""
    try:
        record = decode(value)
    except UndecodableError:
        return None
    return record if isinstance(record, DoorReceipt) else None


def place_of(origin: LogOrigin) -> Place:
    """Where an event stands in its topic."""
    return (origin.topic, origin.partition, origin.offset)


def as_items(values: Iterable[object]) -> Iterable[Item]:
    """Plain JSON values as events."""
    for number, value in enumerate(values, 1):
        yield Item(number, json.dumps(value, ensure_ascii=False).encode())


def _headers(item: Item) -> tuple[tuple[str, bytes], ...]:
    return JSON if item.ce_id is None else (*JSON, ("ce_id", item.ce_id.encode()), ("ce_specversion", b"1.0"))


def _batches(items: Iterable[Item], size: int) -> Iterable[list[Item]]:
    batch: list[Item] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
