"""Deliver on the real broker: notices in, mails at a real SMTP server, receipts back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from alertcore.records.hub import DeadLetter
from alertcore.records.notice import AckMode, Audience, Notice, Purpose, Receipt
from notifiers.deliver import DeliverConfig, run_deliver
from plumbing.metrics import Metrics
from plumbing.producer import Producer
from plumbing.reader import Reader
from plumbing.settings import KafkaAccess
from schemas.codec import decode, encode
from store.answers import Answers
from store.errors import OtherOwner
from store.intake import Intake
from store.tokens import Tokens, TokenUse
from tests.contract.stored import EPOCH, notice
from tests.failure.mail_faults import FaultyServer
from tests.failure.mail_hub import VAULT, MailHub, config, sandbox

R = TypeVar("R")
pytestmark = pytest.mark.kafka


@asynccontextmanager
async def delivering(access: KafkaAccess, hub: MailHub, settings: DeliverConfig, prefix: str) -> AsyncIterator[Metrics]:
    """The role, ready, until the block ends."""
    stop, ready, metrics = asyncio.Event(), asyncio.Event(), Metrics()
    role = asyncio.create_task(run_deliver(access, hub.hub.database.engine, settings, stop, ready.set, metrics, prefix))
    started = asyncio.create_task(ready.wait())
    await asyncio.wait([role, started], return_when=asyncio.FIRST_COMPLETED, timeout=30)
    started.cancel()
    if role.done():
        role.result()
    try:
        yield metrics
    finally:
        stop.set()
        await role


@pytest.fixture
async def topics(topic: Callable[..., Awaitable[str]]) -> None:
    for name, partitions in (("notices", 2), ("in.hub.receipts", 1), ("dead-letters", 1)):
        await topic(name, partitions)


async def publish(access: KafkaAccess, prefix: str, *values: Notice | bytes) -> None:
    """Notices by group key, or raw bytes."""
    async with Producer(access) as producer:
        for value in values:
            raw = value if isinstance(value, bytes) else encode(value)
            await producer.send_and_wait(prefix + "notices", raw, key=b"k" if isinstance(value, bytes) else value.group_key.encode())


async def received(access: KafkaAccess, topic: str, kind: type[R], enough: Callable[[list[R]], bool]) -> list[R]:
    """Records of a topic, once there are enough."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = [decode(r.value) async for batch in Reader(access).read_to_end(topic, 0) for r in batch]
        records = [r for r in found if isinstance(r, kind)]
        if enough(records):
            return records
        await asyncio.sleep(0.05)
    raise AssertionError(f"not enough on {topic}")


async def test_a_notice_becomes_mails_and_its_receipt_absolute_numbers(
    access: KafkaAccess, prefix: str, topics: None, tmp_path: Path
) -> None:
    """And the all-clear goes to the same people."""
    async with FaultyServer() as server, MailHub.open(tmp_path) as hub:
        await hub.people([*(f"ok-{n}" for n in range(20)), "u550-x"])
        settings = config(sandbox(server.port), receipts_every_s=0.1)
        async with delivering(access, hub, settings, prefix) as metrics:
            await publish(access, prefix, notice(1))
            await hub.until(accepted=20, failed=1)
            await publish(access, prefix, notice(2, Audience(recipients_of="alr_a"), purpose=Purpose.ALL_CLEAR))
            await hub.until(accepted=40, failed=1)

            def both(found: list[Receipt]) -> bool:
                return {r.notice_id for r in found if r.accepted == 20} == {"ntc_1", "ntc_2"}

            receipts = await received(access, prefix + "in.hub.receipts", Receipt, both)
        last = {r.notice_id: r for r in receipts}
        assert (last["ntc_1"].total, last["ntc_1"].failed, last["ntc_2"].total) == (21, 1, 20)
        versions = [r.version for r in receipts if r.notice_id == "ntc_1"]
        assert versions == sorted(set(versions))
        assert b'tocsin_deliveries_total{channel="email",lane="normal",state="accepted"} 40.0' in metrics.render()


async def test_an_acknowledgement_by_link_is_in_the_next_receipt(access: KafkaAccess, prefix: str, topics: None, tmp_path: Path) -> None:
    """Whoever escalates goes by it. The link is followed in another process: nothing but the ledger says so."""
    async with FaultyServer() as server, MailHub.open(tmp_path) as hub:
        await hub.people(["a", "b", "c"])
        settings = config(sandbox(server.port), receipts_every_s=0.1)
        async with delivering(access, hub, settings, prefix):
            await publish(access, prefix, notice(1, ack=AckMode.ANY))
            await hub.until(accepted=3)

            def told(acknowledged: int) -> Callable[[list[Receipt]], bool]:
                return lambda found: any((r.accepted, r.acknowledged) == (3, acknowledged) for r in found)

            topic = prefix + "in.hub.receipts"
            await received(access, topic, Receipt, told(0))
            answers = Answers(hub.hub.database, VAULT)
            for number in (1, 1, 2):  # a link followed twice is one person
                await answers.acknowledge(Tokens(VAULT).mint(TokenUse.ACKNOWLEDGE, number), datetime.now(UTC))
            receipts = await received(access, topic, Receipt, told(2))
        assert {r.total for r in receipts if r.acknowledged} == {3}


async def test_a_notice_published_twice_is_sent_once_and_rubbish_harms_no_neighbour(
    access: KafkaAccess, prefix: str, topics: None, tmp_path: Path
) -> None:
    async with FaultyServer() as server, MailHub.open(tmp_path) as hub:
        await hub.people(["a", "b"])
        async with delivering(access, hub, config(sandbox(server.port)), prefix):
            await publish(access, prefix, b"rubbish", notice(1), encode(Receipt(notice_id="x", version=1)), notice(1), notice(2))
            await hub.until(accepted=4)
            letters = await received(access, prefix + "dead-letters", DeadLetter, lambda found: len(found) == 2)
        assert {(x.error, x.role) for x in letters} == {("frame", "deliver"), ("record", "deliver")}
        assert sorted(server.taken.values()) == [1, 1, 1, 1]


async def test_after_a_restart_reading_goes_on_where_the_ledger_says(
    access: KafkaAccess, prefix: str, topics: None, tmp_path: Path
) -> None:
    async with FaultyServer() as server, MailHub.open(tmp_path) as hub:
        await hub.people(["a"])
        settings = config(sandbox(server.port))
        await publish(access, prefix, notice(1))
        async with delivering(access, hub, settings, prefix):
            await hub.until(accepted=1)
        await publish(access, prefix, notice(2))
        async with delivering(access, hub, settings, prefix):
            await hub.until(accepted=2)
        assert sum(server.taken.values()) == 2


async def test_a_worker_whose_partition_another_reads_on_stops(access: KafkaAccess, prefix: str, topics: None, tmp_path: Path) -> None:
    """The ledger, not the group, says who owns a partition."""
    async with FaultyServer() as server, MailHub.open(tmp_path) as hub:
        await hub.people(["a"])

        stop, ready = asyncio.Event(), asyncio.Event()
        settings = config(sandbox(server.port))
        role = asyncio.create_task(run_deliver(access, hub.hub.database.engine, settings, stop, ready.set, Metrics(), prefix))
        await publish(access, prefix, notice(1))
        await hub.until(accepted=1)
        ledger, topic = Intake(hub.hub.database), prefix + "notices"
        for partition in (0, 1):
            position = await ledger.position(topic, partition)
            await ledger.take(topic, partition, position, (position or 0) + 7, [], EPOCH)
        await publish(access, prefix, notice(2))
        with pytest.raises(OtherOwner):
            await asyncio.wait_for(role, 30)
        assert sum(server.taken.values()) == 1
