"""Liveness as progress against lag: a worker is dead when there is work and it has not moved for too long."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from plumbing.health import Check, Probe


@dataclass(frozen=True, slots=True)
class Progress:
    """Where one partition stands. `next` is the next offset to be applied, `end` the next one to be written."""

    name: str
    next: int
    end: int


class ProgressWatch:
    """Remembers since when each partition has had work without moving. `clock` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float], limit_s: float = 60.0) -> None:
        self._clock, self._limit_s = clock, limit_s
        self._waiting: dict[str, tuple[int, float]] = {}

    def judge(self, progress: Iterable[Progress]) -> Probe:
        """No where any partition was seen behind at the same place for longer than the limit. Partitions given away are forgotten."""
        now = self._clock()
        self._waiting = {one.name: self._since(one, now) for one in progress if one.next < one.end}
        stuck = [
            f"{name} stands at {at} for {now - since:.0f} s" for name, (at, since) in self._waiting.items() if now - since > self._limit_s
        ]
        if stuck:
            return Probe(False, "; ".join(sorted(stuck)))
        return Probe(True, f"{len(self._waiting)} behind, all moving" if self._waiting else "no lag")

    def _since(self, one: Progress, now: float) -> tuple[int, float]:
        known = self._waiting.get(one.name)
        return known if known is not None and known[0] == one.next else (one.next, now)


def liveness(progress: Callable[[], Awaitable[Iterable[Progress]]], clock: Callable[[], float], limit_s: float = 60.0) -> Check:
    """A check for `/live` over a role's `progress()`."""
    watch = ProgressWatch(clock, limit_s)

    async def check() -> Probe:
        return watch.judge(await progress())

    return check
