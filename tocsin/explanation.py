"""An alert explained in lines for people, and as plain JSON: what happened, who was told and why, and how far it got."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from typing import Any

from alertcore.dispatch.explain import TOLD, Standing, audience_of, standings
from alertcore.dispatch.outcome import Account, Verdict, Word
from alertcore.dispatch.route_tree import walk
from alertcore.dispatch.waiting import Waits
from alertcore.records.alert import Alert, Release
from alertcore.statejson import rfc3339
from schemas.plain import to_json
from store.alert_figures import NoticeFigures
from tocsin.alert_log import ENDED
from tocsin.explaining import Gate, Known
from tocsin.routes_file import chosen

SHOWN = 12
"""Chains of one receiver that people see; all are in the JSON."""

WORDS = {
    Word.DUTY: "a duty",
    Word.GROUPED: "grouped",
    Word.NOBODY: "told to nobody by receiver",
    Word.COVERED: "covered by",
    Word.INHIBITED: "held back by",
    Word.SILENCED: "silenced by",
    Word.MUTED: "kept quiet by",
    Word.TOLD: "told by",
    Word.REPEATED: "told again by",
    Word.ESCALATED: "called by",
    Word.ENDED: "told that it is over by",
    Word.ENDED_UNTOLD: "over before they were told",
    Word.ENDED_UNSAID: "over, which is not said:",
    Word.ACKNOWLEDGED: "acknowledged by",
    Word.LIMITED: "over a limit:",
}


def time_of(at: datetime) -> str:
    """To the second, UTC."""
    return f"{at:%Y-%m-%d %H:%M:%S}"


def lines(found: Known) -> Iterator[str]:
    """The whole account for people."""
    alert = found.alert
    over = alert.step in ENDED
    yield f"{alert.alert_id}  {alert.kind}  {alert.subject.kind}:{alert.subject.id}  {alert.facts.get('name', '')}".rstrip()
    yield f"  {alert.severity}, {'over' if over else 'open'}, version {alert.version}. Times are UTC."
    if alert.covered_by is not None:
        yield f"  covered by {alert.covered_by}: who was told that one is not told this one"
    if found.gate is not None:
        yield from _gate(found.gate)
    yield from ("", "What happened")
    yield from _life(found.life)
    yield from ("", "Who is told, and why")
    yield from _receivers(found)
    yield from ("", "Deliveries")
    yield from (_figures(f) for f in found.figures)
    if not found.figures:
        yield "  none"


def _gate(gate: Gate) -> Iterator[str]:
    yield f"  waits for its release to {', '.join(gate.audiences)}"
    if gate.approvals:
        yield "    released so far: " + ", ".join(f"{audience} by {who}" for audience, who in gate.approvals)
    if gate.call_at is not None:
        yield f"    the next person in charge is called {time_of(gate.call_at)}"


def _life(life: Iterable[Alert]) -> Iterator[str]:
    before: Alert | None = None
    for alert in life:
        yield f"  {alert.version:>3}  {time_of(alert.decided_at)}  {alert.step:<12} {alert.reason}"
        yield from (f"       {line}" for line in _changes(before, alert))
        before = alert


def _changes(before: Alert | None, alert: Alert) -> Iterator[str]:
    if alert.numbers and (before is None or alert.numbers != before.numbers):
        yield ", ".join(f"{name} {value:g}" for name, value in sorted(alert.numbers.items()))
    known = before.release if before is not None else None
    if alert.release is not None and alert.release != known:
        yield from _release(known, alert)
    if alert.covered_by != (before.covered_by if before is not None else None):
        yield f"covered by {alert.covered_by}" if alert.covered_by is not None else "covered no longer"
    if before is not None and alert.severity is not before.severity:
        yield f"severity {before.severity} becomes {alert.severity}"


def _release(known: Release | None, alert: Alert) -> Iterator[str]:
    release = alert.release
    assert release is not None
    new = [a for a in release.audiences if known is None or a not in known.audiences]
    who = f" by {', '.join(release.by)}" if release.by else ""
    if new:
        yield f"released to {', '.join(new)}{who}"
    elif release.by and (known is None or release.by != known.by):
        yield f"released{who}, not yet enough"
    if release.until is not None and (known is None or release.until != known.until):
        yield f"the rest waits for a person; the time of its gate is over {time_of(release.until)}"


def _receivers(found: Known) -> Iterator[str]:
    stand, waits = standings(found.accounts), {place_of(w): w for w in found.waits}
    for one in stand:
        yield f"  {one.audience}: {one.receiver}"
        yield f"    {state_of(one, waits.pop((one.audience, one.receiver), None))}"
        left_out = len(one.accounts) - SHOWN
        if left_out > 0:
            yield f"      {left_out} earlier chains are left out; --json has all"
        yield from (f"      {chain_text(a)}" for a in one.accounts[-SHOWN:])
    for (audience, receiver), waiting in waits.items():
        yield f"  {audience}: {receiver}"
        yield f"    {wait_text(waiting)}"
    yield from _undecided(
        found, {one.audience.partition("/")[0] for one in stand} | {place_of(w)[0].partition("/")[0] for w in found.waits}
    )


def _undecided(found: Known, decided: set[str]) -> Iterator[str]:
    for audience in found.alert.release.audiences if found.alert.release else ():
        if audience in ("authorities", "public"):
            yield f"  {audience}: released; told past all routes"
        elif audience not in decided:
            yield f"  {audience}: released, and no route leads there"


def place_of(waits: Waits) -> tuple[str, str]:
    """Audience and receiver of what waits, as verdicts name them."""
    return waits.unit.partition("/")[2], waits.receiver


def wait_text(w: Waits) -> str:
    """What waits, and until when."""
    until = f" until {time_of(w.until)}" if w.until is not None else ""
    held = verdict_text(w.held) if w.held is not None else f"waits for its group{until}"
    return f"version {w.version} {held}, by {line_text(w.routed, w.routing)}"


def state_of(one: Standing, waits: Waits | None = None) -> str:
    """Where it stands under a receiver. What waits now goes before the verdict that once held it: the reason may have ended."""
    account = one.fate.account
    if waits is not None and (account.alert_version != waits.version or waits.held is None or account.last is not waits.held.word):
        return f"{wait_text(waits)}{_before(one, waits.version)}"
    when = "at" if one.fate.told else "since"
    last = waits.held if waits is not None and waits.held is not None else account.verdicts[-1]
    return f"version {account.alert_version} {verdict_text(last)}, {when} {time_of(account.at)}{_before(one, account.alert_version)}"


def _before(one: Standing, version: int) -> str:
    """What they know where this version waits."""
    told = [a for a in one.accounts if a.last in TOLD and a.last is not Word.ENDED]
    if told and told[-1].alert_version >= version:
        return ""
    return f"; version {told[-1].alert_version} was told {time_of(told[-1].at)}" if told else "; nothing was told before"


def chain_text(account: Account) -> str:
    """One chain of verdicts, in a line."""
    said = ", ".join(verdict_text(v, routing=account.routing) for v in account.verdicts)
    step = account.receiver.partition("#")[2]
    return f"{time_of(account.at)}  version {account.alert_version}{f', step {step} of the escalation' if step else ''}: {said}"


def verdict_text(verdict: Verdict, routing: str = "") -> str:
    """One verdict in words. The key of a group says nothing to people."""
    until = f" until {time_of(verdict.until)}" if verdict.until is not None else ""
    if verdict.word is Word.ROUTED:
        return f"routed by {line_text(verdict.by, routing)}"
    by = "" if verdict.word is Word.GROUPED or not verdict.by else f" {verdict.by}"
    return f"{WORDS[verdict.word]}{by}{until}" if by or verdict.word in _ALONE else f"{WORDS[verdict.word].removesuffix(' by')}{until}"


_ALONE = (Word.DUTY, Word.GROUPED, Word.ENDED_UNTOLD)


def line_text(where: str, routing: str) -> str:
    """A line of a version of the routing file."""
    if routing == "0":
        return f"{_shipped().get(where, where)} of the shipped routing"
    return f"{where} of routing {routing}" if routing else where


@cache
def _shipped() -> dict[str, str]:
    """Where each route stands in the shipped file; the hub knows it without its lines."""
    return {route.path: route.where for route in walk(chosen(None)[1].root)}


def _figures(f: NoticeFigures) -> str:
    counts = ", ".join(f"{n} {state} ({channel})" for (channel, state), n in f.by_state.items()) or "nobody"
    more = "" if f.expanded else ", and more to come"
    to = f" to {f.receiver}" if f.receiver else ""
    return f"  {f.notice_id}  {time_of(f.at)}  {f.purpose}{to}, version {f.version}: {counts}{more}"


def plain(found: Known) -> dict[str, Any]:
    """The same as JSON, with everything."""
    alert = found.alert
    return {
        "alert_id": alert.alert_id,
        "kind": alert.kind.value,
        "subject": to_json(alert.subject),
        "name": alert.facts.get("name", ""),
        "severity": alert.severity.value,
        "open": alert.step not in ENDED,
        "covered_by": alert.covered_by,
        "versions": [_version(a) for a in found.life],
        "release": None if found.gate is None else _plain_gate(found.gate),
        "receivers": [_standing(s) for s in standings(found.accounts)],
        "waiting": [_wait(w) for w in found.waits],
        "notices": [_notice(f) for f in found.figures],
    }


def _plain_gate(gate: Gate) -> dict[str, Any]:
    by = [{"audience": audience, "by": who} for audience, who in gate.approvals]
    return {"waits": list(gate.audiences), "approvals": by, "call_at": None if gate.call_at is None else rfc3339(gate.call_at)}


def _wait(w: Waits) -> dict[str, Any]:
    audience, receiver = place_of(w)
    until = None if w.until is None else rfc3339(w.until)
    held = None if w.held is None else _verdict(w.held)
    named = {"audience": audience, "receiver": receiver, "version": w.version}
    return named | {"held": held, "until": until, "routed": w.routed, "routing": w.routing}


def _version(alert: Alert) -> dict[str, Any]:
    told: dict[str, Any] = to_json(alert)
    names = ("version", "step", "reason", "decided_at", "severity", "numbers", "release", "covered_by", "policy_version", "rule_version")
    return {name: told[name] for name in names}


def _standing(one: Standing) -> dict[str, Any]:
    last = one.fate.account
    state = {"told": one.fate.told, "held": one.fate.held, "version": last.alert_version, "at": rfc3339(last.at)}
    chains = [_chain(a) for a in one.accounts]
    return {"audience": one.audience, "receiver": one.receiver, "state": state | _verdict(last.verdicts[-1]), "chains": chains}


def _chain(account: Account) -> dict[str, Any]:
    return {
        "at": rfc3339(account.at),
        "version": account.alert_version,
        "audience": audience_of(account),
        "receiver": account.receiver,
        "routing": account.routing,
        "verdicts": [_verdict(v) for v in account.verdicts],
    }


def _verdict(v: Verdict) -> dict[str, Any]:
    return {"word": v.word.value, "by": v.by, "until": None if v.until is None else rfc3339(v.until)}


def _notice(f: NoticeFigures) -> dict[str, Any]:
    counts: Iterable[dict[str, Any]] = [{"channel": c, "state": s, "count": n} for (c, s), n in f.by_state.items()]
    named = {"notice_id": f.notice_id, "receiver": f.receiver, "purpose": f.purpose, "version": f.version}
    return named | {"at": rfc3339(f.at), "expanded": f.expanded, "deliveries": counts}
