"""Who has heard of what covers an alert, receiver by receiver: everybody, or those who have not may yet be told, and by which ways."""

from __future__ import annotations

from collections.abc import Iterator

from alertcore.cases import dispatching, units
from alertcore.cases.desk import Desk
from alertcore.cases.relations import reached
from alertcore.cases.state import AlertFile, Told
from alertcore.dispatch.events import Above, AlertUpdate, Covered, Way
from alertcore.dispatch.receivers import Receiver
from alertcore.dispatch.routes import Route, followed
from alertcore.making import replace
from alertcore.records.alert import Alert
from alertcore.records.notice import AudienceFilter


def covered(desk: Desk, alert: Alert, suffix: str, update: AlertUpdate) -> AlertUpdate:
    """What dispatch is told of a unit, with the receivers for which the alert that covers it says all, or would once it is told."""
    above: AlertFile | None = desk.get(f"alert/{alert.covered_by}") if alert.covered_by is not None else None
    if above is None:
        return update
    audience, _, company = suffix.partition("/")
    told = tuple(_told_by(t, above.alert) for t in above.told)
    asked = {r.name for r in dispatching.receivers_of(desk, update.labels)}
    known, later = [], []
    for receiver in dispatching.routing(desk).receivers.values():
        if receiver.audience is None or receiver.release_audience != audience:
            continue
        mine = _as_route(receiver, alert, company)
        left = set(mine.filter.kinds) - reached(above.alert, told, mine)
        if mine.filter.kinds and not left:
            known.append(Covered(receiver=receiver.name, by=above.alert.alert_id))
        elif receiver.name in asked and (ways := tuple(_ways(desk, above.alert, company, mine, left))):
            later.append(Above(receiver.name, above.alert.alert_id, tuple(sorted(left)), ways))
    return replace(update, covered=tuple(known), above=tuple(later))


def _ways(desk: Desk, above: Alert, company: str, mine: Route, left: set[str]) -> Iterator[Way]:
    """By which receivers some of those who have not heard of it may be told what covers."""
    for other in dispatching.routing(desk).receivers.values():
        whom = other.audience.filter if other.audience is not None else None
        suffix = other.release_audience
        if whom is None or left.isdisjoint(whom.kinds) or suffix not in units.TOLD:
            continue
        own = company if suffix == units.COMPANIES else ""
        if suffix == units.COMPANIES and not own:
            continue
        if not left.isdisjoint(reached(above, (_as_route(other, above, own),), mine)):
            yield Way(units.unit_id(above.alert_id, f"{suffix}/{own}" if own else suffix), other.name)


def _as_route(receiver: Receiver, alert: Alert, company: str) -> Route:
    whom = units.audience_of(receiver, alert, company).filter or AudienceFilter(kinds=())
    return Route(group=receiver.name, audience=receiver.release_audience, filter=whom, why="")


def _told_by(told: Told, alert: Alert) -> Route:
    subjects = () if told.mandatory else told.subjects or followed(alert)
    whom = AudienceFilter(
        kinds=told.kinds,
        subjects=subjects,
        regions=told.regions,
        countries=told.countries,
        facilities=told.facilities,
        mandatory=told.mandatory,
    )
    return Route(group=told.group, audience=told.audience, filter=whom, why="was told before")
