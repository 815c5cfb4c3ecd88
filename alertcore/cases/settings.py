"""Settings files of stage cases: taken from the log, versioned, and read into frozen values."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from alertcore.cases.desk import Desk
from alertcore.cases.reasons import Outcome
from alertcore.cases.state import Setting
from alertcore.deadlines.calendar import Calendar, read_calendar
from alertcore.deadlines.clock import local_day
from alertcore.deadlines.duties import Limits
from alertcore.dispatch.routing import read_routing
from alertcore.dispatch.settings_text import without_lines
from alertcore.duty import Roster, read_roster
from alertcore.policy import Policy, read_policy
from alertcore.records.hub import SettingsFile
from alertcore.register import Authorities, Senders, read_authorities, read_senders
from alertcore.stage import View

T = TypeVar("T")


def _read_routes(value: object) -> object:
    return read_routing(*without_lines(value))


_READERS: dict[str, Callable[[object], object]] = {
    "policy": read_policy,
    "authorities": read_authorities,
    "calendar": read_calendar,
    "duty": read_roster,
    "routes": _read_routes,
}
"""What stage cases reads itself; other files only have their version kept."""


def take(desk: Desk, file: SettingsFile) -> str:
    """Keep a settings file; another content raises the version by one. What cannot be read changes nothing."""
    key = f"setting/{file.name}"
    old: Setting | None = desk.get(key)
    if old is not None and old.sha256 == file.sha256:
        return Outcome.SETTINGS_KNOWN
    try:
        content = json.loads(file.content)
        if file.name in _READERS:
            _READERS[file.name](content)
    except ValueError:  # SettingsError, that of a routing file, and no JSON
        return Outcome.SETTINGS_UNUSABLE
    desk.put(key, Setting(version=1 if old is None else old.version + 1, sha256=file.sha256, content=file.content))
    return Outcome.SETTINGS_TAKEN


def taken(desk: Desk) -> tuple[int, Policy]:
    """The policy that this decision has put in force, with its version."""
    setting: Setting | None = desk.get("setting/policy")
    assert setting is not None, "a policy was put"
    return setting.version, read_policy(json.loads(setting.content))


def policy(view: View) -> tuple[int, Policy]:
    """The policy in force with its version."""
    version, value = _in_force(view, "policy", read_policy, _shipped())
    return version, value


def authorities(view: View) -> Authorities:
    """The register of authorities in force."""
    return _in_force(view, "authorities", read_authorities, Authorities())[1]


def senders(view: View) -> Senders:
    """The register of senders in force."""
    return _in_force(view, "senders", read_senders, Senders())[1]


def duty(view: View) -> Roster:
    """The roster in force; an empty one names nobody."""
    return _in_force(view, "duty", read_roster, Roster())[1]


def calendar(view: View, zone: str) -> Calendar:
    """The calendar in force. zone: the agency's, which holds while there is none."""
    return _in_force(view, "calendar", read_calendar, _weekends(zone))[1]


@cache
def _shipped() -> Policy:
    return Policy()


@cache
def _weekends(zone: str) -> Calendar:
    return Calendar(zone=zone)


def told_day(desk: Desk, at: datetime) -> str:
    """The local day of an instant, as the facts of an alert have it."""
    return local_day(at, limits(desk).calendar.zone).isoformat()


def limits(desk: Desk) -> Limits:
    """What the limits of duties are reckoned by in this decision: the same object as long as policy and calendar are the same."""
    known = desk.limits
    if known is not None and known.policy is desk.policy:
        return known
    view = desk.view
    memo, policy_, calendar_ = view.memo, desk.policy, calendar(view, desk.agency.timezone)
    found: Limits | None = memo.get("limits")
    if found is None or found.policy is not policy_ or found.calendar is not calendar_:
        found = memo["limits"] = Limits(policy=policy_, calendar=calendar_)
    desk.limits = found
    return found


def _in_force(view: View, name: str, read: Callable[[object], T], shipped: T) -> tuple[int, T]:
    """Parsed once a content: the memo remembers it by its hash."""
    setting: Setting | None = view.get(f"setting/{name}")
    if setting is None:
        return 0, shipped
    memo: dict[str, Any] = view.memo
    found = memo.get(f"setting/{name}")
    if found is None or found[0] != setting.sha256:
        found = memo[f"setting/{name}"] = (setting.sha256, read(json.loads(setting.content)))
    return setting.version, found[1]
