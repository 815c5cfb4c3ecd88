"""A settings file as sent (YAML) into what goes to the logs: checked, and as canonical JSON."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Callable
from typing import Any

import yaml

from alertcore.deadlines.calendar import read_calendar
from alertcore.dispatch.settings_text import joined
from alertcore.duty import read_roster
from alertcore.identity import canonical_json
from alertcore.policy import read_policy
from alertcore.records.hub import SettingName, SettingsFile
from alertcore.register import read_authorities, read_senders
from alertcore.settled import SettingsError
from connectors.door.findings import Findings
from connectors.routes_file import read_routes_file

MAX_NODES = 1_000_000
"""Anchors can make a short file endless; one of this size is not a settings file."""

_READERS: dict[SettingName, Callable[[object], object]] = {
    SettingName.POLICY: read_policy,
    SettingName.SENDERS: read_senders,
    SettingName.AUTHORITIES: read_authorities,
    SettingName.CALENDAR: read_calendar,
    SettingName.DUTY: read_roster,
}


class _Loader(yaml.SafeLoader):
    """YAML without its surprises: days stay texts, a name that stands twice is an error."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge"]
        double = sorted(name for name, times in Counter(names).items() if times > 1)
        if double:
            raise yaml.constructor.ConstructorError(None, None, f"{double[0]} stands twice", node.start_mark)
        return super().construct_mapping(node, deep=deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def settle_file(file: SettingsFile, found: Findings) -> SettingsFile:
    """The file with canonical JSON as content and that content's hash. Every problem goes to `found`."""
    content = parse_settings(file.name, file.content, found)
    if content is None:
        return file
    text = canonical_json(_without_addresses(content) if file.name == SettingName.AUTHORITIES else content)
    return dataclasses.replace(file, content=text.decode(), sha256=hashlib.sha256(text).hexdigest())


def _without_addresses(authorities: dict[str, Any]) -> dict[str, Any]:
    """The register as the stages need it: addresses and numbers stay with the roles that use them, out of every log."""
    kept = [
        {**one, "contacts": [{k: v for k, v in c.items() if k not in ("email", "phone")} for c in one.get("contacts") or []]}
        for one in authorities.get("authorities") or []
    ]
    return {**authorities, "authorities": kept}


def parse_settings(name: SettingName, text: str, found: Findings) -> dict[str, Any] | None:
    """Content of a settings file as plain JSON, or None with the problems in `found`."""
    if name is SettingName.ROUTES:
        return _routes(text, found)
    try:
        raw = _plain(yaml.load(text, Loader=_Loader), [MAX_NODES])  # noqa: S506  # a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        found.fault("content", "yaml", f"not YAML that can be used: {_said(error)}")
        return None
    raw = {} if raw is None else raw
    if not isinstance(raw, dict):
        found.fault("content", "not_a_mapping", "expected a mapping of names to values")
        return None
    try:
        _READERS.get(name, bool)(raw)
    except SettingsError as error:
        for problem in error.problems:
            found.fault("content", "settings", problem)
        return None
    return raw


def _routes(text: str, found: Findings) -> dict[str, Any] | None:
    """A routing file takes its lines with it: what is told says by which of them."""
    file = read_routes_file(text)
    for problem in file.problems:
        found.fault("content", "settings", str(problem))
    for warning in file.warnings:
        found.remark("content", "settings", str(warning))
    return joined(file.plain, file.lines) if file.routing is not None else None


def _plain(value: Any, left: list[int]) -> Any:
    left[0] -= 1
    if left[0] < 0:
        raise ValueError("too many values")
    if isinstance(value, dict):
        return {_name(k): _plain(v, left) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v, left) for v in value]
    if value is None or isinstance(value, str | bool | int) or (isinstance(value, float) and abs(value) < float("inf")):
        return value
    raise ValueError(f"{type(value).__name__} is no value of a settings file")


def _name(key: Any) -> str:
    if isinstance(key, bool) or not isinstance(key, str | int):
        raise ValueError(f"the name {key!r} must be a text (put it in quotes)")
    return str(key)


def _said(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error) or type(error).__name__
    return f"{what} (line {mark.line + 1}, column {mark.column + 1})" if mark else what
