"""Reading as a member of a group: partitions come and go by rebalance, offsets are committed by hand."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from plumbing.records import Received, TopicPartition
from plumbing.settings import KafkaAccess

RebalanceCallback = Callable[[frozenset[TopicPartition]], Awaitable[None]]


async def no_callback(_: frozenset[TopicPartition]) -> None:
    """For a reader that keeps nothing per partition."""


class GroupConsumer:
    """Member of `group`; reads `topics`, or all topics whose name fully matches the regular expression `pattern`.

    `on_revoked` runs, and is awaited, before the group moves on; commit in it what was done. `on_assigned` runs before the
    first record of the new assignment. Both get the partitions of this assignment (all of them: eager rebalancing).
    """

    def __init__(
        self,
        access: KafkaAccess,
        group: str,
        topics: Sequence[str] = (),
        *,
        pattern: str | None = None,
        instance_id: str | None = None,
        on_assigned: RebalanceCallback = no_callback,
        on_revoked: RebalanceCallback = no_callback,
        isolation: str = "read_uncommitted",
        session_timeout_s: float = 10.0,
        rebalance_timeout_s: float = 20.0,
        fetch_wait_ms: int = 100,
        metadata_age_s: float = 10.0,
        start_timeout_s: float = 30.0,
    ) -> None:
        """`instance_id`: static membership; a restart within the session timeout moves no partition."""
        raise NotImplementedError

    async def start(self) -> None:
        """Joins. Raises Refused, Transient (no assignment in time: broker away, or rights missing, which the broker does not say)."""
        raise NotImplementedError

    async def stop(self) -> None:
        """Leaves the group (a static member keeps its place until the session ends)."""
        raise NotImplementedError

    async def getmany(self, max_records: int = 300, timeout_s: float = 0.2) -> dict[TopicPartition, list[Received]]:
        """What is there now, at most `max_records`; waits up to `timeout_s` for the first one."""
        raise NotImplementedError

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Commits the NEXT offset to read per partition. Raises Rebalanced where the partition is no longer ours."""
        raise NotImplementedError

    async def committed(self, partition: TopicPartition) -> int | None:
        """The next offset to read as the group has it, or None."""
        raise NotImplementedError

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """The next record read of `partition` is the one at `offset`."""
        raise NotImplementedError

    def assignment(self) -> frozenset[TopicPartition]:
        """What is ours now."""
        raise NotImplementedError

    def pause(self, *partitions: TopicPartition) -> None:
        """No more records of these until `resume`."""
        raise NotImplementedError

    def resume(self, *partitions: TopicPartition) -> None:
        """Undoes `pause`."""
        raise NotImplementedError

    async def end_offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        """Log end per partition (next offset to be written)."""
        raise NotImplementedError
