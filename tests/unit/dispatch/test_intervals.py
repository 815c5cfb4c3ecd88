"""Time intervals and turns of silences, against a scan of every minute, wherever on earth and whenever the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from alertcore.dispatch.intervals import HORIZON, Interval, Range, instant_of, quiet, speaks_again, zone_of
from alertcore.dispatch.matcher_text import read_matchers
from alertcore.dispatch.silence_times import holds_next
from alertcore.dispatch.silences import Recurrence, Silence, silent_until

MINUTE = timedelta(minutes=1)
ZONES = (
    "Europe/Paris",
    "America/Martinique",
    "America/Cayenne",
    "Pacific/Tahiti",
    "Indian/Reunion",
    "Pacific/Noumea",
    "Pacific/Kiritimati",
    "UTC",
)
starts = st.integers(0, 46).map(lambda half: half * 30)
ranges = st.builds(lambda begin, long: Range(begin, min(begin + long, 1440)), starts, st.sampled_from([30, 180, 600, 1440]))
intervals = st.builds(Interval, times=st.tuples(ranges), zone=st.sampled_from(ZONES))
DAYS = (datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC), datetime(2026, 6, 10, tzinfo=UTC))


def scanned(mute: list[Interval], active: list[Interval] | None, at: datetime) -> datetime | None:
    """The first minute of the next two days at which something may be told."""
    minutes = (at + n * MINUTE for n in range(1, 2 * 1440))
    return next((m for m in minutes if not quiet(mute, active, m)), None)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(intervals, min_size=1, max_size=2),
    st.none() | st.lists(intervals, max_size=2),
    st.sampled_from(DAYS),
    st.integers(0, 2 * 1440).map(lambda minutes: minutes * MINUTE),
)
def test_speech_returns_at_the_first_minute_a_scan_finds(
    mute: list[Interval], active: list[Interval] | None, day: datetime, later: timedelta
) -> None:
    assume(quiet(mute, active, day + later))
    found = scanned(mute, active, day + later)
    told = speaks_again(mute, active, day + later)
    assert told == found if found is not None else told >= day + later + timedelta(days=2) - MINUTE


def test_an_evening_west_of_greenwich_ends_on_its_own_clock() -> None:
    evening = [Interval(times=(Range(18 * 60, 21 * 60),), zone="America/Martinique")]
    for hour in (22, 23, 24):  # 18:00, 19:00 and 20:00 there
        assert speaks_again(evening, None, datetime(2026, 6, 10, tzinfo=UTC) + timedelta(hours=hour)) == datetime(
            2026, 6, 11, 1, tzinfo=UTC
        )


def test_what_never_speaks_is_asked_again_at_the_horizon() -> None:
    at = datetime(2026, 6, 10, 12, tzinfo=UTC)
    assert speaks_again([Interval()], None, at) == at + HORIZON


@pytest.mark.parametrize(
    ("day", "minute", "at"),
    [
        (date(2026, 3, 29), 119, datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        (date(2026, 3, 29), 120, datetime(2026, 3, 29, 1, tzinfo=UTC)),
        (date(2026, 3, 29), 150, datetime(2026, 3, 29, 1, tzinfo=UTC)),
        (date(2026, 3, 29), 180, datetime(2026, 3, 29, 1, tzinfo=UTC)),
        (date(2026, 3, 29), 181, datetime(2026, 3, 29, 1, 1, tzinfo=UTC)),
        (date(2026, 10, 25), 150, datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (date(2026, 10, 25), 180, datetime(2026, 10, 25, 2, tzinfo=UTC)),
    ],
)
def test_a_minute_left_out_is_the_change_and_one_that_comes_twice_the_first(day: date, minute: int, at: datetime) -> None:
    assert instant_of(zone_of("Europe/Paris"), day, minute) == at


def test_a_recurring_silence_that_begins_in_the_hour_left_out_begins_at_the_change() -> None:
    turns = Recurrence(weekdays=(), minute=150, duration_ms=3_600_000, zone="Europe/Paris")
    start, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    matchers = read_matchers("a=b")
    silence = Silence(silence_id="s", matchers=matchers, author="o", reason="known", start=start, end=end, recurrence=turns)
    change = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert silent_until(silence, change - MINUTE) is None
    assert silent_until(silence, change) == change + timedelta(hours=1)
    assert holds_next(silence, change - MINUTE) == (change, change + timedelta(hours=1))
    scan = [m for m in (change + n * MINUTE for n in range(-120, 180)) if silent_until(silence, m) is not None]
    assert (scan[0], len(scan)) == (change, 60)
