"""Many records to Kafka at once, in order, and back when the broker has confirmed them all."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable

from plumbing.producer import Producer
from plumbing.records import OutRecord


async def write_all(producer: Producer, records: Iterable[OutRecord]) -> None:
    """Returns when each is confirmed. Every answer is waited for, then the first error is raised."""
    sent: list[Awaitable[object]] = []
    failure: Exception | None = None
    try:
        for record in records:
            sent.append(await producer.send_record(record))  # noqa: PERF401  # what was sent before a failure is needed
    except Exception as error:
        failure = error
    for confirmation in sent:
        try:
            await confirmation
        except Exception as error:
            failure = failure or error
    if failure is not None:
        raise failure
