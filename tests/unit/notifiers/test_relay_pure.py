"""The relay's decisions: no gap, no repeat, each record holding on to the one before, days that add up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from alertcore.records.alert import AlertKind, AlertStep, PublishedAlert, Severity
from alertcore.records.hub import DeadLetter, Tick
from alertcore.records.rapid import MessageKind, RapidAlert
from alertcore.records.shared import Nature, Subject, SubjectKind, Text
from notifiers.chain import NOTHING, Chain, Place, begun_by, breaks
from notifiers.forwarding import REMEMBERED, Drafts, RelayStoppedError, Standing, read_outbox, stand
from notifiers.sealing import Issuer, Sealed, beats, heartbeat, seal
from notifiers.signing import keys_by_id, verify
from plumbing.records import OutRecord, Received
from schemas.codec import decode, encode
from tests.unit.notifiers.rapid import NOON, issuer, rapid

MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def hub(tmp_path: Path) -> Issuer:
    return issuer(tmp_path)


def outbox(record: object, offset: int = 0) -> Received:
    headers = (("ce_id", b"evt_1"), ("ce_source", b"/tocsin/cases"), ("tocsin_origin", b"cases/1/0/5/0"))
    return Received("rapidalerts.outbox", 0, offset, b"be", encode(record), headers, 0)


def drafts(hub: Issuer, now: datetime = NOON, **standings: Standing) -> Drafts:
    return Drafts({"be": Standing(Chain("be")), **standings}, hub, now)


def forward(drafts: Drafts, *records: RapidAlert) -> None:
    for record in records:
        drafts.forward(record, outbox(record))


def records(outs: list[OutRecord]) -> list[RapidAlert]:
    return [decode(out.value) for out in outs]


def published(sequence: int) -> PublishedAlert:
    text = Text(fr="x", en="x")
    return PublishedAlert(
        alert_id="alr_1",
        version=1,
        sequence=sequence,
        previous_hash=NOTHING,
        kind=AlertKind.SHORTAGE,
        severity=Severity.MODERATE,
        step=AlertStep.RELEASED,
        headline=text,
        text=text,
        instruction=text,
        subject=Subject(kind=SubjectKind.CIS, id="60000000"),
        since=NOON,
        at=NOON,
    )


def test_the_first_record_of_a_topic_is_a_heartbeat_on_nothing(hub: Issuer) -> None:
    work = drafts(hub)
    forward(work, rapid(1))
    first, second = records(work.outs)
    assert (first.message_kind, first.sequence, first.previous_hash) == (MessageKind.HEARTBEAT, 0, bytes(32))
    assert (second.sequence, second.previous_hash) == (1, sha256(work.outs[0].value or b"").digest())


def test_every_record_holds_the_hash_of_the_one_before_and_the_signature_is_over_its_bytes(hub: Issuer) -> None:
    work = drafts(hub)
    forward(work, rapid(1), rapid(2))
    work.beat("be")
    forward(work, rapid(3))
    previous = NOTHING
    for out in work.outs:
        value, headers = out.value or b"", dict(out.headers)
        assert decode(value).previous_hash == previous
        signed = verify(headers["tocsin_jws"].decode(), value, keys_by_id(hub.keys.jwks()))
        assert (signed.authority, signed.sequence, signed.kid) == ("be", decode(value).sequence, headers["tocsin_kid"].decode())
        previous = sha256(value).digest()
    assert [record.sequence for record in records(work.outs)] == [0, 1, 2, 2, 3]


def test_a_repeat_is_skipped(hub: Issuer) -> None:
    work = drafts(hub)
    forward(work, rapid(1), rapid(2), rapid(1), rapid(2))
    assert (work.forwarded, work.repeats) == (2, 2)
    assert len(work.outs) == 3


def test_another_record_under_a_taken_number_stops_the_relay(hub: Issuer) -> None:
    work = drafts(hub)
    forward(work, rapid(1))
    with pytest.raises(RelayStoppedError, match="another record under sequence 1"):
        forward(work, rapid(1, details="something else"))


def test_a_gap_stops_the_relay_and_what_came_before_it_stands(hub: Issuer) -> None:
    work = drafts(hub)
    with pytest.raises(RelayStoppedError, match="sequence 3 for be where 2 was due"):
        forward(work, rapid(1), rapid(3))
    assert [record.sequence for record in records(work.outs)] == [0, 1]


def test_places(hub: Issuer) -> None:
    chain = Chain("be", sequence=5)
    assert [chain.place(n) for n in (4, 5, 6, 7)] == [Place.REPEAT, Place.REPEAT, Place.NEXT, Place.GAP]


def test_a_heartbeat_tells_count_and_running_hash_of_what_is_none(hub: Issuer) -> None:
    work = drafts(hub)
    forward(work, rapid(1))
    work.beat("be")
    forward(work, rapid(2))
    work.beat("be")
    running = NOTHING
    for out in (work.outs[1], work.outs[3]):
        running = sha256(running + (out.value or b"")).digest()
    last = records(work.outs)[-1].day
    assert last is not None
    assert (last.date, last.count, last.running_hash) == (NOON.date(), 2, running)


def test_the_last_heartbeat_of_a_day_is_its_digest_and_the_new_day_begins_at_zero(hub: Issuer) -> None:
    work = drafts(hub)
    forward(work, rapid(1))
    later = Drafts(work.standings, hub, MIDNIGHT)
    later.forward(rapid(2), outbox(rapid(2)))
    closing, opening, second = records(later.outs)
    assert closing.day is not None
    assert opening.day is not None
    assert (closing.day.date, closing.day.count) == (NOON.date(), 1)
    assert (opening.day.date, opening.day.count, opening.day.running_hash) == (MIDNIGHT.date(), 0, NOTHING)
    assert second.sequence == 2


def test_a_clock_that_goes_back_does_not_take_the_day_back(hub: Issuer) -> None:
    work = drafts(hub, MIDNIGHT)
    work.beat("be")
    back = Drafts(work.standings, hub, NOON)
    back.beat("be")
    [record] = records(back.outs)
    assert record.day is not None
    assert record.day.date == MIDNIGHT.date()


def test_alerts_published_is_numbered_and_signed_likewise_and_has_no_heartbeats(hub: Issuer) -> None:
    work = drafts(hub, public=Standing(Chain("public")))
    for n in (1, 2, 2):
        work.forward(published(n), outbox(published(n)))
    assert [out.topic for out in work.outs] == ["alerts.published"] * 2
    first, second = work.outs
    assert decode(second.value).previous_hash == sha256(first.value or b"").digest()
    assert verify(dict(first.headers)["tocsin_jws"].decode(), first.value or b"", keys_by_id(hub.keys.jwks())).authority == "public"


def test_headers_are_cloudevents_and_nothing_internal_leaks(hub: Issuer) -> None:
    work = drafts(hub)
    exercise = replace(rapid(1), nature=Nature.EXERCISE)
    forward(work, exercise)
    headers = dict(work.outs[-1].headers)
    assert headers["ce_id"] == b"evt_1"
    assert headers["tocsin_nature"] == b"exercise"
    assert headers["ce_subject"] == b"alr_be1"
    assert headers["ce_type"] == b"tocsin.v1.RapidAlert"
    assert "tocsin_origin" not in headers
    assert work.outs[-1].key == b"alr_be1"
    assert work.outs[0].key == b"be"


def test_heartbeats_have_ids_of_their_own(hub: Issuer) -> None:
    work = drafts(hub)
    work.beat("be")
    work.beat("be")
    assert len({dict(out.headers)["ce_id"] for out in work.outs}) == 2


@pytest.mark.parametrize("value", [b"", b"\x00", b"junk", encode(Tick(at=NOON))])
def test_what_cannot_be_forwarded_is_seen(value: bytes) -> None:
    assert read_outbox(Received("rapidalerts.outbox", 0, 0, b"be", value, (), 0)) is None


def test_a_heartbeat_from_elsewhere_is_not_forwarded(hub: Issuer) -> None:
    assert read_outbox(outbox(heartbeat(Chain("be"), hub, NOON))) is None


def test_what_cannot_be_forwarded_becomes_a_dead_letter_with_all_its_bytes(hub: Issuer) -> None:
    work = drafts(hub)
    work.bury(Received("rapidalerts.outbox", 3, 9, None, b"junk", (), 0))
    [out] = work.outs
    letter = decode(out.value)
    assert out.topic == "dead-letters"
    assert isinstance(letter, DeadLetter)
    assert (letter.value, letter.origin.partition, letter.origin.offset, letter.role) == (b"junk", 3, 9, "relay")


def written(work: Drafts) -> list[tuple[RapidAlert, bytes]]:
    return [(decode(out.value), out.value or b"") for out in work.outs]


def test_a_topic_read_from_its_start_tells_where_it_stands(hub: Issuer) -> None:
    work = drafts(hub)
    forward(work, rapid(1), rapid(2))
    work.beat("be")
    forward(work, rapid(3))
    standing = stand("be", written(work), from_start=True)
    assert standing == work.standings["be"]


@pytest.mark.parametrize("skipped", [1, 2, 3])
def test_a_topic_read_from_its_middle_tells_the_same_where_a_heartbeat_is_in_it(hub: Issuer, skipped: int) -> None:
    work = drafts(hub)
    forward(work, rapid(1), rapid(2))
    work.beat("be")
    forward(work, rapid(3))
    standing = stand("be", written(work)[skipped:])
    assert standing is not None
    assert standing.chain == work.standings["be"].chain


def test_without_a_heartbeat_more_must_be_read(hub: Issuer) -> None:
    work = drafts(hub)
    forward(work, rapid(1), rapid(2))
    assert stand("be", written(work)[1:]) is None
    assert stand("be", []) is None


def test_an_empty_topic_begins_at_nothing(hub: Issuer) -> None:
    assert stand("be", [], from_start=True) == Standing(Chain("be"))


def test_of_what_is_public_the_last_records_tell_all(hub: Issuer) -> None:
    work = drafts(hub, public=Standing(Chain("public")))
    for n in (1, 2, 3):
        work.forward(published(n), outbox(published(n)))
    standing = stand("public", [(decode(out.value), out.value or b"") for out in work.outs[1:]])
    assert standing is not None
    assert (standing.chain.sequence, standing.chain.previous_hash) == (3, sha256(work.outs[-1].value or b"").digest())


def test_a_broken_topic_is_never_continued(hub: Issuer) -> None:
    work = drafts(hub)
    forward(work, rapid(1), rapid(2), rapid(3))
    kept = written(work)
    with pytest.raises(RelayStoppedError, match="broken at sequence 3"):
        stand("be", [*kept[:2], kept[3]], from_start=True)


def test_a_crash_after_the_days_first_heartbeat_leaves_the_days_count_right(hub: Issuer) -> None:
    work = drafts(hub)
    forward(work, rapid(1))
    turned = Drafts(work.standings, hub, MIDNIGHT)
    turned.beat("be")
    turned.forward(rapid(2), outbox(rapid(2)))
    restored = stand("be", [*written(work), *written(turned)], from_start=True)
    assert restored is not None
    again = Drafts({"be": restored}, hub, MIDNIGHT + timedelta(minutes=1))
    again.beat("be")
    [last] = records(again.outs)
    assert last.day is not None
    assert (last.day.date, last.day.count) == (MIDNIGHT.date(), 1)


def chained(hub: Issuer) -> tuple[Chain, list[Sealed]]:
    [first] = beats(Chain("be"), hub, NOON)
    second = seal(first.chain, rapid(1), hub, NOON)
    [third] = beats(second.chain, hub, NOON)
    return third.chain, [first, second, third]


def test_breaks_are_named(hub: Issuer) -> None:
    _, [first, second, third] = chained(hub)
    beat = decode(third.out.value)
    assert breaks(second.chain, beat) == []
    assert "where 1 was due" in breaks(second.chain, replace(beat, sequence=2))[0]
    assert "hash of the record before" in breaks(first.chain, beat)[1]
    miscounted = replace(beat, day=replace(beat.day, count=9))
    assert "count" in breaks(second.chain, miscounted)[0]
    yesterday = replace(beat, day=replace(beat.day, date=NOON.date() - timedelta(days=1)))
    assert "count" in breaks(second.chain, yesterday)[0]


def test_a_heartbeat_of_an_earlier_day_is_a_break_even_where_it_counts_nothing(hub: Issuer) -> None:
    [first] = beats(Chain("be"), hub, MIDNIGHT)
    [yesterday] = beats(replace(first.chain, day=None), hub, NOON)
    assert breaks(first.chain, decode(yesterday.out.value)) == ["the day's count or running hash does not fit what was received"]


def test_what_is_remembered_to_tell_repeats_is_bounded(hub: Issuer) -> None:
    standing = Standing(Chain("be"), dict.fromkeys(range(1, REMEMBERED + 1), b""))
    later = standing.after(rapid(REMEMBERED + 1), standing.chain)
    assert (len(later.recent), min(later.recent), max(later.recent)) == (REMEMBERED, 2, REMEMBERED + 1)


def test_who_begins_in_the_middle_believes_the_first_record_and_holds_the_next_to_it(hub: Issuer) -> None:
    _, [first, second, third] = chained(hub)
    chain = begun_by(decode(second.out.value), second.out.value or b"")
    assert breaks(chain, decode(third.out.value)) == []
    assert breaks(chain, decode(first.out.value))
