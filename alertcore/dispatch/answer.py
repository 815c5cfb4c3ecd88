"""One answer to what became of an alert for one person: from the verdicts of their receivers and what the ledger has of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alertcore.dispatch.explain import Fate, fate_of, notice_told, receiver_of, routed_by
from alertcore.dispatch.outcome import Account, Word
from alertcore.dispatch.waiting import Waits
from alertcore.making import replace


class Became(StrEnum):
    """What became of it; of several, the first in this order is the answer."""

    SENT = "sent"
    MERGED = "merged"
    ON_ITS_WAY = "on_its_way"
    LIMITED = "limited"
    DEFERRED = "deferred"
    TOLD_BY_ANOTHER = "told_by_another"
    COVERED = "covered"
    INHIBITED = "inhibited"
    SILENCED = "silenced"
    MUTED = "muted"
    GROUPED = "grouped"
    UNSUBSCRIBED = "unsubscribed"
    NO_ADDRESS = "no_address"
    SUPPRESSED = "suppressed"
    FAILED = "failed"
    ENDED_UNTOLD = "ended_untold"
    ENDED_UNSAID = "ended_unsaid"
    NOBODY = "nobody"
    NOT_RELEASED = "not_released"
    NOT_MATCHED = "not_matched"
    UNKNOWN_PERSON = "unknown_person"


SENT = ("accepted", "delivered", "read", "acknowledged")
UNDER_WAY = ("intended", "claimed")
REFUSED = {"unsubscribed": Became.UNSUBSCRIBED, "no_address": Became.NO_ADDRESS, "no_channel": Became.NO_ADDRESS}
TOLD_BY = "told_by:"
DEFERRED = {"limited": Became.LIMITED, "merged": Became.ON_ITS_WAY}
MATCHES = ("", "matched", "waiting")
"""Why-nots of somebody who belongs to a receiver."""
NEAR = ("follows", "facility", "region", "country", "kind", "not_told", "nobody", "not_valid", "erased", "unknown")
"""Of several reasons why nothing reached somebody the first is the answer: it came closest."""

_ORDER = tuple(Became)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A delivery as the ledger has it. receiver: as notices name it, for companies with `:` and the one. versions: of this alert."""

    notice_id: str
    receiver: str
    purpose: str
    versions: tuple[int, ...]
    channel: str
    state: str
    reason: str
    at: datetime
    until: datetime | None = None
    merged_into: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongs:
    """Whether a person belongs to a receiver for this alert; why_not: the field of its filter that does not fit, or empty.

    notice_id, version: of a notice that made no delivery; without one it is asked of the filter as it is now.
    """

    receiver: str
    why_not: str
    notice_id: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """became: in one word. by: the notice, alert, rule, silence or time interval that decided. why: what does not fit, or what went wrong.

    routed, routing: line and version of the routing file. known: the newest version this person was sent before.
    """

    became: Became
    version: int = 0
    at: datetime | None = None
    until: datetime | None = None
    by: str = ""
    channel: str = ""
    purpose: str = ""
    receiver: str = ""
    why: str = ""
    routed: str = ""
    routing: str = ""
    known: int = 0


def answer(
    accounts: Sequence[Account],
    deliveries: Sequence[Delivery],
    belongs: Sequence[Belongs],
    waits: Sequence[Waits] = (),
    *,
    unreleased: bool = False,
) -> Answer:
    """The one answer, for the newest version that anything was decided of for this person.

    accounts, waits: of this alert, all receivers. unreleased: the alert waits for its release to the audience this person is of.
    What waits now goes before the verdict that once held it: its reason may have ended, and its group not be looked at yet.
    That a call was acknowledged tells nobody anything.
    """
    on = {d.receiver for d in deliveries} | {b.receiver for b in belongs if b.why_not in MATCHES}
    mine = [a for a in accounts if named(a) in on and a.last is not Word.ACKNOWLEDGED]
    now = [w for w in waits if waiter(w) in on]
    versions = [*(a.alert_version for a in mine), *(max(d.versions) for d in deliveries if d.versions), *(w.version for w in now)]
    version = max(versions, default=0)
    found = [_of_delivery(d, version, accounts) for d in deliveries if d.versions and max(d.versions) == version]
    now = [w for w in now if w.version == version]
    found += map(_of_wait, now)
    waiting = set(map(waiter, now))
    found += _of_fates([a for a in mine if a.alert_version == version and named(a) not in waiting], deliveries, belongs)
    if not found:
        return _nothing(belongs, accounts, unreleased=unreleased)
    best = min(found, key=lambda a: _ORDER.index(a.became))
    known = [max(d.versions) for d in deliveries if d.state in SENT and d.versions and max(d.versions) < version]
    return replace(best, version=version, known=max(known, default=0))


def named(account: Account) -> str:
    """The receiver of an account as notices name it."""
    return _named(account.alert_id, receiver_of(account))


def waiter(waits: Waits) -> str:
    """The receiver for which something waits, as notices name it."""
    return _named(waits.unit, waits.receiver)


def _named(unit: str, receiver: str) -> str:
    company = unit.partition("/")[2].partition("/")[2]
    return f"{receiver}:{company}" if company else receiver


def _of_wait(w: Waits) -> Answer:
    became = Became.GROUPED if w.held is None else Became(w.held.word.value)
    by = "" if w.held is None else w.held.by
    return Answer(became=became, until=w.until, by=by, receiver=waiter(w), routed=w.routed, routing=w.routing)


def _of_delivery(d: Delivery, version: int, accounts: Iterable[Account]) -> Answer:
    line = _line(d, version, accounts)
    made = Answer(
        became=_became(d),
        at=d.at,
        until=d.until,
        by=d.notice_id,
        channel=d.channel,
        purpose=d.purpose,
        receiver=d.receiver,
        routed=routed_by(line) if line else "",
        routing=line.routing if line else "",
    )
    if made.became is Became.MERGED:
        return replace(made, by=d.merged_into, until=None)
    if made.became is Became.TOLD_BY_ANOTHER:
        return replace(made, by=d.reason.removeprefix(TOLD_BY), until=None)
    return made if made.became not in (Became.SUPPRESSED, Became.FAILED) else replace(made, why=d.reason or d.state)


def _became(d: Delivery) -> Became:
    if d.state in SENT:
        return Became.MERGED if d.merged_into else Became.SENT
    if d.state in UNDER_WAY:
        return Became.ON_ITS_WAY
    if d.state == "deferred":
        return DEFERRED.get(d.reason, Became.DEFERRED)
    if d.state == "suppressed":
        return Became.TOLD_BY_ANOTHER if d.reason.startswith(TOLD_BY) else REFUSED.get(d.reason, Became.SUPPRESSED)
    return Became.FAILED


def _line(d: Delivery, version: int, accounts: Iterable[Account]) -> Account | None:
    """The chain that led to a delivery: that of its notice, else the last of its receiver that told this version."""
    told = [a for a in accounts if notice_told(a) and named(a) == d.receiver and a.alert_version == version]
    same = [a for a in told if notice_told(a) == d.notice_id]
    chosen = same or told
    return chosen[-1] if chosen else None


def _of_fates(mine: Sequence[Account], deliveries: Sequence[Delivery], belongs: Sequence[Belongs]) -> list[Answer]:
    """What the verdicts of each receiver come to. Where one was told and the ledger has that, the ledger speaks."""
    found, version = [], max((a.alert_version for a in mine), default=0)
    told = {d.receiver for d in deliveries if version in d.versions}
    for name in dict.fromkeys(map(named, mine)):
        fate = fate_of([a for a in mine if named(a) == name])
        if fate is not None and not (fate.told and name in told):
            found.append(_of_fate(fate, belongs))
    return found


def _of_fate(fate: Fate, belongs: Sequence[Belongs]) -> Answer:
    account = fate.account
    last = account.verdicts[-1]
    made = Answer(
        became=Became.GROUPED,
        at=account.at,
        until=last.until,
        by=last.by,
        receiver=named(account),
        routed=routed_by(account),
        routing=account.routing,
    )
    if fate.told:
        return _told_without_delivery(replace(made, by=notice_told(account)), belongs)
    return replace(made, became=Became(last.word.value)) if last.word.value in _HELD_OR_OVER else made


_HELD_OR_OVER = {
    w.value for w in (Word.COVERED, Word.INHIBITED, Word.SILENCED, Word.MUTED, Word.ENDED_UNTOLD, Word.ENDED_UNSAID, Word.NOBODY)
}


def _told_without_delivery(made: Answer, belongs: Sequence[Belongs]) -> Answer:
    """A notice went to a receiver of this person: it is not in the ledger yet, or it did not reach them."""
    why = next((b.why_not for b in belongs if b.notice_id == made.by), "waiting")
    if why in ("", "waiting"):
        return replace(made, became=Became.ON_ITS_WAY)
    return replace(made, became=Became.NOT_MATCHED, why=why)


def _nothing(belongs: Sequence[Belongs], accounts: Sequence[Account], *, unreleased: bool) -> Answer:
    """Nothing was decided for this person: they are of none of the receivers, it was not let out to them, or it waits for its group."""
    if any(b.why_not == "unknown" for b in belongs):
        return Answer(became=Became.UNKNOWN_PERSON)
    if unreleased:
        return Answer(became=Became.NOT_RELEASED)
    closest = min(belongs, key=lambda b: NEAR.index(b.why_not) if b.why_not in NEAR else -1, default=None)
    if closest is None:
        return Answer(became=Became.NOT_MATCHED, why="kind")
    version = max((a.alert_version for a in accounts), default=0)
    if closest.why_not in MATCHES:
        return Answer(became=Became.GROUPED, receiver=closest.receiver, version=version)
    line = next((a for a in reversed(accounts) if named(a) == closest.receiver), None)
    made = Answer(became=Became.NOT_MATCHED, why=closest.why_not, receiver=closest.receiver, version=version)
    return made if line is None else replace(made, routed=routed_by(line), routing=line.routing)
