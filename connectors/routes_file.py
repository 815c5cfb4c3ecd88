"""A routing file from YAML: read, checked, and every fault and warning with its line and path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from alertcore.dispatch.reading import Problem, Reading, SettingsError
from alertcore.dispatch.receivers import Receiver, read_receiver
from alertcore.dispatch.routing import Routing, read_routing
from alertcore.identity import canonical_json
from connectors.yaml_lines import load_yaml
from store.directory import PersonKind

MAX_BYTES = 4 * 1024 * 1024
"""As canonical JSON with its lines: it must fit into one record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutesFile:
    """routing: None where there are problems. warnings: what is not wrong, and not meant so either."""

    plain: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    routing: Routing | None = None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


def read_routes_file(text: str) -> RoutesFile:
    """A whole routing file; there is no part of one."""
    loaded = load_yaml(text)
    problems = set(loaded.problems)
    if loaded.value is None and loaded.problems:
        return RoutesFile(problems=tuple(sorted(problems)))
    plain, lines, routing = loaded.value, loaded.lines, None
    try:
        routing = read_routing(plain, lines)
    except SettingsError as error:
        problems |= set(error.problems)
    problems |= set(_audiences(plain, lines))
    if not problems and len(canonical_json([plain, lines])) > MAX_BYTES:
        problems.add(Problem(0, "", f"longer than {MAX_BYTES} bytes: it does not fit into one record"))
    if problems or routing is None:
        return RoutesFile(problems=tuple(sorted(problems)))
    return RoutesFile(plain=plain, lines=lines, routing=routing, warnings=tuple(sorted(_warnings(plain, lines, routing))))


def _audiences(plain: Any, lines: Mapping[str, int]) -> Iterator[Problem]:
    """A release is per audience, so a receiver must belong to one of them."""
    reading = Reading(lines)
    for receiver, path in _receivers(plain):
        if receiver.audience is not None and not receiver.release_audience:
            at = f"{path}.audience"
            yield Problem(
                reading.line(at),
                at,
                "its kinds must be of one release audience: officers, companies, patients or professionals (all other kinds); "
                "make a receiver for each",
            )


def _receivers(plain: Any) -> Iterator[tuple[Receiver, str]]:
    """Those whose people can be read, with their paths; what is wrong with others is told elsewhere."""
    given = plain.get("receivers") if isinstance(plain, dict) else None
    for n, item in enumerate(given if isinstance(given, list) else ()):
        path, reading = f"receivers[{n}]", Reading()
        receiver = read_receiver(reading, item, path)
        if not any(p.path.startswith((f"{path}.audience", f"{path}.release")) for p in reading.problems):
            yield receiver, path


def _warnings(plain: dict[str, Any], lines: Mapping[str, int], routing: Routing) -> Iterator[Problem]:
    reading = Reading(lines)
    named = {f"receiver {r['name']!r} ": f"receivers[{n}]" for n, r in enumerate(plain["receivers"])}
    for top in ("time_intervals", "mute_time_intervals"):
        named |= {f"time interval {one['name']!r} ": f"{top}[{n}]" for n, one in enumerate(plain.get(top) or ())}
    for text in routing.warnings:
        path = next((path for words, path in named.items() if text.startswith(words)), "")
        yield Problem(reading.line(path), path, text) if path else _placed(text)
    for receiver, path in _receivers(plain):
        yield from _kinds_nobody_is(receiver, path, reading)


def _placed(text: str) -> Problem:
    """A warning of the engine, which says its place in words: `line 7, route.routes[1]: ...`."""
    where, _, rest = text.partition(": ")
    line, comma, path = where.removeprefix("line ").partition(", ")
    return Problem(int(line), path, rest) if comma and line.isdecimal() else Problem(0, where, rest)


def _kinds_nobody_is(receiver: Receiver, path: str, reading: Reading) -> Iterator[Problem]:
    """A slip of the pen here would tell nobody, and say nothing of it."""
    places = [
        (receiver.audience, f"{path}.audience"),
        *((s.audience, f"{path}.escalation[{n}].audience") for n, s in enumerate(receiver.escalation)),
    ]
    for audience, place in places:
        kinds = audience.filter.kinds if audience is not None and audience.filter is not None else ()
        for n, kind in enumerate(kinds):
            if kind not in frozenset(PersonKind):
                at = f"{place}.kinds[{n}]"
                yield Problem(reading.line(at), at, f"nobody in the directory is of kind {kind!r}; known are {', '.join(PersonKind)}")
