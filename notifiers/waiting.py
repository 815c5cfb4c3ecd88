"""What was claimed and waits for a connection, most urgent first, in this process's memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from store.queue import Claimed


class Waiting:
    """Deliveries by lane. What has waited too long is not given out: its claim may be somebody else's by then."""

    def __init__(self) -> None:
        self._lanes: tuple[deque[tuple[float, Claimed]], ...] = (deque(), deque(), deque())

    def __len__(self) -> int:
        return sum(map(len, self._lanes))

    def add(self, claimed: Iterable[Claimed], at: float) -> None:
        """Claimed at `at` (seconds of the loop's clock)."""
        for one in claimed:
            self._lanes[one.lane].append((at, one))

    def put_back(self, claimed: Claimed, at: float) -> None:
        """It was taken and not tried: it is the next one again."""
        self._lanes[claimed.lane].appendleft((at, claimed))

    def take(self) -> Claimed | None:
        """The next one."""
        for lane in self._lanes:
            if lane:
                return lane.popleft()[1]
        return None

    def older_than(self, before: float) -> list[Claimed]:
        """Takes out what was claimed before `before`."""
        old: list[Claimed] = []
        for lane in self._lanes:
            while lane and lane[0][0] < before:
                old.append(lane.popleft()[1])
        return old

    def drain(self) -> list[Claimed]:
        """Takes out everything."""
        return self.older_than(float("inf"))
