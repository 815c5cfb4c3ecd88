"""Administration of Kafka: topics, users, rights, groups. Synchronous confluent-kafka calls run in a thread."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from plumbing.records import TopicPartition
from plumbing.settings import KafkaAccess, Secret

Resource = Literal["topic", "group", "transactional_id", "cluster"]
Pattern = Literal["literal", "prefixed"]
Operation = Literal[
    "read", "write", "describe", "create", "delete", "alter", "describe_configs", "alter_configs", "idempotent_write", "all"
]


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic as wanted or as found. `configs` only what differs from the broker's default."""

    name: str
    partitions: int
    configs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, order=True)
class Acl:
    """An allowance of `principal` (`User:name`) from any host. There are no denials: nothing is allowed that is not listed."""

    principal: str
    resource: Resource
    name: str
    operation: Operation
    pattern: Pattern = "literal"


class Admin:
    """One administrator's connection. Every call raises Refused, Transient or Permanent."""

    def __init__(self, access: KafkaAccess, *, timeout_s: float = 15.0) -> None:
        raise NotImplementedError

    async def cluster(self) -> "Cluster":
        """Id, controller and brokers; answers only when metadata is answered."""
        raise NotImplementedError

    async def topics(self, names: Iterable[str] | None = None) -> dict[str, TopicSpec]:
        """Topics as they are (of `names`, or all but Kafka's own); those absent are left out. Configs are those set on the topic."""
        raise NotImplementedError

    async def create_topics(self, topics: Sequence[TopicSpec]) -> None:
        """Creates them and waits until their leaders are known; existing ones are left as they are."""
        raise NotImplementedError

    async def delete_topics(self, names: Sequence[str]) -> None:
        """Deletes them; absent ones do not matter."""
        raise NotImplementedError

    async def alter_configs(self, topic: str, configs: Mapping[str, str]) -> None:
        """Sets these configs of the topic, and no others."""
        raise NotImplementedError

    async def add_partitions(self, topic: str, partitions: int) -> None:
        """Raises the number of partitions to `partitions`."""
        raise NotImplementedError

    async def users(self) -> set[str]:
        """Names of those with SCRAM credentials."""
        raise NotImplementedError

    async def set_password(self, user: str, password: Secret) -> None:
        """Creates the SCRAM-SHA-512 user or changes its password."""
        raise NotImplementedError

    async def delete_user(self, user: str) -> None:
        """Removes the credentials; an absent user does not matter."""
        raise NotImplementedError

    async def acls(self) -> set[Acl]:
        """All allowances."""
        raise NotImplementedError

    async def create_acls(self, acls: Iterable[Acl]) -> None:
        """Adds them; existing ones do not matter."""
        raise NotImplementedError

    async def delete_acls(self, acls: Iterable[Acl]) -> None:
        """Removes exactly these."""
        raise NotImplementedError

    async def committed(self, group: str) -> dict[TopicPartition, int]:
        """Next offset to read per partition, as the group has committed it."""
        raise NotImplementedError

    async def lag(self, group: str) -> dict[TopicPartition, int]:
        """Records between the group's committed offset and the log end, per partition it ever committed."""
        raise NotImplementedError

    async def delete_group(self, group: str) -> None:
        """Forgets the offsets of a group without members."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Cluster:
    """What the broker answered: cluster id, controller's node id (None: not known yet), nodes as `host:port`."""

    cluster_id: str
    controller: int | None
    nodes: tuple[str, ...]
