"""Where a silence stands at an instant, and when it holds next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alertcore.dispatch.matchers import How, Matcher
from alertcore.dispatch.silence_records import matchers_told, recurrence_told, silence_of
from alertcore.dispatch.silence_times import Phase, holds_next, phase
from alertcore.dispatch.silences import Recurrence, Silence
from alertcore.records.dispatch import Silence as SilenceRecord
from alertcore.records.dispatch import SilenceState

H = timedelta(hours=1)


def at(text: str) -> datetime:
    """An instant of 2026, UTC, as `03-02 08:00`."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


def silence(start: str, end: str, turns: Recurrence | None = None) -> Silence:
    """A silence between two instants."""
    return Silence(
        silence_id="s", matchers=(Matcher("a", How.MATCHES, "b"),), author="o", reason="r", start=at(start), end=at(end), recurrence=turns
    )


def nightly(*weekdays: int, zone: str = "Europe/Paris") -> Recurrence:
    """From 22:00 for eight hours; 0 is Sunday."""
    return Recurrence(minute=22 * 60, duration_ms=8 * 3_600_000, weekdays=weekdays, zone=zone)


PLAIN = silence("03-02 08:00", "03-03 08:00")


@pytest.mark.parametrize(
    ("now", "stands"),
    [
        ("03-02 07:59", Phase.PENDING),
        ("03-02 08:00", Phase.ACTIVE),
        ("03-03 07:59", Phase.ACTIVE),
        ("03-03 08:00", Phase.EXPIRED),
    ],
)
def test_a_silence_is_to_come_then_holds_then_is_over(now: str, stands: Phase) -> None:
    assert phase(PLAIN, at(now)) is stands


@pytest.mark.parametrize(
    ("of", "now", "expected"),
    [
        (PLAIN, "03-02 07:00", ("03-02 08:00", "03-03 08:00")),
        (PLAIN, "03-02 12:00", ("03-02 12:00", "03-03 08:00")),
        (PLAIN, "03-03 08:00", None),
        # nights in Paris, in winter an hour before UTC
        (silence("03-02 08:00", "04-30 00:00", nightly()), "03-02 09:00", ("03-02 21:00", "03-03 05:00")),
        (silence("03-02 08:00", "04-30 00:00", nightly()), "03-02 23:00", ("03-02 23:00", "03-03 05:00")),
        (silence("03-02 08:00", "04-30 00:00", nightly()), "03-03 05:00", ("03-03 21:00", "03-04 05:00")),
        # begins within a night
        (silence("03-02 23:00", "04-30 00:00", nightly()), "03-02 09:00", ("03-02 23:00", "03-03 05:00")),
        # a silence that ends cuts its last turn
        (silence("03-02 08:00", "03-03 01:00", nightly()), "03-02 09:00", ("03-02 21:00", "03-03 01:00")),
        (silence("03-02 08:00", "03-02 21:00", nightly()), "03-02 09:00", None),
        # 2026-03-02 is a Monday: the same weekday is a week away, once its turn is over
        (silence("03-02 08:00", "04-30 00:00", nightly(1)), "03-03 06:00", ("03-09 21:00", "03-10 05:00")),
        (silence("03-02 08:00", "04-30 00:00", nightly(1)), "03-09 20:00", ("03-09 21:00", "03-10 05:00")),
        (silence("03-02 08:00", "04-30 00:00", nightly(0, 6)), "03-02 08:00", ("03-07 21:00", "03-08 05:00")),
        # clocks go forward in Paris on 2026-03-29 at 01:00 UTC: the turn lasts as long as it says
        (silence("03-02 08:00", "04-30 00:00", nightly()), "03-28 20:00", ("03-28 21:00", "03-29 05:00")),
        (silence("03-02 08:00", "04-30 00:00", nightly()), "03-29 19:00", ("03-29 20:00", "03-30 04:00")),
    ],
)
def test_when_a_silence_holds_next(of: Silence, now: str, expected: tuple[str, str] | None) -> None:
    assert holds_next(of, at(now)) == (None if expected is None else (at(expected[0]), at(expected[1])))


def record(**given: object) -> SilenceRecord:
    """What the topic says of a silence."""
    s = silence("03-02 08:00", "03-03 08:00", nightly(1))
    fields = {"starts": s.start, "ends": s.end, "recurrence": recurrence_told(s.recurrence), "matchers": matchers_told(s.matchers)} | given
    return SilenceRecord(silence_id="s", version=1, state=SilenceState.ACTIVE, author="o", reason="r", at=s.start, **fields)  # type: ignore[arg-type]


def test_a_silence_comes_back_from_the_topic_as_it_was() -> None:
    assert silence_of(record()) == silence("03-02 08:00", "03-03 08:00", nightly(1))
    assert silence_of(record(recurrence=None)) == PLAIN


@pytest.mark.parametrize("given", [{"why": "no end"}, {"starts": None}, {"ends": None}])
def test_what_was_refused_is_no_silence(given: dict[str, object]) -> None:
    assert silence_of(record(**given)) is None
