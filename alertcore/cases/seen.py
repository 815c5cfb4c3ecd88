"""Event ids already decided, remembered for 400 days of log time, a day's worth forgotten at once."""

from __future__ import annotations

from datetime import timedelta

from alertcore.cases.desk import Desk
from alertcore.cases.state import SeenDays

REMEMBERED = timedelta(days=400)


def is_repeat(desk: Desk) -> bool:
    """True when the message's event id was decided before; else it is remembered from now on."""
    ids = _ids(desk)
    event = desk.message.event_id
    if not event:
        return False
    if event in ids:
        return True
    today = desk.now.date().isoformat()
    days: SeenDays = desk.get("seen-days") or SeenDays()
    if not days.days or days.days[-1] != today:
        _new_day(desk, days, today, ids)
    ids.add(event)
    desk.put(f"seen/{today}/{event}", 1)
    return False


def _new_day(desk: Desk, days: SeenDays, today: str, ids: set[str]) -> None:
    """The first event of a day lets go what is 400 days old."""
    limit = (desk.now - REMEMBERED).date().isoformat()
    for old in (d for d in days.days if d < limit):
        for key, _ in list(desk.view.items(f"seen/{old}/")):
            desk.put(key, None)
            ids.discard(key.rsplit("/", 1)[1])
    desk.put("seen-days", SeenDays(days=(*(d for d in days.days if d >= limit), today)))


def _ids(desk: Desk) -> set[str]:
    """The set lives in the memo: it follows from the keys alone."""
    ids: set[str] | None = desk.view.memo.get("seen")
    if ids is None:
        ids = desk.view.memo["seen"] = {key.rsplit("/", 1)[1] for key, _ in desk.view.items("seen/")}
    return ids
