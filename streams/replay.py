"""Reading a log again from its beginning through the local shell: the same decisions, and nothing sent."""

from __future__ import annotations

from collections.abc import AsyncIterator

from alertcore.stage import Stage
from streams.deciding import Record, Time
from streams.emitting import Out
from streams.local import LocalShell

Place = tuple[int, Record]
"""A partition and a record of it."""


async def replay(
    stage: Stage, entries: AsyncIterator[Place], *, partitions: int = 1, generation: int = 1, time: Time = "wall"
) -> AsyncIterator[tuple[Place, Out]]:
    """Every emit of every record, with the record it came from, in order.

    Each partition's records must begin with its first one ever: a log that retention has shortened gives other decisions.
    Raises OutOfOrderError where offsets do not follow one another, TooManyUndecided as the running stage would.
    """
    shell = LocalShell(stage, partitions, generation, time)
    async for partition, record in entries:
        expected = shell.head(partition).offset + 1
        if record.offset != expected:
            raise OutOfOrderError(f"partition {partition}: offset {record.offset} where {expected} was to come")
        for one in shell.feed_records(partition, [record]):
            yield (partition, record), one


class OutOfOrderError(Exception):
    """Records of a partition that do not follow one another from offset 0."""
