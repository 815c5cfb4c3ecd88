"""Regular expressions as Go's RE2 reads them, as far as Python's `re` can: what would mean something else here is refused, with where.

Python goes back and tries again, RE2 never does: so a repeat inside a repeat, which can take time without end here, is refused too.
"""

from __future__ import annotations

import re

CLASSES = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": "\\x00-\\x7f",
    "blank": "\\t ",
    "cntrl": "\\x00-\\x1f\\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@\\[-`{-~",
    "space": "\\t\\n\\v\\f\\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
"""RE2's named classes, as they stand between the brackets of Python's."""

_NOT_GO = (
    (re.compile(r"\(\?(?:=|!|<=|<!)"), "looks ahead or behind, which Go's regular expressions cannot"),
    (re.compile(r"\(\?P="), "refers back to a group, which Go's regular expressions cannot"),
    (re.compile(r"\(\?\("), "depends on a group, which Go's regular expressions cannot"),
    (re.compile(r"\(\?(?:>|#)"), "begins a group that Go's regular expressions do not have"),
    (re.compile(r"(?<!\\)[*+?}]\+"), "is a repeat that Go's regular expressions do not have"),
)
_PIECE = re.compile(
    r"(?P<quoted>\\Q.*?(?:\\E|\Z))|(?P<back>\\[1-9])|(?P<unicode>\\[pPC])|(?P<end>\\z)|(?P<escape>\\.)"
    r"|(?P<cls>\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\])|(?P<open>\()|(?P<close>\))|(?P<other>.)",
    re.DOTALL,
)
_NAMED = re.compile(r"\[:(\^?)(\w+):\]")
_SET_MARKS = re.compile(r"(?<!\\)\[|--|&&|\|\||~~")
_ENDLESS = re.compile(r"[*+]|\{\d+,\}")


class BadRegex(ValueError):
    """at: place in the pattern, from 0."""

    def __init__(self, text: str, at: int) -> None:
        super().__init__(text)
        self.at = at


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern to be used with `fullmatch`. BadRegex where Go would refuse it, or this cannot do what Go does."""
    for refused, why in _NOT_GO:
        if found := refused.search(_blanked(pattern)):
            raise BadRegex(f"{found.group()!r} {why}", found.start())
    _nested(pattern)
    text = _translated(pattern)
    try:
        return re.compile(text, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise BadRegex(str(error), getattr(error, "pos", None) or 0) from error


def literals(pattern: str) -> tuple[str, ...] | None:
    """The texts that `a|b|c` matches, where it is only such a list: they can be looked up."""
    bare = pattern[1:-1] if pattern[:1] == "(" and pattern[-1:] == ")" else pattern
    return None if re.search(r"[\\.+*?()\[\]{}^$]", bare) else tuple(bare.split("|"))


def _translated(pattern: str) -> str:
    return "".join(_piece(found) for found in _PIECE.finditer(pattern))


def _piece(found: re.Match[str]) -> str:
    kind, text = found.lastgroup, found.group()
    if kind == "quoted":
        return re.escape(text.removeprefix("\\Q").removesuffix("\\E"))
    if kind == "end":
        return "\\Z"
    if kind == "cls":
        named = _NAMED.sub(lambda part: _named(part, found.start()), text)
        return "[" + _SET_MARKS.sub(lambda part: part.group()[:-1] + "\\" + part.group()[-1], named[1:])
    if text == "[":
        raise BadRegex("a bracket is not closed", found.start())
    if kind == "back":
        raise BadRegex(f"{text!r} refers back to a group, which Go's regular expressions cannot", found.start())
    if kind == "unicode" or (kind == "escape" and text == "\\Z"):
        raise BadRegex(f"{text!r} is not known here", found.start())
    return text


def _named(found: re.Match[str], start: int) -> str:
    if found.group(1) or found.group(2) not in CLASSES:
        raise BadRegex(f"{found.group()!r} is not known here", start + found.start())
    return CLASSES[found.group(2)]


def _blanked(pattern: str) -> str:
    """The pattern with escapes and classes blanked out, for what is looked for outside them; every place stays where it is."""
    blank = ("quoted", "back", "unicode", "end", "escape", "cls")
    return "".join("x" * len(f.group()) if f.lastgroup in blank else f.group() for f in _PIECE.finditer(pattern))


def _nested(pattern: str) -> None:
    text, open_groups = _blanked(pattern), [False]
    for at, char in enumerate(text):
        if char == "(":
            open_groups.append(False)
        elif char == ")" and len(open_groups) > 1:
            inside, repeated = open_groups.pop(), bool(_ENDLESS.match(text, at + 1))
            if inside and repeated:
                raise BadRegex("a repeat inside a repeat can take time without end here: write it without", at + 1)
            open_groups[-1] |= inside or repeated
        elif _ENDLESS.match(text, at):
            open_groups[-1] = True
