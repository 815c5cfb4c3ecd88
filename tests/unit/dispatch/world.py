"""The dispatch engine on a clock of the tests: behaviours are rows of pushes at times and of the notices expected.

A push is `SECONDS VERB …`, an expected notice `SECONDS RECEIVER PURPOSE NEWS`; a window is `FROM-TO` in place of the seconds.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import yaml

from alertcore.dispatch.durations import read_duration
from alertcore.dispatch.engine import next_due, step
from alertcore.dispatch.events import (
    Above,
    Acknowledged,
    AlertUpdate,
    Counted,
    Covered,
    Event,
    Reached,
    RoutingSet,
    SilenceExpired,
    SilenceSet,
    Status,
    Tick,
    Way,
)
from alertcore.dispatch.interval_text import WEEKDAYS, minute_of_day
from alertcore.dispatch.matcher_text import read_matchers
from alertcore.dispatch.outcome import Account, Outcome, Outgoing, Refused, SilenceEnding
from alertcore.dispatch.silences import Recurrence, Silence
from alertcore.dispatch.state import MemoryTable
from alertcore.records.notice import Lane, Purpose

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
SECOND, MS = timedelta(seconds=1), timedelta(milliseconds=1)

PLAIN = """
route: {receiver: desk, group_by: [kind], repeat_interval: 90d}
receivers: [{name: desk, audience: {kinds: [officer]}}]
"""
"""One route: group_wait 30 s, group_interval 300 s, and no reminder within a row."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One behaviour. until: seconds after which nothing is looked at any more. files: routing files that a push may put in force."""

    says: str
    pushes: str
    expected: str
    routing: str = PLAIN
    start: datetime = MONDAY
    until: float = 3600
    files: dict[str, str] = field(default_factory=dict)


class World:
    """An engine alone. restart: what it knows goes through bytes between any two steps."""

    def __init__(
        self, routing: str = PLAIN, *, start: datetime = MONDAY, restart: bool = False, files: dict[str, str] | None = None
    ) -> None:
        self.table = MemoryTable()
        self.start, self.now, self.restart = start, start, restart
        self.files = {"first": routing, **(files or {})}
        self.notices: list[Outgoing] = []
        self.accounts: list[Account] = []
        self.endings: list[tuple[float, SilenceEnding]] = []
        self.refused: list[Refused] = []
        self.versions: dict[str, int] = {}
        self.labels: dict[str, dict[str, str]] = {}
        self.kept: dict[str, dict[str, Any]] = {}
        self.do(RoutingSet(version="first", content=content(routing)))

    def do(self, event: Event) -> Outcome:
        """One step, now."""
        if self.restart:
            self.table = MemoryTable.loaded(self.table.dumped())
        found = step(self.table, event, self.now)
        self.notices += found.notices
        self.accounts += [*found.accounts, *(a for n in found.notices for a in n.accounts)]
        self.endings += [((self.now - self.start).total_seconds(), e) for e in found.endings]
        self.refused += found.refused
        assert found.due == next_due(MemoryTable.loaded(self.table.dumped())), "due differs after a restart"
        return found

    def run_to(self, at: datetime) -> None:
        """Every timer up to an instant, each at its own."""
        for _ in range(100_000):
            due = next_due(self.table)
            if due is None or due > at:
                break
            self.now = max(due, self.now)
            self.do(Tick())
        self.now = max(at, self.now)

    def push(self, text: str) -> None:
        """One push. A timer of the very instant runs after what is pushed at it."""
        seconds, verb, *words = text.split()
        at = self.start + timedelta(seconds=float(seconds))
        self.run_to(at - timedelta(microseconds=1))
        self.now = at
        VERBS[verb](self, words)

    def told(self) -> list[str]:
        """Every notice so far, as expected notices are written."""
        return [shown(n, self.start) for n in self.notices]


def content(routing: str) -> str:
    """A routing file as the door hands it on."""
    return json.dumps(yaml.safe_load(routing))


def shown(n: Outgoing, start: datetime) -> str:
    """A notice as expected ones are written: full seconds, news, a bar before what stands, and an unusual lane."""
    refs = ",".join(f"{r.alert_id}{r.version}" for r in n.news)
    standing = "|" + ",".join(f"{r.alert_id}{r.version}" for r in n.standing) if n.standing else ""
    lane = "" if n.lane is Lane.NORMAL else f" {n.lane}"
    return f"{(n.at - start) // SECOND} {n.receiver} {n.purpose} {refs}{standing}{lane}"


def _options(words: list[str]) -> tuple[dict[str, str], set[str]]:
    return {k: v for k, is_, v in (w.partition("=") for w in words) if is_}, {w for w in words if "=" not in w}


def _fire(world: World, words: list[str], status: Status = Status.FIRING) -> None:
    """`fire a kind=x lane=urgent duty v=3`: labels stay as they were where none are given. `v=` is its version, else one more.

    `covered=desk:b,ward:b`: for these receivers it is covered by b. `above=desk:b`: for this one, all of whom b is yet to be told, and by
    the same, or by others as in `above=desk:b@chief+ward`. `again=desk`: they are told again what they know.
    """
    name, given = words[0], _options(words[1:])
    options, flags = given
    version = int(options.pop("v", world.versions.get(name, 0) + 1))
    lane, ending = Lane(options.pop("lane", "normal")), Purpose(options.pop("as", "all_clear"))
    covered = tuple(Covered(*c.split(":")) for c in options.pop("covered", "").split(",") if c)
    above = tuple(_above(world, *a.split(":")) for a in options.pop("above", "").split(",") if a)
    again = tuple(r for r in options.pop("again", "").split(",") if r)
    labels = options or world.labels.get(name, {})
    if status is Status.RESOLVED:
        kept = world.kept.get(name, {})
        lane, duty = kept.get("lane", lane), kept.get("duty", False)
    else:
        duty = "duty" in flags
        world.kept[name] = {"lane": lane, "duty": duty}
    world.versions[name], world.labels[name] = version, labels
    about = AlertUpdate(alert_id=name, version=version, labels=labels, status=status, lane=lane, duty=duty, ending=ending)
    world.do(replace(about, covered=covered, above=above, again=again))


def _above(world: World, receiver: str, rest: str) -> Above:
    by, _, ways = rest.partition("@")
    kinds = {r["name"]: r.get("audience", {}).get("kinds", []) for r in yaml.safe_load(world.files["first"])["receivers"]}
    return Above(receiver, by, tuple(kinds[receiver]), tuple(Way(by, w) for w in (ways or receiver).split("+")))


def _end(world: World, words: list[str]) -> None:
    _fire(world, words, Status.RESOLVED)


def _silence(world: World, words: list[str]) -> None:
    """`silence s {kind="x"} for=10m from=60 daily=22:00+8h on=monday,friday zone=Europe/Paris confirmed`

    `waiting=a`: a is a duty that was not released yet.
    """
    options, flags = _options(words[2:])
    start = world.start + timedelta(seconds=float(options["from"])) if "from" in options else world.now
    recurrence = None
    if "daily" in options:
        clock, _, span = options["daily"].partition("+")
        recurrence = Recurrence(
            minute=minute_of_day(clock),
            duration_ms=read_duration(span) // MS,
            weekdays=tuple(WEEKDAYS.index(d) for d in options.get("on", "").split(",") if d),
            zone=options.get("zone", "UTC"),
        )
    silence = Silence(
        silence_id=words[0],
        matchers=read_matchers(words[1]),
        author="p_1",
        reason="known",
        start=start,
        end=start + read_duration(options["for"]),
        recurrence=recurrence,
    )
    waiting = tuple(a for a in options.get("waiting", "").split(",") if a)
    world.do(SilenceSet(silence=silence, confirmed="confirmed" in flags, waiting=waiting))


def _unsilence(world: World, words: list[str]) -> None:
    world.do(SilenceExpired(silence_id=words[0], by="p_1"))


def _ack(world: World, words: list[str]) -> None:
    """`ack p_1 a`, or `ack p_1 #2` for the second notice."""
    notice = world.notices[int(words[1][1:]) - 1].notice_id if words[1].startswith("#") else ""
    world.do(Acknowledged(by=words[0], notice_id=notice, alert_id="" if notice else words[1]))


def _reach(world: World, words: list[str]) -> None:
    """`reach #1 p_1,p_2`"""
    world.do(Reached(notice_id=world.notices[int(words[0][1:]) - 1].notice_id, people=tuple(words[1].split(","))))


def _count(world: World, words: list[str]) -> None:
    """`count #1 2/5`: two of five have acknowledged."""
    acknowledged, _, total = words[1].partition("/")
    notice = world.notices[int(words[0][1:]) - 1].notice_id
    world.do(Counted(notice_id=notice, total=int(total), acknowledged=int(acknowledged)))


def _route(world: World, words: list[str]) -> None:
    """`route NAME`: one of the row's files comes into force."""
    world.do(RoutingSet(version=words[0], content=content(world.files[words[0]])))


VERBS: dict[str, Callable[[World, list[str]], None]] = {
    "fire": _fire,
    "end": _end,
    "silence": _silence,
    "unsilence": _unsilence,
    "ack": _ack,
    "reach": _reach,
    "count": _count,
    "route": _route,
}


def lines(text: str) -> list[str]:
    """The lines of a block, without blanks."""
    return [line.strip() for line in text.strip().splitlines() if line.strip()]


def played(row: Row, *, restart: bool) -> World:
    """A row from its beginning to its end."""
    world = World(row.routing, start=row.start, restart=restart, files=row.files)
    for text in lines(row.pushes):
        world.push(text)
    world.run_to(row.start + timedelta(seconds=row.until))
    return world


def as_expected(row: Row, told: list[str]) -> bool:
    """Whether exactly the expected notices were told, each at its second or within its window, in order."""
    wanted = lines(row.expected)
    return len(wanted) == len(told) and all(_fits(w, t) for w, t in zip(wanted, told, strict=True))


def _fits(wanted: str, told: str) -> bool:
    (when, _, rest), (at, _, found) = wanted.partition(" "), told.partition(" ")
    first, _, last = when.partition("-")
    return rest == found and float(first) <= float(at) <= float(last or first)
