"""A matcher: a label, how it is compared and with what. A label that is absent is empty."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from alertcore.dispatch.go_regex import compiled, literals


class How(StrEnum):
    """How a label is compared."""

    EQUAL = "="
    NOT_EQUAL = "!="
    MATCHES = "=~"
    MATCHES_NOT = "!~"


@dataclass(frozen=True, slots=True)
class Matcher:
    """One comparison. It holds no compiled pattern, so it can stand in state."""

    name: str
    how: How
    value: str

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether it is true of these labels."""
        found = labels.get(self.name, "")
        if self.how is How.EQUAL:
            return found == self.value
        if self.how is How.NOT_EQUAL:
            return found != self.value
        return _matches(self.value, found) is (self.how is How.MATCHES)

    def values(self) -> tuple[str, ...] | None:
        """The only values that this can hold for, where there are few and they are known: what an index needs."""
        if self.how is How.EQUAL:
            return (self.value,)
        return _literals(self.value) if self.how is How.MATCHES else None

    def __str__(self) -> str:
        name = self.name if _PLAIN.fullmatch(self.name) else _quoted(self.name)
        return f"{name}{self.how}{_quoted(self.value)}"


Matchers = tuple[Matcher, ...]

_PLAIN = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")


def all_hold(matchers: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    """Whether every one of them is true of these labels. True for none at all."""
    return all(m.holds(labels) for m in matchers)


def text_of(matchers: Matchers) -> str:
    """As it is read, in one form: equal lists have equal texts."""
    return "{" + ",".join(sorted(str(m) for m in matchers)) + "}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


@lru_cache(maxsize=4096)
def _literals(text: str) -> tuple[str, ...] | None:
    return literals(text)


@lru_cache(maxsize=65_536)
def _matches(pattern: str, text: str) -> bool:
    known = _literals(pattern)
    return text in known if known is not None else compiled(pattern).matches(text)
