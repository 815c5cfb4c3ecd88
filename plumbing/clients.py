"""Starting and stopping aiokafka's clients within a time limit: where rights or the broker are missing they would hang."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from aiokafka.errors import KafkaConnectionError

from plumbing.errors import Transient, mapped
from plumbing.librdkafka import await_metadata
from plumbing.settings import KafkaAccess

Stop = Callable[[Any, float], Awaitable[None]]


async def start_client(client: Any, stop: Stop, access: KafkaAccess, timeout_s: float, who: str) -> None:
    """Starts an aiokafka client of `access` within `timeout_s`, and leaves nothing open if that fails. Raises our errors."""
    try:
        async with asyncio.timeout(timeout_s):
            await client.start()
    except BaseException as error:
        await stop(client, 2.0)
        if isinstance(error, KafkaConnectionError):
            await asyncio.to_thread(_say_if_refused, access)
        if isinstance(error, Exception):
            raise mapped(error, f"start of {who} at {access.bootstrap}") from error
        raise


def _say_if_refused(access: KafkaAccess) -> None:
    """aiokafka says only that it could not connect; librdkafka knows whether it was the password. Raises Refused or nothing."""
    with suppress(Transient):
        await_metadata(access, 1.0, lambda: True)


async def stop_producer(client: Any, timeout_s: float) -> None:
    """Flushes for at most `timeout_s`, and closes; stop() alone would wait for its flush as long as the broker is away."""
    try:
        async with asyncio.timeout(timeout_s):
            await client.stop()
    except Exception:  # time is up, or what killed the sender comes out again: its records have failed already
        await _end(client._sender.sender_task)
        await client.client.close()


async def stop_consumer(client: Any, timeout_s: float) -> None:
    """Leaves the group if the broker answers within `timeout_s`, and closes."""
    try:
        async with asyncio.timeout(timeout_s):
            await client.stop()
    except Exception:  # the group finds out by the session timeout
        for part in (client._fetcher, client._client):
            if part is not None:
                with suppress(Exception):
                    await part.close()


async def _end(task: "asyncio.Task[None] | None") -> None:
    """Cancels twice: aiokafka's sender answers the first one by waiting for requests under way."""
    for _ in range(2):
        if task is not None and not task.done():
            task.cancel()
            await asyncio.wait([task], timeout=1.0)
    if task is not None and task.done() and not task.cancelled():
        task.exception()
