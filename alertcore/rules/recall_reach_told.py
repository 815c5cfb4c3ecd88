"""The reach of a recall on the alert of its defect: a note for officers, at most once a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from alertcore.cases import alerts, holdings, timers
from alertcore.cases.desk import Desk
from alertcore.cases.holdings import ReachParts
from alertcore.cases.reasons import Outcome, Reason
from alertcore.cases.state import DefectThread
from alertcore.records.holding import Reach
from alertcore.records.shared import Nature
from alertcore.rules.defect import OTHER, of_subject, tell
from alertcore.rules.defect_picture import picture

TIMER = "recall_reach"
GATHERED_FOR = timedelta(minutes=1)
"""How long the words of all partitions are waited for."""
EVERY = timedelta(days=1)


def take(desk: Desk, reach: Reach) -> str:
    """Keep the word of one partition; it is told with those of the others."""
    name = holdings.keep_reach(desk, reach)
    if name is None:
        return Outcome.REPEAT
    subject = f"{reach.nature}/{name}"
    if timers.timer(desk, TIMER, subject) is None:
        parts = _parts(desk, subject)
        at = desk.now + GATHERED_FOR
        timers.set_timer(desk, TIMER, subject, at if parts.told_at is None else max(at, parts.told_at + EVERY))
    return Outcome.REACH_KEPT


def wake(desk: Desk, subject: str) -> None:
    """Tell the officers what is known now, where an alert on the defect is open."""
    thread: DefectThread | None = desk.get(f"defect/{subject}")
    assert thread is not None, "a reach is kept only of a defect that is known"
    desk.put(f"reach/{subject}", replace(_parts(desk, subject), told_at=desk.now))
    known = of_subject(desk, thread.subject, Nature(subject.split("/", 1)[0]))
    for kind in OTHER:
        file = alerts.open_file(desk, kind, thread.subject, known.nature)
        shown = picture(known, kind)
        if file is not None and shown is not None:
            alerts.note(desk, file, shown.notes, Reason.REACH_CHANGED, tell=True)
            tell(desk, known, kind, shown)


def _parts(desk: Desk, subject: str) -> ReachParts:
    return desk.get(f"reach/{subject}") or ReachParts()
