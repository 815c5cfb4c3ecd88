"""Matchers from text, in the classic syntax and in that with quoted UTF-8 names: `{a="b", "my name"!~"x.*"}`.

As in Alertmanager: where a text is right in both, it means what the classic syntax says. Braces must come in pairs.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass

from alertcore.dispatch.go_regex import BadRegex, compiled
from alertcore.dispatch.matchers import How, Matcher, Matchers

_CLASSIC = re.compile(r"\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|=|!=|!~)\s*(.*?)\s*", re.DOTALL)
_TOKEN = re.compile(
    r"""\s*(?:(?P<mark>[{},])|(?P<how>=~|!~|!=|=)|(?P<quoted>"(?:\\.|[^"\\])*")|(?P<plain>[^\s{}!=~,\\"'`]+)|(?P<bad>\S))""", re.DOTALL
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([0-7]{3})|(.))", re.DOTALL)
_MEANT = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", '"': '"'}


class MatcherError(ValueError):
    """What is wrong with a text of matchers. at: place in it, from 0."""

    def __init__(self, what: str, text: str, at: int) -> None:
        super().__init__(f"{what}, at character {at + 1} of {text!r}")
        self.what, self.text, self.at = what, text, at


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def read_matchers(text: str) -> Matchers:
    """The matchers of a text. MatcherError says what is wrong, and where."""
    inside, shift = _without_braces(text)
    plain = _classic(inside)
    found = plain if plain is not None else _modern(text, inside, shift)
    for m in found:
        _check(m, text)
    return found


def read_matcher(text: str) -> Matcher:
    """The one matcher of a text."""
    found = read_matchers(text)
    if len(found) != 1:
        raise MatcherError(f"one matcher is wanted here, not {len(found)}", text, 0)
    return found[0]


def _check(matcher: Matcher, text: str) -> None:
    if matcher.how in (How.MATCHES, How.MATCHES_NOT):
        try:
            compiled(matcher.value)
        except BadRegex as error:
            start = max(text.find(matcher.value), 0)
            raise MatcherError(f"the pattern {matcher.value!r} is not valid: {error}", text, start + error.at) from error


def _without_braces(text: str) -> tuple[str, int]:
    inside = text.strip()
    opens, closes = inside.startswith("{"), inside.endswith("}")
    if opens and not closes:
        raise MatcherError("the closing brace is missing", text, len(text.rstrip()))
    if closes and not opens:
        raise MatcherError("a closing brace without an opening one", text, len(text.rstrip()) - 1)
    shift = text.find("{") + 1 if opens else len(text) - len(text.lstrip())
    return (inside[1:-1], shift) if opens else (inside, shift)


def _classic(text: str) -> Matchers | None:
    """None where the text is not in the classic syntax."""
    parts = _split(text)
    if parts and not parts[-1].strip():
        parts.pop()
    found = [_classic_one(p) for p in parts]
    return None if None in found else tuple(m for m in found if m is not None)


def _split(text: str) -> list[str]:
    """At commas outside quotes."""
    parts, begin, quoted, escaped = [], 0, False, False
    for at, char in enumerate(text):
        if char == "," and not quoted:
            parts.append(text[begin:at])
            begin = at + 1
        elif char == '"' and not escaped:
            quoted = not quoted
        escaped = char == "\\" and not escaped
    return [*parts, text[begin:]]


def _classic_one(text: str) -> Matcher | None:
    found = _CLASSIC.fullmatch(text)
    if found is None:
        return None
    raw = found.group(3)
    if raw.startswith('"'):
        if len(raw) < 2 or not raw.endswith('"'):
            return None
        raw = raw[1:-1]
    bare = re.sub(r"\\.", "", raw, flags=re.DOTALL)
    if '"' in bare or re.search(r"[{}]", bare if found.group(3)[:1] != '"' else ""):
        return None
    value = re.sub(r'\\([n"\\])', lambda m: "\n" if m.group(1) == "n" else m.group(1), raw)
    return Matcher(found.group(1), How(found.group(2)), value)


def _modern(whole: str, text: str, shift: int) -> Matchers:
    tokens = _tokens(whole, text, shift)
    found: list[Matcher] = []
    while tokens[0].kind != "end":
        name = _take(whole, tokens, ("quoted", "plain"), "a label name is wanted here")
        how = _take(whole, tokens, ("how",), "one of =, !=, =~ and !~ is wanted here")
        value = _take(whole, tokens, ("quoted", "plain"), "a value is wanted here")
        found.append(Matcher(_meant(whole, name), How(how.text), _meant(whole, value)))
        if not found[-1].name:
            raise MatcherError("a label name is empty", whole, name.at)
        if tokens[0].kind != "end":
            _take(whole, tokens, ("mark",), "a comma is wanted here")
    return tuple(found)


def _tokens(whole: str, text: str, shift: int) -> list[_Token]:
    tokens = []
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or "bad"
        token = _Token(kind, found.group(kind), found.start(kind) + shift)
        if kind == "bad":
            what = "a quote is not closed" if token.text == '"' else f"{token.text!r} must stand between double quotes"
            raise MatcherError(what, whole, token.at)
        tokens.append(token)
    return [*tokens, _Token("end", "", len(text) + shift)]


def _take(whole: str, tokens: list[_Token], kinds: tuple[str, ...], what: str) -> _Token:
    token = tokens[0]
    if token.kind not in kinds or (token.kind == "mark" and token.text != ","):
        said = f", not {token.text!r}" if token.text else ", but the text ends"
        raise MatcherError(what + said, whole, token.at)
    return tokens.pop(0)


def _meant(whole: str, token: _Token) -> str:
    """What a token says, escapes as Go reads them."""
    if token.kind != "quoted":
        return token.text

    def meant(found: re.Match[str]) -> str:
        short, long, two, octal, one = found.groups()
        if digits := short or long or two:
            number = int(digits, 16)
            if 0xD800 <= number < 0xE000 or number > sys.maxunicode:
                raise MatcherError(f"{found.group()!r} stands for no character", whole, token.at + 1 + found.start())
            return chr(number)
        if octal:
            return chr(int(octal, 8))
        if one not in _MEANT:
            raise MatcherError(f"there is no escape {found.group()!r}", whole, token.at + 1 + found.start())
        return _MEANT[one]

    return _ESCAPE.sub(meant, token.text[1:-1])
