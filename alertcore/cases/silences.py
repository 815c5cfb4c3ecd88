"""Silences as officers order them: set, replaced, ended before their time or refused, and each shown on the topic as it stands.

What is refused stands under the id made of its command, so that it never stands in the place of a silence that holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from alertcore.cases import duties_held, timers
from alertcore.cases.desk import Desk
from alertcore.cases.reasons import Outcome
from alertcore.dispatch import outcome
from alertcore.dispatch.events import Event, SilenceExpired, SilenceSet
from alertcore.dispatch.matchers import text_of
from alertcore.dispatch.notices import audience_bytes
from alertcore.dispatch.outcome import SilenceEnding
from alertcore.dispatch.silence_records import matchers_of, matchers_told, recurrence_told
from alertcore.dispatch.silence_text import Asked, SilenceError, is_confirmed, read_silence
from alertcore.dispatch.silences import KEPT
from alertcore.dispatch.silences import Silence as Held
from alertcore.identity import digest, notice_id
from alertcore.making import replace
from alertcore.records.dispatch import Silence, SilenceState
from alertcore.records.hub import Command
from alertcore.records.notice import Audience, AudienceFilter, Channel, Lane, Notice, NoticeReason, Purpose
from alertcore.records.shared import Nature
from alertcore.statejson import rfc3339

Put = Callable[[Desk, Event], outcome.Outcome]
"""Steps the engine of dispatch on the desk's state."""

SET, EXPIRE = "silence", "silence_expire"
TOPIC, TEMPLATE = "silences", "silence_ending"
TIMER = "silence_forgotten"


def silence_id(command_id: str) -> str:
    """The id of the silence that an order sets, or under which its refusal stands."""
    return "sil_" + digest(command_id)


def take(desk: Desk, order: Command, put: Put) -> str:
    """Set or end a silence. Nothing is returned where the action is another.

    `silence`: target is the silence to replace, or empty. Params: those of `silence_text`. `silence_expire`: target is the silence.
    """
    if order.action == SET:
        return _set(desk, order, put)
    return _expire(desk, order, put) if order.action == EXPIRE else ""


def known(desk: Desk, silence: str) -> Silence | None:
    """A silence as it was last shown."""
    found: Silence | None = desk.get(f"silence/{silence}")
    return found


def _set(desk: Desk, order: Command, put: Put) -> str:
    old = known(desk, order.target or silence_id(order.command_id))
    if order.target and (old is None or _only_exercised(order, old)):
        return _refused(desk, order, _unknown(order.target))
    try:
        asked = read_silence(_asked(desk, order, old), order.params)
    except SilenceError as error:
        return _refused(desk, order, str(error))
    waiting = duties_held.matching(desk, asked.matchers)
    said = put(desk, SilenceSet(silence=asked, waiting=waiting)).refused
    duties = alerts_of(said[0].duties) if said else ()
    if duties and is_confirmed(order.params):
        said = put(desk, SilenceSet(silence=asked, waiting=waiting, confirmed=True)).refused
    if said:
        why = f"{said[0].why}: {duties_held.in_words(desk, duties)}" if duties else said[0].why
        return _refused(desk, order, why, asked, duties)
    _show(desk, replace(_told(desk, order, asked), version=1 if old is None else old.version + 1, duties=duties))
    return Outcome.SILENCE_SET


def _asked(desk: Desk, order: Command, old: Silence | None) -> Asked:
    """What replaces a silence that has begun may say that it began then; all else begins now or later."""
    stands = old is not None and old.starts is not None and old.ends is not None and old.ends > desk.now
    return Asked(
        silence_id=order.target or silence_id(order.command_id),
        author=order.by,
        reason=order.reason,
        nature=order.nature,
        now=desk.now,
        earliest=min(old.starts, desk.now) if stands and old is not None and old.starts is not None else desk.now,
        zone=desk.agency.timezone,
    )


def _expire(desk: Desk, order: Command, put: Put) -> str:
    old = known(desk, order.target)
    if old is None or old.starts is None or old.ends is None or _only_exercised(order, old):
        return _refused(desk, order, _unknown(order.target))
    if not order.by.strip():
        return _refused(desk, order, "who ends it must be named")
    if said := put(desk, SilenceExpired(silence_id=order.target, by=order.by)).refused:
        over = f"{order.target} is over since {rfc3339(old.ends)}"
        return _refused(desk, order, over if old.ends <= desk.now else said[0].why)
    ended = replace(old, version=old.version + 1, state=SilenceState.EXPIRED, ends=desk.now, expired_by=order.by, at=desk.now)
    _show(desk, replace(ended, starts=min(old.starts, desk.now)))
    return Outcome.SILENCE_ENDED


def _told(desk: Desk, order: Command, asked: Held) -> Silence:
    return Silence(
        nature=order.nature,
        silence_id=asked.silence_id,
        version=1,
        state=SilenceState.ACTIVE,
        matchers=matchers_told(asked.matchers),
        author=asked.author,
        reason=asked.reason,
        starts=asked.start,
        ends=asked.end,
        recurrence=recurrence_told(asked.recurrence),
        warn_ms=asked.warn_ms,
        confirmed=is_confirmed(order.params),
        at=desk.now,
    )


def _show(desk: Desk, silence: Silence) -> None:
    """Keep it as it is now, until some days after its end, and write it on the topic."""
    assert silence.ends is not None
    desk.put(f"silence/{silence.silence_id}", silence)
    timers.set_timer(desk, TIMER, silence.silence_id, silence.ends + KEPT)
    desk.emit(TOPIC, silence.silence_id, silence)


def wake(desk: Desk, silence: str) -> None:
    """An ended silence is remembered no more; the topic keeps it."""
    desk.put(f"silence/{silence}", None)


def _refused(desk: Desk, order: Command, why: str, asked: Held | None = None, duties: tuple[str, ...] = ()) -> str:
    named = silence_id(order.command_id)
    said = Silence(
        nature=order.nature,
        silence_id=named,
        version=1,
        state=SilenceState.REFUSED,
        author=order.by,
        reason=order.reason,
        why=why,
        duties=duties,
        at=desk.now,
    )
    if asked is not None:
        shown = _told(desk, order, asked)
        said = replace(shown, silence_id=named, state=SilenceState.REFUSED, why=why, duties=duties)
    desk.emit(TOPIC, named, said)
    return Outcome.SILENCE_REFUSED


def _unknown(silence: str) -> str:
    return f"there is no silence {silence!r}, or it ended more than {KEPT.days} days ago: `tocsin silence list` shows what there is"


def _only_exercised(order: Command, silence: Silence) -> bool:
    """What is ordered for an exercise or a test changes no other silence."""
    return order.nature not in (Nature.ACTUAL, silence.nature)


def alerts_of(units: Iterable[str]) -> tuple[str, ...]:
    """The alerts of units, each once: a unit is named by its alert, then its audience."""
    return tuple(sorted({unit.split("/", 1)[0] for unit in units}))


def ending(desk: Desk, told: SilenceEnding) -> None:
    """Tell its author that a silence ends soon."""
    silence = known(desk, told.silence_id)
    if silence is None:
        return
    audience = Audience(filter=AudienceFilter(kinds=("officer",), facilities=(told.author,), mandatory=True))
    group = f"silence/{told.silence_id}"
    params = {"silence_id": told.silence_id, "reason": told.reason, "ends": rfc3339(told.ends), "matchers": text_of(matchers_of(silence))}
    said = Notice(
        nature=silence.nature,
        notice_id=notice_id(f"{group}/{silence.version}", Purpose.REMINDER, audience_bytes(audience), []),
        group_key=group,
        purpose=Purpose.REMINDER,
        lane=Lane.NORMAL,
        audience=audience,
        channels=(Channel.EMAIL,),
        template=TEMPLATE,
        params=params | {"at": rfc3339(desk.now), "agency": desk.agency.name},
        not_before=desk.now,
        reason=NoticeReason(rule=TEMPLATE, text="a silence of its author ends soon"),
    )
    desk.emit("notices", group, said)


KINDS: dict[str, type[object]] = {"silence": Silence}
