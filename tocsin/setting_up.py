"""Sends the hub's own settings files and commands, and waits for the door's answer."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from datetime import UTC, datetime
from uuid import uuid4

from alertcore.records.hub import Command, DoorReceipt
from alertcore.records.shared import Nature
from plumbing.producer import Producer
from plumbing.reader import Reader
from plumbing.records import Delivered, TopicPartition
from plumbing.settings import KafkaAccess
from schemas.codec import encode
from tocsin.exits import UnreachableError
from tocsin.prepare import SETTINGS_TOPIC, send_settings_file
from tocsin.publishing import Place, place_of, receipt_of

RECEIPTS, COMMANDS = "out.hub.receipts", "in.hub.commands"
PATIENCE_S = 20.0


async def send_file(access: KafkaAccess, name: str, text: str, by: str) -> DoorReceipt:
    """Send one settings file; the door's answer."""
    return await _answered(access, SETTINGS_TOPIC, lambda producer: send_settings_file(producer, name, text, by))


async def send_command(
    access: KafkaAccess,
    action: str,
    target: str,
    by: str,
    reason: str = "",
    params: dict[str, str] | None = None,
    *,
    command_id: str = "",
    nature: Nature = Nature.ACTUAL,
) -> DoorReceipt:
    """Send one officer's command; the door's answer (taken means: in the log, to be decided)."""
    command = Command(
        nature=nature,
        command_id=command_id or str(uuid4()),
        by=by,
        action=action,
        target=target,
        reason=reason,
        at=datetime.now(UTC),
        params=params or {},
    )
    headers = (("content-type", b"application/avro"), ("ce_id", command.command_id.encode()))

    async def send(producer: Producer) -> Delivered:
        return await producer.send_and_wait(COMMANDS, encode(command), key=command.command_id.encode(), headers=headers)

    return await _answered(access, COMMANDS, send)


async def _answered(access: KafkaAccess, topic: str, send: Callable[[Producer], Awaitable[Delivered]]) -> DoorReceipt:
    reader, receipts = Reader(access), TopicPartition(RECEIPTS, 0)
    end = (await reader.offsets([receipts]))[receipts][1]
    async with Producer(access) as producer:
        where = await send(producer)
    return await _receipt(reader, receipts, end, (topic, where.partition, where.offset))


async def _receipt(reader: Reader, receipts: TopicPartition, start: int, place: Place) -> DoorReceipt:
    deadline = time.monotonic() + PATIENCE_S
    async with aclosing(reader.tail({receipts: start}, idle_s=0.2)) as batches:
        async for batch in batches:
            for record in batch:
                receipt = receipt_of(record.value)
                if receipt is not None and receipt.origin is not None and place_of(receipt.origin) == place:
                    return receipt
            if time.monotonic() > deadline:
                break
    raise UnreachableError(
        f"the door has not answered for {PATIENCE_S:g} s; the record is in Kafka and will be taken when the door is back"
    )
