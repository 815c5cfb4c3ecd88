"""Administration of a real broker: a plan, applied once, leaves nothing to do."""

from collections.abc import Awaitable, Callable

import pytest

from plumbing.admin import Admin
from plumbing.consumer import GroupConsumer
from plumbing.errors import Permanent, Refused, Transient
from plumbing.librdkafka import await_metadata
from plumbing.plan import CLUSTER_NAME, Acl, TopicSpec, plan_acls, plan_topics
from plumbing.producer import Producer
from plumbing.records import TopicPartition
from plumbing.settings import KafkaAccess, Secret

pytestmark = pytest.mark.kafka

Topic = Callable[..., Awaitable[str]]
User = Callable[..., Awaitable[KafkaAccess]]


async def test_topics_applied_once_leave_nothing_to_plan(admin: Admin, prefix: str) -> None:
    wanted = [
        TopicSpec(f"{prefix}log", 3, {"retention.ms": "2592000000", "max.message.bytes": "8388608"}),
        TopicSpec(f"{prefix}state", 1, {"cleanup.policy": "compact"}),
    ]
    names = [one.name for one in wanted]
    first = plan_topics(wanted, await admin.topics(names))
    assert first.create == tuple(wanted)
    await admin.apply_topics(first)
    assert await admin.topics(names) == {one.name: one for one in wanted}
    assert plan_topics(wanted, await admin.topics(names)).empty
    await admin.apply_topics(first)
    assert await admin.topics(names) == {one.name: one for one in wanted}


async def test_a_changed_config_is_set_and_others_are_kept(admin: Admin, prefix: str) -> None:
    await admin.create_topics([TopicSpec(f"{prefix}log", 1, {"retention.ms": "1000", "segment.ms": "5000"})])
    plan = plan_topics([TopicSpec(f"{prefix}log", 1, {"retention.ms": "2000"})], await admin.topics())
    await admin.apply_topics(plan)
    assert (await admin.topics())[f"{prefix}log"].configs == {"retention.ms": "2000", "segment.ms": "5000"}


async def test_topics_grow_only_when_asked_to(admin: Admin, prefix: str) -> None:
    await admin.create_topics([TopicSpec(f"{prefix}log", 1)])
    plan = plan_topics([TopicSpec(f"{prefix}log", 4)], await admin.topics())
    await admin.apply_topics(plan)
    assert (await admin.topics())[f"{prefix}log"].partitions == 1
    await admin.apply_topics(plan, grow=True)
    assert (await admin.topics())[f"{prefix}log"].partitions == 4


async def test_rights_applied_once_leave_nothing_to_plan(admin: Admin, prefix: str) -> None:
    ann = f"User:{prefix}ann"
    await admin.create_acls([Acl(ann, "topic", f"{prefix}old", "read")])
    wanted = {
        Acl(ann, "topic", f"{prefix}in.", "write", "prefixed"),
        Acl(ann, "group", f"{prefix}g", "read"),
        Acl(ann, "transactional_id", prefix, "describe", "prefixed"),
        Acl(ann, "cluster", CLUSTER_NAME, "describe"),
    }
    await admin.apply_acls(plan_acls(wanted, await admin.acls(), {ann}))
    present = await admin.acls()
    assert {acl for acl in present if acl.principal == ann} == wanted
    assert plan_acls(wanted, present, {ann}).empty
    await admin.delete_acls(wanted)
    assert not {acl for acl in await admin.acls() if acl.principal == ann}


async def test_a_user_comes_changes_password_and_goes(admin: Admin, access: KafkaAccess, prefix: str) -> None:
    name = f"{prefix}ann"
    await admin.set_password(name, Secret("first"))
    assert name in await admin.users()
    await admin.set_password(name, Secret("second"))
    await_metadata(KafkaAccess(access.bootstrap, user=name, password=Secret("second")), 10.0, lambda: True)
    with pytest.raises(Refused):
        await_metadata(KafkaAccess(access.bootstrap, user=name, password=Secret("first")), 10.0, lambda: True)
    await admin.delete_user(name)
    await admin.delete_user(name)
    assert name not in await admin.users()


async def test_who_is_no_administrator_changes_nothing(user: User, prefix: str) -> None:
    nobody = Admin(await user("nobody"))
    with pytest.raises(Refused):
        await nobody.create_topics([TopicSpec(f"{prefix}mine", 1)])
    with pytest.raises(Refused):
        await nobody.set_password("admin", Secret("taken over"))
    with pytest.raises(Refused):
        await nobody.create_acls([Acl(f"User:{prefix}nobody", "topic", "*", "all")])


async def test_a_user_can_ask_what_it_may_do(user: User, topic: Topic, prefix: str) -> None:
    log, other = await topic("log"), await topic("other")
    reader = Admin(await user("reader", Acl("", "topic", log, "read"), Acl("", "group", f"{prefix}g", "read")))
    allowed = await reader.allowed(topics=[log, other, f"{prefix}none"], groups=[f"{prefix}g", f"{prefix}h"])
    assert allowed == {
        ("topic", log): {"read", "describe"},
        ("topic", other): frozenset(),
        ("topic", f"{prefix}none"): frozenset(),
        ("group", f"{prefix}g"): {"read", "describe"},
        ("group", f"{prefix}h"): frozenset(),
    }


async def test_lag_is_what_the_group_has_not_committed(admin: Admin, access: KafkaAccess, topic: Topic, prefix: str) -> None:
    log, group = await topic("log", partitions=2), f"{prefix}g"
    async with Producer(access) as producer:
        for n in range(5):
            await producer.send_and_wait(log, b"%d" % n, partition=0)
    assert await admin.lag(group) == {}
    async with GroupConsumer(access, group, [log]) as consumer:
        await consumer.commit({TopicPartition(log, 0): 2})
    assert await admin.committed(group) == {TopicPartition(log, 0): 2}
    assert await admin.lag(group) == {TopicPartition(log, 0): 3}
    await admin.delete_group(group)
    await admin.delete_group(group)
    assert await admin.committed(group) == {}


async def test_a_nonsense_config_is_refused_with_the_brokers_words(admin: Admin, prefix: str) -> None:
    with pytest.raises(Permanent, match=r"cleanup\.policy"):
        await admin.create_topics([TopicSpec(f"{prefix}log", 1, {"cleanup.policy": "often"})])


async def test_deleted_topics_are_gone_and_absent_ones_do_not_matter(admin: Admin, topic: Topic, prefix: str) -> None:
    log = await topic("log")
    await admin.delete_topics([log, f"{prefix}none"])
    assert log not in await admin.topics()


async def test_the_cluster_says_who_it_is(admin: Admin, access: KafkaAccess) -> None:
    cluster = await admin.cluster()
    assert cluster.nodes == (access.bootstrap,)
    assert cluster.cluster_id


async def test_nobody_at_the_address_is_told_in_time() -> None:
    with pytest.raises(Transient):
        await Admin(KafkaAccess("127.0.0.1:1", user="a", password=Secret("b")), timeout_s=1.0).cluster()
