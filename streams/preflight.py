"""Before a worker starts: topics, partition counts and rights, tried under its own credentials. Faust would hang without a word."""

from __future__ import annotations

from collections.abc import Mapping

from plumbing.admin import Admin
from plumbing.errors import NotThere, Refused
from plumbing.reader import Reader
from plumbing.settings import KafkaAccess
from plumbing.transactions import FencedProducer
from streams.worker import Names

OUTPUTS: Mapping[str, tuple[str, ...]] = {
    "stock": ("supply.log", "cases.log", "dead-letters"),
    "supply": ("positions", "signals", "cases.log", "dead-letters"),
    "cases": ("alerts", "notices", "signals", "rapidalerts.outbox", "dead-letters"),
}
"""Topics each stage emits to, besides its own log."""


async def preflight(access: KafkaAccess, names: Names, partitions: int) -> None:
    """Raises NotThere or Refused with all that is missing, Transient where the broker does not answer."""
    reader = Reader(access)
    for topic in (names.log, names.state):
        found = await reader.partitions(topic)
        if found != list(range(partitions)):
            raise NotThere(f"{topic} has {len(found)} partitions where {partitions} are expected")
    await _rights(access, names)
    async with FencedProducer(access, f"{names.prefix}{names.stage}-preflight-{names.instance}"):
        pass  # starting it is the trial: WRITE on the transactional ids of the stage


async def _rights(access: KafkaAccess, names: Names) -> None:
    wanted: dict[tuple[str, str], set[str]] = {
        ("topic", names.log): {"read", "write"},
        ("topic", names.state): {"read", "write"},
        ("group", names.group): {"read"},
    }
    wanted |= {("topic", names.prefix + topic): {"write"} for topic in OUTPUTS.get(names.stage, ())}
    topics = [name for kind, name in wanted if kind == "topic"]
    found = await Admin(access).allowed(topics, [names.group])
    missing = [
        f"{operation.upper()} on {kind} {name}"
        for (kind, name), operations in wanted.items()
        for operation in sorted(operations - found.get((kind, name), frozenset()))
    ]
    if missing:
        raise Refused(f"{access.user} lacks {', '.join(missing)}")
