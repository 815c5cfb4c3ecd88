"""Silences set, ended, announced and forgotten in the engine."""

from __future__ import annotations

from alertcore.dispatch.events import SilenceExpired, SilenceSet
from alertcore.dispatch.groups import release_alert
from alertcore.dispatch.matchers import all_hold
from alertcore.dispatch.outcome import Refused, SilenceEnding
from alertcore.dispatch.silences import OpenAlert, Silence, duties_touched, wrong_with
from alertcore.dispatch.state import silence_key
from alertcore.dispatch.turn import Turn
from alertcore.making import replace


def set_silence(turn: Turn, event: SilenceSet) -> None:
    """Refused where something is wrong with it, or where open duties match and nobody confirmed that they are told all the same."""
    silence = event.silence
    if wrong := wrong_with(silence):
        turn.refused.append(Refused(what=silence.silence_id, why="; ".join(wrong)))
        return
    duties = tuple(sorted({*touched(turn, silence), *event.waiting}))
    if duties and not event.confirmed:
        why = "open duties match; they are told all the same, so confirm that this is known"
        turn.refused.append(Refused(what=silence.silence_id, why=why, duties=duties))
        return
    old = _known(turn, silence.silence_id)
    turn.put_silence(replace(silence, warned=False, expired_by=""))
    turn.ix.silences.add(silence.silence_id, silence.matchers)
    turn.ix.generation += 1
    if old is not None:
        _freed(turn, old)


def touched(turn: Turn, silence: Silence) -> tuple[str, ...]:
    """The open duties that match."""
    open_ = [a for a in (turn.alert(i) for i in turn.ix.duties) if a is not None]
    return duties_touched(silence, [OpenAlert(alert_id=a.alert_id, labels=a.labels, duty=a.duty) for a in open_])


def expire(turn: Turn, event: SilenceExpired) -> None:
    """Over now. It is still shown for some days."""
    silence = _known(turn, event.silence_id)
    if silence is None or silence.expired_by or silence.end <= turn.at:
        turn.refused.append(Refused(what=event.silence_id, why="there is no such silence, or it is over"))
        return
    turn.put_silence(replace(silence, end=turn.at, expired_by=event.by or "unknown"))
    turn.ix.silences.remove(event.silence_id)
    turn.ix.generation += 1
    _freed(turn, silence)


def due(turn: Turn, silence: Silence) -> None:
    """The time of a silence has come: announce its end, or forget it."""
    if silence.warned or silence.expired_by:
        turn.table.put(silence_key(silence.silence_id), None)
        turn.ix.silences.remove(silence.silence_id)
        turn.ix.generation += 1
        return
    if silence.end > turn.at:
        told = SilenceEnding(silence_id=silence.silence_id, author=silence.author, reason=silence.reason, ends=silence.end)
        turn.endings.append(told)
    turn.put_silence(replace(silence, warned=True))


def _known(turn: Turn, silence_id: str) -> Silence | None:
    found: Silence | None = turn.table.get(silence_key(silence_id))
    return found


def _freed(turn: Turn, silence: Silence) -> None:
    """Everything that waits and that it may have held back is looked at again."""
    for alert_id in sorted({a for waiting in turn.ix.pending.values() for a in waiting} | set(turn.ix.chains)):
        alert = turn.alert(alert_id)
        if alert is not None and all_hold(silence.matchers, alert.labels):
            release_alert(turn, alert)
