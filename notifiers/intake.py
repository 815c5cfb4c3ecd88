"""The topic `notices` into the ledger. The group only shares out partitions; where to read on is in the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import structlog

from alertcore.records.alert import LogOrigin
from alertcore.records.hub import DeadLetter
from alertcore.records.notice import Notice
from notifiers.sender import patiently
from plumbing.consumer import GroupConsumer
from plumbing.metrics import Metrics
from plumbing.producer import Producer
from plumbing.records import Received, TopicPartition
from plumbing.settings import KafkaAccess
from schemas.codec import UndecodableError, decode, encode
from store.intake import Intake, Taken

_log = structlog.get_logger(__name__)

TOPIC = "notices"
GROUP = "deliver"
DEAD_LETTERS = "dead-letters"


class NoticeIntake:
    """Reads as user `deliver`. `arrived` is called after notices were added."""

    def __init__(
        self, access: KafkaAccess, intake: Intake, producer: Producer, arrived: Callable[[], None], metrics: Metrics | None, prefix: str
    ) -> None:
        self._intake = intake
        self._producer = producer
        self._arrived = arrived
        self._metrics = metrics
        self._prefix = prefix
        self._expected: dict[TopicPartition, int | None] = {}
        self._consumer = GroupConsumer(access, prefix + GROUP, (prefix + TOPIC,), on_assigned=self._assigned)

    async def run(self, ready: Callable[[], None]) -> None:
        """Until cancelled. Raises OtherOwner if another worker read on where this one stood: end, and start anew."""
        await self._consumer.start()
        try:
            ready()
            while True:
                for partition, records in (await self._consumer.getmany(300, 0.2)).items():
                    await self._take(partition, records)
        finally:
            await asyncio.shield(self._consumer.stop())

    async def _assigned(self, partitions: frozenset[TopicPartition]) -> None:
        self._expected.clear()
        for partition in sorted(partitions):
            position = await patiently(lambda p=partition: self._intake.position(*p))  # type: ignore[misc]
            self._expected[partition] = position
            self._consumer.seek(partition, position or 0)

    async def _take(self, partition: TopicPartition, records: Sequence[Received]) -> None:
        now = datetime.now(UTC)
        batch: list[Taken] = []
        for record in records:
            notice, error = _read(record)
            if notice is not None and record.value is not None:
                batch.append((notice, record.value))
            else:
                await self._set_aside(record, error, now)
        expected, following = self._expected[partition], records[-1].offset + 1
        await patiently(lambda: self._intake.take(*partition, expected, following, batch, now))
        self._expected[partition] = following
        await self._consumer.commit({partition: following})  # for who watches the lag; the ledger decides
        self._arrived()

    async def _set_aside(self, record: Received, error: str, now: datetime) -> None:
        """Nobody can be told what cannot be read: an operator must see it."""
        _log.error("notice unreadable", partition=record.partition, offset=record.offset, why=error)
        origin = LogOrigin(topic=TOPIC, partition=record.partition, offset=record.offset)
        letter = DeadLetter(
            origin=origin, key=record.key or b"", value=record.value or b"", error=error, text=error, role="deliver", at=now
        )
        key = f"{TOPIC}/{record.partition}/{record.offset}".encode()
        await self._producer.send_and_wait(self._prefix + DEAD_LETTERS, encode(letter), key=key)
        if self._metrics is not None:
            self._metrics.dead_letters.labels("deliver", error).inc()


def _read(record: Received) -> tuple[Notice | None, str]:
    try:
        value = decode(record.value)
    except UndecodableError as error:
        return None, error.code
    return (value, "") if isinstance(value, Notice) else (None, "record")
