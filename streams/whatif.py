"""What would have been decided under another policy: the kept logs read again through stages in memory, and nothing sent.

The policy holds from the first record kept. `supply` runs again over its log, and what it says takes the place of what it said then;
`cases` runs again over its log. Ticks are left out: every due instant is decided when it comes, for another policy has others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import merge
from typing import Any

from alertcore.records.alert import Alert
from alertcore.records.hub import Command, Entry, SettingsFile
from alertcore.records.rapid import Acknowledgement
from alertcore.sharding import CASES_LOG
from alertcore.stage import Stage
from schemas.codec import decode, encode
from streams.emitting import HUB, Out
from streams.local import LocalShell

SUPPLY_KINDS = ("signal", "position", "holding", "reach")


@dataclass(frozen=True, slots=True)
class Logged:
    """One entry of a log, as read."""

    partition: int
    offset: int
    key: str
    entry: Entry


def supply_again(stage: Stage, partitions: int, policy: SettingsFile, log: Iterable[Logged]) -> list[Entry]:
    """What `supply` would have written into the case log, in order of stamp, then of partition and place."""
    shell, found = LocalShell(stage, partitions, time="data"), [list[Entry]() for _ in range(partitions)]
    begun: set[int] = set()
    for one in log:
        if one.partition not in begun:
            begun.add(one.partition)
            shell.feed(one.partition, _in_force(policy, one.entry.stamp))
        if one.entry.kind not in ("tick", "policy"):
            found[one.partition] += _to_cases(shell.feed(one.partition, one.entry, one.key))
    for out in shell.idle():
        found[out.entry.origin.partition if out.entry and out.entry.origin else 0] += _to_cases([out])
    return list(merge(*found, key=lambda entry: entry.stamp))


def cases_again(
    stage: Stage, policy: SettingsFile, log: Iterable[Logged], supply: Iterable[Entry], since: datetime | None, then: Iterable[Alert] = ()
) -> list[Out]:
    """Everything `cases` would have emitted. supply: what that stage would have said from `since` on (None: it has no log).

    then: alert versions as they were decided, in order: commands and acknowledgements that name one go to the one in its place.
    """
    shell, lives = LocalShell(stage, time="data"), Lives()
    for alert in then:
        lives.see_then(alert)
    waiting, outs = iter(supply), list[Out]()
    following = next(waiting, None)

    def feed(entry: Entry, key: str = "") -> None:
        done = shell.feed(0, entry, key)
        lives.see_now(done)
        outs.extend(done)

    first = True
    for one in log:
        if first:
            feed(_in_force(policy, one.entry.stamp))
            first = False
        while following is not None and following.stamp <= one.entry.stamp:
            feed(following)
            following = next(waiting, None)
        if not _replaced(one.entry, since):
            feed(lives.renamed(one.entry), one.key)
    while following is not None:
        feed(following)
        following = next(waiting, None)
    return outs + shell.idle()


def routed_again(
    stages: tuple[Stage, Stage], routes: SettingsFile, log: Iterable[Logged], until: datetime
) -> Iterator[tuple[list[Out], list[Out]]]:
    """For each entry of the case log what it led to, and what it would have led to had this routing file been in force from the beginning.

    Alerts are the same in both: routes decide nothing but who is told, and when. until: how far time goes on after the last entry.
    """
    then, now, begun = LocalShell(stages[0], time="data"), LocalShell(stages[1], time="data"), False
    for one in log:
        if not begun:
            now.feed(0, _in_force(routes, one.entry.stamp, "routes"))
            begun = True
        if one.entry.kind != "tick":
            outs = then.feed(0, one.entry, one.key)
            yield outs, now.feed(0, one.entry, one.key) if one.entry.kind != "routes" else []
    yield then.advance(until), now.advance(until)


class Lives:
    """Which alert of the second reading stands where one of the first stood: the n-th of its kind, subject and nature."""

    def __init__(self) -> None:
        self._then: dict[str, tuple[str, int]] = {}
        self._count_then: dict[str, int] = {}
        self._now: dict[str, list[str]] = {}

    def see_then(self, alert: Alert) -> None:
        """A first version of the first reading, in order."""
        if alert.version == 1:
            n = self._count_then[_life(alert)] = self._count_then.get(_life(alert), 0) + 1
            self._then[alert.alert_id] = (_life(alert), n)

    def see_now(self, outs: Iterable[Out]) -> None:
        """What came out of the second reading."""
        for out in outs:
            if isinstance(out.value, Alert) and out.value.version == 1:
                self._now.setdefault(_life(out.value), []).append(out.value.alert_id)

    def now(self, alert_id: str) -> str:
        """The alert that stands in the place of this one; itself where nothing does."""
        life, n = self._then.get(alert_id, ("", 0))
        known = self._now.get(life, [])
        return alert_id if not known else known[min(n, len(known)) - 1]

    def renamed(self, entry: Entry) -> Entry:
        """A command or an acknowledgement for the alert that stands now."""
        if entry.kind not in ("command", "acknowledgement"):
            return entry
        value: Any = decode(entry.value)
        if isinstance(value, Command):
            value = replace(value, target=self.now(value.target))
        elif isinstance(value, Acknowledgement):
            value = replace(value, alert_id=self.now(value.alert_id))
        return replace(entry, value=encode(value))


def in_order(partitions: Iterable[Iterable[Logged]]) -> Iterator[Logged]:
    """Several partitions' entries as one row: by stamp, then partition and offset; within a partition the order of its log."""
    return (one for _, one in merge(*[_timed(p) for p in partitions], key=lambda x: (x[0], x[1].partition, x[1].offset)))


def _timed(partition: Iterable[Logged]) -> Iterator[tuple[datetime, Logged]]:
    now: datetime | None = None
    for one in partition:
        now = one.entry.stamp if now is None else max(now, one.entry.stamp)
        yield now, one


def _life(alert: Alert) -> str:
    return f"{alert.nature}/{alert.kind}/{alert.subject.kind}:{alert.subject.id}"


def _in_force(file: SettingsFile, stamp: datetime, kind: str = "policy") -> Entry:
    return Entry(stamp=stamp, sender=HUB, event_id=f"evt_whatif_{file.sha256[:16]}", kind=kind, value=encode(file))


def _to_cases(outs: Iterable[Out]) -> list[Entry]:
    return [out.entry for out in outs if out.topic == CASES_LOG and out.entry is not None]


def _replaced(entry: Entry, since: datetime | None) -> bool:
    """Ticks, policies, and what supply said in the time that was run again."""
    if entry.kind in ("tick", "policy"):
        return True
    mine = entry.origin is not None and entry.origin.stage == "supply" and entry.kind in SUPPLY_KINDS
    return mine and since is not None and entry.stamp >= since
