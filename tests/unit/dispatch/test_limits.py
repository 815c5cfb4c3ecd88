"""Limits to one person: deferred and merged, never dropped; what is urgent is exempt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from alertcore.dispatch.limits import Act, Limit, Sending, SentTo, Waiting, decide
from alertcore.records.notice import Channel, Lane

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
TWO = (Limit(channel=Channel.SMS, n=2, per_ms=3_600_000),)


def wait(*names: str, lane: Lane = Lane.NORMAL, limits: tuple[Limit, ...] = TWO, duty: bool = False) -> tuple[Waiting, ...]:
    """Notices that wait, each a second older than the next."""
    return tuple(
        Waiting(notice_id=n, channel=Channel.SMS, lane=lane, since=AT - timedelta(seconds=60 - i), limits=limits, duty=duty)
        for i, n in enumerate(names)
    )


def acts(found: tuple[Sending, ...]) -> list[tuple[str, str]]:
    """Act and notices."""
    return [(s.act.value, "+".join(s.notices)) for s in found]


def sent(*ago: timedelta) -> SentTo:
    """What was sent so long ago."""
    return SentTo(sent={"sms": tuple(AT - a for a in ago)})


def test_while_there_is_room_each_goes_alone() -> None:
    found, person = decide(SentTo(), wait("a", "b"), AT)
    assert acts(found) == [("send", "a"), ("send", "b")]
    assert person.sent == {"sms": (AT, AT)}


def test_the_last_place_takes_the_rest_as_one_that_says_so() -> None:
    found, person = decide(SentTo(), wait("a", "b", "c"), AT)
    assert acts(found) == [("send", "a"), ("merge", "b+c")]
    assert found[1].why == "2 messages in one: at most 2 a 1:00:00 by sms"
    assert person.sent == {"sms": (AT, AT)}


def test_without_room_they_wait_for_the_first_place() -> None:
    found, person = decide(sent(HOUR / 2, HOUR / 4), wait("a", "b"), AT)
    assert acts(found) == [("defer", "a+b")]
    assert found[0].until == AT + HOUR / 2
    assert person == sent(HOUR / 2, HOUR / 4)


def test_a_place_is_free_exactly_when_the_span_is_over() -> None:
    late = timedelta(microseconds=1)
    assert acts(decide(sent(HOUR, HOUR / 4), wait("a"), AT)[0]) == [("send", "a")]
    assert acts(decide(sent(HOUR - late, HOUR / 4), wait("a"), AT)[0]) == [("defer", "a")]


def test_what_waited_goes_as_one_when_there_is_a_place() -> None:
    found, _ = decide(sent(HOUR / 4), wait("a", "b", "c"), AT)
    assert acts(found) == [("merge", "a+b+c")]


def test_urgent_and_duty_go_at_once_and_take_no_place() -> None:
    waiting = (*wait("u", lane=Lane.URGENT), *wait("d", duty=True), *wait("a"))
    found, person = decide(sent(HOUR / 2, HOUR / 4), waiting, AT)
    assert acts(found) == [("send", "d"), ("send", "u"), ("defer", "a")]
    assert person == sent(HOUR / 2, HOUR / 4)


def test_bulk_gives_way_to_normal() -> None:
    found, _ = decide(SentTo(), (*wait("x", "y", lane=Lane.BULK), *wait("a")), AT)
    assert acts(found) == [("send", "a"), ("merge", "x+y")]


def test_of_two_limits_both_hold() -> None:
    limits = (*TWO, Limit(channel=Channel.SMS, n=3, per_ms=86_400_000))
    found, _ = decide(sent(3 * HOUR, 4 * HOUR, 5 * HOUR), wait("a", limits=limits), AT)
    assert acts(found) == [("defer", "a")]
    assert found[0].until == AT + 19 * HOUR


def test_without_a_limit_all_go() -> None:
    found, person = decide(SentTo(), wait("a", "b", "c", limits=()), AT)
    assert acts(found) == [("send", "a"), ("send", "b"), ("send", "c")]
    assert person == SentTo()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1800), st.sampled_from(list(Lane)[1:]), st.booleans()), max_size=30), st.integers(1, 3))
def test_nothing_is_ever_dropped_told_twice_or_over_the_limit(pushes: list[tuple[int, Lane, bool]], n: int) -> None:
    limits, person, at = (Limit(channel=Channel.SMS, n=n, per_ms=3_600_000),), SentTo(), AT
    waiting: tuple[Waiting, ...] = ()
    told: list[str] = []
    counted: list[datetime] = []
    for i, (gap, lane, duty) in enumerate(pushes):
        at += timedelta(seconds=gap)
        waiting += (Waiting(notice_id=str(i), channel=Channel.SMS, lane=lane, since=at, duty=duty, limits=limits),)
        exempt = {w.notice_id for w in waiting if w.exempt}
        found, person = decide(person, waiting, at)
        assert sorted(x for s in found for x in s.notices) == sorted(w.notice_id for w in waiting)
        gone = [s for s in found if s.act is not Act.DEFER]
        told += [x for s in gone for x in s.notices]
        counted += [at for s in gone if not set(s.notices) <= exempt]
        waiting = tuple(w for w in waiting if w.notice_id not in told)
        assert not [w for w in waiting if w.exempt]
        assert all(s.until is not None and s.until > at for s in found if s.act is Act.DEFER)
        assert sum(t > at - HOUR for t in counted) <= n
    found, _ = decide(person, waiting, at + HOUR)
    assert not [s for s in found if s.act is Act.DEFER]
    assert len(told) == len(set(told))
