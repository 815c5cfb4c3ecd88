"""Reading without a group: a partition from a place to its end, or following it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Literal

from plumbing.records import Received, TopicPartition
from plumbing.settings import KafkaAccess

Isolation = Literal["read_committed", "read_uncommitted"]
Start = int | Literal["beginning", "end"]


class Reader:
    """Reads any number of times; each reading has a connection of its own, closed when the iterator ends or is closed.

    Iterators yield batches (lists in offset order). Leave one early only inside `contextlib.aclosing`.
    """

    def __init__(self, access: KafkaAccess, *, timeout_s: float = 30.0) -> None:
        """`timeout_s`: how long no progress at all is borne before Transient is raised."""
        raise NotImplementedError

    def read_to_end(
        self, topic: str, partition: int, *, start: Start = "beginning", isolation: Isolation = "read_committed"
    ) -> AsyncIterator[list[Received]]:
        """All records of the partition up to the end as it is when the reading starts.

        Ends by position, not by records: transaction markers, and holes left by compaction or aborted transactions, count as read.
        Raises NotThere, Refused, OffsetGone (start below the log), Transient.
        """
        raise NotImplementedError

    def tail(
        self, starts: Mapping[TopicPartition, Start], *, isolation: Isolation = "read_committed", idle_s: float = 0.5
    ) -> AsyncIterator[list[Received]]:
        """Follows partitions without end; yields an empty list after `idle_s` without a record, so that the caller may stop."""
        raise NotImplementedError

    async def partitions(self, topic: str) -> list[int]:
        """Partition numbers of `topic`, in order. Raises NotThere (also where it may not be described)."""
        raise NotImplementedError

    async def offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, tuple[int, int]]:
        """(first offset kept, next offset to be written) per partition."""
        raise NotImplementedError
