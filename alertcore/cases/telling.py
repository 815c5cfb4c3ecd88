"""What a version tells: notices to the groups of released audiences, rapid alerts to authorities, and the public."""

from __future__ import annotations

from collections.abc import Callable

from alertcore.cases import publishing, rapid, rapid_device, rapid_shortage
from alertcore.cases.desk import Desk
from alertcore.cases.reasons import Reason
from alertcore.cases.relations import reaches
from alertcore.cases.state import AlertFile, Told
from alertcore.dispatch.notices import common, params, to_group, to_recipients
from alertcore.dispatch.routes import Route, followed, routes
from alertcore.making import maker, replace
from alertcore.records.alert import Alert, AlertStep, Severity
from alertcore.records.notice import AudienceFilter, Lane, Notice, Purpose
from alertcore.records.shared import Text

NO_ALL_CLEAR = (Reason.NO_LONGER_REPORTED, Reason.DEVICE_GONE)
"""Ends that are no good news: nobody knows that it is over, or it is over for good."""


_told = maker(Told)


def tell(desk: Desk, file: AlertFile, audiences: tuple[str, ...]) -> AlertFile:
    """Tell the present content to these audiences: for the first time, or as an update to a group that was told before.

    Not to those who were told an alert that covers this one. Authorities and subscribers read every version, covered or not.
    """
    alert = file.alert
    above: AlertFile | None = desk.get(f"alert/{alert.covered_by}") if alert.covered_by is not None else None
    hidden = hidden_by(above) if above is not None else None
    file = tell_groups(desk, file, audiences, (lambda route: not hidden(route)) if hidden is not None else None)
    if "authorities" in audiences:
        rapid.notify(desk, alert)
        rapid_device.notify(desk, alert)
    if "public" in audiences:
        publishing.publish(desk, file)
        return file if file.published else replace(file, published=True)
    return file


def hidden_by(above: AlertFile) -> Callable[[Route], bool]:
    """Which routes name only people who were told this alert."""
    told = tuple(_route(t, above.alert) for t in above.told)
    return lambda route: reaches(above.alert, told, route)


def tell_groups(desk: Desk, file: AlertFile, audiences: tuple[str, ...], wanted: Callable[[Route], bool] | None) -> AlertFile:
    """Tell the present content to the groups of these audiences that are wanted; None: to all."""
    alert = file.alert
    before = {t.group for t in file.told}
    told = {t.group: t for t in file.told}
    known = _known(desk, alert)
    texts: dict[str, dict[str, str]] = {}
    for route in _addressed(file):
        if route.audience in audiences and (wanted is None or wanted(route)):
            purpose = Purpose.UPDATE if route.group in before else Purpose.ALERT
            reader = _reader(route)
            if reader not in texts:
                texts[reader] = params(alert, known, reader)
            _send(desk, to_group(alert, route, purpose, texts[reader], desk.now))
            told[route.group] = _mark(route)
    everyone = tuple(told.values())
    return file if everyone == file.told else replace(file, told=everyone)


def tell_end(desk: Desk, file: AlertFile) -> AlertFile:
    """Tell an end to exactly those who were told the alert: all-clear, or correction where it was cancelled."""
    alert = file.alert
    if alert.step is AlertStep.SUPERSEDED:
        return file
    purpose = Purpose.ALL_CLEAR if alert.step is AlertStep.RESOLVED else Purpose.CORRECTION
    if alert.reason in NO_ALL_CLEAR:
        purpose = Purpose.UPDATE
    if file.told:
        _send(desk, to_recipients(alert, purpose, lane(file), params(alert, _known(desk, alert), "outside"), desk.now))
    rapid.notify_end(desk, alert)
    rapid_device.notify_end(desk, alert)
    rapid_shortage.notify_end(desk, alert)
    if file.published:
        publishing.publish(desk, file)
    return file


def call(desk: Desk, file: AlertFile, person: str) -> None:
    """Call one officer, by the roster."""
    whom = AudienceFilter(kinds=("officer",), facilities=(person,), mandatory=True)
    route = Route(group=f"duty:{person}", audience="officers", filter=whom, lane=Lane.URGENT, why="in charge by the roster")
    told = params(file.alert, _known(desk, file.alert), "officers")
    _send(desk, to_group(file.alert, route, Purpose.ESCALATION, told, desk.now))


def tell_correction(desk: Desk, file: AlertFile, text: str) -> AlertFile:
    """Tell a correction to exactly those who were told the alert, on whatever way they were. text: what is right, for authorities."""
    alert = file.alert
    if file.told:
        _send(desk, to_recipients(alert, Purpose.CORRECTION, lane(file), params(alert, _known(desk, alert), "outside"), desk.now))
    rapid.notify_corrected(desk, alert, text)
    rapid_device.notify_corrected(desk, alert)
    rapid_shortage.notify_corrected(desk, alert, text)
    if file.published:
        publishing.publish(desk, file)
    return file


def remind(desk: Desk, file: AlertFile, purpose: Purpose, *, duty: bool = False, say: Text | None = None, group: str = "officers") -> None:
    """Call the officers, or the company of a group: something waits for them. say: what, before the sentence of the alert."""
    route = next((r for r in routes(file.alert) if r.group == group), None)
    if route is None:
        return
    urgent = replace(
        route, lane=Lane.URGENT, duty=duty, why="something waits for an officer" if group == "officers" else "a duty of its own"
    )
    told = params(file.alert, _known(desk, file.alert), _reader(route))
    if say is not None:
        told |= {"sentence_fr": f"{say.fr} {told['sentence_fr']}", "sentence_en": f"{say.en} {told['sentence_en']}"}
    _send(desk, to_group(file.alert, urgent, purpose, told, desk.now))


def lane(file: AlertFile) -> Lane:
    """The lane of an alert's end: that of its severity."""
    return Lane.URGENT if file.alert.severity is Severity.CRITICAL else Lane.NORMAL


def _known(desk: Desk, alert: Alert) -> dict[str, str]:
    return common(alert, desk.now, desk.agency.name)


def _reader(route: Route) -> str:
    return route.filter.facilities[0] if route.audience == "companies" else "officers" if route.audience == "officers" else "outside"


def _addressed(file: AlertFile) -> list[Route]:
    """The routes of now, and groups told before that they no longer name: who was told something hears how it goes on."""
    now = list(routes(file.alert))
    named = {r.group for r in now}
    old = [t for t in file.told if t.group not in named]
    if not old:
        return now
    reached = {k for t in old if t.mandatory and not t.facilities for k in t.kinds}
    kept = [r for r in now if not (r.filter.mandatory and set(r.filter.kinds) <= reached)]
    return kept + [_route(t, file.alert) for t in old]


def _mark(route: Route) -> Told:
    f = route.filter
    return _told(group=route.group, audience=route.audience, kinds=f.kinds, facilities=f.facilities, mandatory=f.mandatory)


def _route(told: Told, alert: Alert) -> Route:
    subjects = () if told.mandatory else followed(alert)
    whom = AudienceFilter(kinds=told.kinds, facilities=told.facilities, subjects=subjects, mandatory=told.mandatory)
    return Route(group=told.group, audience=told.audience, filter=whom, why="was told before")


def _send(desk: Desk, notice: Notice) -> None:
    desk.emit("notices", notice.group_key, notice)
