"""A subscriber's verdicts: signed and next, or what is wrong with it."""

from dataclasses import replace
from pathlib import Path

import pytest

from alertcore.records.rapid import AckLevel
from notifiers.chain import Chain
from notifiers.forwarding import Drafts, Standing
from notifiers.sealing import Issuer, seal
from notifiers.signing import keys_by_id
from notifiers.verifying import Checked, Follower, acknowledgement
from plumbing.records import Received
from schemas.codec import decode, encode
from tests.unit.notifiers.rapid import NOON, issuer, rapid
from tocsin.subscribe import line


@pytest.fixture
def hub(tmp_path: Path) -> Issuer:
    return issuer(tmp_path)


@pytest.fixture
def topic(hub: Issuer) -> list[Received]:
    """heartbeat 0, record 1, record 2, heartbeat 2, record 3."""
    work = Drafts({"be": Standing(Chain("be"))}, hub, NOON)
    for n in (1, 2, 3):
        if n == 3:
            work.beat("be")
        work.forward(rapid(n), Received("rapidalerts.outbox", 0, n, b"be", b"", (), 0))
    return [Received(out.topic, 0, at, out.key, out.value, out.headers, 0) for at, out in enumerate(work.outs)]


def follow(hub: Issuer, records: list[Received], authority: str = "be", *, from_start: bool = True) -> list[Checked]:
    follower = Follower(authority, keys_by_id(hub.keys.jwks()), from_start=from_start)
    return [follower.check(one) for one in records]


def verdicts(checked: list[Checked]) -> list[tuple[bool, bool]]:
    return [(one.verified, one.gap) for one in checked]


def flipped(received: Received, at: int = -5) -> Received:
    value = bytearray(received.value or b"")
    value[at] ^= 1
    return received._replace(value=bytes(value))


def test_a_whole_topic_is_good(hub: Issuer, topic: list[Received]) -> None:
    assert all(one.good and one.problems == () and one.kid == "ansm-2026q4" for one in follow(hub, topic))


def test_a_record_left_out_is_a_gap_at_the_next_one_and_only_there(hub: Issuer, topic: list[Received]) -> None:
    checked = follow(hub, [*topic[:2], *topic[3:]])
    assert verdicts(checked) == [(True, False), (True, False), (True, True), (True, False)]
    assert "sequence" in checked[2].problems[0]


def test_a_heartbeat_left_out_is_a_gap_too(hub: Issuer, topic: list[Received]) -> None:
    assert verdicts(follow(hub, [*topic[:3], topic[4]]))[-1] == (True, True)


def test_a_record_that_comes_twice_is_found(hub: Issuer, topic: list[Received]) -> None:
    assert verdicts(follow(hub, [*topic[:2], topic[1]]))[-1] == (True, True)


def test_a_flipped_byte_is_a_bad_signature_and_a_gap_at_the_next(hub: Issuer, topic: list[Received]) -> None:
    checked = follow(hub, [topic[0], flipped(topic[1]), topic[2]])
    assert verdicts(checked)[1][0] is False
    assert verdicts(checked)[2] == (True, True)


def test_bytes_that_are_no_record_are_told_without_a_traceback(hub: Issuer, topic: list[Received]) -> None:
    [checked] = follow(hub, [topic[0]._replace(value=b"junk")])
    assert (checked.record, checked.verified, checked.gap) == (None, False, True)
    assert line(checked)["sequence"] is None


def test_a_record_without_a_signature_is_not_verified(hub: Issuer, topic: list[Received]) -> None:
    [checked] = follow(hub, [topic[0]._replace(headers=())])
    assert (checked.verified, checked.gap) == (False, False)


def test_anothers_good_record_is_not_ours(hub: Issuer, topic: list[Received]) -> None:
    [checked] = follow(hub, topic[:1], authority="de")
    assert not checked.verified
    assert "signed for be" in checked.problems[0]


@pytest.mark.parametrize(
    ("authority", "sequence", "problem"),
    [("de", 1, "signed for de, not for be"), ("be", 2, "signed as number 2, but says 1"), ("be", 1, None)],
)
def test_what_is_signed_must_be_what_the_record_says(
    hub: Issuer, topic: list[Received], authority: str, sequence: int, problem: str | None
) -> None:
    token = hub.keys.sign(topic[1].value or b"", authority, sequence, NOON.date())
    resigned = topic[1]._replace(headers=(("tocsin_jws", token.encode()),))
    checked = follow(hub, [topic[0], resigned])[1]
    assert checked.problems == ((problem,) if problem else ())


def test_a_record_for_another_under_our_name_is_not_ours(hub: Issuer) -> None:
    value = encode(rapid(1, "de"))
    token = hub.keys.sign(value, "be", 1, NOON.date())
    [checked] = follow(hub, [Received("rapidalerts.be", 0, 0, b"k", value, (("tocsin_jws", token.encode()),), 0)])
    assert not checked.verified


def test_a_good_signature_over_an_older_record_does_not_help(hub: Issuer, topic: list[Received]) -> None:
    swapped = topic[2]._replace(headers=topic[1].headers)
    assert verdicts(follow(hub, [*topic[:2], swapped]))[-1][0] is False


def test_who_begins_in_the_middle_finds_what_breaks_after(hub: Issuer, topic: list[Received]) -> None:
    assert all(one.good for one in follow(hub, topic[2:], from_start=False))
    assert verdicts(follow(hub, [topic[1], topic[3]], from_start=False)) == [(True, False), (True, True)]
    assert verdicts(follow(hub, topic[2:], from_start=True))[0] == (True, True)


def test_an_unknown_key_asks_for_the_keys_to_be_read_again(hub: Issuer, topic: list[Received]) -> None:
    keys: dict[str, object] = {}
    follower = Follower("be", keys, from_start=True)  # type: ignore[arg-type]
    assert not follower.knows_key_of(topic[0])
    keys |= keys_by_id(hub.keys.jwks())
    assert follower.knows_key_of(topic[0])
    assert follower.check(topic[0]).good


def test_an_acknowledgement_names_what_it_answers_and_is_the_same_each_time(hub: Issuer, topic: list[Received]) -> None:
    checked = follow(hub, topic)[1]
    out = acknowledgement(checked, AckLevel.RECEIVED, NOON, "duty officer")
    again = acknowledgement(checked, AckLevel.RECEIVED, NOON.replace(hour=13), "duty officer")
    assert out is not None
    assert again is not None
    ack = decode(out.value)
    assert (out.topic, out.key) == ("rapidalerts.be.acks", b"alr_be1")
    assert (ack.authority, ack.alert_id, ack.version, ack.sequence, ack.level) == ("be", "alr_be1", 1, 1, AckLevel.RECEIVED)
    assert dict(out.headers)["ce_id"] == dict(again.headers)["ce_id"]
    read = acknowledgement(checked, AckLevel.READ, NOON, "duty officer")
    assert read is not None
    assert dict(read.headers)["ce_id"] != dict(out.headers)["ce_id"]


def test_heartbeats_are_not_acknowledged(hub: Issuer, topic: list[Received]) -> None:
    assert acknowledgement(follow(hub, topic)[0], AckLevel.RECEIVED, NOON, "x") is None


def test_a_line_says_the_verdict_and_what_a_program_needs(hub: Issuer, topic: list[Received]) -> None:
    shown = line(follow(hub, topic)[1], acknowledged=True)
    assert {name: shown[name] for name in ("sequence", "verified", "gap", "message_kind", "reference", "alert_id", "acknowledged")} == {
        "sequence": 1,
        "verified": True,
        "gap": False,
        "message_kind": "quality_defect",
        "reference": "FR/I/01/01",
        "alert_id": "alr_be1",
        "acknowledged": "received",
    }


def test_a_changed_day_is_found_though_it_is_signed(hub: Issuer, topic: list[Received]) -> None:
    beat = decode(topic[3].value)
    chain = Chain("be", sequence=2, previous_hash=beat.previous_hash)
    lying = seal(chain, replace(beat, day=replace(beat.day, count=1)), hub, NOON).out
    checked = follow(hub, [*topic[:3], Received(lying.topic, 0, 3, lying.key, lying.value, lying.headers, 0)])
    assert verdicts(checked)[-1] == (True, True)
