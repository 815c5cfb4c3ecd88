"""A routing file as an Alertmanager's configuration: what `amtool` and other tools of Alertmanager read of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import yaml

from alertcore.dispatch.durations import read_duration
from alertcore.dispatch.matcher_text import read_matchers

_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*|\.\.\.")
_SIDES = ("source", "target")
_SHORTEST = "1ms"
"""Alertmanager refuses an interval of nothing."""


def as_alertmanager(plain: Mapping[str, Any]) -> str:
    """YAML text of a routing file that was checked. What Alertmanager does not know is left out: who a receiver is, and `equal_absent`."""
    found: dict[str, Any] = {"route": _route(plain["route"]), "receivers": [{"name": r["name"]} for r in plain["receivers"]]}
    if rules := plain.get("inhibit_rules"):
        found["inhibit_rules"] = [_inhibition(rule) for rule in rules]
    for name in ("time_intervals", "mute_time_intervals"):
        if intervals := plain.get(name):
            found[name] = intervals
    return yaml.safe_dump(found, sort_keys=False, allow_unicode=True, width=1000)


def _route(given: Mapping[str, Any]) -> dict[str, Any]:
    found = _kept(given, ("receiver", "group_by", "match", "match_re", "continue", "mute_time_intervals", "active_time_intervals"))
    if "group_by" in found:
        found["group_by"] = _labels(found["group_by"])
    if matchers := given.get("matchers"):
        found["matchers"] = _matchers(matchers)
    if "group_wait" in given:
        found["group_wait"] = given["group_wait"]
    for name in ("group_interval", "repeat_interval"):
        if given.get(name) is not None:
            found[name] = given[name] if read_duration(given[name]) > timedelta(0) else _SHORTEST
    if routes := given.get("routes"):
        found["routes"] = [_route(child) for child in routes]
    return found


def _inhibition(given: Mapping[str, Any]) -> dict[str, Any]:
    found = _kept(given, [f"{side}_{how}" for side in _SIDES for how in ("match", "match_re")])
    found |= {name: _matchers(given[name]) for name in (f"{side}_matchers" for side in _SIDES) if given.get(name)}
    if given.get("equal"):
        found["equal"] = _labels(given["equal"])
    return found


def _kept(given: Mapping[str, Any], names: Any) -> dict[str, Any]:
    return {name: given[name] for name in names if given.get(name) is not None}


def _labels(names: list[str]) -> list[str]:
    """Those that Alertmanager takes for names of labels."""
    return [name for name in names if _LABEL.fullmatch(name)]


def _matchers(texts: list[str]) -> list[str]:
    """One each, between quotes: so every version of Alertmanager reads it alike."""
    return [str(matcher) for text in texts for matcher in read_matchers(text)]
