"""Administration of Kafka: topics, users, rights, groups. Synchronous confluent-kafka calls run in a thread."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import confluent_kafka
import confluent_kafka.admin

from plumbing.errors import NotThere, Transient
from plumbing.librdkafka import AdminConnection
from plumbing.plan import Acl, AclPlan, TopicPlan, TopicSpec
from plumbing.records import TopicPartition
from plumbing.rights import acl_of, binding_of, every_acl, filter_of
from plumbing.settings import KafkaAccess, Secret

_T = TypeVar("_T")
_lib: Any = confluent_kafka  # half of its names are not exported in its types
_kafka: Any = confluent_kafka.admin
_SCRAM_ITERATIONS = 4096
"""The least Kafka takes. More would guard a password that can be guessed: ours are 192 random bits, and each connection pays."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """What the broker answered: cluster id, controller's node id (None: not known yet), nodes as `host:port`."""

    cluster_id: str
    controller: int | None
    nodes: tuple[str, ...]


class Admin:
    """One administrator's connection. Every call raises Refused, NotThere, Transient or Permanent."""

    def __init__(self, access: KafkaAccess, *, timeout_s: float = 15.0) -> None:
        self._connection = AdminConnection(access)
        self._client: Any = self._connection.client
        self._timeout_s = timeout_s

    async def cluster(self) -> Cluster:
        """Id, controller and brokers; answers only when metadata is answered."""
        found = await self._run("describe the cluster", self._metadata)
        nodes = tuple(f"{one.host}:{one.port}" for one in found.brokers.values())
        return Cluster(str(found.cluster_id), found.controller_id if found.controller_id >= 0 else None, nodes)

    async def topics(self, names: Iterable[str] | None = None) -> dict[str, TopicSpec]:
        """Topics as they are (of `names`, or all but Kafka's own); those absent are left out. Configs are those set on the topic."""
        found = await self._run("list topics", self._metadata)
        asked = {name for name in found.topics if not name.startswith("__")} if names is None else set(names) & set(found.topics)
        configs = await self._configs(sorted(asked)) if asked else {}
        return {name: TopicSpec(name, len(found.topics[name].partitions), configs[name]) for name in sorted(asked)}

    async def _configs(self, topics: Sequence[str]) -> dict[str, dict[str, str]]:
        resources = [_kafka.ConfigResource(_kafka.ResourceType.TOPIC, name) for name in topics]
        found = await self._futures("describe configs", lambda: self._client.describe_configs(resources, request_timeout=self._timeout_s))
        return {resource.name: _set_on_topic(entries) for resource, entries in found.items()}

    async def create_topics(self, topics: Sequence[TopicSpec]) -> None:
        """Creates them and waits until their leaders are known; existing ones are left as they are."""
        if not topics:
            return
        present = await self._run("list topics", self._metadata)
        # replication -1: as many copies as the cluster's own default says
        new = [_kafka.NewTopic(one.name, one.partitions, -1, config=dict(one.configs)) for one in topics if one.name not in present.topics]
        if new:
            await self._futures("create topics", lambda: self._client.create_topics(new, **self._limits()))
        await self._run("wait for leaders", lambda: self._await_leaders({one.name: one.partitions for one in topics}))

    def _await_leaders(self, topics: Mapping[str, int]) -> None:
        deadline = time.monotonic() + self._timeout_s
        while time.monotonic() < deadline:
            found = self._metadata().topics
            if all(name in found and _leaders(found[name]) >= partitions for name, partitions in topics.items()):
                return
            time.sleep(0.02)
        raise Transient(f"topics without a leader after {self._timeout_s:.0f} s")

    async def delete_topics(self, names: Sequence[str]) -> None:
        """Deletes them; absent ones do not matter."""
        present = await self._run("list topics", self._metadata)
        if there := [name for name in names if name in present.topics]:
            await self._futures("delete topics", lambda: self._client.delete_topics(there, **self._limits()))

    async def alter_configs(self, topic: str, configs: Mapping[str, str]) -> None:
        """Sets these configs of the topic, and no others."""
        entries = [_kafka.ConfigEntry(name, value, incremental_operation=_kafka.AlterConfigOpType.SET) for name, value in configs.items()]
        resource = _kafka.ConfigResource(_kafka.ResourceType.TOPIC, topic, incremental_configs=entries)
        await self._futures(
            f"configure {topic}", lambda: self._client.incremental_alter_configs([resource], request_timeout=self._timeout_s)
        )

    async def add_partitions(self, topic: str, partitions: int) -> None:
        """Raises the number of partitions to `partitions`."""
        new = [_kafka.NewPartitions(topic, partitions)]
        await self._futures(f"grow {topic}", lambda: self._client.create_partitions(new, **self._limits()))

    async def apply_topics(self, plan: TopicPlan, *, grow: bool = False) -> None:
        """Does what the plan says; growing only when asked to, since keys move to other partitions."""
        await self.create_topics(plan.create)
        for name, configs in plan.configs.items():
            await self.alter_configs(name, configs)
        for name, partitions in plan.grow.items() if grow else ():
            await self.add_partitions(name, partitions)

    async def users(self) -> set[str]:
        """Names of those with SCRAM credentials."""
        found = await self._future("list users", lambda: self._client.describe_user_scram_credentials(request_timeout=self._timeout_s))
        return set(found)

    async def set_password(self, user: str, password: Secret) -> None:
        """Creates the SCRAM-SHA-512 user or changes its password."""
        await self.set_passwords({user: password})

    async def set_passwords(self, passwords: Mapping[str, Secret]) -> None:
        """The same for several users in one request."""
        info = _kafka.ScramCredentialInfo(_kafka.ScramMechanism.SCRAM_SHA_512, _SCRAM_ITERATIONS)
        changes = [_kafka.UserScramCredentialUpsertion(user, info, one.reveal().encode()) for user, one in passwords.items()]
        if changes:
            await self._alter_users("change users", changes)

    async def delete_user(self, user: str) -> None:
        """Removes the credentials; an absent user does not matter."""
        try:
            deletion = _kafka.UserScramCredentialDeletion(user, _kafka.ScramMechanism.SCRAM_SHA_512)
            await self._alter_users(f"delete user {user}", [deletion])
        except NotThere:
            return

    async def _alter_users(self, doing: str, changes: Sequence[Any]) -> None:
        alter = self._client.alter_user_scram_credentials
        await self._futures(doing, lambda: alter(list(changes), request_timeout=self._timeout_s))

    async def acls(self) -> set[Acl]:
        """All allowances."""
        found = await self._future("list rights", lambda: self._client.describe_acls(every_acl(), request_timeout=self._timeout_s))
        return {acl_of(binding) for binding in found}

    async def create_acls(self, acls: Iterable[Acl]) -> None:
        """Adds them; existing ones do not matter."""
        if bindings := [binding_of(acl) for acl in sorted(set(acls))]:
            await self._futures("grant rights", lambda: self._client.create_acls(bindings, request_timeout=self._timeout_s))

    async def delete_acls(self, acls: Iterable[Acl]) -> None:
        """Removes exactly these."""
        if filters := [filter_of(acl) for acl in sorted(set(acls))]:
            await self._futures("take rights away", lambda: self._client.delete_acls(filters, request_timeout=self._timeout_s))

    async def apply_acls(self, plan: AclPlan) -> None:
        """Adds first, so that nobody is locked out between."""
        await self.create_acls(plan.add)
        await self.delete_acls(plan.remove)

    async def allowed(self, topics: Sequence[str] = (), groups: Sequence[str] = ()) -> dict[tuple[str, str], frozenset[str]]:
        """What THIS user may do: {("topic" | "group", name): operations in lower case}, {} of rights where it may not even describe.

        For a preflight under a worker's own credentials: without its rights a consumer hangs in silence.
        """
        options = {"include_authorized_operations": True, "request_timeout": self._timeout_s}
        collection = _lib.TopicCollection(list(topics))
        found: dict[tuple[str, str], frozenset[str]] = {}
        if topics:
            futures = await self._run("describe topics", lambda: self._client.describe_topics(collection, **options))
            found |= {("topic", name): await self._rights(future) for name, future in futures.items()}
        if groups:
            futures = await self._run("describe groups", lambda: self._client.describe_consumer_groups(list(groups), **options))
            found |= {("group", name): await self._rights(future) for name, future in futures.items()}
        return found

    async def _rights(self, future: Any) -> frozenset[str]:
        try:
            described = await self._run("ask for rights", lambda: future.result(self._timeout_s))
        except Transient:
            raise
        except Exception:  # refused or not there: both mean that nothing can be done with it
            return frozenset()
        return frozenset(operation.name.lower() for operation in described.authorized_operations or ())

    async def committed(self, group: str) -> dict[TopicPartition, int]:
        """Next offset to read per partition, as the group has committed it."""
        asked = [_lib.ConsumerGroupTopicPartitions(group)]
        ask = self._client.list_consumer_group_offsets
        found = await self._futures(f"offsets of {group}", lambda: ask(asked, request_timeout=self._timeout_s))
        partitions = found[group].topic_partitions or []
        return {TopicPartition(one.topic, one.partition): one.offset for one in partitions if one.offset >= 0}

    async def ends(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """Log end (next offset to be written) per partition."""
        asked = {_lib.TopicPartition(*of): _kafka.OffsetSpec.latest() for of in partitions}
        if not asked:
            return {}
        found = await self._futures("log ends", lambda: self._client.list_offsets(asked, request_timeout=self._timeout_s))
        return {TopicPartition(of.topic, of.partition): info.offset for of, info in found.items()}

    async def lag(self, group: str) -> dict[TopicPartition, int]:
        """Records between the group's committed offset and the log end, per partition it ever committed."""
        committed = await self.committed(group)
        ends = await self.ends(committed)
        return {of: max(ends[of] - offset, 0) for of, offset in committed.items()}

    async def delete_group(self, group: str) -> None:
        """Forgets the offsets of a group without members; an absent group does not matter."""
        try:
            await self._futures(
                f"delete group {group}", lambda: self._client.delete_consumer_groups([group], request_timeout=self._timeout_s)
            )
        except NotThere:
            return

    def _metadata(self) -> Any:
        return self._client.list_topics(timeout=self._timeout_s)

    def _limits(self) -> dict[str, float]:
        return {"operation_timeout": self._timeout_s, "request_timeout": self._timeout_s}

    async def _run(self, doing: str, call: Callable[[], _T]) -> _T:
        return await asyncio.to_thread(self._connection.guarded, doing, call)

    async def _future(self, doing: str, call: Callable[[], Any]) -> Any:
        return await self._run(doing, lambda: call().result(self._timeout_s + 1))

    async def _futures(self, doing: str, call: Callable[[], Mapping[Any, Any]]) -> dict[Any, Any]:
        return await self._run(doing, lambda: {key: future.result(self._timeout_s + 1) for key, future in call().items()})


def _leaders(topic: Any) -> int:
    return sum(1 for partition in topic.partitions.values() if partition.leader >= 0)


def _set_on_topic(entries: Mapping[str, Any]) -> dict[str, str]:
    own = _kafka.ConfigSource.DYNAMIC_TOPIC_CONFIG.value
    return {name: entry.value for name, entry in entries.items() if entry.source == own}
