"""Results of a function on values that come again and again, kept up to a size."""

from __future__ import annotations

from collections.abc import Callable, Sized
from typing import Any, TypeVar

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
