"""Escalation: step by step further people are called, until those told before have acknowledged. A chain keeps the steps it began with."""

from __future__ import annotations

from datetime import datetime, timedelta

from alertcore import persons
from alertcore.dispatch.events import Acknowledged, Counted, Reached, Status
from alertcore.dispatch.holding import held
from alertcore.dispatch.outcome import Outgoing, Verdict, Word
from alertcore.dispatch.receivers import Receiver, Step
from alertcore.dispatch.route_tree import Route
from alertcore.dispatch.state import AlertState, Escalation, escalation_key
from alertcore.dispatch.turn import Turn, verdict_made
from alertcore.identity import digest
from alertcore.making import maker, replace
from alertcore.records.notice import AckMode, AlertRef, Purpose

_escalation, _outgoing, _ref = maker(Escalation), maker(Outgoing), maker(AlertRef)


def begin(turn: Turn, notice: Outgoing, route: Route, receiver: Receiver) -> None:
    """A chain of its own for each message, about the alerts that were news in it; an alert runs in one chain of a receiver alone."""
    alerts = tuple(r.alert_id for r in notice.news if not _called(turn, r.alert_id, receiver.name, notice))
    if not alerts:
        return
    made = _escalation(
        notice_id=notice.notice_id,
        notices=(notice.notice_id,),
        group=notice.group,
        receiver=receiver.name,
        routing=turn.ix.version,
        route=route.where,
        lane=notice.lane,
        alerts=alerts,
        steps=receiver.escalation,
        due=turn.at + timedelta(milliseconds=receiver.escalation[0].wait_ms),
    )
    _save(turn, made)
    for alert_id in alerts:
        turn.ix.chains.setdefault(alert_id, set()).add(made.notice_id)


def _called(turn: Turn, alert_id: str, receiver: str, notice: Outgoing) -> bool:
    """Whether a chain runs for an alert, or one has ended well; a duty must be acknowledged in each version."""
    mark = turn.mark(alert_id, receiver)
    settled = mark is not None and mark.acked and not notice.duty
    return settled or any(chain.receiver == receiver for chain in _chains(turn, alert_id))


def _chains(turn: Turn, alert_id: str) -> list[Escalation]:
    found = [turn.table.get(escalation_key(n)) for n in sorted(turn.ix.chains.get(alert_id, ()))]
    return [c for c in found if c is not None]


def _chain(turn: Turn, notice_id: str) -> Escalation:
    found: Escalation = turn.table.get(escalation_key(notice_id))  # type: ignore[assignment]
    return found


def _save(turn: Turn, chain: Escalation) -> None:
    key = escalation_key(chain.notice_id)
    turn.table.put(key, chain)
    turn.ix.calls[chain.notices[-1]] = chain.notice_id
    turn.ix.wake(chain.due, key, chain.lane)


def _end(turn: Turn, chain: Escalation) -> None:
    turn.table.put(escalation_key(chain.notice_id), None)
    for notice_id in chain.notices:
        del turn.ix.calls[notice_id]
    for alert_id in chain.alerts:
        _unlink(turn, chain.notice_id, alert_id)


def _unlink(turn: Turn, notice_id: str, alert_id: str) -> None:
    notices = turn.ix.chains[alert_id]
    notices.discard(notice_id)
    if not notices:
        del turn.ix.chains[alert_id]


def ended(turn: Turn, alert_id: str, receiver: str) -> None:
    """An alert is over for a receiver: nobody is called for it there any more, whatever group it was told in."""
    for chain in _chains(turn, alert_id):
        if chain.receiver == receiver:
            _without(turn, chain, alert_id)


def _without(turn: Turn, chain: Escalation, alert_id: str) -> None:
    left = tuple(a for a in chain.alerts if a != alert_id)
    if not left:
        _end(turn, chain)
        return
    turn.table.put(escalation_key(chain.notice_id), replace(chain, alerts=left))
    _unlink(turn, chain.notice_id, alert_id)


def acknowledged(turn: Turn, event: Acknowledged) -> None:
    """Somebody has acknowledged: every chain that this was enough for ends."""
    chains = _chains(turn, event.alert_id) if event.alert_id else []
    ids = {c.notice_id for c in chains if event.receiver in ("", c.receiver)}
    for notice_id in sorted(ids | _of_notice(turn, event.notice_id)):
        chain = _chain(turn, notice_id)
        if not persons.among(event.by, chain.acked):
            chain = replace(chain, acked=(*chain.acked, event.by))
            _settle(turn, chain, event.by)


def _of_notice(turn: Turn, notice_id: str) -> set[str]:
    """The chain that a notice began or is a step of."""
    found = turn.ix.calls.get(notice_id)
    return set() if found is None else {found}


def reached(turn: Turn, event: Reached) -> None:
    """It is known whom the last notice of a chain reached."""
    for notice_id in sorted(_of_notice(turn, event.notice_id)):
        chain = _chain(turn, notice_id)
        if chain.notices[-1] == event.notice_id:
            _settle(turn, replace(chain, people=tuple(sorted(event.people))), "")


def counted(turn: Turn, event: Counted) -> None:
    """So many have acknowledged a notice of a chain."""
    for notice_id in sorted(_of_notice(turn, event.notice_id)):
        chain = _chain(turn, notice_id)
        others = (c for c in chain.counted if c.notice_id != event.notice_id)
        _settle(turn, replace(chain, counted=(*others, event)), _in_words(event))


def _in_words(count: Counted) -> str:
    return f"{count.acknowledged} of {count.total}: {count.notice_id}"


def _settle(turn: Turn, chain: Escalation, by: str) -> None:
    if not enough(chain):
        turn.table.put(escalation_key(chain.notice_id), chain)
        return
    by = by or (chain.acked[-1] if chain.acked else _in_words(chain.counted[-1]))
    for alert in _alerts(turn, chain):
        verdict = verdict_made(word=Word.ACKNOWLEDGED, by=by)
        turn.accounts.append(turn.account(alert, chain.receiver, (verdict_made(word=Word.ROUTED, by=chain.route), verdict)))
        mark = turn.mark(alert.alert_id, chain.receiver)
        assert mark is not None
        turn.put_mark(replace(mark, acked=True))
    _end(turn, chain)


def enough(chain: Escalation) -> bool:
    """Whether those who acknowledged are as many as the next step waits for. `each` is never reached before it is known how many they are.

    Who is known by name may be in a count too, so the larger of both numbers holds, not their sum.
    """
    step = chain.steps[chain.n]
    if step.until is AckMode.EACH:
        everybody = bool(chain.people) and {persons.one(p) for p in chain.people or ()} <= {persons.one(p) for p in chain.acked}
        return everybody or any(c.notice_id == chain.notices[-1] and c.acknowledged >= c.total > 0 for c in chain.counted)
    most = max(len(chain.acked), sum(c.acknowledged for c in chain.counted))
    return most >= (step.n if step.until is AckMode.N_OF_M else 1)


def _alerts(turn: Turn, chain: Escalation) -> list[AlertState]:
    return [a for a in (turn.alert(i) for i in chain.alerts) if a is not None]


def call(turn: Turn, chain: Escalation) -> None:
    """The time of a step has come. While all its alerts are held back, it waits; when the last step is done, the chain is over."""
    standing = [a for a in _alerts(turn, chain) if a.status is Status.FIRING]
    why = [(a, held(turn, a, chain.receiver)) for a in standing]
    free = [a for a, h in why if h is None]
    if not free:
        _wait(turn, chain, [(a, h) for a, h in why if h is not None])
        return
    step = chain.steps[chain.n]
    after = chain.steps[chain.n + 1] if chain.n + 1 < len(chain.steps) else None
    notice = "ntc_" + digest(chain.notice_id, str(chain.n), turn.at.isoformat())
    turn.notices.append(_notice(turn, chain, step, after, free, notice))
    if after is None:
        _end(turn, chain)
        return
    due = turn.at + timedelta(milliseconds=after.wait_ms)
    _save(turn, replace(chain, n=chain.n + 1, due=due, notices=(*chain.notices, notice), people=None, held=False))


def _wait(turn: Turn, chain: Escalation, held: list[tuple[AlertState, Verdict]]) -> None:
    if not held:
        _end(turn, chain)
        return
    routed = verdict_made(word=Word.ROUTED, by=chain.route)
    for alert, verdict in held:
        turn.accounts.append(turn.account(alert, f"{chain.receiver}#{chain.n + 1}", (routed, verdict)))
    _save(turn, replace(chain, held=True, due=min((v.until for _, v in held if v.until is not None), default=None)))


def release(turn: Turn, alert_id: str, at: datetime) -> None:
    """Whatever held back a step for this alert may have ended."""
    for chain in _chains(turn, alert_id):
        if chain.held:
            _save(turn, replace(chain, held=False, due=at))


def _notice(turn: Turn, chain: Escalation, step: Step, after: Step | None, alerts: list[AlertState], notice: str) -> Outgoing:
    said = (verdict_made(word=Word.ROUTED, by=chain.route), verdict_made(word=Word.ESCALATED, by=f"step {chain.n + 1}: {notice}"))
    until = after.until if after else AckMode.ANY
    return _outgoing(
        notice_id=notice,
        at=turn.at,
        purpose=Purpose.ESCALATION,
        receiver=chain.receiver,
        step=chain.n + 1,
        group=chain.group,
        lane=chain.lane,
        news=tuple([_ref(alert_id=a.alert_id, version=a.version) for a in alerts]),
        audience=step.audience,
        concerned=step.concerned,
        channels=step.channels,
        ack=until,
        ack_n=after.n if after and until is AckMode.N_OF_M else 0,
        ack_due=turn.at + timedelta(milliseconds=after.wait_ms) if after else None,
        accounts=tuple([turn.account(a, f"{chain.receiver}#{chain.n + 1}", said) for a in alerts]),
    )
