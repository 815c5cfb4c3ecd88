"""Reading plain JSON with a path: every problem of a file is gathered, each with its path and the line it stands on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from alertcore.dispatch.durations import read_duration
from alertcore.dispatch.matcher_text import MatcherError, read_matchers
from alertcore.dispatch.matchers import How, Matcher, Matchers

T = TypeVar("T")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with a file. line: 0 where it is not known."""

    line: int
    path: str
    text: str

    def __str__(self) -> str:
        where = f"line {self.line}, " if self.line else ""
        return f"{where}{self.path}: {self.text}" if self.path else f"{where}{self.text}"


class SettingsError(ValueError):
    """A file that cannot be put in force, with all that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(p) for p in self.problems))


class Reading:
    """The problems of one file while it is read. lines: path to line, as the loader found them."""

    def __init__(self, lines: Mapping[str, int] | None = None) -> None:
        self._lines = lines or {}
        self.problems: list[Problem] = []

    def line(self, path: str) -> int:
        """The line of a path, or of the nearest thing around it."""
        while path and path not in self._lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self._lines.get(path, 0)

    def wrong(self, path: str, text: str) -> None:
        """Note a problem and read on."""
        self.problems.append(Problem(self.line(path), path, text))

    def done(self) -> None:
        """SettingsError where anything was wrong."""
        if self.problems:
            raise SettingsError(self.problems)

    def map_of(self, value: Any, path: str, known: Iterable[str]) -> dict[str, Any]:
        """A map with known names alone; the others are told by their path."""
        if not isinstance(value, dict):
            self.wrong(path, f"a map is wanted here, not {_kind(value)}")
            return {}
        names = sorted(known)
        for name in value:
            if name not in names:
                self.wrong(f"{path}.{name}" if path else str(name), f"is not known; known are {', '.join(names)}")
        return value

    def list_of(self, value: Any, path: str) -> list[tuple[Any, str]]:
        """The items, each with its path."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.wrong(path, f"a list is wanted here, not {_kind(value)}")
            return []
        return [(item, f"{path}[{n}]") for n, item in enumerate(value)]

    def text(self, value: Any, path: str, *, empty: str = "") -> str:
        """A text; `empty` where there is none."""
        if value is None:
            return empty
        if isinstance(value, str):
            return value
        self.wrong(path, f"a text is wanted here, not {_kind(value)}")
        return empty

    def texts(self, value: Any, path: str) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(self.text(item, at) for item, at in self.list_of(value, path))

    def yes(self, value: Any, path: str, default: bool) -> bool:
        """true or false."""
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.wrong(path, f"true or false is wanted here, not {_kind(value)}")
        return default

    def count(self, value: Any, path: str, default: int = 0) -> int:
        """A whole number from 1."""
        if value is None:
            return default
        if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
            return value
        self.wrong(path, "a whole number from 1 is wanted here")
        return default

    def one_of(self, value: Any, path: str, words: Mapping[str, T], default: T) -> T:
        """A word of a closed list."""
        if value is None:
            return default
        if isinstance(value, str) and value in words:
            return words[value]
        self.wrong(path, f"{value!r} is not one of {', '.join(words)}")
        return default

    def tried(self, path: str, read: Callable[[], T], default: T) -> T:
        """What `read` gives, or its ValueError as a problem of this path."""
        try:
            return read()
        except ValueError as error:
            self.wrong(path, str(error))
            return default

    def duration(self, value: Any, path: str, default: timedelta) -> timedelta:
        """A duration as text."""
        return default if value is None else self.tried(path, lambda: read_duration(self.text(value, path)), default)

    def sides(self, given: dict[str, Any], path: str, prefix: str = "") -> Matchers:
        """All three ways of writing matchers, together."""
        return (
            *self._match_map(given.get(f"{prefix}match"), f"{path}.{prefix}match", How.EQUAL),
            *self._match_map(given.get(f"{prefix}match_re"), f"{path}.{prefix}match_re", How.MATCHES),
            *self._matchers(given.get(f"{prefix}matchers"), f"{path}.{prefix}matchers"),
        )

    def _value(self, value: Any, path: str) -> str:
        """Of a label. YAML may make another text of a bare word or number, and nothing at all would be every alert without it."""
        if isinstance(value, str):
            return value
        self.wrong(path, f"a value between quotes is wanted here, not {_kind(value)} ('' for a label that is absent)")
        return ""

    def _matchers(self, value: Any, path: str) -> Matchers:
        found: list[Matcher] = []
        for item, at in self.list_of(value, path):
            try:
                found += read_matchers(self.text(item, at))
            except MatcherError as error:
                self.wrong(at, str(error))
        return tuple(found)

    def _match_map(self, value: Any, path: str, how: How) -> Matchers:
        if value is not None and not isinstance(value, dict):
            self.wrong(path, f"a map is wanted here, not {_kind(value)}")
            return ()
        made = [Matcher(str(name), how, self._value(v, f"{path}.{name}")) for name, v in (value or {}).items()]
        for m in made:
            self.tried(f"{path}.{m.name}", lambda m=m: m.holds({}), False)  # type: ignore[misc]
        return tuple(made)


def _kind(value: Any) -> str:
    words = {dict: "a map", list: "a list", str: "a text", bool: "true or false", int: "a number", float: "a number", type(None): "nothing"}
    return words.get(type(value), type(value).__name__)
