"""A worker without its rights says so at once, where Faust would hang."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from plumbing.admin import Admin
from plumbing.errors import NotThere, Refused, Transient
from plumbing.plan import Acl
from plumbing.settings import KafkaAccess
from streams.preflight import preflight
from streams.shell import run_decide
from streams.worker import Names
from tests.toy_processes import toy_topics, until
from tests.toy_stage import ToyStage

pytestmark = pytest.mark.kafka

User = Callable[..., Awaitable[KafkaAccess]]


def rights(prefix: str) -> list[Acl]:
    """All that a worker of the toy stage needs."""
    topics = [("toy.log", "read"), ("toy.log", "write"), ("toy.state", "read"), ("toy.state", "write")]
    return [
        *(Acl("", "topic", prefix + name, "read" if operation == "read" else "write") for name, operation in topics),
        Acl("", "group", f"{prefix}tocsin-toy", "read"),
        Acl("", "transactional_id", f"{prefix}toy-", "write", "prefixed"),
    ]


async def known(access: KafkaAccess) -> KafkaAccess:
    """The same, once the broker takes its password: a new user spreads through the metadata log."""

    async def taken() -> bool:
        try:
            await Admin(access).cluster()
        except (Refused, Transient):
            return False
        return True

    await until(taken, 15, "the new user")
    return access


@pytest.fixture
async def topics(admin: Admin, prefix: str) -> None:
    await toy_topics(admin, prefix)


@pytest.mark.usefixtures("topics")
async def test_with_all_its_rights_a_worker_may_start(user: User, prefix: str) -> None:
    access = await known(await user("worker", *rights(prefix)))
    await preflight(access, Names("toy", "0", prefix), 2)


@pytest.mark.usefixtures("topics")
@pytest.mark.parametrize("number", range(6))
async def test_each_missing_right_is_named(user: User, prefix: str, number: int) -> None:
    all_of_them = rights(prefix)
    (missing,) = all_of_them[number : number + 1]
    access = await known(await user("worker", *(one for one in all_of_them if one is not missing)))
    with pytest.raises((Refused, NotThere)) as told:
        await preflight(access, Names("toy", "0", prefix), 2)
    if missing.resource != "transactional_id":
        assert str(told.value).endswith(f" lacks {missing.operation.upper()} on {missing.resource} {missing.name}")


@pytest.mark.usefixtures("topics")
async def test_another_number_of_partitions_is_refused(access: KafkaAccess, prefix: str) -> None:
    with pytest.raises(NotThere, match="has 2 partitions where 4 are expected"):
        await preflight(access, Names("toy", "0", prefix), 4)


async def test_a_missing_topic_ends_the_start(access: KafkaAccess, prefix: str) -> None:
    with pytest.raises(NotThere, match=r"toy\.log"):
        await run_decide(ToyStage(), access, 2, "0", asyncio.Event(), lambda: None, prefix=prefix)
