"""Telling: a message from what waits in a group, the marks it leaves, and the chains of verdicts it carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alertcore.dispatch.escalation import begin
from alertcore.dispatch.groups import save
from alertcore.dispatch.outcome import Account, Outgoing, Verdict, Word
from alertcore.dispatch.receivers import Receiver
from alertcore.dispatch.route_tree import Route
from alertcore.dispatch.state import AlertState, GroupState, Mark
from alertcore.dispatch.turn import Turn, verdict_made
from alertcore.identity import digest
from alertcore.making import maker, replace
from alertcore.records.notice import AckMode, AlertRef, Audience, Lane, Purpose
from alertcore.statejson import rfc3339

ref_made, _mark_made, _outgoing = maker(AlertRef), maker(Mark), maker(Outgoing)


@dataclass(frozen=True, slots=True)
class Standing:
    """Alerts that a receiver knows of and that stand, each with the version it knows; and how many more it was told of."""

    named: list[tuple[AlertState, AlertRef]]
    more: int


def notice_of(turn: Turn, group: str, purpose: Purpose, refs: Sequence[AlertRef]) -> str:
    """Id of a message: of its group, its purpose, its instant and what it tells."""
    return "ntc_" + digest(group, purpose, turn.at.isoformat(), *(f"{r.alert_id}:{r.version}" for r in refs))


def routed(turn: Turn, group: GroupState) -> Verdict:
    """By which line of the file a group is told."""
    route = turn.ix.routes.get(group.route)
    return verdict_made(word=Word.ROUTED, by=route.where if route else f"told before by {group.route}, which is no more")


def accounts(turn: Turn, group: GroupState, alerts: Sequence[AlertState], *verdicts: Verdict) -> tuple[Account, ...]:
    """For each alert the verdicts that all of a group begin with, and these."""
    first, grouped = routed(turn, group), verdict_made(word=Word.GROUPED, by=group.key)
    usual, duty = (first, grouped, *verdicts), (first, verdict_made(word=Word.DUTY), grouped, *verdicts)
    return tuple([turn.account(a, group.receiver, duty if a.duty and turn.is_duty(a, group.receiver) else usual) for a in alerts])


def noted(turn: Turn, group: GroupState, alert: AlertState, verdict: Verdict) -> None:
    """Why an alert is not told here now."""
    turn.accounts += accounts(turn, group, (alert,), verdict)


def tell_news(turn: Turn, group: GroupState, news: list[AlertState], standing: Standing) -> None:
    """One message about alerts that are new to a receiver, or have changed."""
    known = [turn.mark(a.alert_id, group.receiver) for a in news]
    purpose = Purpose.DIGEST if len(news) > 1 else Purpose.UPDATE if known[0] else Purpose.ALERT
    _tell(turn, group, group.lane, news, standing, purpose)


def tell_duty(turn: Turn, group: GroupState, alert: AlertState) -> None:
    """A duty is told at once and alone: no silence, inhibition, interval, group or limit stands before it."""
    _tell(turn, group, group.lane, [alert], Standing([], 0), Purpose.DUTY)


def _tell(turn: Turn, group: GroupState, lane: Lane, news: list[AlertState], standing: Standing, purpose: Purpose) -> None:
    refs = tuple([ref_made(alert_id=a.alert_id, version=a.version) for a in news])
    route, receiver = turn.ix.routes.get(group.route), turn.ix.routing.receivers.get(group.receiver)
    notice = notice_of(turn, group.key, purpose, refs)
    told = verdict_made(word=Word.TOLD, by=notice)
    made = _outgoing(
        notice_id=notice,
        at=turn.at,
        purpose=purpose,
        receiver=group.receiver,
        group=group.key,
        group_labels=group.labels,
        lane=lane,
        duty=purpose is Purpose.DUTY,
        news=refs,
        standing=tuple([r for _, r in standing.named]),
        standing_more=standing.more,
        accounts=accounts(turn, group, news, told),
    )
    made = _addressed(turn, made, route, receiver)
    turn.notices.append(made)
    for alert in news:
        _mark(turn, group, alert, made)
    now = turn.group(group.key) or group
    sent_at = now.sent_at if made.duty else turn.at
    save(turn, replace(now, sent_at=sent_at, repeat_at=now.repeat_at if route is None else turn.at + route.repeat_interval))


def _addressed(turn: Turn, made: Outgoing, route: Route | None, receiver: Receiver | None) -> Outgoing:
    """To the receiver's audience, with its escalation; to those told before where no route leads there any more."""
    if route is None or receiver is None or receiver.audience is None:
        marks = [turn.mark(r.alert_id, made.receiver) for r in made.news]
        channels = next((m.channels for m in marks if m is not None), ())
        return replace(made, recipients_of=tuple(r.alert_id for r in made.news), last_told=_last_told(marks), channels=channels)
    limits = () if made.duty else receiver.limits
    made = replace(made, audience=receiver.audience, concerned=receiver.concerned, channels=receiver.channels, limits=limits)
    if receiver.escalation:
        begin(turn, made, route, receiver)
        first = receiver.escalation[0]
        due = turn.at + timedelta(milliseconds=first.wait_ms)
        made = replace(made, ack=first.until, ack_n=first.n if first.until is AckMode.N_OF_M else 0, ack_due=due)
    return made


def _last_told(marks: Sequence[Mark | None]) -> tuple[tuple[str, str], ...]:
    return tuple([(rfc3339(m.since), m.notice_id) if m is not None else ("", "") for m in marks])


def _mark(turn: Turn, group: GroupState, alert: AlertState, made: Outgoing) -> None:
    before = turn.mark(alert.alert_id, group.receiver)
    turn.put_mark(
        _mark_made(
            alert_id=alert.alert_id,
            receiver=group.receiver,
            group=group.key,
            version=alert.version,
            duty=alert.duty and turn.is_duty(alert, group.receiver),
            since=before.since if before else turn.at,
            told_at=turn.at,
            notice_id=made.notice_id,
            lane=made.lane,
            channels=made.channels,
            acked=before is not None and before.acked,
        )
    )


def tell_ends(turn: Turn, group: GroupState, ended: list[AlertState], purpose: Purpose) -> None:
    """The end, to those who were told of it under this receiver, and to nobody else."""
    if not ended:
        return
    refs = tuple([ref_made(alert_id=a.alert_id, version=a.version) for a in ended])
    notice = notice_of(turn, group.key, purpose, refs)
    said = verdict_made(word=Word.ENDED, by=notice)
    marks = [m for m in (turn.mark(a.alert_id, group.receiver) for a in ended) if m is not None]
    receiver = turn.ix.routing.receivers.get(group.receiver)
    duty = any(m.duty for m in marks)
    turn.notices.append(
        _outgoing(
            notice_id=notice,
            at=turn.at,
            purpose=purpose,
            receiver=group.receiver,
            group=group.key,
            group_labels=group.labels,
            lane=group.lane,
            duty=duty,
            news=refs,
            recipients_of=tuple([a.alert_id for a in ended]),
            last_told=_last_told(marks),
            channels=receiver.channels if receiver else marks[0].channels,
            limits=receiver.limits if receiver and not duty else (),
            accounts=accounts(turn, group, ended, said),
        )
    )
    for alert in ended:
        turn.drop_mark(alert.alert_id, group.receiver)
    if not duty:
        save(turn, replace(turn.group(group.key) or group, sent_at=turn.at))


def remind(turn: Turn, group: GroupState, route: Route, receiver: Receiver, standing: Standing) -> None:
    """What still stands, again, exactly repeat_interval after the last message. Where nothing may be told now, the beat goes on."""
    assert group.repeat_at is not None
    save(turn, replace(group, repeat_at=_next_repeat(group.repeat_at, route.repeat_interval, turn.at)))
    if not standing.named:
        return
    refs = tuple([r for _, r in standing.named])
    notice = notice_of(turn, group.key, Purpose.REMINDER, refs)
    said = verdict_made(word=Word.REPEATED, by=notice)
    turn.notices.append(
        _outgoing(
            notice_id=notice,
            at=turn.at,
            purpose=Purpose.REMINDER,
            receiver=group.receiver,
            group=group.key,
            group_labels=group.labels,
            lane=group.lane,
            news=(),
            standing=refs,
            audience=receiver.audience or Audience(),
            concerned=receiver.concerned,
            channels=receiver.channels,
            limits=receiver.limits,
            accounts=accounts(turn, group, [a for a, _ in standing.named], said),
        )
    )


def _next_repeat(last: datetime, every: timedelta, now: datetime) -> datetime:
    """The next of the same beat: late ticks do not shift it, and missed ones are not made up for."""
    return last + every * ((now - last) // every + 1)
