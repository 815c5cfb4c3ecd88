"""Before a worker starts: topics, partition counts and rights, tried under its own credentials. Faust would hang without a word."""

from __future__ import annotations

from plumbing.errors import NotThere
from plumbing.reader import Reader
from plumbing.settings import KafkaAccess
from streams.worker import Names


async def preflight(access: KafkaAccess, names: Names, partitions: int) -> None:
    """Raises Refused or NotThere with what is missing, Transient where the broker does not answer."""
    reader = Reader(access)
    for topic in (names.log, names.state):
        found = await reader.partitions(topic)
        if found != list(range(partitions)):
            raise NotThere(f"{topic} has {len(found)} partitions where {partitions} are expected")
