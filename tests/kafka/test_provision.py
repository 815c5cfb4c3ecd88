"""Provisioning on the real broker: what is planned is what is there, and each forbidden pair is tried."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from alertcore.register import Authorities, Authority, Sender, Senders
from plumbing.admin import Admin
from plumbing.consumer import GroupConsumer
from plumbing.errors import NotThere, PlumbingError, Refused, TooLarge
from plumbing.plan import Acl, TopicSpec
from plumbing.producer import Producer
from plumbing.reader import Reader
from plumbing.records import OutRecord
from plumbing.transactions import FencedProducer
from tocsin.kafka.server import EmbeddedKafka
from tocsin.provision.commands import (
    ProvisionError,
    Registers,
    authorities_apply,
    authorities_plan,
    senders_apply,
    senders_plan,
    topics_apply,
    topics_plan,
)
from tocsin.provision.names import HUB_USERS
from tocsin.provision.plan import Action

pytestmark = pytest.mark.kafka

PREFIX = "provisioned."
REGISTERS = Registers(
    Senders(
        senders=(
            Sender(name="lab-a", kinds=("plans",)),
            Sender(name="lab-b", kinds=("plans",)),
            Sender(name="press", kinds=(), published=True),
        )
    ),
    Authorities(authorities=(Authority(id="be"), Authority(id="de"))),
)

Writes = Callable[[str, str], Awaitable[bool]]


@pytest.fixture
async def hub(kafka: EmbeddedKafka, admin: Admin) -> EmbeddedKafka:
    """The broker with everything applied (the second time there is nothing to do)."""
    await topics_apply(admin, kafka.secrets, prefix=PREFIX)
    await senders_apply(admin, kafka.secrets, REGISTERS, prefix=PREFIX)
    await authorities_apply(admin, kafka.secrets, REGISTERS, prefix=PREFIX)
    return kafka


@pytest.fixture
async def writes(hub: EmbeddedKafka) -> AsyncIterator[Writes]:
    """`await writes(user, topic)`: whether the broker took a record."""
    producers: dict[str, Producer] = {}

    async def attempt(user: str, topic: str) -> bool:
        try:
            if user not in producers:
                producer = Producer(hub.access(user))
                await producer.start()  # refused already to who may write no topic at all
                producers[user] = producer
            await producers[user].send_and_wait(PREFIX + topic, b"x", key=b"k")
        except (Refused, NotThere):
            return False
        return True

    yield attempt
    for producer in producers.values():
        await producer.stop()


async def reads(hub: EmbeddedKafka, user: str, topic: str) -> bool:
    """Whether the broker shows `user` the topic, and what is in it."""
    try:
        async for _ in Reader(hub.access(user), timeout_s=10.0).read_to_end(PREFIX + topic, 0):
            pass
    except (Refused, NotThere):
        return False
    return True


async def test_after_apply_every_plan_is_empty(hub: EmbeddedKafka, admin: Admin) -> None:
    assert await topics_plan(admin, hub.secrets, prefix=PREFIX) == ()
    assert await senders_plan(admin, hub.secrets, REGISTERS, prefix=PREFIX) == ()
    assert await authorities_plan(admin, hub.secrets, REGISTERS, prefix=PREFIX) == ()


async def test_passwords_are_private_files_and_stand_in_no_step(kafka: EmbeddedKafka, admin: Admin, prefix: str, tmp_path: Path) -> None:
    register = Registers(Senders(senders=(Sender(name="newcomer", kinds=("plans",)),)))
    steps = await senders_apply(admin, tmp_path / "secrets", register, prefix=prefix)
    secret = tmp_path / "secrets" / "newcomer"
    assert secret.stat().st_mode & 0o777 == 0o600
    assert not [step for step in steps if secret.read_text() in repr(step)]
    await senders_apply(admin, tmp_path / "secrets", Registers(), prefix=prefix)
    assert not secret.exists()
    assert "newcomer" not in await admin.users()


WRITE_ALLOWED = {
    ("lab-a", "in.lab-a.plans"),
    ("be", "rapidalerts.be.acks"),
    ("hub", "in.hub.commands"),
    ("hub", "in.hub.settings"),
    ("hub", "in.hub.receipts"),
    ("door", "out.lab-a.receipts"),
    *(("door", log) for log in ("stock.log", "supply.log", "cases.log", "dead-letters")),
    *(("console", log) for log in ("stock.log", "supply.log", "cases.log", "dead-letters", "out.lab-a.receipts", "in.hub.commands")),
    *(("decide", log) for log in ("stock.log", "supply.log", "cases.log", "dead-letters")),
    *(
        ("decide", topic)
        for topic in ("positions", "signals", "alerts", "notices", "verdicts", "silences", "rapidalerts.outbox", "cases.state")
    ),
    *(("relay", topic) for topic in ("rapidalerts.be", "alerts.published", "keys", "ledger.heads", "dead-letters")),
    ("deliver", "in.hub.receipts"),
    ("deliver", "dead-letters"),
}
WRITERS = ("lab-a", "lab-b", "press", "be", "de", *HUB_USERS)
WRITTEN = (
    *("in.lab-a.plans", "out.lab-a.receipts", "rapidalerts.be", "rapidalerts.be.acks", "rapidalerts.outbox", "alerts.published"),
    *("stock.log", "supply.log", "cases.log", "cases.state", "positions", "signals", "alerts", "notices", "verdicts", "silences"),
    *("keys", "ledger.heads"),
    *("in.hub.commands", "in.hub.settings", "in.hub.receipts", "dead-letters"),
)


@pytest.mark.parametrize("user", WRITERS)
async def test_each_user_writes_what_is_its_own_and_nothing_else(writes: Writes, user: str) -> None:
    taken = {(user, topic) for topic in WRITTEN if await writes(user, topic)}
    assert taken == {pair for pair in WRITE_ALLOWED if pair[0] == user}


async def readable(hub: EmbeddedKafka, user: str) -> set[str]:
    """Of all topics tried, those that `user` can read."""
    tried = await asyncio.gather(*(reads(hub, user, topic) for topic in WRITTEN))
    return {topic for topic, could in zip(WRITTEN, tried, strict=True) if could}


READ_ALLOWED = {
    "lab-a": {"out.lab-a.receipts", "keys", "ledger.heads"},
    "lab-b": {"keys", "ledger.heads"},
    "press": {"alerts.published", "keys", "ledger.heads"},
    "be": {"rapidalerts.be", "keys", "ledger.heads"},
    "de": {"keys", "ledger.heads"},
    "hub": {"in.hub.settings", "keys", "ledger.heads"},
    "door": {
        *("in.lab-a.plans", "in.hub.commands", "in.hub.settings", "in.hub.receipts", "rapidalerts.be.acks"),
        *("alerts", "positions", "keys", "ledger.heads"),
    },
    "console": {"signals", "alerts", "verdicts", "silences", "in.hub.settings", "positions", "keys", "ledger.heads"},
    "decide": {"stock.log", "supply.log", "cases.log", "cases.state", "alerts", "positions", "keys", "ledger.heads"},
    "relay": {"rapidalerts.be", "rapidalerts.outbox", "alerts.published", "alerts", "positions", "keys", "ledger.heads"},
    "deliver": {"rapidalerts.be", "notices", "alerts", "positions", "keys", "ledger.heads"},
}


@pytest.mark.parametrize("user", sorted(READ_ALLOWED))
async def test_each_user_reads_what_is_its_own_and_nothing_else(hub: EmbeddedKafka, user: str) -> None:
    assert await readable(hub, user) == READ_ALLOWED[user]


async def test_the_operator_reads_every_topic(hub: EmbeddedKafka) -> None:
    assert await readable(hub, "operator") == set(WRITTEN)


async def test_a_subscriber_uses_groups_under_its_own_name_only(hub: EmbeddedKafka) -> None:
    async with GroupConsumer(hub.access("be"), f"{PREFIX}be.office", [f"{PREFIX}rapidalerts.be"], start_timeout_s=10.0) as consumer:
        await consumer.getmany(timeout_s=0.1)
    stranger = GroupConsumer(hub.access("be"), f"{PREFIX}relay", [f"{PREFIX}rapidalerts.be"], start_timeout_s=3.0)
    with pytest.raises(PlumbingError):
        await stranger.start()


@pytest.mark.parametrize(("user", "transaction"), [("relay", "cases-0"), ("decide", "relay"), ("be", "relay"), ("lab-a", "cases-0")])
async def test_nobody_fences_anothers_transactions(hub: EmbeddedKafka, user: str, transaction: str) -> None:
    producer = FencedProducer(hub.access(user), PREFIX + transaction, start_timeout_s=5.0)
    with pytest.raises(Refused):
        await producer.start()
    await producer.stop()


async def test_the_stages_and_the_relay_may_start_their_own_transactions(hub: EmbeddedKafka) -> None:
    for user, transaction, topic in (("decide", "cases-0", "cases.state"), ("relay", "relay", "rapidalerts.be")):
        async with FencedProducer(hub.access(user), PREFIX + transaction) as producer:
            assert len(await producer.write([OutRecord(PREFIX + topic, b"x", b"k")])) == 1


async def test_inbound_topics_take_four_mebibytes_and_no_more(hub: EmbeddedKafka) -> None:
    async with Producer(hub.access("lab-a")) as producer:
        await producer.send_and_wait(f"{PREFIX}in.lab-a.plans", bytes(4 * 1024 * 1024))
        with pytest.raises(TooLarge):
            await producer.send_and_wait(f"{PREFIX}in.lab-a.plans", bytes(4 * 1024 * 1024 + 8 * 1024))


async def test_a_right_given_by_hand_is_found_and_taken_back(hub: EmbeddedKafka, admin: Admin, writes: Writes) -> None:
    await admin.create_acls([Acl("User:lab-b", "topic", f"{PREFIX}in.lab-a.plans", "write")])
    [step] = await senders_plan(admin, hub.secrets, REGISTERS, prefix=PREFIX)
    assert step.action is Action.REVOKE
    await senders_apply(admin, hub.secrets, REGISTERS, prefix=PREFIX)
    assert not await writes("lab-b", "in.lab-a.plans")


async def test_a_log_of_another_size_stops_the_whole_apply(kafka: EmbeddedKafka, admin: Admin, prefix: str) -> None:
    await admin.create_topics([TopicSpec(f"{prefix}stock.log", 2)])
    with pytest.raises(ProvisionError, match="never resized"):
        await topics_apply(admin, kafka.secrets, prefix=prefix)
    assert set(await admin.topics([f"{prefix}stock.log", f"{prefix}cases.log"])) == {f"{prefix}stock.log"}
