"""What a topic has under one key is found in the partition of that key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from alertcore.records.dispatch import Verdicts
from plumbing.producer import Producer
from plumbing.settings import KafkaAccess
from schemas.codec import encode
from tocsin.keyed_log import of_key

pytestmark = pytest.mark.kafka
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


async def test_each_key_has_its_own_records_in_their_order(access: KafkaAccess, topic: Callable[..., Awaitable[str]]) -> None:
    name, keys, said = await topic("verdicts", partitions=4), [f"alr_{n}" for n in range(12)], list[str]()
    async with Producer(access) as producer:
        for n in range(3):
            for key in keys:
                record = Verdicts(alert_id=key, at=AT + n * timedelta(seconds=1))
                await producer.send_and_wait(name, encode(record), key=key.encode())
        await producer.send_and_wait(name, b"nothing to be read", key=keys[0].encode())
    for key in keys:
        found = await of_key(access, name, key, said.append)
        assert [(v.alert_id, v.at) for v in found] == [(key, AT + n * timedelta(seconds=1)) for n in range(3)]
    assert await of_key(access, name, "alr_none", said.append) == []
    assert said == [], "nothing took long"
