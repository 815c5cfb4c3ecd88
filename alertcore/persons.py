"""Opaque ids of persons: which may stand in a record, and when two are one person, so that nobody is two by a space or a capital."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters that are letters or marks to Unicode and nothing to the eye."""


def problem(text: str, *, words: bool = False) -> str:
    """What is wrong with an id as it was given; empty where nothing is. words: it may be several."""
    shown = spelt(text)
    if not one(shown):
        return "names nobody"
    if any(c.isspace() and not (words and c == " ") for c in shown):
        return "has a space inside; an id is one word"
    if any(_is_hidden(c) for c in shown):
        return "has a character that nobody can see"
    return ""


def spelt(text: str) -> str:
    """The id as it stands in records: without what surrounds it, letters in the one form that Unicode gives them."""
    return unicodedata.normalize("NFKC", text).strip()


def one(text: str) -> str:
    """The same for every spelling of one person's id; never shown."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(c for c in folded if not (c.isspace() or _is_hidden(c)))


def among(by: str, others: Iterable[str]) -> bool:
    """True where this person is one of the others, however spelt."""
    return one(by) in {one(other) for other in others}


def added(by: str, others: tuple[str, ...]) -> tuple[str, ...]:
    """The others and this person, who stands there once."""
    return others if among(by, others) else (*others, by)


def _is_hidden(c: str) -> bool:
    return unicodedata.category(c)[0] == "C" or c in _INVISIBLE or 0xFE00 <= ord(c) <= 0xFE0F or 0xE0100 <= ord(c) <= 0xE01EF
