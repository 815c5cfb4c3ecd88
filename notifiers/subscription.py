"""A subscriber's side over Kafka: reads its topic with its own credentials, checks each record, and acknowledges."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime

from alertcore.records.rapid import AckLevel
from notifiers.chain import target_topic
from notifiers.signing import JWK, keys_by_id
from notifiers.verifying import Checked, Follower, acknowledgement
from plumbing.producer import Producer
from plumbing.reader import Reader, Start
from plumbing.records import TopicPartition
from plumbing.settings import KafkaAccess


async def read_keys(reader: Reader, prefix: str = "") -> dict[str, JWK]:
    """The hub's public keys, by key id, as the topic `keys` holds them: the latest word on each counts."""
    found: dict[str, JWK] = {}
    async for batch in reader.read_to_end(f"{prefix}keys", 0):
        for received in batch:
            key = json.loads(received.value) if received.value else {}
            found |= keys_by_id([key])
    return found


class Subscription:
    """One subscriber (an authority, or `public`). `pinned`: keys got another way; then those of the topic are not believed."""

    def __init__(self, access: KafkaAccess, authority: str, *, pinned: dict[str, JWK] | None = None, prefix: str = "") -> None:
        self.authority = authority
        self._reader = Reader(access)
        self._producer = Producer(access)
        self._producing = False
        self._keys: dict[str, JWK] = dict(pinned or {})
        self._pinned = pinned is not None
        self._prefix = prefix

    async def records(self, start: Start = "beginning", *, idle_s: float = 0.5) -> AsyncGenerator[Checked | None, None]:
        """Each record with what was found, without end; None after `idle_s` without one, so that the caller may stop.

        Read only inside `contextlib.aclosing`. Raises NotThere (also where this user may not read), OffsetGone, Transient.
        """
        at = TopicPartition(self._prefix + target_topic(self.authority), 0)
        first, end = (await self._reader.offsets([at]))[at]
        begin = {"beginning": first, "end": end}[start] if isinstance(start, str) else start
        follower = Follower(self.authority, self._keys, from_start=begin == 0)
        await self._read_keys()
        async with aclosing(self._reader.tail({at: begin}, idle_s=idle_s)) as batches:
            async for batch in batches:
                for received in batch:
                    if not follower.knows_key_of(received):
                        await self._read_keys()
                    yield follower.check(received)
                if not batch:
                    yield None

    async def acknowledge(self, checked: Checked, level: AckLevel, at: datetime, by_function: str) -> bool:
        """Tells the hub; False for what is not acknowledged. Returns after the broker's answer."""
        record = acknowledgement(checked, level, at, by_function, self._prefix)
        if record is None:
            return False
        if not self._producing:
            await self._producer.start()
            self._producing = True
        await (await self._producer.send_record(record))
        return True

    async def close(self) -> None:
        """Ends what `acknowledge` opened."""
        if self._producing:
            self._producing = False
            await self._producer.stop()

    async def _read_keys(self) -> None:
        if not self._pinned:
            self._keys |= await read_keys(self._reader, self._prefix)
