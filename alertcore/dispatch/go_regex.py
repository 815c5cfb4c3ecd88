"""Regular expressions as Go reads them, by RE2, whose language Go's is: a match takes time in proportion to the text, whatever the pattern.

Python's own go back and try again: one pattern of an officer or of a watch outside could keep the stage busy for ever.
"""

from __future__ import annotations

import re
from functools import lru_cache

import re2

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.never_capture = True
_OPTIONS.max_mem = 1 << 20  # a pattern that would need more is refused when it is read; RE2 counts its repeats too, at most 1,000
_PIECE = re.compile(r"\\Q.*?(?:\\E|\Z)|\\.", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


class BadRegex(ValueError):
    """at: place in the pattern, from 0."""

    def __init__(self, text: str, at: int) -> None:
        super().__init__(text)
        self.at = at


class Pattern:
    """A pattern that matches whole texts."""

    __slots__ = ("_compiled",)

    def __init__(self, text: str) -> None:
        self._compiled = re2.compile(text.encode(), _OPTIONS)  # UTF-8 all the same; from bytes no places are reckoned back

    def matches(self, text: str) -> bool:
        """Whether it matches the whole text."""
        return self._compiled.fullmatch(text.encode()) is not None


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> Pattern:
    """BadRegex where Go would refuse it."""
    if found := _SURROGATE.search(pattern):
        raise BadRegex(f"{found.group()!r} is half a character", found.start())
    for piece in _PIECE.finditer(pattern):
        if piece.group() == r"\C":
            raise BadRegex(r"'\\C' is one byte, which Go does not know", piece.start())
    try:
        return Pattern(pattern)
    except re2.error as error:
        said: str = error.args[0].decode("utf-8", "replace")
        place = pattern.find(said.rpartition(": ")[2])
        raise BadRegex(said, max(place, 0)) from error


def literals(pattern: str) -> tuple[str, ...] | None:
    """The texts that `a|b|c` matches, where it is only such a list: they can be looked up."""
    bare = pattern[1:-1] if pattern[:1] == "(" and pattern[-1:] == ")" else pattern
    return None if re.search(r"[\\.+*?()\[\]{}^$]", bare) else tuple(bare.split("|"))
