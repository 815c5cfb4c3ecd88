"""Starting and stopping aiokafka's clients within a time limit: where rights or the broker are missing they would hang."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
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
    if not await within(timeout_s, client.stop()):  # what it could not send has failed, or fails with the producer's own end
        await _end(client._sender.sender_task)
        await within(1.0, client.client.close())


async def stop_consumer(client: Any, timeout_s: float) -> None:
    """Leaves the group if the broker answers within `timeout_s`, and closes."""
    if not await within(timeout_s, client.stop()):  # the group finds out by the session timeout
        if client._fetcher is not None:
            await within(1.0, client._fetcher.close())
        await within(1.0, client._client.close())


async def within(timeout_s: float, work: Coroutine[Any, Any, Any]) -> bool:
    """Whether `work` ended well in time. A task of its own: aiokafka's closing lets the CancelledError of its parts escape."""
    task = asyncio.create_task(work)
    await asyncio.wait([task], timeout=timeout_s)
    await _end(task)
    return not task.cancelled() and task.done() and task.exception() is None


async def _end(task: "asyncio.Task[Any] | None") -> None:
    """Cancels twice: aiokafka's sender answers the first one by waiting for requests under way."""
    for _ in range(2):
        if task is not None and not task.done():
            task.cancel()
            await asyncio.wait([task], timeout=1.0)
    if task is not None and task.done() and not task.cancelled():
        task.exception()  # seen: asyncio need not log it
