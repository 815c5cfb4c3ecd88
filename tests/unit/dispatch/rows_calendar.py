"""Behaviours of time intervals: nights, office hours, both clock changes, the end of the month."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.unit.dispatch.world import Row


def timed(intervals: str, kind: str = "mute_time_intervals", more: str = "") -> str:
    """One route under the first, with a time interval."""
    return f"""
route:
  receiver: desk
  group_by: [kind]
  repeat_interval: 90d
  routes: [{{{kind}: [hours]{more}}}]
receivers: [{{name: desk, audience: {{kinds: [officer]}}}}]
time_intervals: [{{name: hours, time_intervals: [{intervals}]}}]
"""


def mute(times: str, more: str = "") -> str:
    """Muted at these times, Paris."""
    return timed(f"{{times: [{times}], location: Europe/Paris}}", more=more)


def span(first: str, last: str) -> str:
    """A time of the day."""
    return f"{{start_time: '{first}', end_time: '{last}'}}"


NIGHTS = mute(f"{span('22:00', '24:00')}, {span('00:00', '06:00')}")
OFFICE = timed(f"{{times: [{span('09:00', '17:00')}], weekdays: ['monday:friday'], location: Europe/Paris}}", "active_time_intervals")
FRIDAY = datetime(2026, 3, 6, 8, tzinfo=UTC)
SPRING = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 25, 0, tzinfo=UTC)
DAY = 86400

MUTED = [
    Row(says="by day nothing is muted", routing=NIGHTS, pushes="0 fire a kind=x", expected="30 desk alert a1"),
    Row(
        says="what comes at night is told in the morning",
        routing=NIGHTS,
        pushes="46800 fire a kind=x",
        expected="75600 desk alert a1",
        until=DAY,
    ),
    Row(
        says="what is looked at when the night has begun is told in the morning",
        routing=NIGHTS,
        pushes="46790 fire a kind=x",
        expected="75600 desk alert a1",
        until=DAY,
    ),
    Row(
        says="what is looked at before the night begins is told",
        routing=NIGHTS,
        pushes="46769 fire a kind=x",
        expected="46799 desk alert a1",
        until=DAY,
    ),
    Row(
        says="an end at night is told in the morning",
        routing=NIGHTS,
        pushes="0 fire a kind=x\n46800 end a",
        expected="30 desk alert a1\n75600 desk all_clear a2",
        until=DAY,
    ),
    Row(
        says="what comes and ends in one night is never told",
        routing=NIGHTS,
        pushes="46800 fire a kind=x\n50000 end a",
        expected="",
        until=DAY,
    ),
    Row(
        says="what flaps at night is told in the morning with its last state",
        routing=NIGHTS,
        pushes="46800 fire a kind=x\n50000 end a\n60000 fire a\n70000 fire b kind=x",
        expected="75600 desk digest a3,b1",
        until=DAY,
    ),
    Row(says="a duty is told at night", routing=NIGHTS, pushes="46800 fire a kind=x duty", expected="46800 desk duty a1", until=DAY),
    Row(
        says="the end of a duty is told at night",
        routing=NIGHTS,
        pushes="46800 fire a kind=x duty\n50000 end a",
        expected="46800 desk duty a1\n50000 desk all_clear a2",
        until=DAY,
    ),
    Row(
        says="nothing is repeated at night, and the beat goes on",
        routing=mute(f"{span('22:00', '24:00')}, {span('00:00', '06:00')}", ", repeat_interval: 8h"),
        pushes="0 fire a kind=x",
        expected="30 desk alert a1\n28830 desk reminder |a1\n86430 desk reminder |a1",
        until=90000,
    ),
    Row(
        says="what is silent into the night is told in the morning",
        routing=NIGHTS,
        pushes='0 silence s {kind="x"} for=14h\n46800 fire a kind=x',
        expected="75600 desk alert a1",
        until=DAY,
    ),
    Row(
        says="what is silent into the morning is told when the silence ends",
        routing=NIGHTS,
        pushes='0 silence s {kind="x"} for=22h\n46800 fire a kind=x',
        expected="79200 desk alert a1",
        until=DAY,
    ),
    Row(
        says="mute times leave other routes alone",
        routing=NIGHTS.replace("[{mute", "[{matchers: ['kind=\"x\"'], mute"),
        pushes="46800 fire a kind=x\n46800 fire b kind=y",
        expected="46830 desk alert b1\n75600 desk alert a1",
        until=DAY,
    ),
]

ACTIVE = [
    Row(says="in office hours it is told", routing=OFFICE, pushes="0 fire a kind=x", expected="30 desk alert a1"),
    Row(
        says="after hours it waits for the next day",
        routing=OFFICE,
        pushes="28800 fire a kind=x",
        expected="86400 desk alert a1",
        until=90000,
    ),
    Row(
        says="on Friday evening it waits for Monday",
        routing=OFFICE,
        start=FRIDAY,
        pushes="28800 fire a kind=x",
        expected="259200 desk alert a1",
        until=300000,
    ),
    Row(
        says="over the clocks going forward it waits an hour less",
        routing=OFFICE,
        start=datetime(2026, 3, 27, 8, tzinfo=UTC),
        pushes="28800 fire a kind=x",
        expected="255600 desk alert a1",
        until=300000,
    ),
    Row(
        says="over the clocks going back it waits an hour more",
        routing=OFFICE,
        start=datetime(2026, 10, 23, 7, tzinfo=UTC),
        pushes="28800 fire a kind=x",
        expected="262800 desk alert a1",
        until=300000,
    ),
    Row(
        says="a mute time within the active ones holds back",
        routing=OFFICE.replace("[{active", "[{mute_time_intervals: [noon], active").replace(
            "time_intervals: [{name", f"time_intervals: [{{name: noon, time_intervals: [{{times: [{span('12:00', '14:00')}]}}]}}, {{name"
        ),
        pushes="14400 fire a kind=x",
        expected="21600 desk alert a1",
        until=30000,
    ),
]

CLOCKS = [
    Row(
        says="the hour that is left out in spring mutes nothing",
        routing=mute(span("02:00", "03:00")),
        start=SPRING,
        pushes="1800 fire a kind=x",
        expected="1830 desk alert a1",
    ),
    Row(
        says="a mute time that ends in the hour left out ends at the change",
        routing=mute(span("01:00", "02:30")),
        start=SPRING,
        pushes="0 fire a kind=x",
        expected="1800 desk alert a1",
    ),
    Row(
        says="a mute time that begins in the hour left out begins at the change",
        routing=mute(span("02:30", "04:00")),
        start=SPRING,
        pushes="1790 fire a kind=x",
        expected="5400 desk alert a1",
        until=7200,
    ),
    Row(
        says="the hour that comes twice in autumn mutes twice",
        routing=mute(span("02:00", "02:30")),
        start=AUTUMN,
        pushes="0 fire a kind=x\n3600 fire b kind=y",
        expected="1800 desk alert a1\n5400 desk alert b1",
        until=7200,
    ),
    Row(
        says="between the two halves of autumn it is told",
        routing=mute(span("02:00", "02:30")),
        start=AUTUMN,
        pushes="2000 fire a kind=x",
        expected="2030 desk alert a1",
        until=7200,
    ),
    Row(
        says="a night with the clocks going back is an hour longer",
        routing=mute(span("00:00", "06:00")),
        start=datetime(2026, 10, 24, 22, 0, tzinfo=UTC),
        pushes="0 fire a kind=x",
        expected="25200 desk alert a1",
        until=30000,
    ),
    Row(
        says="a night with the clocks going forward is an hour shorter",
        routing=mute(span("00:00", "06:00")),
        start=datetime(2026, 3, 28, 23, 0, tzinfo=UTC),
        pushes="0 fire a kind=x",
        expected="18000 desk alert a1",
        until=30000,
    ),
]

MONTHS = [
    Row(
        says="the last day of February is its 28th",
        routing=timed("{days_of_month: ['-1']}"),
        start=datetime(2026, 2, 28, 12, tzinfo=UTC),
        pushes="0 fire a kind=x",
        expected="43200 desk alert a1",
        until=DAY,
    ),
    Row(
        says="the last day of February is its 29th in a leap year",
        routing=timed("{days_of_month: ['-1']}"),
        start=datetime(2028, 2, 28, 12, tzinfo=UTC),
        pushes="0 fire a kind=x\n43200 fire b kind=y",
        expected="30 desk alert a1\n129600 desk alert b1",
        until=2 * DAY,
    ),
    Row(
        says="days to the end of the month end with it",
        routing=timed("{days_of_month: ['30:-1']}"),
        start=datetime(2026, 4, 29, 12, tzinfo=UTC),
        pushes="0 fire a kind=x\n43200 fire b kind=y",
        expected="30 desk alert a1\n129600 desk alert b1",
        until=2 * DAY,
    ),
    Row(
        says="a month that is muted is told after its end",
        routing=timed("{months: ['march']}"),
        pushes="0 fire a kind=x",
        expected="2563200 desk alert a1",
        until=2600000,
    ),
    Row(
        says="a year that is past mutes nothing",
        routing=timed("{years: ['2020:2025']}"),
        pushes="0 fire a kind=x",
        expected="30 desk alert a1",
    ),
    Row(
        says="of two intervals of one name either mutes",
        routing=timed("{weekdays: [monday]}, {weekdays: [tuesday]}"),
        pushes="0 fire a kind=x",
        expected=f"{16 * 3600 + DAY} desk alert a1",
        until=2 * DAY,
    ),
]

ROWS = [*MUTED, *ACTIVE, *CLOCKS, *MONTHS]
