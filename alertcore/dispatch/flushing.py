"""A group looked at: what waits is told, held back, or found to be nothing any more; what stands is repeated."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from alertcore.dispatch import escalation
from alertcore.dispatch.events import Status
from alertcore.dispatch.groups import keep_or_forget, leave, put_alert, release, save, settled
from alertcore.dispatch.holding import held, looked_at, mute
from alertcore.dispatch.outcome import Verdict, Word
from alertcore.dispatch.state import AlertState, GroupState, Mark, alert_key
from alertcore.dispatch.telling import Standing, noted, ref_made, remind, tell_ends, tell_news
from alertcore.dispatch.turn import Turn, verdict_made
from alertcore.making import replace
from alertcore.records.notice import AlertRef, Purpose

NAMED = 20
"""Alerts that stand beside the news and are named in a message; of the rest it says how many: no message grows with its group."""

ENDINGS = (Purpose.ALL_CLEAR, Purpose.UPDATE, Purpose.CORRECTION)
"""How an end is told. One with another ending is told to nobody: what took its place tells."""


@dataclass(slots=True)
class _Sorted:
    """What waits in a group, by what becomes of it."""

    news: list[AlertState] = field(default_factory=list)
    over: list[AlertState] = field(default_factory=list)
    gone: list[AlertState] = field(default_factory=list)
    until: list[datetime] = field(default_factory=list)


def look(turn: Turn, key: str) -> None:
    """A group whose time has come. Changes and what was held back first; then the reminder, if no message took its place."""
    group = turn.group(key)
    assert group is not None
    if group.due is not None and group.due <= turn.at:
        group = replace(group, due=None, release_at=None, flushed_at=turn.at)
        save(turn, group)
        _flush(turn, group)
    elif group.release_at is not None and group.release_at <= turn.at:
        group = replace(group, release_at=None)
        save(turn, group)
        _flush(turn, group)
    _repeat(turn, key)
    keep_or_forget(turn, key)


def look_now(turn: Turn, group: GroupState, alert_id: str, *, news: bool) -> None:
    """A change in a group of one alert, told in the step it comes in."""
    if news:
        turn.ix.pending.setdefault(group.key, set()).add(alert_id)
    else:
        settled(turn, group.key, alert_id)
    group = replace(group, release_at=None, flushed_at=turn.at)
    save(turn, group)
    _flush(turn, group)
    keep_or_forget(turn, group.key)


def _flush(turn: Turn, group: GroupState) -> None:
    waiting = turn.ix.pending.get(group.key)
    if not waiting:
        return
    muted, found = mute(turn, group), _Sorted()
    turn.flushing = group.key
    for alert_id in sorted(waiting):
        alert = turn.alert(alert_id)
        assert alert is not None
        if group.due is None or looked_at(group, alert):
            _sort(turn, group, alert, muted, found)
    if found.news:
        standing = _standing(turn, group, {a.alert_id for a in found.news}, NAMED)
        tell_news(turn, group, found.news, standing)
    for alert in found.news:
        settled(turn, group.key, alert.alert_id)
    _end(turn, group, found)
    if found.until:
        release(turn, group.key, min(found.until))
    turn.flushing = ""


def end_now(turn: Turn, group: GroupState, alert: AlertState) -> None:
    """The end of a duty: told at once, as it was told."""
    found = _Sorted()
    _sort_ended(turn, group, alert, turn.mark(alert.alert_id, group.receiver), None, found)
    _end(turn, group, found)
    keep_or_forget(turn, group.key)


def _end(turn: Turn, group: GroupState, found: _Sorted) -> None:
    for purpose in ENDINGS if found.over else ():
        tell_ends(turn, group, [a for a in found.over if a.ending is purpose], purpose)
    for alert in (*found.over, *found.gone):
        _gone(turn, group, alert)


def _sort(turn: Turn, group: GroupState, alert: AlertState, muted: Verdict | None, found: _Sorted) -> None:
    mark = turn.mark(alert.alert_id, group.receiver)
    if alert.status is Status.RESOLVED:
        _sort_ended(turn, group, alert, mark, muted, found)
        return
    why = held(turn, alert, group.receiver) or (None if muted is None or (alert.duty and turn.is_duty(alert, group.receiver)) else muted)
    if why is None:
        found.news.append(alert)
        return
    noted(turn, group, alert, why)
    if why.until is not None:
        found.until.append(why.until)


def _sort_ended(turn: Turn, group: GroupState, alert: AlertState, mark: Mark | None, muted: Verdict | None, found: _Sorted) -> None:
    """No silence and no inhibition holds back an end: who was told that it stands must not go on believing it."""
    receiver = turn.ix.routing.receivers.get(group.receiver)
    verdict = None
    if mark is None:
        verdict = verdict_made(word=Word.ENDED_UNTOLD)
    elif alert.ending not in ENDINGS:
        verdict = verdict_made(word=Word.ENDED_UNSAID, by="superseded")
    elif receiver is not None and not receiver.send_resolved:
        verdict = verdict_made(word=Word.ENDED_UNSAID, by=f"send_resolved: false of {receiver.name}")
    elif muted is not None and not mark.duty:
        noted(turn, group, alert, muted)
        found.until += [muted.until] if muted.until else []
        return
    if verdict is None:
        found.over.append(alert)
        return
    noted(turn, group, alert, verdict)
    if mark is not None:
        turn.drop_mark(alert.alert_id, group.receiver)
    found.gone.append(alert)


def _gone(turn: Turn, group: GroupState, alert: AlertState) -> None:
    """The end of an alert is dealt with in a group; after the last one nothing of it is left."""
    now = turn.alert(alert.alert_id)
    assert now is not None
    now = leave(turn, group.key, now)
    escalation.ended(turn, alert.alert_id, group.receiver)
    if now.groups:
        put_alert(turn, now)
    else:
        forget(turn, now)


def forget(turn: Turn, alert: AlertState) -> None:
    """An alert that is over and told."""
    turn.ix.inhibit.remove(alert.alert_id, turn.ix.matched_alert(alert).roles, standing=alert.status is Status.FIRING)
    turn.ix.forget(alert.alert_id)
    turn.table.put(alert_key(alert.alert_id), None)


def _standing(turn: Turn, group: GroupState, but: set[str], most: int) -> Standing:
    """The alerts of a group that its receiver knows of, that stand, and that nothing holds back, in the versions it knows."""
    found: list[tuple[AlertState, AlertRef]] = []
    known = turn.ix.told.get(group.key, ())
    for n, alert_id in enumerate(known):
        if len(found) >= most:
            return Standing(found, len(known) - n - sum(i in but for i in known[n:]))
        if alert_id in but:
            continue
        alert, mark = turn.alert(alert_id), turn.mark(alert_id, group.receiver)
        if alert is not None and mark is not None and alert.status is Status.FIRING and held(turn, alert, group.receiver) is None:
            found.append((alert, ref_made(alert_id=alert_id, version=mark.version)))
    return Standing(found, 0)


def _repeat(turn: Turn, key: str) -> None:
    group = turn.group(key)
    if group is None or group.repeat_at is None or group.repeat_at > turn.at:
        return
    route, receiver = turn.ix.routes.get(group.route), turn.ix.routing.receivers.get(group.receiver)
    if route is None or receiver is None or receiver.audience is None or key not in turn.ix.told:
        save(turn, replace(group, repeat_at=None))
        return
    standing = Standing([], 0) if mute(turn, group) else _standing(turn, group, set(), len(turn.ix.told[key]))
    remind(turn, group, route, receiver, standing)
