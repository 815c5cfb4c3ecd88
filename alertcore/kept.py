"""Results of a function on values that come again and again, kept up to a size."""

from __future__ import annotations

from collections.abc import Callable, Sized
from typing import Any, Generic, TypeVar

Made = TypeVar("Made", bound=Sized)


class Kept(dict[Any, Made]):
    """`kept[value]` is `make(value)`. Only for a function that gives equal values the same result: it never depends on who came first.

    Holds at most `most` results, none longer than `longest`; when it is full it begins anew. Nothing is kept of what raises.
    """

    def __init__(self, make: Callable[[Any], Made], most: int, longest: int = 64) -> None:
        super().__init__()
        self._make, self._most, self._longest = make, most, longest

    def __missing__(self, value: Any) -> Made:
        made = self._make(value)
        if len(made) <= self._longest:
            if len(self) >= self._most:
                self.clear()
            self[value] = made
        return made


class Same(Generic[Made]):
    """Results of a function on objects that cannot change, by which object it is: `same.known(id(it)) or same.keep(it)`.

    For what is asked again and again in the very same objects, where comparing or hashing them costs as much as the function.
    The objects are held as long as their results, so that no other one can have their id. Results are never empty.
    """

    __slots__ = ("_held", "_make", "_most", "_results", "known")

    def __init__(self, make: Callable[[Any], Made], most: int) -> None:
        self._make, self._most = make, most
        self._results: dict[int, Made] = {}
        self._held: list[Any] = []
        self.known = self._results.get

    def keep(self, value: Any) -> Made:
        """The result for a value that is not known."""
        if len(self._held) >= self._most:
            self._results.clear()
            self._held.clear()
        made = self._results[id(value)] = self._make(value)
        self._held.append(value)
        return made

    def __len__(self) -> int:
        return len(self._held)
