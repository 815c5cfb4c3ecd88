"""Who may read and write what: the least each user needs. Reading and writing both include describing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from alertcore.register import Authorities, Senders
from plumbing.plan import Acl, Operation, Pattern, Resource
from tocsin.provision.names import HUB_USERS, ROLES

_LOGS = ("stock.log", "supply.log", "cases.log")
_STATES = ("stock.state", "supply.state", "cases.state")
_DECIDED = ("positions", "signals", "alerts", "notices", "verdicts", "silences", "rapidalerts.outbox")
_DOOR_WRITES = (*_LOGS, "out.*", "dead-letters")
_SHARED_VIEWS = ("positions", "alerts")

READS: dict[str, tuple[str, ...]] = {
    "hub": ("in.hub.settings", "out.hub.receipts"),  # its own word: a file is sent again only when it changed
    "door": ("in.*",),
    "decide": (*_LOGS, *_STATES),
    "relay": ("rapidalerts.outbox", "alerts.published", "keys", "ledger.heads"),
    "deliver": ("notices",),
    "console": ("signals", "verdicts", "silences", "in.hub.settings"),
}
"""Topics each of the hub's users reads; a name that ends in `.*` is a prefix. Roles read positions and alerts besides."""

WRITES: dict[str, tuple[str, ...]] = {
    "hub": ("in.hub.commands", "in.hub.settings", "in.hub.receipts"),
    "door": _DOOR_WRITES,
    "decide": (*_LOGS, *_STATES, *_DECIDED, "dead-letters"),
    "relay": ("alerts.published", "keys", "ledger.heads", "dead-letters"),
    "deliver": ("in.hub.receipts", "dead-letters"),
    "console": ("in.hub.commands", *_DOOR_WRITES),  # the HTTP door, and what people click
}
"""Topics each of the hub's users writes."""

GROUPS: dict[str, tuple[str, ...]] = {
    "door": ("door",),
    "decide": ("tocsin-stock", "tocsin-supply", "tocsin-cases"),
    "relay": ("relay",),
    "deliver": ("deliver",),
    "console": ("console",),
}
TRANSACTIONS: dict[str, tuple[str, ...]] = {"decide": ("stock-*", "supply-*", "cases-*"), "relay": ("relay",)}


def hub_rights(prefix: str = "") -> set[Acl]:
    """Rights of the hub's own users; the operator reads every topic and writes none."""
    rights = set(_operator(prefix))
    for user in HUB_USERS:
        reads = (*READS.get(user, ()), *(_SHARED_VIEWS if user in ROLES else ()))
        rights |= _on(user, "topic", reads, "read", prefix)
        rights |= _on(user, "topic", WRITES.get(user, ()), "write", prefix)
        rights |= _on(user, "group", GROUPS.get(user, ()), "read", prefix)
        rights |= _on(user, "transactional_id", TRANSACTIONS.get(user, ()), "write", prefix)
    for topic in ("keys", "ledger.heads"):
        rights.add(Acl("User:*", "topic", prefix + topic, "read"))
    return rights


def outsiders_rights(senders: Senders, authorities: Authorities, prefix: str = "") -> set[Acl]:
    """Rights of senders and authorities, and the roles' on the authorities' own topics. Groups of a user begin with `<user>.`."""
    rights: set[Acl] = set()
    for sender in senders.senders:
        rights |= _on(sender.name, "topic", (f"in.{sender.name}.{kind}" for kind in sender.kinds), "write", prefix)
        rights |= _on(sender.name, "topic", (f"out.{sender.name}.receipts",), "read", prefix)
        rights |= _subscriber(sender.name, sender.published, prefix)
    for authority in authorities.authorities:
        own = f"rapidalerts.{authority.id}"
        rights |= _on(authority.id, "topic", (own,), "read", prefix)
        rights |= _on(authority.id, "topic", (f"{own}.acks",), "write", prefix)
        rights |= _subscriber(authority.id, authority.published, prefix)
        rights |= _on("relay", "topic", (own,), "read", prefix) | _on("relay", "topic", (own,), "write", prefix)
        rights |= _on("deliver", "topic", (own,), "read", prefix) | _on("door", "topic", (f"{own}.acks",), "read", prefix)
    return rights


def outsider_of(acl: Acl, prefix: str = "") -> str | None:
    """The sender or authority a right on a topic is about, told by the topic's name; None where it is the hub's own."""
    if acl.resource != "topic" or acl.pattern != "literal" or not acl.name.startswith(prefix):
        return None
    found = _OUTSIDERS.fullmatch(acl.name[len(prefix) :])
    return next(name for name in found.groups() if name) if found else None


_OUTSIDERS = re.compile(r"in\.(?!hub\.)([^.]+)\..+|out\.(?!hub\.)([^.]+)\.receipts|rapidalerts\.(?!outbox$)([^.]+)(?:\.acks)?")


def _operator(prefix: str) -> Iterator[Acl]:
    name, pattern = _everything(prefix)
    for operation in _OPERATOR:
        yield Acl("User:operator", "topic", name, operation, pattern)
    yield Acl("User:operator", "group", name, "describe", pattern)
    yield Acl("User:operator", "group", f"{prefix}operator.", "read", "prefixed")


_OPERATOR: tuple[Operation, ...] = ("read", "describe_configs")


def _everything(prefix: str) -> tuple[str, Pattern]:
    return (prefix, "prefixed") if prefix else ("*", "literal")


def _subscriber(user: str, published: bool, prefix: str) -> set[Acl]:
    rights = {Acl(f"User:{user}", "group", f"{prefix}{user}.", "read", "prefixed")}
    return rights | (_on(user, "topic", ("alerts.published",), "read", prefix) if published else set())


def _on(user: str, resource: Resource, names: Iterable[str], operation: Operation, prefix: str) -> set[Acl]:
    return {
        Acl(f"User:{user}", resource, prefix + name.removesuffix("*"), operation, "prefixed" if name.endswith("*") else "literal")
        for name in names
    }
