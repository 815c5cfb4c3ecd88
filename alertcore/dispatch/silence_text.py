"""A silence from the words of an order: matchers, times, durations, days and a zone; all that is wrong at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from alertcore.dispatch.durations import read_duration
from alertcore.dispatch.interval_text import WEEKDAYS, minute_of_day
from alertcore.dispatch.matcher_text import read_matchers
from alertcore.dispatch.matchers import How, Matcher, Matchers, all_hold
from alertcore.dispatch.silence_times import holds_next
from alertcore.dispatch.silences import WARNED_MS, Recurrence, Silence, wrong_with
from alertcore.making import replace
from alertcore.records.shared import Nature

T = TypeVar("T")

NAMES = ("matchers", "starts", "ends", "at", "for", "days", "zone", "warn", "confirmed")
"""Params of an order `silence`."""
ENDS_FIRST = "a silence ends after it begins"
LONGEST = timedelta(days=366)
LONGEST_TEXT = 4000
NATURE = "nature"

_MS = timedelta(milliseconds=1)
_DAY_LETTERS = 3


class SilenceError(ValueError):
    """What is wrong with an order, each with what to do."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks for a silence, when, and of what nature. earliest: before it nothing begins; zone: holds where none is named."""

    silence_id: str
    author: str
    reason: str
    nature: Nature
    now: datetime
    earliest: datetime
    zone: str


def read_silence(asked: Asked, params: Mapping[str, str]) -> Silence:
    """The silence that is asked for. SilenceError says everything that is wrong."""
    given = {name: text.strip() for name, text in params.items() if text.strip()}
    problems = [f"{name} is not known here: {', '.join(NAMES)} are" for name in sorted(given) if name not in NAMES]
    nothing: Matchers = ()
    own = _tried(problems, lambda: _matchers(given), nothing)
    start = _tried(problems, lambda: _instant(given.get("starts"), "starts"), None)
    end = _tried(problems, lambda: _instant(given.get("ends"), "ends"), None)
    warn = _tried(problems, lambda: _duration(given["warn"], "warn") // _MS if "warn" in given else WARNED_MS, WARNED_MS)
    turns = _tried(problems, lambda: _recurrence(given, asked.zone), None)
    if len(asked.reason) > LONGEST_TEXT:
        problems.append(f"the reason is longer than {LONGEST_TEXT} characters: say it shorter")
    if "ends" not in given:
        problems.append("a silence needs an end: name one in ends, as 2026-11-22T18:00:00+01:00")
    if problems or end is None:
        raise SilenceError(problems)
    silence = Silence(
        silence_id=asked.silence_id,
        matchers=own,
        author=asked.author.strip(),
        reason=asked.reason.strip(),
        start=max(start or asked.earliest, asked.earliest),
        end=end,
        recurrence=turns,
        warn_ms=warn,
    )
    if wrong := _wrong(silence, asked.now):
        raise SilenceError(wrong)
    return replace(silence, matchers=of_nature(own, asked.nature))


def is_confirmed(params: Mapping[str, str]) -> bool:
    """Whether its author knows that duties match and are told all the same."""
    return params.get("confirmed", "").strip() == "yes"


def of_nature(matchers: Matchers, nature: Nature) -> Matchers:
    """A silence holds for what is of its order's nature. Only an order in earnest may name another: an exercise silences nothing real."""
    if nature is Nature.ACTUAL and any(m.name == NATURE for m in matchers):
        return matchers
    wanted = Matcher(NATURE, How.EQUAL, nature.value)
    return matchers if wanted in matchers else (*matchers, wanted)


def _wrong(silence: Silence, now: datetime) -> list[str]:
    """Judged without matchers of nature where these let through what is real: else everything real could be silenced."""
    about = tuple(m for m in silence.matchers if m.name != NATURE)
    real = all_hold([m for m in silence.matchers if m.name == NATURE], {NATURE: Nature.ACTUAL.value})
    found = wrong_with(replace(silence, matchers=about) if real else silence)
    if silence.end <= now:
        return [*(f for f in found if f != ENDS_FIRST), "its end is in the past: name a later one"]
    if silence.end - silence.start > LONGEST:
        found.append("it is longer than a year: end it earlier, and renew it when its end is announced")
    if not found and holds_next(silence, now) is None:
        found.append("it would never hold: none of its turns begins before its end")
    return found


def _tried(problems: list[str], read: Callable[[], T], otherwise: T) -> T:
    try:
        return read()
    except ValueError as error:
        problems.append(str(error))
        return otherwise


def _matchers(given: Mapping[str, str]) -> Matchers:
    text = given.get("matchers", "")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"the matchers are longer than {LONGEST_TEXT} characters: set several silences")
    found = read_matchers(text)
    if not found:
        raise ValueError('a silence needs a matcher: name one in matchers, as {kind="shortage"}')
    return found


def _instant(text: str | None, name: str) -> datetime | None:
    """In UTC, to the millisecond."""
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{name} {text!r} is not a time: write it like 2026-11-22T18:00:00+01:00") from error
    if at.tzinfo is None:
        raise ValueError(f"{name} {text!r} has no offset: write it like 2026-11-22T18:00:00+01:00")
    try:
        return at.astimezone(UTC).replace(microsecond=at.microsecond // 1000 * 1000)
    except OverflowError as error:
        raise ValueError(f"{name} {text!r} is too far away") from error


def _duration(text: str, name: str) -> timedelta:
    try:
        return read_duration(text)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def _recurrence(given: Mapping[str, str], zone: str) -> Recurrence | None:
    if "at" not in given and "for" not in given:
        if alone := [name for name in ("days", "zone") if name in given]:
            raise ValueError(f"{' and '.join(alone)} need at and for: these say when each turn begins and how long it lasts")
        return None
    if "at" not in given or "for" not in given:
        raise ValueError("at and for belong together: at 22:00 for 8h is every night from 22:00 to 06:00")
    return Recurrence(
        minute=minute_of_day(given["at"]),
        duration_ms=_duration(given["for"], "for") // _MS,
        weekdays=tuple(sorted({_weekday(d.strip()) for d in given.get("days", "").split(",") if d.strip()})),
        zone=given.get("zone", zone),
    )


def _weekday(text: str) -> int:
    """0 is Sunday."""
    for n, name in enumerate(WEEKDAYS):
        if text.lower() in (name, name[:_DAY_LETTERS]):
            return n
    raise ValueError(f"{text!r} is not a day: write days like mon,tue,wed")
