"""What a version tells: through dispatch to people, by rapid alerts to authorities, and the public; and what calls past every route."""

from __future__ import annotations

from alertcore.cases import corrections, dispatching, earlier, heard, past_routes, publishing, rapid, rapid_device, rapid_shortage, units
from alertcore.cases.desk import Desk
from alertcore.cases.picture import OVER, OWN_PREFIX, WHOLE
from alertcore.cases.reasons import Reason
from alertcore.cases.state import AlertFile
from alertcore.dispatch.events import Acknowledged, AlertUpdate, Status
from alertcore.dispatch.notices import common, params, to_group, to_recipients
from alertcore.dispatch.routes import Route, company_route, officers_route
from alertcore.dispatch.state import AlertState, alert_key
from alertcore.making import replace
from alertcore.records.alert import Alert, AlertStep
from alertcore.records.notice import AudienceFilter, Lane, Notice, Purpose
from alertcore.records.shared import Text

NO_ALL_CLEAR = (
    Reason.NO_LONGER_REPORTED,
    Reason.DEVICE_GONE,
    Reason.FLOOR_LOWERED,
    Reason.NO_LONGER_MARKETED,
    Reason.DELIVERIES_ANNOUNCED,
)
"""Ends that are no good news: nobody knows that it is over, it is over for good, only less or nothing is asked, or more is announced."""


def tell(desk: Desk, file: AlertFile, audiences: tuple[str, ...], before: Alert | None = None) -> AlertFile:
    """Give the present content to dispatch for these audiences: what a receiver does not know yet it is told, now or in its time.

    before: what companies know; a company whose own words stay has no news. Not to those who were told an alert that covers this one.
    Authorities and subscribers read every version, covered or not.
    """
    alert = file.alert
    file = earlier.dropped(file, audiences)
    over = _over(file, audiences)
    for suffix in over:
        standing = units.update_of(alert, suffix, alert.version)
        file = dispatching.update(desk, replace(standing, status=Status.RESOLVED, ending=Purpose.UPDATE), file)
    if over:
        file = replace(file, units=tuple([u for u in file.units if u not in over]))
    for suffix in _units(file, audiences):
        if suffix not in file.units:
            file = replace(file, units=(*file.units, suffix))
        elif before is not None and _no_news(before, alert, suffix.partition("/")[2]):
            continue
        file = dispatching.update(desk, _update(desk, file, suffix, alert.version), file)
    if "authorities" in audiences:
        rapid.notify(desk, alert)
        rapid_device.notify(desk, alert)
    if "public" in audiences:
        publishing.publish(desk, file)
        return file if file.published else replace(file, published=True)
    return file


def _units(file: AlertFile, audiences: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the present content, and companies that it names no longer: who was told something hears how it goes on."""
    named = tuple(units.suffixes(file.alert, audiences))
    if units.COMPANIES not in audiences:
        return named
    return tuple(dict.fromkeys((*named, *(u for u in file.units if u.startswith(f"{units.COMPANIES}/")))))


def _over(file: AlertFile, audiences: tuple[str, ...]) -> tuple[str, ...]:
    """Companies for which alone it is over now. Who is under its floor again is told anew."""
    if units.COMPANIES not in audiences or not file.alert.labels.get("by_company"):
        return ()
    ours = [(u, u.partition("/")[2]) for u in file.units]
    return tuple([u for u, company in ours if company and f"{OWN_PREFIX}{company}/{OVER}" in file.alert.facts])


def _no_news(before: Alert, now: Alert, company: str) -> bool:
    mine = f"{OWN_PREFIX}{company}/"
    if not company or f"{mine}{WHOLE}" not in now.facts:
        return False
    own, was = ({k: v for k, v in facts.items() if k.startswith(mine)} for facts in (now.facts, before.facts))
    return own == was


def tell_note(desk: Desk, file: AlertFile) -> AlertFile:
    """Tell officers what stands beside the content, or where they wait for that beside what they were released; else nothing."""
    released = file.alert.release.audiences if file.alert.release else ()
    if "officers" in released:
        return tell(desk, file, ("officers",))
    if "officers" not in file.units:
        return file
    return dispatching.update(desk, _update(desk, file, "officers", file.alert.version), file)


def look_again(desk: Desk, file: AlertFile, *, again: bool = True) -> AlertFile:
    """Another alert has begun or ceased to cover this one, or is to be told to others. Who heard that it is over hears what still holds."""
    for suffix in file.units:
        unit = units.unit_id(file.alert.alert_id, suffix)
        state: AlertState | None = desk.get(alert_key(unit))
        assert state is not None, "an open alert is known to the engine"
        now = _update(desk, file, suffix, state.version)
        free = {c.receiver for c in state.covered} - {c.receiver for c in now.covered} if again else ()
        file = dispatching.update(desk, replace(now, again=tuple(sorted(free))), file)
    return file


def _update(desk: Desk, file: AlertFile, suffix: str, version: int) -> AlertUpdate:
    alert = units.content(file, suffix.partition("/")[0])
    return heard.covered(desk, file.alert, suffix, units.update_of(alert, suffix, version))


def tell_end(desk: Desk, file: AlertFile) -> AlertFile:
    """Tell an end to exactly those who were told the alert: all-clear, or correction where it was cancelled. A successor tells its own.

    Each audience reads it of what it was released: an end releases nothing.
    """
    alert = file.alert
    ending = _ending(alert)
    for suffix in file.units:
        standing = units.update_of(units.content(file, suffix.partition("/")[0]), suffix, alert.version)
        file = dispatching.update(desk, replace(standing, status=Status.RESOLVED, ending=ending), file)
    if past_routes.were(desk, alert.alert_id) and (file.units or not file.told):
        safe = corrections.for_all(file)
        purpose, said = past_routes.over(params(safe, _known(desk, safe), "outside"), ending)
        _send(desk, past_routes.end_for(desk, alert.alert_id, to_recipients(safe, purpose, units.lane(safe), said, desk.now)))
    if alert.step is AlertStep.SUPERSEDED:
        return file
    if file.told and not file.units:  # by a program that knew no routing file: its notices name no receiver
        _send(desk, to_recipients(alert, ending, units.lane(alert), params(alert, _known(desk, alert), "outside"), desk.now))
    told, latest = units.content(file, "authorities"), _automatic(desk, file)
    rapid.notify_end(desk, told, latest=latest)
    rapid_device.notify_end(desk, told, latest=latest)
    rapid_shortage.notify_end(desk, told)
    if file.published:
        publishing.publish(desk, file)
    return file


def _ending(alert: Alert) -> Purpose:
    """How the end is told; unknown: not at all."""
    if alert.step is AlertStep.SUPERSEDED:
        return Purpose.UNKNOWN
    if alert.reason in NO_ALL_CLEAR:
        return Purpose.UPDATE
    return Purpose.ALL_CLEAR if alert.step is AlertStep.RESOLVED else Purpose.CORRECTION


def acknowledged(desk: Desk, file: AlertFile, by: str) -> None:
    """An officer has seen it: calls of officers for it end."""
    dispatching.put(desk, Acknowledged(by=by, alert_id=units.unit_id(file.alert.alert_id, "officers")))


def call(desk: Desk, file: AlertFile, person: str) -> None:
    """Call one officer, by the roster."""
    whom = AudienceFilter(kinds=("officer",), facilities=(person,), mandatory=True)
    route = Route(group=f"duty:{person}", audience="officers", filter=whom, lane=Lane.URGENT, why="in charge by the roster")
    alert = units.content(file, "officers")
    told = params(alert, _known(desk, alert), "officers")
    _call(desk, file, to_group(_at_now(alert, file), route, Purpose.ESCALATION, told, desk.now))


def tell_correction(desk: Desk, file: AlertFile, text: str) -> AlertFile:
    """Tell a correction to exactly those who were told the alert, on whatever way they were. text: what is right, for authorities."""
    if file.told or past_routes.were(desk, file.alert.alert_id):
        for notice in corrections.notices(desk, file):
            _send(desk, notice)
    told = units.content(file, "authorities")
    rapid.notify_corrected(desk, told, text)
    rapid_device.notify_corrected(desk, told)
    rapid_shortage.notify_corrected(desk, told, text)
    if file.published:
        publishing.publish(desk, file)
    return file


def remind(desk: Desk, file: AlertFile, purpose: Purpose, *, duty: bool = False, say: Text | None = None, group: str = "officers") -> None:
    """Call the officers, or the company of a group: something waits for them. say: what, before the sentence of the alert."""
    company = group.partition(":")[2]
    alert = units.content(file, units.COMPANIES if company else "officers")
    if company and company not in units.concerned(alert):
        return
    route = company_route(company, Lane.URGENT) if company else officers_route(Lane.URGENT)
    urgent = replace(route, duty=duty, why="a duty of its own" if company else "something waits for an officer")
    told = params(alert, _known(desk, alert), units.reader_of(route.filter, company))
    if say is not None:
        told |= {"sentence_fr": f"{say.fr} {told['sentence_fr']}", "sentence_en": f"{say.en} {told['sentence_en']}"}
    _call(desk, file, to_group(_at_now(alert, file), urgent, purpose, told, desk.now))


def _at_now(alert: Alert, file: AlertFile) -> Alert:
    """What an audience was released last, for a notice that belongs to the version of now."""
    return alert if alert is file.alert else replace(alert, version=file.alert.version)


def _automatic(desk: Desk, file: AlertFile) -> bool:
    """True where what the records say goes to authorities without a person."""
    waits = any(e.audience == "authorities" for e in file.earlier)
    return not waits and desk.policy.gate(file.alert.kind, "authorities").gate == "automatic"


def _known(desk: Desk, alert: Alert) -> dict[str, str]:
    return common(alert, desk.now, desk.agency.name)


def _call(desk: Desk, file: AlertFile, notice: Notice) -> None:
    """Past every route; whoever it reaches hears the end too."""
    past_routes.noted(desk, file.alert.alert_id, notice)
    _send(desk, notice)


def _send(desk: Desk, notice: Notice) -> None:
    desk.emit("notices", notice.group_key, notice)
