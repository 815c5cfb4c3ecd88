"""Who is called while an alert waits for a person: by the roster one after the other, the director last; without one all officers.

A serious risk: the person in charge at once, and when the time of the gate is over the director. Whoever is called last is not called
alone: the officers are called with them, so that a roster with a wrong name in it never means that nobody is.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from alertcore.cases import alerts, gates, settings, telling
from alertcore.cases.desk import Desk, Moved
from alertcore.cases.release import waiting
from alertcore.cases.state import AlertFile
from alertcore.dispatch.routes import serious
from alertcore.duty import chain
from alertcore.records.alert import Alert, AlertKind
from alertcore.records.notice import Purpose

_RISKS = (AlertKind.DEFECT, AlertKind.FALSIFIED)


def order_of(desk: Desk, alert: Alert) -> tuple[str, ...]:
    """Whom the gate's limits call, one after the other. Of a serious risk the person in charge was called when it came."""
    persons = chain(settings.duty(desk.view), desk.now)
    return persons[-1:] if _is_serious(alert) else persons


def call(desk: Desk, file: AlertFile, times: int) -> None:
    """The limit of a gate has passed for the nth time, from 0."""
    persons = order_of(desk, file.alert)
    if persons:
        telling.call(desk, file, persons[min(times, len(persons) - 1)])
    if times >= len(persons) - 1:
        telling.remind(desk, file, Purpose.REMINDER)


def next_at(desk: Desk, file: AlertFile) -> datetime:
    """When the next one is called: after the gate's time while there is somebody left, then ever more seldom, but never no more."""
    assert file.limit_at is not None, "it waits"
    left = len(order_of(desk, file.alert)) - 1 - file.reminders
    if left <= 0:
        return gates.next_call(file.limit_at, desk.now, min(-left, file.reminders))
    _, _, minutes = gates.sort(desk.policy, file.alert.kind, waiting(file))
    return max(file.limit_at, desk.now) + timedelta(minutes=max(minutes, 1))


def follow(desk: Desk, moved: Moved) -> None:
    """A serious risk that waits for a person: who is in charge is called at once."""
    if moved.kind not in _RISKS or moved.how not in ("raised", "updated"):
        return
    file = alerts.open_file(desk, moved.kind, moved.subject, moved.nature)
    if file is None or not _is_serious(file.alert) or not waiting(file):
        return
    persons = chain(settings.duty(desk.view), desk.now)
    if persons:
        telling.call(desk, file, persons[0])


def _is_serious(alert: Alert) -> bool:
    return alert.kind in _RISKS and serious(alert.labels)
