"""What became of an alert for one person, in words and as plain JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from alertcore.dispatch.answer import Answer, Became
from alertcore.statejson import plain as plain_of
from store.fates import Fate
from tocsin.explaining import Personal
from tocsin.explanation import line_text, time_of

WORDS = {
    Became.SENT: "sent by {channel} with notice {by} ({purpose})",
    Became.MERGED: "sent by {channel} within another message, {by}, for there was no room for one of its own",
    Became.ON_ITS_WAY: "on its way with notice {by}",
    Became.LIMITED: "waits for room under a limit, with notice {by}",
    Became.DEFERRED: "the channel {channel} is tried again, with notice {by}",
    Became.TOLD_BY_ANOTHER: "told by another notice, {by}",
    Became.COVERED: "covered: the alert {by} says what this one says",
    Became.INHIBITED: "held back by {by}",
    Became.SILENCED: "silenced by {by}",
    Became.MUTED: "kept quiet by the calendar: {by}",
    Became.GROUPED: "waits for its group",
    Became.UNSUBSCRIBED: "not sent: unsubscribed (notice {by})",
    Became.NO_ADDRESS: "not sent: no verified address for a channel of notice {by}",
    Became.SUPPRESSED: "not sent: {why} (notice {by})",
    Became.FAILED: "given up: {why} (notice {by})",
    Became.ENDED_UNTOLD: "over before it was told",
    Became.ENDED_UNSAID: "its end is not said: {by}",
    Became.NOBODY: "the route tells nobody",
    Became.NOT_RELEASED: "not released to them yet",
    Became.NOT_MATCHED: "not matched: {why}",
    Became.UNKNOWN_PERSON: "nobody has this reference in the list of people",
}

WHY = {
    "kind": "no receiver of this alert names their kind",
    "region": "they are in no region that the receiver names",
    "country": "they are in no country that the receiver names",
    "facility": "their organisation is none that the receiver names",
    "follows": "they follow nothing that the alert is about",
    "not_told": "it went to those who were told the alert, and they were not",
    "not_valid": "they were not in the list of people when it was sent",
    "erased": "they are erased from the list of people",
    "nobody": "it is for nobody",
    "matched": "they match now, and did not when it was sent",
}


def lines(person: str, found: Personal) -> Iterator[str]:
    """The answer first, then what it rests on."""
    yield f"{person}: {sentence(found.answer)}"
    a = found.answer
    if a.routed:
        to = f", receiver {a.receiver}" if a.receiver else ""
        yield f"  by {line_text(a.routed, a.routing)}{to}"
    if a.known:
        yield f"  they know version {a.known}"
    yield from (f"  {_delivery(d)}" for d in found.deliveries)


def sentence(a: Answer) -> str:
    """The answer in words. The end of a reason is said where it is known."""
    why = WHY.get(a.why, a.why)
    said = WORDS[a.became].format(channel=a.channel, by=a.by, purpose=a.purpose, why=why)
    version = f"version {a.version} " if a.version else ""
    when = f" at {time_of(a.at)}" if a.at is not None and a.became in (Became.SENT, Became.MERGED) else ""
    until = f" until {time_of(a.until)}" if a.until is not None and a.became not in (Became.SENT, Became.MERGED) else ""
    return f"{version}{said}{when}{until}"


def _delivery(d: Fate) -> str:
    events = ", ".join(f"{e.kind} {time_of(e.at)}{f' ({e.detail})' if e.detail else ''}" for e in d.events)
    what = f"{d.notice_id} {d.purpose} by {d.channel}: {d.state}{f', {d.reason}' if d.reason else ''}"
    return f"{what}{f' [{events}]' if events else ''}"


def plain(person: str, found: Personal) -> dict[str, Any]:
    """The same as JSON."""
    answer: dict[str, Any] = plain_of(found.answer)
    return {
        "person": person,
        "answer": answer | {"sentence": sentence(found.answer)},
        "deliveries": [plain_of(d) for d in found.deliveries],
    }
