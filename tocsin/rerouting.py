"""The same case log under two routing files: who would have been told how often, and who is newly woken at night."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from alertcore.records.notice import Notice

LOOK_BACK = timedelta(days=90)
NIGHT_BEGINS, NIGHT_ENDS = time(22), time(7)
"""Local; a message in between wakes whoever is on call."""
Key = tuple[str, str, str]
"""Day (YYYY-MM-DD, local), audience, lane."""


@dataclass(slots=True)
class Told:
    """Notices of one reading, from an instant on. nights: those at night, by audience and channels."""

    since: datetime
    zone: str
    notices: Counter[Key] = field(default_factory=Counter)
    nights: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, values: Iterable[Any]) -> None:
        """What one entry led to."""
        for value in values:
            if isinstance(value, Notice) and value.not_before >= self.since:
                self._add(value)

    def _add(self, notice: Notice) -> None:
        at, audience = notice.not_before.astimezone(ZoneInfo(self.zone)), audience_of(notice)
        self.notices[at.date().isoformat(), audience, notice.lane.value] += 1
        if at.time() >= NIGHT_BEGINS or at.time() < NIGHT_ENDS:
            self.nights[audience, ", ".join(notice.channels) or "email"] += 1


def audience_of(notice: Notice) -> str:
    """The receiver of the routing file; for what goes past it (calls by roster, duties, contact tests) what made it."""
    return (notice.receiver or notice.reason.rule).split(":", 1)[0]


def differences(then: Told, now: Told) -> dict[str, Any]:
    """As plain JSON: `days` (notices by day, audience and lane), `nights` (by audience and channels), `newly_woken` (audiences)."""
    days = [
        {"day": day, "audience": audience, "lane": lane, "then": then.notices[day, audience, lane], "now": now.notices[day, audience, lane]}
        for day, audience, lane in sorted({*then.notices, *now.notices})
    ]
    nights = [
        {"audience": audience, "channels": channels, "then": then.nights[audience, channels], "now": now.nights[audience, channels]}
        for audience, channels in sorted({*then.nights, *now.nights})
    ]
    woken = sorted({a for a, _ in now.nights} - {a for a, _ in then.nights})
    return {"since": then.since.isoformat().replace("+00:00", "Z"), "days": days, "nights": nights, "newly_woken": woken}
