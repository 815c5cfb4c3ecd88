"""A correction as notices: one to everyone who was told, or, while some wait for what others have, one to each receiver."""

from __future__ import annotations

from alertcore.cases import dispatching, units
from alertcore.cases.desk import Desk
from alertcore.cases.state import AlertFile
from alertcore.dispatch.notices import audience_bytes, common, params, to_recipients
from alertcore.identity import notice_id
from alertcore.making import replace
from alertcore.records.alert import Alert
from alertcore.records.notice import Notice, Purpose


def notices(desk: Desk, file: AlertFile) -> list[Notice]:
    """To exactly those who were told; each reads beside what is right now only what its audience was released."""
    safe = for_all(file)
    if safe is file.alert:
        return [_notice(desk, file.alert)]
    apart = [n for suffix in file.units for n in _of_unit(desk, file, suffix)]
    # Who was called past every route is left; should one of the others be lost, nobody reads here what waits for a person.
    return [*apart, replace(_notice(desk, safe), follows=tuple(n.notice_id for n in apart))]


def for_all(file: AlertFile) -> Alert:
    """What everyone who was told may read: while some wait, what those have."""
    told = {t.audience for t in file.told}
    waiting = [a for a in units.TOLD if a in told and any(e.audience == a for e in file.earlier)]
    return units.content(file, waiting[-1]) if waiting else file.alert


def _of_unit(desk: Desk, file: AlertFile, suffix: str) -> list[Notice]:
    audience, _, company = suffix.partition("/")
    made = _notice(desk, units.content(file, audience))
    found = []
    for mark in dispatching.marks(desk, units.unit_id(file.alert.alert_id, suffix)):
        receiver = f"{mark.receiver}:{company}" if company else mark.receiver
        own = notice_id(
            f"{made.group_key}/{receiver}", made.purpose, audience_bytes(made.audience), [(r.alert_id, r.version) for r in made.alerts]
        )
        found.append(replace(made, notice_id=own, receiver=receiver, follows=(mark.notice_id,)))
    return found


def _notice(desk: Desk, alert: Alert) -> Notice:
    said = params(alert, common(alert, desk.now, desk.agency.name), "outside")
    return to_recipients(alert, Purpose.CORRECTION, units.lane(alert), said, desk.now)
