"""An alert comes in: which groups it falls into, and what of it is to be told."""

from __future__ import annotations

from datetime import datetime, timedelta

from alertcore.dispatch.events import AlertUpdate, Status
from alertcore.dispatch.flushing import end_now, look_now
from alertcore.dispatch.groups import (
    ALONE_BY,
    AT_ONCE,
    changed,
    ensured,
    join,
    keep_or_forget,
    key_of,
    leave,
    put_alert,
    release_alert,
    save,
    settled,
    tells_now,
)
from alertcore.dispatch.holding import comes_soon
from alertcore.dispatch.indexes import Target
from alertcore.dispatch.outcome import Word
from alertcore.dispatch.state import AlertState
from alertcore.dispatch.telling import tell_duty
from alertcore.dispatch.turn import Turn, verdict_made
from alertcore.making import maker, replace

_alert_made = maker(AlertState)


def update(turn: Turn, event: AlertUpdate) -> None:
    """What is known already changes nothing; an alert that ends before it was known never was."""
    old = turn.alert(event.alert_id)
    if old is None:
        if event.status is Status.FIRING:
            _open(turn, event)
    elif event.version > old.version or (event.version == old.version and not _same(old, event)):
        _change(turn, old, event)
    elif event.version == old.version and (old.covered or old.above or event.covered or event.above):
        put_alert(turn, replace(old, covered=event.covered, above=event.above))
        _uncovered(turn, old, event)


def _same(old: AlertState, event: AlertUpdate) -> bool:
    return old.status is event.status and _in_place(old, event)


def _in_place(old: AlertState, event: AlertUpdate) -> bool:
    return old.labels == event.labels and old.lane is event.lane and old.duty is event.duty


def _state(event: AlertUpdate, groups: tuple[str, ...], changed_at: datetime | None) -> AlertState:
    return _alert_made(
        alert_id=event.alert_id,
        version=event.version,
        status=event.status,
        labels=event.labels,
        lane=event.lane,
        duty=event.duty,
        ending=event.ending,
        groups=groups,
        changed_at=changed_at,
        covered=event.covered,
        above=event.above,
    )


def _open(turn: Turn, event: AlertUpdate) -> None:
    alert = regroup(turn, _state(event, (), turn.at))
    turn.ix.inhibit.add(alert.alert_id, turn.ix.matched_alert(alert).roles, standing=True)
    if alert.duty:
        turn.ix.duties.add(alert.alert_id)
    _spread(turn, alert)


def _change(turn: Turn, old: AlertState, event: AlertUpdate) -> None:
    stays = _in_place(old, event)
    alert = _state(event, old.groups, old.changed_at if _waits_everywhere(turn, old) else turn.at)
    if stays:
        alert = replace(alert, labels=old.labels)
    _reindex(turn, old, alert, stays=stays)
    if stays:
        put_alert(turn, alert)
    else:
        (turn.ix.duties.add if alert.duty else turn.ix.duties.discard)(alert.alert_id)
        alert = regroup(turn, alert)
    _spread(turn, alert)
    if old.covered or old.above:
        _uncovered(turn, old, event)


def _waits_everywhere(turn: Turn, alert: AlertState) -> bool:
    """Whether no receiver knows an alert as it is: what changes meanwhile waits as long as it did."""
    return all(alert.alert_id in turn.ix.pending.get(key, ()) for key in alert.groups)


def _uncovered(turn: Turn, old: AlertState, event: AlertUpdate) -> None:
    """Where an alert covers it no longer for some receiver, what waits may speak."""
    free = set(old.covered) - set(event.covered) or {a.receiver for a in old.above} - {c.receiver for c in event.covered}
    alert = turn.alert(event.alert_id) if free else None
    if alert is None:
        return
    for key in alert.groups if event.again else ():
        group = turn.group(key)
        mark = turn.mark(alert.alert_id, group.receiver) if group is not None and group.receiver in event.again else None
        if mark is not None:
            turn.put_mark(replace(mark, again=True))
            turn.ix.pending.setdefault(key, set()).add(alert.alert_id)
    release_alert(turn, alert)


def _reindex(turn: Turn, old: AlertState, alert: AlertState, *, stays: bool) -> None:
    """What an alert is to the rules of inhibition; what it held back may speak when it no longer does."""
    if stays and old.status is alert.status:
        return
    before, after = turn.ix.matched_alert(old).roles, turn.ix.matched_alert(alert).roles
    if not (before or after):
        return
    turn.ix.inhibit.remove(old.alert_id, before, standing=old.status is Status.FIRING)
    turn.ix.inhibit.add(alert.alert_id, after, standing=alert.status is Status.FIRING)
    for alert_id in turn.ix.inhibit.freed(before) if old.status is Status.FIRING else ():
        target = turn.alert(alert_id)
        if target is not None and alert_id != alert.alert_id:
            release_alert(turn, target)


def regroup(turn: Turn, alert: AlertState) -> AlertState:
    """Into the groups its labels fall to now. Where it was told and no route leads any more, it stays, and goes on being told."""
    found = {t.receiver.name: t for t in targets_of(turn, alert)}
    keys = {key_of(t, alert.lane): t for t in found.values()}
    left = []
    for key in alert.groups:
        if key not in keys and not _told_there(turn, alert, key, found):
            alert = leave(turn, key, alert)
            left.append(key)
    for key, target in keys.items():
        ensured(turn, target, alert.lane)
        join(turn, key, alert.alert_id)
        _move_mark(turn, alert, key, target)
    alert = replace(alert, groups=(*(k for k in alert.groups if k not in keys), *keys))
    put_alert(turn, alert)
    for key in left:
        keep_or_forget(turn, key)
    return alert


def targets_of(turn: Turn, alert: AlertState) -> tuple[Target, ...]:
    """Whom an alert falls to. A duty that no route tells anybody goes to whom the first route names, if it was released to them."""
    found = turn.ix.matched_alert(alert)
    for route in found.unheard:
        verdicts = (verdict_made(word=Word.ROUTED, by=route.where), verdict_made(word=Word.NOBODY, by=route.receiver))
        turn.accounts.append(turn.account(alert, route.receiver, verdicts))
    root = turn.ix.routing.root
    receiver = turn.ix.routing.receivers[root.receiver]
    if found.targets or not alert.duty or receiver.audience is None:
        return found.targets
    if alert.labels.get("audience", "") not in ("", receiver.release_audience) and receiver.release_audience != "officers":
        return ()
    return (Target(root, receiver, {}, f"{root.key}|{receiver.name}|duty"),)


def _told_there(turn: Turn, alert: AlertState, key: str, found: dict[str, Target]) -> bool:
    group = turn.group(key)
    if group is None or group.receiver in found:
        return False
    mark = turn.mark(alert.alert_id, group.receiver)
    return mark is not None and mark.group == key


def _move_mark(turn: Turn, alert: AlertState, key: str, target: Target) -> None:
    """What a receiver was told stays told, whatever group it was told in."""
    mark = turn.mark(alert.alert_id, target.receiver.name)
    if mark is None or mark.group == key:
        return
    turn.put_mark(replace(mark, group=key))
    group = turn.group(key)
    if group is not None and group.repeat_at is None:
        every: timedelta = target.route.repeat_interval
        save(turn, replace(group, repeat_at=max(mark.told_at + every, turn.at + AT_ONCE)))


def _spread(turn: Turn, alert: AlertState) -> None:
    """To every group: what is to be told in time; at once where it is a duty, or nobody else can join."""
    for key in alert.groups:
        group = turn.group(key)
        assert group is not None
        mark = turn.mark(alert.alert_id, group.receiver)
        if alert.status is Status.RESOLVED and mark is not None and mark.duty:
            end_now(turn, group, alert)
        elif alert.duty and alert.status is Status.FIRING and turn.is_duty(alert, group.receiver):
            if turn.ix.waits(alert, group.receiver, mark):
                tell_duty(turn, group, alert)
            settled(turn, key, alert.alert_id)
        else:
            alone = ALONE_BY in group.labels and tells_now(turn, group) and not comes_soon(turn, alert, group.receiver)
            tell = look_now if alone else changed
            tell(turn, group, alert.alert_id, news=turn.ix.waits(alert, group.receiver, mark))


def reroute(turn: Turn, alert: AlertState) -> None:
    """Another routing file is in force: what it says that is new is told, what was told stays told."""
    alert = regroup(turn, alert)
    for key in alert.groups:
        group = turn.group(key)
        if group is None or not turn.ix.waits(alert, group.receiver, turn.mark(alert.alert_id, group.receiver)):
            continue
        if alert.status is Status.FIRING and turn.is_duty(alert, group.receiver):
            tell_duty(turn, group, alert)
        else:
            changed(turn, group, alert.alert_id, news=True)
