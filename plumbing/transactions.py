"""The fenced producer: one owner a transactional id, one transaction a batch, and an older owner can write nothing more."""

import asyncio
from collections.abc import Sequence
from typing import Any, Self

from aiokafka import AIOKafkaProducer

from plumbing.batches import write_batched
from plumbing.clients import start_client, stop_producer, within
from plumbing.errors import Broken, Fenced, Permanent, PlumbingError, Transient, mapped
from plumbing.records import Delivered, OutRecord
from plumbing.settings import MAX_RECORD_BYTES, KafkaAccess, aiokafka_options

_ABORT_S = 2.0


class FencedProducer:
    """Owner of `transactional_id`. `start()` fences every older owner at the broker and aborts what it left open.

    After any error of `write` the instance is done: its outcome may be unknown, so close it, and read the state again
    behind a new `start()` before anything is decided. Fenced means that somebody else has it: end the process.
    """

    def __init__(
        self,
        access: KafkaAccess,
        transactional_id: str,
        *,
        transaction_timeout_s: float = 60.0,
        max_request_size: int = MAX_RECORD_BYTES,
        start_timeout_s: float = 30.0,
        write_timeout_s: float = 60.0,
    ) -> None:
        self.transactional_id = transactional_id
        self._access = access
        self._options: dict[str, Any] = {
            "transactional_id": transactional_id,
            "transaction_timeout_ms": int(transaction_timeout_s * 1000),
            "max_request_size": max_request_size,
            "linger_ms": 0,
            "max_batch_size": 256 * 1024,
        }
        self._start_timeout_s = start_timeout_s
        self._write_timeout_s = write_timeout_s
        self._client: Any = None
        self._failed: PlumbingError | None = None

    async def start(self) -> None:
        """Takes the id over. Raises Refused (no WRITE on the transactional id), Transient (coordinator away)."""
        client = AIOKafkaProducer(**aiokafka_options(self._access), **self._options)
        await start_client(client, stop_producer, self._access, self._start_timeout_s, f"transactional producer {self.transactional_id}")
        self._client = client

    async def stop(self, timeout_s: float = 5.0) -> None:
        """Closes; an open transaction is left to the broker, which aborts it."""
        client, self._client = self._client, None
        if client is not None:
            await stop_producer(client, timeout_s)

    async def write(self, records: Sequence[OutRecord]) -> list[Delivered]:
        """All of `records` in one transaction, or none. Returns where they stand, in order.

        Raises Fenced, Transient (outcome unknown), Permanent (refused, too large: nothing was written). No records: no transaction.
        """
        if self._failed is not None:
            raise Broken(f"{self.transactional_id}: used after a failure") from self._failed
        if self._client is None:
            raise Broken(f"{self.transactional_id}: not started")
        if not records:
            return []
        try:
            async with asyncio.timeout(self._write_timeout_s):
                return await self._transaction(records)
        except asyncio.CancelledError:
            self._failed = Transient(f"transaction of {self.transactional_id}: cancelled, outcome unknown")
            raise
        except Exception as error:
            self._failed = self._kind(error)
            if isinstance(self._failed, Permanent):
                await within(_ABORT_S, self._client.abort_transaction())  # readers need not wait for the broker to do it
            raise self._failed from error

    async def _transaction(self, records: Sequence[OutRecord]) -> list[Delivered]:
        """Not aiokafka's context manager: its way out aborts, which waits without end while the broker is away."""
        await self._client.begin_transaction()
        # confirmed before the commit: aiokafka commits also when a batch was refused by the broker
        written = await write_batched(self._client, records, self._options["max_request_size"])
        await self._client.commit_transaction()
        return written

    def _kind(self, error: Exception) -> PlumbingError:
        fault = mapped(error, f"transaction of {self.transactional_id}")
        if isinstance(fault, Transient) and self._sender_died():
            return Fenced(f"{fault} (the sender has ended)")
        return fault

    def _sender_died(self) -> bool:
        task = self._client._sender.sender_task
        return task is None or bool(task.done())

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
