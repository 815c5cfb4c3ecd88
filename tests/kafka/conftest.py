"""One embedded Kafka for the whole session, and names of its own for every test."""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest

from plumbing.admin import Admin
from plumbing.plan import Acl, TopicSpec
from plumbing.settings import KafkaAccess, Secret
from tocsin.kafka.server import EmbeddedKafka

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedKafka]:
    """The broker. Tests that stop it start one of their own."""
    broker = EmbeddedKafka(tmp_path_factory.mktemp("hub"), quick=True)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def access(kafka: EmbeddedKafka) -> KafkaAccess:
    """The administrator's access."""
    return kafka.access("admin")


@pytest.fixture
def admin(access: KafkaAccess) -> Admin:
    """The administrator's connection."""
    return Admin(access)


@pytest.fixture
def prefix() -> str:
    """Goes before every name a test gives: topics, groups, transactional ids, users."""
    return f"t{next(_numbers)}."


@pytest.fixture
def topic(admin: Admin, prefix: str) -> Callable[..., Awaitable[str]]:
    """`await topic("log", partitions=4, **configs)` creates it and gives its name with the prefix."""

    async def create(name: str, partitions: int = 1, **configs: str) -> str:
        spec = TopicSpec(prefix + name, partitions, {key.replace("_", "."): value for key, value in configs.items()})
        await admin.create_topics([spec])
        return spec.name

    return create


@pytest.fixture
async def user(admin: Admin, access: KafkaAccess, prefix: str) -> AsyncIterator[Callable[..., Awaitable[KafkaAccess]]]:
    """`await user("ann", Acl(...), ...)` makes a Kafka user with these rights only (principal is filled in) and gives its access."""
    made: list[str] = []

    async def create(name: str, *acls: Acl) -> KafkaAccess:
        full = prefix + name
        made.append(full)
        mine = KafkaAccess(bootstrap=access.bootstrap, user=full, password=Secret(f"password of {full}"))
        await admin.set_password(full, mine.password)
        await admin.create_acls([Acl(f"User:{full}", one.resource, one.name, one.operation, one.pattern) for one in acls])
        return mine

    yield create
    for name in made:
        await admin.delete_user(name)
