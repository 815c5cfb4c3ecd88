"""The time an entry gets: of the door's clock, or of the data; per log partition it never goes back."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, time
from typing import Any, Literal

from alertcore.records.defect import QualityDefect
from alertcore.records.shortage import Declaration, Disruption, Plan
from alertcore.records.stock import SalesReport, StockSheet

START = datetime(1970, 1, 1, tzinfo=UTC)
"""Stamp of what has no time of its own before anything that has."""


class Stamps:
    """Last stamp given to each (log, partition)."""

    def __init__(self, mode: Literal["wall", "data"], last: dict[tuple[str, int], datetime] | None = None) -> None:
        self._mode = mode
        self.last = dict(last or {})

    def give(self, log: str, partition: int, now: datetime, own: datetime | None) -> datetime:
        """Stamp of an entry. now: the door's clock. own: the event's time, by `event_time`."""
        stamp = self.next(log, partition, now, own)
        self.last[log, partition] = stamp
        return stamp

    def next(self, log: str, partition: int, now: datetime, own: datetime | None) -> datetime:
        """What `give` would give."""
        before = self.last.get((log, partition), START)
        return max(now if self._mode == "wall" else own or before, before)

    def clock(self, now: datetime, ce_time: datetime | None) -> datetime:
        """What `now` is when a time is looked at: with `time = data`, the event's own place in time where it tells one."""
        return now if self._mode == "wall" or ce_time is None else ce_time


def event_time(record: Any, ce_time: datetime | None) -> datetime | None:
    """`ce_time`, else the record's own time, else None."""
    return ce_time or own_time(record)


def own_time(record: Any) -> datetime | None:
    """When what a record tells was so, for those that say."""
    match record:
        case StockSheet():
            return record.observed_at
        case Declaration():
            return record.declared_at
        case Disruption():
            return record.state_at
        case QualityDefect():
            return record.decided_at or record.received_at
        case Plan():
            return datetime.combine(record.received_on, time(), UTC)
        case SalesReport():
            return month_end(record.month)
    return None


def month_end(month: str) -> datetime:
    """Last instant of a month YYYY-MM, UTC, to the second."""
    year, number = int(month[:4]), int(month[5:])
    return datetime(year, number, monthrange(year, number)[1], 23, 59, 59, tzinfo=UTC)
