"""The pure plan: what must be done so that a cluster holds what is wanted. An empty plan means that all is as it should be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from plumbing.plan import Acl, TopicSpec
from tocsin.provision.topics import DAY_MS, FIXED


class Action(StrEnum):
    """What a step does, in the order in which steps are taken."""

    CREATE_TOPIC = "create_topic"
    ADD_PARTITIONS = "add_partitions"
    SET_CONFIGS = "set_configs"
    CREATE_USER = "create_user"
    ALLOW = "allow"
    DELETE_USER = "delete_user"
    REVOKE = "revoke"
    CONFLICT = "conflict"
    """Cannot be done by a program without harm: the operator decides."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: `text` is for people, the rest for the one who does it."""

    action: Action
    target: str
    text: str
    topic: TopicSpec | None = None
    acl: Acl | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A cluster as it is, and the users whose password file is there."""

    topics: Mapping[str, TopicSpec] = field(default_factory=dict)
    users: frozenset[str] = frozenset()
    acls: frozenset[Acl] = frozenset()
    passwords: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What must be there. `ours` are the found rights this plan answers for: one of them that is not wanted is revoked."""

    topics: tuple[TopicSpec, ...]
    users: frozenset[str]
    acls: frozenset[Acl]
    ours: frozenset[Acl]
    leavers: frozenset[str] = frozenset()  # users to be deleted once no right of theirs is left


def plan(wanted: Wanted, found: Found, prefix: str = "") -> tuple[Step, ...]:
    """The steps from `found` to `wanted`. Nothing that holds data is ever deleted."""
    steps = [step for topic in wanted.topics for step in _topic_steps(topic, found.topics.get(topic.name), prefix)]
    steps += [_user_step(user, found) for user in sorted(wanted.users - (found.users & found.passwords))]
    steps += [_acl_step(Action.ALLOW, acl) for acl in sorted(wanted.acls - found.acls)]
    revoked = wanted.ours - wanted.acls
    steps += [_acl_step(Action.REVOKE, acl) for acl in sorted(revoked)]
    steps += [_leave(user) for user in sorted(wanted.leavers & found.users - _still_allowed(found.acls - revoked))]
    return tuple(sorted(steps, key=lambda step: list(Action).index(step.action)))


def conflicts(steps: Iterable[Step]) -> list[Step]:
    """The steps that nobody but the operator can take."""
    return [step for step in steps if step.action is Action.CONFLICT]


def _topic_steps(want: TopicSpec, have: TopicSpec | None, prefix: str) -> list[Step]:
    if have is None:
        text = f"create topic {want.name}: {_partitions(want.partitions)}, {_keeping(want.configs)}"
        return [Step(Action.CREATE_TOPIC, want.name, text, topic=want)]
    steps = []
    if have.partitions != want.partitions:
        steps.append(_partition_step(want, have, prefix))
    changed = {name: value for name, value in want.configs.items() if have.configs.get(name) != value}
    if changed:
        told = ", ".join(f"{name} {have.configs.get(name, 'unset')} -> {value}" for name, value in sorted(changed.items()))
        steps.append(
            Step(Action.SET_CONFIGS, want.name, f"set on topic {want.name}: {told}", TopicSpec(want.name, want.partitions, changed))
        )
    return steps


def _partition_step(want: TopicSpec, have: TopicSpec, prefix: str) -> Step:
    told = f"topic {want.name} has {_partitions(have.partitions)}, wanted are {want.partitions}"
    if want.name.removeprefix(prefix) in FIXED:
        return Step(Action.CONFLICT, want.name, f"{told}: a log is never resized in place; keep the old count in the settings")
    if have.partitions > want.partitions:
        return Step(Action.CONFLICT, want.name, f"{told}: order would be lost; make the topic anew or change the settings")
    return Step(Action.ADD_PARTITIONS, want.name, f"{told}: add the missing ones", topic=want)


def _user_step(user: str, found: Found) -> Step:
    why = "create user" if user not in found.users else "give a new password, since its file is gone, to user"
    return Step(Action.CREATE_USER, user, f"{why} {user}")


def _leave(user: str) -> Step:
    return Step(Action.DELETE_USER, user, f"delete user {user}, who has no right left (its topics stay until retention ends them)")


def _acl_step(action: Action, acl: Acl) -> Step:
    who = acl.principal.removeprefix("User:")
    what = f"{acl.operation} {acl.resource.replace('_', ' ')} {acl.name}{'*' if acl.pattern == 'prefixed' else ''}"
    name = "every user" if who == "*" else f"user {who}"
    text = f"allow {name} to {what}" if action is Action.ALLOW else f"no longer allow {name} to {what}"
    return Step(action, who, text, acl=acl)


def _still_allowed(acls: Iterable[Acl]) -> frozenset[str]:
    return frozenset(acl.principal.removeprefix("User:") for acl in acls)


def _partitions(count: int) -> str:
    return f"{count} partition{'s' if count != 1 else ''}"


def _keeping(configs: Mapping[str, str]) -> str:
    if configs.get("cleanup.policy") == "compact":
        return "compacted"
    days = int(configs.get("retention.ms", 7 * DAY_MS)) // DAY_MS
    return f"kept {days} days" if days < 365 else f"kept {days // 365} years"
