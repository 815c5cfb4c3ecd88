"""`topics`, `senders` and `authorities`, each `plan` and `apply`: the cluster is looked at, the pure plan made, and its steps taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from alertcore.register import Authorities, Senders
from plumbing.admin import Admin
from plumbing.plan import Acl, TopicSpec
from tocsin.kafka.passwords import ensure_password
from tocsin.provision.names import HUB_USERS, name_problems
from tocsin.provision.plan import Action, Found, Step, Wanted, conflicts, plan
from tocsin.provision.rights import hub_rights, outsider_of, outsiders_rights
from tocsin.provision.topics import authority_topics, hub_topics, sender_topics


class ProvisionError(Exception):
    """What is wanted cannot be set up; `problems` has a sentence for each reason."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Partitions:
    """Partitions of stock.log, supply.log and cases.log (one per operating agency)."""

    stock: int = 4
    supply: int = 4
    cases: int = 1


@dataclass(frozen=True, slots=True)
class Registers:
    """Both registers of outsiders: a name may stand in both, and is then one user with the rights of both."""

    senders: Senders = field(default_factory=Senders)
    authorities: Authorities = field(default_factory=Authorities)


async def topics_plan(admin: Admin, secrets: Path, partitions: Partitions = Partitions(), prefix: str = "") -> tuple[Step, ...]:
    """Steps for the hub's own topics, users and rights. With an empty prefix it answers for every right of those users."""
    topics = hub_topics(partitions.stock, partitions.supply, partitions.cases, prefix)
    found = await observe(admin, secrets, topics)
    ours = frozenset(acl for acl in found.acls if _of_the_hub(acl, prefix))
    return plan(Wanted(tuple(topics), frozenset(HUB_USERS), frozenset(hub_rights(prefix)), ours), found, prefix)


async def topics_apply(admin: Admin, secrets: Path, partitions: Partitions = Partitions(), prefix: str = "") -> tuple[Step, ...]:
    """Takes the steps of `topics_plan` and returns them. Raises ProvisionError, and does nothing, on a conflict."""
    return await take(admin, secrets, await topics_plan(admin, secrets, partitions, prefix))


async def senders_plan(admin: Admin, secrets: Path, registers: Registers, prefix: str = "") -> tuple[Step, ...]:
    """Steps for the senders' topics, users and rights. Raises ProvisionError for names that cannot be."""
    return await _outsiders_plan(admin, secrets, registers, sender_topics(registers.senders, prefix), ("in.", "out."), prefix)


async def senders_apply(admin: Admin, secrets: Path, registers: Registers, prefix: str = "") -> tuple[Step, ...]:
    """Takes the steps of `senders_plan` and returns them."""
    return await take(admin, secrets, await senders_plan(admin, secrets, registers, prefix))


async def authorities_plan(admin: Admin, secrets: Path, registers: Registers, prefix: str = "") -> tuple[Step, ...]:
    """Steps for the authorities' topics, users and rights. Raises ProvisionError for names that cannot be."""
    return await _outsiders_plan(admin, secrets, registers, authority_topics(registers.authorities, prefix), ("rapidalerts.",), prefix)


async def authorities_apply(admin: Admin, secrets: Path, registers: Registers, prefix: str = "") -> tuple[Step, ...]:
    """Takes the steps of `authorities_plan` and returns them."""
    return await take(admin, secrets, await authorities_plan(admin, secrets, registers, prefix))


async def observe(admin: Admin, secrets: Path, topics: Sequence[TopicSpec]) -> Found:
    """The cluster as it is, as far as `topics` goes."""
    passwords = _passwords(secrets)
    have = await admin.topics([topic.name for topic in topics])
    return Found(have, frozenset(await admin.users()), frozenset(await admin.acls()), passwords)


async def take(admin: Admin, secrets: Path, steps: Sequence[Step]) -> tuple[Step, ...]:
    """Does what the steps say. Passwords are made, and written to `secrets/<user>`; nothing prints them."""
    if stuck := conflicts(steps):
        raise ProvisionError([step.text for step in stuck])
    await admin.create_topics([step.topic for step in steps if step.action is Action.CREATE_TOPIC and step.topic])
    for step in steps:
        await _change_topic(admin, step)
    newcomers = [step.target for step in steps if step.action is Action.CREATE_USER]
    await admin.set_passwords({user: ensure_password(secrets, user) for user in newcomers})
    await admin.create_acls([step.acl for step in steps if step.action is Action.ALLOW and step.acl])
    for step in steps:
        if step.action is Action.DELETE_USER:  # before their rights: cut short here, the next plan still knows them by these
            await admin.delete_user(step.target)
            (secrets / step.target).unlink(missing_ok=True)
    await admin.delete_acls([step.acl for step in steps if step.action is Action.REVOKE and step.acl])
    return tuple(steps)


async def _change_topic(admin: Admin, step: Step) -> None:
    if step.action is Action.ADD_PARTITIONS and step.topic:
        await admin.add_partitions(step.target, step.topic.partitions)
    elif step.action is Action.SET_CONFIGS and step.topic:
        await admin.alter_configs(step.target, step.topic.configs)


async def _outsiders_plan(
    admin: Admin, secrets: Path, registers: Registers, topics: list[TopicSpec], side: tuple[str, ...], prefix: str
) -> tuple[Step, ...]:
    names = _names(registers)
    if problems := name_problems(names):
        raise ProvisionError(problems)
    found = await observe(admin, secrets, topics)
    return plan(outsiders_wanted(registers, topics, side, found, prefix), found, prefix)


def outsiders_wanted(registers: Registers, topics: Sequence[TopicSpec], side: tuple[str, ...], found: Found, prefix: str = "") -> Wanted:
    """One side of the outsiders (`side`: how its topics begin): its topics, and their rights but what is the other side's alone."""
    every = outsiders_rights(registers.senders, registers.authorities, prefix)
    known = {name for acl in every | found.acls if (name := _on_side(acl, side, prefix))}
    mine = {acl for acl in every | found.acls if _on_side(acl, side, prefix) or _shared(acl, known, prefix)}
    names = _names(registers)
    return Wanted(tuple(topics), frozenset(known & names), frozenset(mine & every), frozenset(mine & found.acls), frozenset(known - names))


def _passwords(secrets: Path) -> frozenset[str]:
    return frozenset(path.name for path in secrets.iterdir()) if secrets.is_dir() else frozenset()


def _names(registers: Registers) -> set[str]:
    return {s.name for s in registers.senders.senders} | {a.id for a in registers.authorities.authorities}


def _on_side(acl: Acl, side: tuple[str, ...], prefix: str) -> str | None:
    """The outsider the right is about, if it is one of this side's."""
    return outsider_of(acl, prefix) if acl.name.removeprefix(prefix).startswith(side) else None


def _shared(acl: Acl, known: set[str], prefix: str) -> bool:
    """Whether this is a right that an outsider has as sender and as authority alike: its groups, and the grant."""
    user = acl.principal.removeprefix("User:")
    if user not in known:
        return False
    return (acl.resource == "group" and acl.name == f"{prefix}{user}.") or acl.name == f"{prefix}alerts.published"


def _of_the_hub(acl: Acl, prefix: str) -> bool:
    user = acl.principal.removeprefix("User:")
    return (user in HUB_USERS or user == "*") and acl.name.startswith(prefix) and outsider_of(acl, prefix) is None
