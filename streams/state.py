"""State of one partition in memory: a stage's View of it, and the changes since the last commit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from alertcore.stage import Stage
from streams.keys import SortedKeys

OWN = "!"
"""First character of the keys that the shell keeps for itself; a stage neither sees nor writes them."""


class PartitionState:
    """Values under keys, as left by every message decided so far: what was changed shows at once to the next message.

    Restored values stay bytes until somebody asks for them. `before` holds what stood under the keys changed since
    `settle()`, so that `rewind()` can take a whole batch back.
    """

    def __init__(self, stage: Stage) -> None:
        self._load = stage.load
        self._raw: dict[str, bytes] = {}
        self._values: dict[str, Any] = {}
        self._sorted: SortedKeys | None = None
        self._before: dict[str, Any] = {}
        self._memo: dict[str, Any] = {}

    @property
    def memo(self) -> dict[str, Any]:
        """Scratch space of the stage."""
        return self._memo

    def drop_memo(self) -> None:
        """Forgets what the stage derived: it may be half made."""
        self._memo = {}

    def restore(self, key: str, raw: bytes | None) -> None:
        """One record of the state topic, the later one wins. Only before the first `get`."""
        if raw is None:
            self._raw.pop(key, None)
        else:
            self._raw[key] = raw

    def get(self, key: str) -> Any | None:
        """The value under a key, or None. Keys of the shell are bytes."""
        found = self._values.get(key)
        if found is not None or not self._raw:
            return found
        raw = self._raw.pop(key, None)
        if raw is None:
            return None
        value = self._values[key] = raw if key[:1] == OWN else self._load(key, raw)
        return value

    def items(self, prefix: str) -> Iterator[tuple[str, Any]]:
        """All (key, value) under a prefix, in key order. The first call sorts all keys once; from then on order is kept."""
        if self._sorted is None:
            self._sorted = SortedKeys(key for store in (self._raw, self._values) for key in store if key[:1] != OWN)
        for key in self._sorted.under(prefix):
            value = self.get(key)
            if value is not None:
                yield key, value

    def change(self, key: str, value: Any | None) -> None:
        """Puts or (None) forgets a value, remembering what was there at the last `settle()`."""
        old = self.get(key)
        if key not in self._before:
            self._before[key] = old
        self._put(key, old, value)

    def changes(self) -> dict[str, Any | None]:
        """Key to present value (None: forgotten) of everything changed since `settle()`, in the order of the first change."""
        return {key: self._values.get(key) for key in self._before}

    def settle(self) -> None:
        """The changes are committed."""
        self._before = {}

    def rewind(self) -> None:
        """Takes back everything since `settle()`."""
        before, self._before = self._before, {}
        for key, old in before.items():
            self._put(key, self._values.get(key), old)
        self.drop_memo()

    def _put(self, key: str, old: Any | None, value: Any | None) -> None:
        if value is None:
            self._values.pop(key, None)
        else:
            self._values[key] = value
        if self._sorted is not None and key[:1] != OWN and (old is None) != (value is None):
            self._sorted.add(key) if old is None else self._sorted.remove(key)

    def __len__(self) -> int:
        return len(self._raw) + len(self._values)
