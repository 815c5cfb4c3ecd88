"""Contiguity: each message must follow the one before, or be a repeat of one already decided."""

from __future__ import annotations

from enum import Enum


class Verdict(Enum):
    """What an offset is to a partition."""

    NEXT = "next"
    REPEAT = "repeat"
    JUMP = "jump"


class Contiguity:
    """Watches the offsets of one partition. Logs have no holes: their writers are not transactional, and they are never compacted.

    So a jump means that something was skipped on the way (a fault of the consumer, a wrong committed offset), or is gone.
    """

    def __init__(self, decided: int) -> None:
        """`decided`: the last offset that needs no deciding any more, -1 if there is none."""
        self.last = decided

    def judge(self, offset: int) -> Verdict:
        """NEXT moves on; nothing else does."""
        if offset <= self.last:
            return Verdict.REPEAT
        if offset != self.last + 1:
            return Verdict.JUMP
        self.last = offset
        return Verdict.NEXT
