"""What is wanted of Kafka against what is there: the difference as a value, before anything is touched."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Resource = Literal["topic", "group", "transactional_id", "cluster"]
Pattern = Literal["literal", "prefixed"]
Operation = Literal["read", "write", "describe", "create", "delete", "alter", "describe_configs", "alter_configs", "all"]

CLUSTER_NAME = "kafka-cluster"
"""The one name a resource of type cluster has."""


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic as wanted or as found. `configs` only what differs from the broker's default, as Kafka spells it."""

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


@dataclass(frozen=True, slots=True)
class TopicPlan:
    """Topics to create, configs to set per topic, topics to grow (name to partitions), and what no plan can mend."""

    create: tuple[TopicSpec, ...] = ()
    configs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    grow: Mapping[str, int] = field(default_factory=dict)
    conflicts: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether all is as wanted."""
        return not (self.create or self.configs or self.grow or self.conflicts)


@dataclass(frozen=True, slots=True)
class AclPlan:
    """Allowances to add and to take away, both sorted."""

    add: tuple[Acl, ...] = ()
    remove: tuple[Acl, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether all is as wanted."""
        return not (self.add or self.remove)


def plan_topics(wanted: Iterable[TopicSpec], present: Mapping[str, TopicSpec]) -> TopicPlan:
    """Topics that are there and not wanted are left alone, and so are configs somebody set beyond the wanted ones.

    Growing moves keys to other partitions, so it is planned apart; a topic cannot shrink: that is a conflict.
    """
    wanted = sorted(wanted, key=lambda topic: topic.name)
    known = [(topic, present[topic.name]) for topic in wanted if topic.name in present]
    configs = {topic.name: _changed(topic.configs, there.configs) for topic, there in known}
    return TopicPlan(
        create=tuple(topic for topic in wanted if topic.name not in present),
        configs={name: changed for name, changed in configs.items() if changed},
        grow={topic.name: topic.partitions for topic, there in known if topic.partitions > there.partitions},
        conflicts=tuple(
            f"{topic.name} has {there.partitions} partitions, {topic.partitions} are wanted: a topic cannot shrink"
            for topic, there in known
            if topic.partitions < there.partitions
        ),
    )


def _changed(wanted: Mapping[str, str], there: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in sorted(wanted.items()) if there.get(name) != value}


def plan_acls(wanted: Collection[Acl], present: Collection[Acl], principals: Collection[str]) -> AclPlan:
    """Allowances of `principals` (and only of these) become exactly the wanted ones."""
    add = sorted(set(wanted) - set(present))
    remove = sorted(acl for acl in set(present) - set(wanted) if acl.principal in principals)
    return AclPlan(tuple(add), tuple(remove))
