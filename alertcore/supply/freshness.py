"""Which of the register's reporters are fresh, at any instant, and until when that is enough.

A reporter is fresh until 2 x its usual interval in calendar days after its last observation, and at least 2 days: unknown is never fine.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

from alertcore.heard import reporter_hash
from alertcore.packed import Ints, filled, grouped, ints
from alertcore.records.stock import Tier
from alertcore.register import RegisteredReporter, Senders

Group = tuple[str, str, str | None]
DAY = 86_400 * 1_000_000
INTERVALS = 2
LEAST_DAYS = 2
DISPENSING = (Tier.COMMUNITY_PHARMACY, Tier.HOSPITAL_PHARMACY)
"""Tiers whose daily use counts."""


class Freshness:
    """Reporters of the register with the instant (microseconds) until which each is fresh."""

    def __init__(self, senders: Senders) -> None:
        reporters = {r.id: r for sender in senders.senders for r in sender.reporters}
        self._of = {reporter_hash(id_): n for n, id_ in enumerate(reporters)}
        self._spans = [max(INTERVALS * r.interval_days, LEAST_DAYS) * DAY for r in reporters.values()]
        groups = {group: n for n, group in enumerate(sorted({_group(r) for r in reporters.values()}, key=repr))}
        self._groups = groups
        self._group_of = ints(groups[_group(r)] for r in reporters.values())
        self._until: Ints = filled(len(reporters), 0)
        self._known_until: tuple[int, int] | None = None
        self._dispensing = [r.tier in DISPENSING for r in reporters.values()]
        self.manufacturers = {reporter_hash(r.id) for r in reporters.values() if r.tier == "manufacturer"}

    def forget(self) -> None:
        """Nobody was heard."""
        self._until[:] = 0
        self._known_until = None

    def hear(self, heard: Iterable[tuple[int, int]]) -> None:
        """Observations (reporter's hash, microseconds); who is not in the register does not count."""
        for reporter, at in heard:
            n = self._of.get(reporter)
            if n is not None:
                self._until[n] = max(int(self._until[n]), at + self._spans[n])
                self._known_until = None

    def numbers(self, reporters: Iterable[int]) -> tuple[int, ...]:
        """Numbers of reporters, given by their hashes, for `fresh`; -1 for who is not in the register."""
        return tuple([self._of.get(reporter, -1) for reporter in reporters])

    def fresh(self, now: int) -> list[bool]:
        """Whether each reporter is fresh, by its number; the last stands for who is not in the register, and never is."""
        found: list[bool] = (self._until >= now).tolist()
        return [*found, False]

    def is_fresh(self, reporter: int, now: int) -> bool:
        """Whether one reporter, by its hash, is fresh."""
        n = self._of.get(reporter)
        return n is not None and bool(self._until[n] >= now)

    def brief_share(self, brief: Iterable[int], now: int) -> float:
        """Of the fresh reporters that dispense, the share of those given by their hashes, 0 to 1."""
        fresh = self.fresh(now)
        counted = {n for n, dispenses in enumerate(self._dispensing) if dispenses and fresh[n]}
        return len(counted.intersection(self.numbers(brief))) / len(counted) if counted else 0.0

    def share(self, now: int) -> float:
        """Share of the register that is fresh, 0 to 1; an empty register knows nothing."""
        return int((self._until >= now).sum()) / len(self._until) if len(self._until) else 0.0

    def shares(self, now: int) -> dict[Group, float]:
        """The same by tier, circuit and region."""
        fresh = (self._until >= now).astype("i8").reshape(-1, 1)
        fresh_of = grouped(fresh, self._group_of, len(self._groups))[:, 0].tolist()
        all_of = grouped(fresh * 0 + 1, self._group_of, len(self._groups))[:, 0].tolist()
        return {group: fresh_of[n] / all_of[n] for group, n in self._groups.items()}

    def regions(self, now: int, tiers: tuple[str, ...]) -> dict[str, float]:
        """Share that is fresh of each region's reporters of some tiers."""
        fresh = (self._until >= now).astype("i8").reshape(-1, 1)
        fresh_of = grouped(fresh, self._group_of, len(self._groups))[:, 0].tolist()
        all_of = grouped(fresh * 0 + 1, self._group_of, len(self._groups))[:, 0].tolist()
        found: dict[str, tuple[float, float]] = {}
        for (tier, _, region), n in self._groups.items():
            if tier in tiers and region is not None:
                before = found.get(region, (0.0, 0.0))
                found[region] = (before[0] + fresh_of[n], before[1] + all_of[n])
        return {region: fresh_ / all_ for region, (fresh_, all_) in found.items()}

    def known_until(self, share: float) -> int:
        """Last instant (microseconds) at which at least `share` of the register is fresh, if nobody reports again."""
        enough = max(ceil(share * len(self._until) - 1e-9), 1)
        if self._known_until is None or self._known_until[0] != enough:
            rising = self._until.copy()
            rising.partition(len(rising) - enough)
            self._known_until = (enough, int(rising[len(rising) - enough]))
        return self._known_until[1]


def _group(reporter: RegisteredReporter) -> Group:
    return reporter.tier, reporter.circuit, reporter.region
