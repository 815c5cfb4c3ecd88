"""What a topic has under one key: only the partition of that key is read."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from plumbing.batches import partition_of
from plumbing.reader import Reader
from plumbing.settings import KafkaAccess
from schemas.codec import UndecodableError, decode

_SAY_EVERY_S = 2.0


async def of_key(access: KafkaAccess, topic: str, key: str, say: Callable[[str], None]) -> list[Any]:
    """The records under a key in their order; what cannot be read is passed over. Says how far it is where that takes a while."""
    reader, raw, found = Reader(access), key.encode(), []
    partition = partition_of(raw, len(await reader.partitions(topic)))
    said, count = time.monotonic(), 0
    async for batch in reader.read_to_end(topic, partition):
        count += len(batch)
        if time.monotonic() - said > _SAY_EVERY_S:
            said = time.monotonic()
            say(f"reading {topic}: {count} records")
        for record in batch:
            if record.key != raw:
                continue
            try:
                found.append(decode(record.value))
            except UndecodableError:
                continue
    return found
