"""What a question to Alertmanager's API asks for: labels, states and receivers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import QueryParams

from alertcore.dispatch.go_regex import BadRegex, compiled
from alertcore.dispatch.matcher_text import MatcherError, read_matchers
from alertcore.dispatch.matchers import Matchers, all_hold
from console.alertmanager_faults import Fault

_YES, _NO = ("1", "t", "true"), ("0", "f", "false")


def matchers_in(query: QueryParams) -> Matchers:
    """All matchers of `filter`, each of which may be several."""
    try:
        return tuple(m for text in query.getlist("filter") for m in read_matchers(text))
    except MatcherError as error:
        raise Fault(400, f"bad matcher format: {error}") from error


def alerts_wanted(alerts: list[dict[str, Any]], query: QueryParams) -> list[dict[str, Any]]:
    """Those that match; a state is left out where the question says so."""
    matchers = matchers_in(query)
    shown = {state: _yes(query, state) for state in ("active", "unprocessed", "silenced", "inhibited")}
    try:
        receivers = compiled(query.get("receiver", "") or ".*")
    except BadRegex as error:
        raise Fault(400, f"failed to parse receiver param: {error}") from error
    named = [a for a in alerts if any(receivers.matches(r["name"]) for r in a["receivers"]) or not query.get("receiver")]
    return [a for a in named if _shown(a["status"], shown) and all_hold(matchers, a["labels"])]


def _shown(status: Mapping[str, Any], shown: Mapping[str, bool]) -> bool:
    if status["silencedBy"] and not shown["silenced"]:
        return False
    if status["inhibitedBy"] and not shown["inhibited"]:
        return False
    return shown.get(status["state"], True)


def _yes(query: QueryParams, name: str) -> bool:
    text = query.get(name, "true").lower()
    if text not in (*_YES, *_NO):
        raise Fault(400, f"{name} takes true or false, not {text!r}")
    return text in _YES
