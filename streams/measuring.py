"""What the shell tells about itself: counts and times, through the closed list of metrics, and a few log lines."""

from __future__ import annotations

import logging

from alertcore.records.journal import Journal
from streams.deciding import Batch

_log = logging.getLogger(__name__)


class Measures:
    """Sink of the shell's own events; this one only logs what an operator wants to read."""

    def __init__(self, stage: str) -> None:
        self.stage = stage

    def opened(self, partition: int, head: Journal, keys: int, again: int) -> None:
        """A partition is open: what was decided, how many state keys there are, how many emits were told again."""
        _log.info("%s/%d open: decided up to %d, %d keys, %d emits told again", self.stage, partition, head.offset, keys, again)

    def batch(self, partition: int, batch: Batch, seconds: float) -> None:  # noqa: ARG002 (for those who count)
        """A batch is committed and emitted, `seconds` after it was begun."""
        if batch.dead:
            _log.error("%s/%d: %d messages up to offset %d could not be decided", self.stage, partition, batch.dead, batch.head.offset)
