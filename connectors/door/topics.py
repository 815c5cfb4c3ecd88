"""Names of topics: whose way in a topic is, and which topics there are to answer on."""

from __future__ import annotations

import re
import time

from connectors.door.register import ACKS
from plumbing.errors import NotThere
from plumbing.reader import Reader
from plumbing.settings import KafkaAccess

ASK_AGAIN_S = 20.0
"""A topic that was not there is looked for again after so long."""

_IN = re.compile(r"in\.([^.]+)\.(.+)")
_ACKS = re.compile(r"rapidalerts\.([^.]+)\.acks")


def inbound_pattern(prefix: str) -> str:
    """Regular expression of every topic the door reads."""
    return re.escape(prefix) + r"(?:in\.[^.]+\..+|rapidalerts\.[^.]+\.acks)"


def way_in(topic: str, prefix: str) -> tuple[str, str]:
    """(sender, kind) of an inbound topic. ValueError for any other."""
    name = topic.removeprefix(prefix)
    if found := _IN.fullmatch(name):
        return found[1], found[2] if found[2] != ACKS else f"in.{ACKS}"
    if found := _ACKS.fullmatch(name):
        return found[1], ACKS
    raise ValueError(f"{topic} is no way in")


class KnownTopics:
    """Which topics exist: a receipt to one that does not would wait for it a long time."""

    def __init__(self, access: KafkaAccess) -> None:
        self._reader = Reader(access)
        self._there: set[str] = set()
        self._absent: dict[str, float] = {}

    async def exists(self, topic: str) -> bool:
        """Whether the topic can be written to; asks the broker once, and again after a while if it was not there."""
        if topic in self._there:
            return True
        if time.monotonic() < self._absent.get(topic, 0.0):
            return False
        try:
            await self._reader.partitions(topic)
        except NotThere:
            self._absent[topic] = time.monotonic() + ASK_AGAIN_S
            return False
        self._there.add(topic)
        return True
