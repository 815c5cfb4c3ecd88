"""Duties that wait for a person to release them: dispatch knows nothing of them yet, and who silences is to know of them all the same."""

from __future__ import annotations

from alertcore.cases import units
from alertcore.cases.desk import Desk
from alertcore.cases.relations import RECALLS
from alertcore.cases.state import AlertFile
from alertcore.deadlines.duties import DUTIES
from alertcore.dispatch.matchers import Matchers, all_hold
from alertcore.records.shared import Deadline
from alertcore.statejson import rfc3339

AUDIENCE = "professionals"
"""Whom such a duty is to be told."""
NAMED = 10
"""So many are named with their time limits; the rest by their ids alone."""
_MEMO = "duties-held"


def waits(file: AlertFile) -> bool:
    """Whether telling an alert discharges a duty, and nobody has released it yet to those who are to be told."""
    released = file.alert.release.audiences if file.alert.release is not None else ()
    if file.ended or AUDIENCE not in file.wanted or AUDIENCE in released:
        return False
    return units.is_duty(file.alert, AUDIENCE)


def noted(desk: Desk, file: AlertFile) -> None:
    """A file is kept as it is now. The ids live in the memo: they follow from the files, and each is looked up again before it counts."""
    ids: set[str] | None = desk.view.memo.get(_MEMO)
    if ids is not None and file.alert.kind in RECALLS and waits(file):
        ids.add(file.alert.alert_id)


def matching(desk: Desk, matchers: Matchers) -> tuple[str, ...]:
    """The alerts for which such matchers hold, as they will be told."""
    ids = desk.view.memo.get(_MEMO)
    if ids is None:
        ids = desk.view.memo[_MEMO] = {f.alert.alert_id for _, f in desk.view.items("alert/") if waits(f)}
    found = []
    for alert_id in sorted(ids):
        file: AlertFile | None = desk.get(f"alert/{alert_id}")
        if file is None or not waits(file):
            ids.discard(alert_id)
        elif all_hold(matchers, units.labels(file.alert, AUDIENCE)):
            found.append(alert_id)
    return tuple(found)


def in_words(desk: Desk, alerts: tuple[str, ...]) -> str:
    """These alerts, each with the time limit that runs for it."""
    said = [_in_words(desk.get(f"alert/{alert_id}"), alert_id) for alert_id in alerts[:NAMED]]
    more = len(alerts) - len(said)
    return ", ".join(said) + (f", and {more} more" if more else "")


def _in_words(file: AlertFile | None, alert_id: str) -> str:
    if file is None:
        return alert_id
    where = "waits for its release" if waits(file) else "is told"
    running = sorted((d for d in file.alert.deadlines if d.met_at is None), key=lambda d: (d.due, d.duty))
    limit = next((d for d in running if _is_of_telling(d)), running[0] if running else None)
    return f"{alert_id} ({where}{'' if limit is None else _due(limit)})"


def _is_of_telling(deadline: Deadline) -> bool:
    duty = DUTIES.get(deadline.duty)
    return duty is not None and duty.met_by == AUDIENCE


def _due(deadline: Deadline) -> str:
    duty = DUTIES.get(deadline.duty)
    return f"; {duty.what.en if duty else deadline.duty} is due by {rfc3339(deadline.due)}"
