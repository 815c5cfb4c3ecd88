"""Silences in Alertmanager's form, and what its clients post as the params of an order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from alertcore.dispatch.matchers import How, Matcher, Matchers, all_hold, text_of
from alertcore.dispatch.silence_records import silence_of
from alertcore.dispatch.silence_times import phase
from alertcore.records.dispatch import Silence, SilenceMatcher, SilenceRecurrence
from alertcore.statejson import rfc3339
from console.alertmanager_faults import Fault
from console.alertmanager_texts import text
from console.alertmanager_times import read_time, shown_time

CONFIRMED = "confirmed:"
"""A comment that begins so says that its author knows of the open duties: `amtool` has no other way to say it."""
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_HOWS = {(False, True): How.EQUAL, (False, False): How.NOT_EQUAL, (True, True): How.MATCHES, (True, False): How.MATCHES_NOT}


def gettable(silence: Silence, now: datetime) -> dict[str, Any]:
    """A silence as Alertmanager gives it. Its form has no recurrence: that stands after the comment."""
    assert silence.starts is not None
    assert silence.ends is not None
    held = silence_of(silence)
    return {
        "id": silence.silence_id,
        "status": {"state": phase(held, now).value if held else "expired"},
        "updatedAt": shown_time(silence.at),
        "startsAt": shown_time(silence.starts),
        "endsAt": shown_time(silence.ends),
        "createdBy": silence.author,
        "comment": silence.reason + (recurs(silence.recurrence) if silence.recurrence else ""),
        "matchers": [_matcher_shown(m) for m in silence.matchers],
    }


def meant(silence: Silence, matchers: Matchers, creators: list[str]) -> bool:
    """Whether a question means it: its own matchers are taken for labels, as in Alertmanager."""
    return all_hold(matchers, {m.name: m.value for m in silence.matchers}) and (not creators or silence.author in creators)


def params_of(given: Any, old: Silence | None) -> tuple[str, str, dict[str, str]]:
    """(author, reason, params) of the order that a posted silence is. old: the silence that it replaces, which goes on to recur."""
    if not isinstance(given, dict):
        raise Fault(400, "a silence is expected")
    try:
        starts, ends = read_time(given.get("startsAt"), "startsAt"), read_time(given.get("endsAt"), "endsAt")
        author, comment = text(given.get("createdBy"), "createdBy"), text(given.get("comment"), "comment")
        params = {"matchers": text_of(_matchers(given.get("matchers")))}
    except ValueError as error:
        raise Fault(400, str(error)) from error
    if ends is None:
        raise Fault(400, "endsAt is wanted: a silence has an end")
    params |= {"ends": rfc3339(ends)} | ({"starts": rfc3339(starts)} if starts else {})
    if old is not None and old.recurrence is not None:
        params |= _recurrence(old.recurrence)
        comment = comment.removesuffix(recurs(old.recurrence))
    if comment.lstrip().lower().startswith(CONFIRMED):
        params["confirmed"] = "yes"
    return author, comment, params


def refused(silence: Silence) -> str:
    """Why, and what to do about it."""
    if not silence.duties:
        return silence.why
    named = ", ".join(silence.duties)
    return f"{silence.why}: {named}; to confirm, begin the comment with `{CONFIRMED}`"


def recurs(turns: SilenceRecurrence) -> str:
    """When it holds, for people."""
    said = _recurrence(turns)
    return f" [each time at {said['at']} for {said['for']}, {said.get('days', 'every day')}, {said['zone']}]"


def _recurrence(turns: SilenceRecurrence) -> dict[str, str]:
    days = ",".join(DAYS[d] for d in turns.weekdays)
    found = {"at": f"{turns.minute // 60:02}:{turns.minute % 60:02}", "for": _duration(turns.duration_ms), "zone": turns.zone}
    return found | ({"days": days} if days else {})


def _duration(ms: int) -> str:
    hours, rest = divmod(ms, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return "".join(f"{n}{unit}" for n, unit in ((hours, "h"), (minutes, "m"), (rest, "ms")) if n) or "0ms"


def _matcher_shown(matcher: SilenceMatcher) -> dict[str, Any]:
    regex, equal = next(sides for sides, how in _HOWS.items() if how.value == matcher.op)
    return {"name": matcher.name, "value": matcher.value, "isRegex": regex, "isEqual": equal}


def _matchers(given: Any) -> Matchers:
    if not isinstance(given, list) or not given:
        raise ValueError("a silence needs a matcher")
    return tuple(_matcher(item) for item in given)


def _matcher(item: Any) -> Matcher:
    if not isinstance(item, dict):
        raise ValueError("a matcher is expected")
    name, value = text(item.get("name"), "name"), text(item.get("value"), "value")
    if not name:
        raise ValueError("a matcher needs a name")
    return Matcher(name, _HOWS[item.get("isRegex") is True, item.get("isEqual", True) is not False], value)
