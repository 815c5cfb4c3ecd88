"""What goes into Kafka and comes out of it, as plain values that name no client library."""

from dataclasses import dataclass
from typing import NamedTuple

Headers = tuple[tuple[str, bytes], ...]


class TopicPartition(NamedTuple):
    """One partition of one topic."""

    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class OutRecord:
    """A record to be written. `value` None is a tombstone (compacted topics; then the key is needed)."""

    topic: str
    value: bytes | None
    key: bytes | None = None
    headers: Headers = ()
    partition: int | None = None
    timestamp_ms: int | None = None


class Delivered(NamedTuple):
    """Where the broker put a record."""

    partition: int
    offset: int


class Received(NamedTuple):
    """A record as read. `timestamp_ms` is Kafka's CreateTime, UTC, and decides nothing."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp_ms: int
