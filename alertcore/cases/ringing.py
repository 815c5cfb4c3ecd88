"""What time alone does to an alert: a release limit passes, the time of a duty runs out. People are called; nothing is released by time."""

from __future__ import annotations

from alertcore.cases import alerts, calling, settings, telling
from alertcore.cases.desk import Desk
from alertcore.cases.reasons import Reason
from alertcore.cases.state import AlertFile
from alertcore.deadlines import words
from alertcore.deadlines.duties import AGENCY, name
from alertcore.making import replace
from alertcore.records.alert import AlertStep
from alertcore.records.notice import Purpose
from alertcore.records.shared import Deadline, Text

Said = list[tuple[Deadline, Text]]
"""Duties to be called for, each with what is said of it."""


def ring(desk: Desk, file: AlertFile) -> None:
    """Call for what has come: duties missed, duties whose time runs out, and a release that waits too long."""
    file = _nearing(desk, _missed(desk, file))
    if file.limit_at is not None and file.limit_at <= desk.now:
        times = file.reminders
        file = replace(file, limit_at=calling.next_at(desk, file), reminders=times + 1)
        file = alerts.step(desk, file, AlertStep.ESCALATED, Reason.RELEASE_LIMIT_PASSED)
        calling.call(desk, file, times)
        desk.reason = Reason.RELEASE_LIMIT_PASSED
    alerts.save(desk, file)


def _missed(desk: Desk, file: AlertFile) -> AlertFile:
    found = [d for d in file.alert.deadlines if d.met_at is None and name(d) not in file.missed and d.due <= desk.now]
    if not found:
        return file
    file = replace(file, missed=file.missed + tuple(name(d) for d in found))
    zone = _zone(desk)
    return _call(desk, file, Reason.DEADLINE_MISSED, Purpose.DUTY, [(d, words.missed(d, zone)) for d in found])


def _nearing(desk: Desk, file: AlertFile) -> AlertFile:
    """Of several calls that come at once for a duty, the last; none for one that is met or missed."""
    come = {r.duty: r.pct for r in file.rings if r.at <= desk.now}
    if not come:
        return file
    file = replace(file, rings=tuple(r for r in file.rings if r.at > desk.now))
    running = [d for d in file.alert.deadlines if name(d) in come and d.met_at is None and name(d) not in file.missed]
    if not running:
        return file
    zone = _zone(desk)
    said = [(d, words.nearing(d, come[name(d)], zone)) for d in running]
    return _call(desk, file, Reason.DEADLINE_NEARS, Purpose.REMINDER, said)


def _call(desk: Desk, file: AlertFile, reason: Reason, purpose: Purpose, said: Said) -> AlertFile:
    """A version more, told to officers, and to each company for its own duties."""
    file = alerts.step(desk, file, AlertStep.ESCALATED, reason)
    duty = purpose is Purpose.DUTY
    telling.remind(desk, file, purpose, duty=duty, say=words.joined([text for _, text in said]))
    for company in dict.fromkeys(d.to for d, _ in said if d.to != AGENCY):
        own = words.joined([text for d, text in said if d.to == company])
        telling.remind(desk, file, purpose, duty=duty, say=own, group=f"companies:{company}")
    desk.reason = reason
    return file


def _zone(desk: Desk) -> str:
    return settings.calendar(desk.view, desk.agency.timezone).zone
