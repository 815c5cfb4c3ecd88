"""Keys in order, cheap to change: sorted chunks, so that a state of a million keys can be walked by prefix."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator

_CHUNK = 512


class SortedKeys:
    """A sorted set of strings. Adding and removing cost two bisections and a move within one chunk of at most 1,024."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        ordered = sorted(keys)
        self._chunks = [ordered[i : i + _CHUNK] for i in range(0, len(ordered), _CHUNK)]
        self._lasts = [chunk[-1] for chunk in self._chunks]

    def add(self, key: str) -> None:
        """Adds a key that is not there."""
        if not self._chunks:
            self._chunks, self._lasts = [[key]], [key]
            return
        at = min(bisect_left(self._lasts, key), len(self._chunks) - 1)
        chunk = self._chunks[at]
        insort(chunk, key)
        if len(chunk) > 2 * _CHUNK:
            self._chunks[at : at + 1] = [chunk[:_CHUNK], chunk[_CHUNK:]]
            self._lasts[at : at + 1] = [chunk[_CHUNK - 1], chunk[-1]]
        else:
            self._lasts[at] = chunk[-1]

    def remove(self, key: str) -> None:
        """Removes a key that is there."""
        at = bisect_left(self._lasts, key)
        chunk = self._chunks[at]
        del chunk[bisect_left(chunk, key)]
        if chunk:
            self._lasts[at] = chunk[-1]
        else:
            del self._chunks[at], self._lasts[at]

    def under(self, prefix: str) -> list[str]:
        """Keys that begin with `prefix`, in order: a list of its own, so that the caller may change the set meanwhile."""
        return list(self._under(prefix))

    def _under(self, prefix: str) -> Iterator[str]:
        end = prefix + "\U0010ffff"
        for at in range(bisect_left(self._lasts, prefix), len(self._chunks)):
            chunk = self._chunks[at]
            if chunk[0] > end:
                return
            yield from chunk[bisect_left(chunk, prefix) : bisect_right(chunk, end)]
