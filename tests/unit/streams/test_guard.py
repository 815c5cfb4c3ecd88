"""The guard lets the next offset through, knows repeats, and sees every jump."""

from __future__ import annotations

from streams.guard import Contiguity, Verdict


def test_the_first_message_follows_what_was_decided() -> None:
    guard = Contiguity(41)
    assert guard.judge(42) is Verdict.NEXT
    assert guard.judge(43) is Verdict.NEXT


def test_a_message_decided_before_is_a_repeat_and_moves_nothing() -> None:
    guard = Contiguity(41)
    assert [guard.judge(offset) for offset in (40, 41, 42, 41, 43)] == [
        Verdict.REPEAT,
        Verdict.REPEAT,
        Verdict.NEXT,
        Verdict.REPEAT,
        Verdict.NEXT,
    ]


def test_a_jump_is_seen_at_the_first_message_and_later() -> None:
    assert Contiguity(-1).judge(1) is Verdict.JUMP
    guard = Contiguity(5)
    guard.judge(6)
    assert guard.judge(8) is Verdict.JUMP
    assert guard.last == 6
