"""The relay on the real broker: signed, without gap or repeat whatever is killed; and a subscriber that finds what is not."""

import asyncio
import json
import random
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from alertcore.records.rapid import AckLevel, Acknowledgement, RapidAlert
from alertcore.register import Authorities, Authority
from notifiers.forwarding import RelayStoppedError
from notifiers.relay import RelayConfig, run_relay
from notifiers.subscription import Subscription, read_keys
from notifiers.verifying import Checked
from plumbing.admin import Admin
from plumbing.consumer import GroupConsumer
from plumbing.errors import Fenced, NotThere, Transient
from plumbing.metrics import Metrics
from plumbing.producer import Producer
from plumbing.reader import Reader
from plumbing.records import OutRecord, Received, TopicPartition
from plumbing.transactions import FencedProducer
from schemas.codec import decode, encode
from tests.kafka import relay_worker
from tests.unit.notifiers.rapid import rapid
from tocsin.kafka.server import EmbeddedKafka
from tocsin.provision.commands import Registers, authorities_apply, topics_apply
from tocsin.subscribe import subscribe

pytestmark = pytest.mark.kafka

REGISTERS = Registers(authorities=Authorities(authorities=(Authority(id="be"), Authority(id="de"))))
DEADLINE_S = 30.0


class Hub:
    """A provisioned cluster under one prefix, with an outbox to write to and a relay to start."""

    def __init__(self, kafka: EmbeddedKafka, prefix: str, keys: Path) -> None:
        self.kafka = kafka
        self.prefix = prefix
        self.keys = keys

    async def cases_emits(self, *records: RapidAlert) -> None:
        """Puts records into the outbox as stage `cases` does."""
        async with Producer(self.kafka.access("decide")) as producer:
            for record in records:
                await producer.send_and_wait(f"{self.prefix}rapidalerts.outbox", encode(record), key=record.authority.encode())

    def config(self, **changes: Any) -> RelayConfig:
        fixed = {"agency": "ansm", "country": "FR", "name": "Agence", "keys": self.keys, "authorities": ("be", "de")}
        return RelayConfig(**{**fixed, **changes})

    @asynccontextmanager
    async def relay(self, **changes: Any) -> AsyncIterator[asyncio.Task[None]]:
        """A running relay in this process."""
        stop, ready = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(run_relay(self.kafka.access("relay"), self.config(**changes), stop, ready.set, Metrics(), self.prefix))
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED, timeout=DEADLINE_S)
        waiting.cancel()
        try:
            yield task
        finally:
            stop.set()
            await asyncio.wait({task}, timeout=DEADLINE_S)

    async def process(self) -> asyncio.subprocess.Process:
        """A relay in a process of its own, once it is ready."""
        words = [self.kafka.bootstrap, str(self.kafka.secrets), str(self.keys), self.prefix]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.kafka.relay_worker", *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
        assert process.stdout is not None
        async with asyncio.timeout(DEADLINE_S):
            assert await process.stdout.readline() == b"ready\n"
        return process

    async def received(self, authority: str, until: Callable[[list[Checked]], bool]) -> list[Checked]:
        """What the authority reads and finds, from the beginning until the condition holds."""
        found: list[Checked] = []
        subscription = Subscription(self.kafka.access(authority), authority, prefix=self.prefix)
        async with asyncio.timeout(DEADLINE_S), aclosing(subscription.records(idle_s=0.05)) as records:
            async for checked in records:
                if checked is not None:
                    found.append(checked)
                if until(found):
                    break
        return found

    async def raw(self, topic: str) -> list[Received]:
        reader = Reader(self.kafka.access("operator"))
        return [one async for batch in reader.read_to_end(self.prefix + topic, 0) for one in batch]

    async def end(self, topic: str) -> int:
        """The next offset to be written."""
        at = TopicPartition(self.prefix + topic, 0)
        return (await Reader(self.kafka.access("operator")).offsets([at]))[at][1]

    async def reached(self, topic: str, end: int) -> bool:
        """Whether the topic is so long."""
        return await self.end(topic) >= end

    async def subscribes(self, authority: str, **options: Any) -> tuple[int, list[dict[str, Any]]]:
        """`tocsin subscribe`: exit code and lines."""
        lines: list[dict[str, Any]] = []
        access = self.kafka.access(authority)
        code = await subscribe(access, authority, lines.append, lambda: datetime.now(UTC), timeout_s=1.0, prefix=self.prefix, **options)
        return code, json.loads(json.dumps(lines))


@pytest.fixture
async def hub(kafka: EmbeddedKafka, admin: Admin, prefix: str, tmp_path: Path) -> Hub:
    await topics_apply(admin, kafka.secrets, prefix=prefix)
    await authorities_apply(admin, kafka.secrets, REGISTERS, prefix=prefix)
    return Hub(kafka, prefix, tmp_path / "signing")


def numbers(checked: list[Checked]) -> list[int]:
    """Sequences of what is no heartbeat."""
    return [one.record.sequence for one in checked if isinstance(one.record, RapidAlert) and one.record.message_kind != "heartbeat"]


def at_least(count: int) -> Callable[[list[Checked]], bool]:
    return lambda found: len(numbers(found)) >= count


async def test_what_cases_emits_reaches_its_authority_signed_and_in_order(hub: Hub) -> None:
    async with hub.relay():
        await hub.cases_emits(rapid(1), rapid(1, "de"), rapid(2))
        to_be = await hub.received("be", at_least(2))
        to_de = await hub.received("de", at_least(1))
    assert (numbers(to_be), numbers(to_de)) == ([1, 2], [1])
    assert all(one.good for one in [*to_be, *to_de])
    assert [one.record.defect_details for one in to_de if isinstance(one.record, RapidAlert) and one.record.sequence] == ["glass in vials"]


async def test_heartbeats_come_by_themselves_and_repeat_the_last_number(hub: Hub) -> None:
    async with hub.relay(heartbeat_s=0.1):
        await hub.cases_emits(rapid(1))
        found = await hub.received("be", lambda seen: numbers(seen) == [1] and len(seen) >= 6)
    assert all(one.good for one in found)
    assert [one.record.sequence for one in found if one.record][-1] == 1


async def test_the_keys_of_this_quarter_and_the_next_are_published_before_anything_is_signed(hub: Hub) -> None:
    async with hub.relay():
        keys = await read_keys(Reader(hub.kafka.access("be")), hub.prefix)
    assert sorted(keys) == sorted(path.stem for path in hub.keys.iterdir())
    assert len(keys) == 2
    assert not [key for key in keys.values() if "d" in key]


async def test_a_relay_that_lost_its_keys_signs_with_new_ones_and_its_old_records_stay_good(hub: Hub) -> None:
    async with hub.relay():
        await hub.cases_emits(rapid(1))
        await hub.received("be", at_least(1))
    for path in hub.keys.iterdir():
        path.unlink()
    async with hub.relay():
        await hub.cases_emits(rapid(2))
        found = await hub.received("be", at_least(2))
    assert all(one.good for one in found)
    assert len({one.kid for one in found}) == 2


async def test_a_restarted_relay_goes_on_where_it_was(hub: Hub) -> None:
    async with hub.relay():
        await hub.cases_emits(rapid(1), rapid(2))
        await hub.received("be", at_least(2))
    await hub.cases_emits(rapid(1), rapid(2), rapid(3))  # cases was killed and emits its last batch again
    async with hub.relay():
        found = await hub.received("be", at_least(3))
    assert numbers(found) == [1, 2, 3]
    assert all(one.good for one in found)


async def test_offsets_that_were_never_committed_make_no_second_record(hub: Hub) -> None:
    async with hub.relay():
        await hub.cases_emits(rapid(1), rapid(2))
        await hub.received("be", at_least(2))
    group = f"{hub.prefix}relay"
    async with GroupConsumer(hub.kafka.access("relay"), group, [f"{hub.prefix}rapidalerts.outbox"], instance_id=group) as consumer:
        await consumer.getmany()
        await consumer.commit(dict.fromkeys(consumer.assignment(), 0))
    async with hub.relay():
        await hub.cases_emits(rapid(3))
        found = await hub.received("be", at_least(3))
    assert numbers(found) == [1, 2, 3]


async def test_a_killed_relay_leaves_neither_gap_nor_repeat(hub: Hub) -> None:
    chance, rounds, each = random.Random(7), 4, 60
    total = rounds * each
    process = await hub.process()
    try:
        for n in range(rounds):
            end = await hub.end("rapidalerts.be")
            emitting = asyncio.create_task(hub.cases_emits(*(rapid(n * each + k) for k in range(1, each + 1))))
            await _until(partial(hub.reached, "rapidalerts.be", end + chance.randint(2, each)))
            process.kill()
            await process.wait()
            await emitting
            process = await hub.process()
        found = await hub.received("be", at_least(total))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
    assert numbers(found) == list(range(1, total + 1))
    assert [one.problems for one in found if not one.good] == []


async def test_a_second_relay_fences_the_first_which_ends_at_once(hub: Hub) -> None:
    first = await hub.process()
    try:
        async with hub.relay():
            async with asyncio.timeout(DEADLINE_S):
                assert await first.wait() == relay_worker.FENCED
            await hub.cases_emits(rapid(1))
            found = await hub.received("be", at_least(1))
    finally:
        if first.returncode is None:
            first.kill()
            await first.wait()
    assert numbers(found) == [1]
    assert all(one.good for one in found)


async def test_a_relay_that_was_fenced_raises_and_writes_nothing_more(hub: Hub) -> None:
    async with hub.relay(heartbeat_s=0.1) as first, hub.relay(heartbeat_s=3600):
        async with asyncio.timeout(DEADLINE_S):
            with pytest.raises(Fenced):
                await first
        await hub.cases_emits(rapid(1))
        found = await hub.received("be", at_least(1))
    assert all(one.good for one in found)


async def test_a_gap_in_the_outbox_stops_the_relay_and_what_came_before_it_is_there(hub: Hub) -> None:
    async with hub.relay() as task:
        await hub.cases_emits(rapid(1), rapid(3))
        async with asyncio.timeout(DEADLINE_S):
            with pytest.raises(RelayStoppedError, match="sequence 3 for be where 2 was due"):
                await task
    found = await hub.received("be", at_least(1))
    assert numbers(found) == [1]


async def test_junk_in_the_outbox_is_a_dead_letter_and_its_neighbours_pass(hub: Hub) -> None:
    async with hub.relay():
        await hub.cases_emits(rapid(1))
        async with Producer(hub.kafka.access("decide")) as producer:
            await producer.send_and_wait(f"{hub.prefix}rapidalerts.outbox", b"junk", key=b"be")
        await hub.cases_emits(rapid(2))
        found = await hub.received("be", at_least(2))
    reader = Reader(hub.kafka.access("operator"))
    letters = [one for n in range(4) async for batch in reader.read_to_end(f"{hub.prefix}dead-letters", n) for one in batch]
    assert numbers(found) == [1, 2]
    assert [decode(one.value).value for one in letters] == [b"junk"]


async def test_an_authority_nobody_has_set_up_stops_the_relay_until_somebody_does(hub: Hub, admin: Admin) -> None:
    async with hub.relay() as task:
        await hub.cases_emits(rapid(1, "nl"))
        async with asyncio.timeout(DEADLINE_S):
            with pytest.raises((NotThere, Transient)):
                await task
    more = Registers(authorities=Authorities(authorities=(*REGISTERS.authorities.authorities, Authority(id="nl"))))
    await authorities_apply(admin, hub.kafka.secrets, more, prefix=hub.prefix)
    async with hub.relay():
        assert numbers(await hub.received("nl", at_least(1))) == [1]


async def test_subscribe_prints_a_line_a_record_and_acknowledges_what_is_good(hub: Hub) -> None:
    async with hub.relay():
        await hub.cases_emits(rapid(1), rapid(2))
        await hub.received("be", at_least(2))
        code, lines = await hub.subscribes("be", count=3)
    assert code == 0
    assert [(line["sequence"], line["verified"], line["gap"]) for line in lines] == [(0, True, False), (1, True, False), (2, True, False)]
    assert [line["acknowledged"] for line in lines] == [None, "received", "received"]
    acks: list[Acknowledgement] = [decode(one.value) for one in await hub.raw("rapidalerts.be.acks")]
    assert [(ack.authority, ack.alert_id, ack.level) for ack in acks] == [
        ("be", "alr_be1", AckLevel.RECEIVED),
        ("be", "alr_be2", AckLevel.RECEIVED),
    ]


async def test_subscribe_ends_by_itself_when_nothing_more_comes(hub: Hub) -> None:
    async with hub.relay():
        pass
    code, lines = await hub.subscribes("be", start="beginning")
    assert (code, len(lines)) == (0, 1)


async def forge(hub: Hub, change: Callable[[list[Received]], list[Received]]) -> None:
    """The topic of `be` made anew by somebody who got hold of the broker: as it was, but changed."""
    kept = change(await hub.raw("rapidalerts.be"))
    admin = Admin(hub.kafka.access("admin"))
    topic = f"{hub.prefix}rapidalerts.be"
    spec = (await admin.topics([topic]))[topic]
    await admin.delete_topics([topic])
    await _until(lambda: _gone(admin, topic))
    await admin.create_topics([spec])
    async with FencedProducer(hub.kafka.access("relay"), f"{hub.prefix}relay") as producer:
        await producer.write([OutRecord(topic, one.value, one.key, one.headers) for one in kept])


def flip(records: list[Received]) -> list[Received]:
    value = bytearray(records[2].value or b"")
    value[-9] ^= 0x20
    return [*records[:2], records[2]._replace(value=bytes(value)), *records[3:]]


def omit(records: list[Received]) -> list[Received]:
    return [*records[:2], *records[3:]]


@pytest.mark.parametrize(("change", "verdict"), [(flip, (2, False, False)), (omit, (3, True, True))])
async def test_subscribe_finds_a_flipped_byte_and_a_gap_and_ends_with_1(
    hub: Hub, change: Callable[[list[Received]], list[Received]], verdict: tuple[int, bool, bool]
) -> None:
    async with hub.relay():
        await hub.cases_emits(rapid(1), rapid(2), rapid(3))
        await hub.received("be", at_least(3))
    await forge(hub, change)
    code, lines = await hub.subscribes("be")
    assert code == 1
    last = lines[-1]
    assert len(lines) == 3
    assert (last["sequence"], last["verified"], last["gap"]) == verdict
    assert last["problems"]
    assert last["acknowledged"] is None


async def test_no_authority_reads_anothers_topic(hub: Hub) -> None:
    with pytest.raises(NotThere):
        await subscribe(hub.kafka.access("de"), "be", lambda _: None, lambda: datetime.now(UTC), prefix=hub.prefix)


async def _gone(admin: Admin, topic: str) -> bool:
    return not await admin.topics([topic])


async def _until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not await condition():  # noqa: ASYNC110 - the broker tells nobody
            await asyncio.sleep(0)
