"""Before a worker starts: topics, partition counts and rights, tried under its own credentials. Faust would hang without a word."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from plumbing.admin import Admin
from plumbing.errors import NotThere, Refused, Transient
from plumbing.reader import Reader
from plumbing.settings import KafkaAccess
from plumbing.transactions import FencedProducer
from streams.worker import Names

OUTPUTS: Mapping[str, tuple[str, ...]] = {
    "stock": ("supply.log", "cases.log", "dead-letters"),
    "supply": ("positions", "signals", "cases.log", "dead-letters"),
    "cases": ("alerts", "notices", "verdicts", "silences", "signals", "rapidalerts.outbox", "dead-letters"),
}
"""Topics each stage emits to, besides its own log."""
REFUSED_S, UNANSWERED_S = 5.0, 20.0
"""How long a refusal, and how long no answer, is asked again."""

Wanted = dict[tuple[str, str], frozenset[str]]
"""(topic or group, name) to operations."""


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
    wanted: Wanted = {
        ("topic", names.log): frozenset({"read", "write"}),
        ("topic", names.state): frozenset({"read", "write"}),
        ("group", names.group): frozenset({"read"}),
    }
    wanted |= {("topic", names.prefix + topic): frozenset({"write"}) for topic in OUTPUTS.get(names.stage, ())}
    missing = await _missing(Admin(access), wanted)
    if missing:
        raise Refused(f"{access.user} lacks {', '.join(missing)}")


async def _missing(admin: Admin, wanted: Wanted) -> list[str]:
    """What is refused still after a while: a broker that has just started answers about groups late, or wrongly at first."""
    topics = [name for kind, name in wanted if kind == "topic"]
    groups = [name for kind, name in wanted if kind == "group"]
    clock = asyncio.get_running_loop().time
    began = clock()
    while True:
        try:
            missing = _lacking(wanted, await admin.allowed(topics, groups))
            if not missing or clock() - began > REFUSED_S:
                return missing
        except Transient:
            if clock() - began > UNANSWERED_S:
                raise
        await asyncio.sleep(0.2)


def _lacking(wanted: Wanted, found: Wanted) -> list[str]:
    return [
        f"{operation.upper()} on {kind} {name}"
        for (kind, name), operations in wanted.items()
        for operation in sorted(operations - found.get((kind, name), frozenset()))
    ]
