"""What keeps an alert from being told to a receiver now: an alert it knows or hears of right now, another, a silence, the calendar."""

from __future__ import annotations

from datetime import datetime

from alertcore.dispatch.events import Above, Status, Way
from alertcore.dispatch.intervals import quiet, speaks_again
from alertcore.dispatch.outcome import Verdict, Word
from alertcore.dispatch.receivers import everybody
from alertcore.dispatch.silences import Silence, silent_until
from alertcore.dispatch.state import AlertState, GroupState, silence_key
from alertcore.dispatch.turn import Turn, verdict_made


def held(turn: Turn, alert: AlertState, receiver: str) -> Verdict | None:
    """A duty is kept by nothing. A look that finds a cover coming in this instant sees to it that it comes."""
    if alert.duty and turn.is_duty(alert, receiver):
        return None
    for covered in alert.covered:
        if covered.receiver == receiver:
            return verdict_made(word=Word.COVERED, by=covered.by)
    by_above = _by_above(turn, alert, receiver) if alert.above else None
    if by_above is not None:
        return by_above
    roles = turn.ix.matched_alert(alert).roles
    by = turn.ix.inhibit.by(roles) if roles else None
    if by is not None:
        rule, source = by
        where = f"line {rule.line}, {rule.path}" if rule.line else rule.path
        return verdict_made(word=Word.INHIBITED, by=f"{where}: {source}")
    return _silenced(turn, alert)


def _silenced(turn: Turn, alert: AlertState) -> Verdict | None:
    best: tuple[datetime, str] | None = None
    for silence_id in turn.ix.silences_of(alert):
        silence: Silence | None = turn.table.get(silence_key(silence_id))
        until = silent_until(silence, turn.at) if silence is not None else None
        if until is not None and (best is None or until > best[0]):
            best = (until, silence_id)
    return None if best is None else verdict_made(word=Word.SILENCED, by=best[1], until=best[0])


def mute(turn: Turn, group: GroupState) -> Verdict | None:
    """Whether the calendar of a group's route keeps it quiet now."""
    route = turn.ix.routes.get(group.route)
    if route is None or not (route.mute or route.active):
        return None
    muting = turn.ix.intervals(route.mute)
    active = turn.ix.intervals(route.active) if route.active else None
    if not quiet(muting, active, turn.at):
        return None
    by = next((name for name in route.mute if quiet(turn.ix.intervals((name,)), None, turn.at)), "")
    named = by or f"outside {', '.join(route.active)}"
    return verdict_made(word=Word.MUTED, by=f"{named}, {route.where}", until=speaks_again(muting, active, turn.at))


def looked_at(group: GroupState, alert: AlertState) -> bool:
    """Whether a look at changes found an alert and held it back: while other changes wait, only that may be told before them."""
    return alert.changed_at is None or (group.flushed_at is not None and alert.changed_at <= group.flushed_at)


def _by_above(turn: Turn, alert: AlertState, receiver: str) -> Verdict | None:
    """What covers an alert is told in this very instant to all of a receiver who do not know it yet."""
    if alert.alert_id in turn.asking:
        return None
    turn.asking.add(alert.alert_id)
    found = next((a for a in alert.above if a.receiver == receiver and _comes(turn, a)), None)
    turn.asking.discard(alert.alert_id)
    return None if found is None else verdict_made(word=Word.COVERED, by=found.by)


def _comes(turn: Turn, above: Above) -> bool:
    hear: set[str] = set()
    for way in above.ways:
        if _told_now(turn, way):
            hear |= _kinds(turn, way)
    return hear.issuperset(above.kinds)


def _told_now(turn: Turn, way: Way) -> bool:
    """Whether an alert is told to a receiver in this instant: it was, or its group is looked at in this step too and nothing holds it."""
    cover, mark = turn.alert(way.alert_id), turn.mark(way.alert_id, way.receiver)
    if cover is None or cover.status is not Status.FIRING:
        return False
    if mark is not None and mark.told_at == turn.at:
        return True
    group = _group(turn, cover, way.receiver) if turn.looking else None
    if group is None or not _is_looked_at(turn, group, cover):
        return False
    if mute(turn, group) is not None or held(turn, cover, way.receiver) is not None:
        return False
    turn.first.append(group.key)
    return True


def _group(turn: Turn, cover: AlertState, receiver: str) -> GroupState | None:
    """Where an alert waits for a receiver."""
    waits = (turn.group(key) for key in cover.groups if cover.alert_id in turn.ix.pending.get(key, ()))
    return next((g for g in waits if g is not None and g.receiver == receiver), None)


def _is_looked_at(turn: Turn, group: GroupState, cover: AlertState) -> bool:
    if group.due is not None and group.due <= turn.at:
        return True
    now = group.key == turn.flushing or (group.release_at is not None and group.release_at <= turn.at)
    return now and (group.due is None or looked_at(group, cover))


def _kinds(turn: Turn, way: Way) -> set[str]:
    """The kinds of people who hear of an alert by a way; followers are without those who are all told of it anyway."""
    receiver, cover = turn.ix.routing.receivers.get(way.receiver), turn.alert(way.alert_id)
    f = receiver.audience.filter if receiver is not None and receiver.audience is not None else None
    if receiver is None or cover is None or f is None:
        return set()
    if f.mandatory or receiver.concerned:
        return set(f.kinds)
    return set(f.kinds) - everybody(t.receiver for t in turn.ix.matched_alert(cover).targets)


def comes_soon(turn: Turn, alert: AlertState, receiver: str) -> bool:
    """Whether what covers an alert is to be told by a tick of this instant: so what could be told in this step waits for that."""
    if not alert.above:
        return False
    before, turn.looking = turn.looking, True
    found = _by_above(turn, alert, receiver) is not None
    turn.looking, turn.first = before, []
    return found
