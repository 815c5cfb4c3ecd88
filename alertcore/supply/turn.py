"""One decision of stage `supply` while it is being made: the state as it will be, and what goes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from alertcore.packed import Ints, Marks, ints
from alertcore.stage import Emit, Message, View

AWAITING, LEFT = "awaiting", "left"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)


@dataclass(slots=True)
class Turn:
    """Reads see the changes made so far. now: microseconds of log time."""

    view: View
    message: Message
    changes: dict[str, Any] = field(default_factory=dict)
    emits: list[Emit] = field(default_factory=list)

    @property
    def now(self) -> int:
        """Log time, microseconds since 1970 UTC."""
        return micros(self.message.at)

    def get(self, key: str) -> Any | None:
        """The value as it will stand after this decision."""
        return self.changes[key] if key in self.changes else self.view.get(key)

    def mark(self, medicines: Ints) -> None:
        """These medicines await a look at their position."""
        if len(medicines):
            self.changes[AWAITING] = (self.get(AWAITING) or Marks(self.now)).add(medicines)

    def mark_all(self, count: int) -> None:
        """All medicines of the shard await a look."""
        self.mark(ints(range(count)))


def micros(at: datetime) -> int:
    """Microseconds since 1970 UTC."""
    return (at - _EPOCH) // _MICRO


def instant(micros: int) -> datetime:
    """The instant of microseconds since 1970 UTC."""
    return _EPOCH + micros * _MICRO
