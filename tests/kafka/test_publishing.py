"""A sender at work on a real broker: every event sent gets its answer, whoever else is answered meanwhile."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime

import pytest

from alertcore.records.alert import LogOrigin
from alertcore.records.hub import DoorReceipt, Problem, Verdict
from plumbing.admin import Admin
from plumbing.errors import NotThere
from plumbing.plan import TopicSpec
from plumbing.producer import Producer
from plumbing.reader import Reader
from plumbing.records import TopicPartition
from plumbing.settings import KafkaAccess
from schemas.codec import encode
from tocsin import publishing
from tocsin.exits import UnreachableError
from tocsin.provision.topics import INBOUND_BYTES
from tocsin.publishing import Item, Publisher, as_items

pytestmark = pytest.mark.kafka
AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
async def sender(admin: Admin, prefix: str) -> str:
    """A sender with its topics."""
    name = f"{prefix}acme"
    inbound = TopicSpec(f"in.{name}.plans", 1, {"max.message.bytes": str(INBOUND_BYTES)})
    await admin.create_topics([inbound, TopicSpec(f"out.{name}.receipts", 1, {})])
    return name


def answers(numbers: Sequence[int], topic: str) -> list[DoorReceipt]:
    """Answers to events by their offsets: every tenth event is refused."""
    problem = Problem(code="tenth", text="every tenth is")
    found = []
    for offset, number in enumerate(numbers):
        refused = number % 10 == 0
        verdict, problems = (Verdict.REFUSED, (problem,)) if refused else (Verdict.TAKEN, ())
        origin = LogOrigin(topic=topic, partition=0, offset=offset)
        found.append(DoorReceipt(event_id=f"e{number}", kind="plans", verdict=verdict, problems=problems, at=AT, origin=origin))
    return found


@asynccontextmanager
async def door(access: KafkaAccess, sender: str, count: int) -> AsyncIterator[None]:
    """Answers once `count` events have come: the last first, between things that concern nobody here."""

    async def work() -> None:
        topic, numbers = f"in.{sender}.plans", list[int]()
        async with aclosing(Reader(access).tail({TopicPartition(topic, 0): "beginning"}, idle_s=0.1)) as batches:
            async for batch in batches:
                numbers += [json.loads(record.value or b"")["number"] for record in batch]
                if len(numbers) >= count:
                    break
        stranger, unplaced = (
            DoorReceipt(event_id="x", kind="plans", verdict=Verdict.TAKEN, at=AT, origin=origin)
            for origin in (LogOrigin(topic="in.other.plans", partition=0, offset=0), None)
        )
        said = [b"no record", encode(stranger), encode(unplaced), *(encode(one) for one in reversed(answers(numbers, topic)))]
        async with Producer(access) as producer:
            for value in said:
                await producer.send_and_wait(f"out.{sender}.receipts", value)

    task = asyncio.create_task(work())
    try:
        yield
        await task
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_every_event_is_answered_once_in_whatever_order_the_answers_come(access: KafkaAccess, sender: str) -> None:
    told: list[tuple[int, int]] = []
    async with door(access, sender, 450), Publisher(access, sender) as publisher:
        events = as_items({"number": n} for n in range(1, 451))
        outcome = await publisher.publish("plans", events, lambda answered, sent: told.append((answered, sent)))
    assert (outcome.taken, outcome.refused, outcome.answered) == (405, 45, 450)
    assert sorted(r.number for r in outcome.refusals) == list(range(10, 451, 10))
    assert told[-1] == (450, 450)


async def test_an_event_that_is_too_large_spares_its_neighbours(access: KafkaAccess, sender: str) -> None:
    just = b'{"number": 1, "x": "%s"}'
    largest = just % (b"x" * (publishing.MAX_EVENT_BYTES - len(just) + 2))
    events = [Item(1, largest, ce_id="a" * 256), Item(2, largest + b" "), Item(3, b'{"number": 3}')]
    async with door(access, sender, 2), Publisher(access, sender) as publisher:
        outcome = await publisher.publish("plans", events)
    assert outcome.taken == 2
    assert [(r.number, r.problems[0].code) for r in outcome.refusals] == [(2, "too_large")]


async def test_a_door_that_is_away_is_told_after_a_while_and_nothing_is_lost(
    access: KafkaAccess, sender: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "PATIENCE_S", 0.5)
    async with Publisher(access, sender) as publisher:
        with pytest.raises(UnreachableError, match="1 events are in Kafka and will be taken"):
            await publisher.publish("plans", [Item(1, b"{}", ce_id="a")])
    (record,) = [r async for batch in Reader(access).read_to_end(f"in.{sender}.plans", 0) for r in batch]
    assert record.key == b"a"
    assert dict(record.headers) == {"content-type": b"application/json", "ce_id": b"a", "ce_specversion": b"1.0"}


async def test_a_sender_that_is_not_known_is_told_so_at_once(access: KafkaAccess, prefix: str) -> None:
    with pytest.raises(NotThere):
        async with Publisher(access, f"{prefix}nobody"):
            pass
