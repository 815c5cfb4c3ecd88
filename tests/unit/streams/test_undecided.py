"""How many undecidable messages are borne, and what is told about each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alertcore.records.alert import Signal
from alertcore.records.hub import DeadLetter, Entry
from alertcore.stage import Decision, Emit, Message, View
from schemas.codec import decode
from streams.local import LocalShell
from streams.undecided import BORNE, TooManyUndecided, UndecidedWindow
from tests.toy_stage import EPOCH, ToyStage, entry


def test_twenty_of_a_thousand_are_borne_and_one_more_is_not() -> None:
    window = UndecidedWindow()
    for _ in range(BORNE):
        window.undecided()
        for _ in range(10):
            window.decided()
    with pytest.raises(TooManyUndecided):
        window.undecided()


def test_those_more_than_a_thousand_messages_ago_do_not_count() -> None:
    window = UndecidedWindow()
    for _ in range(200):
        window.undecided()
        for _ in range(49):
            window.decided()


def test_the_batch_that_is_too_much_leaves_everything_as_it_was() -> None:
    shell = LocalShell(ToyStage(), durable=True)
    shell.feed_batch(0, [(entry("count", "k"), ""), (entry("raise", "x"), "")])
    with pytest.raises(TooManyUndecided):
        shell.feed_batch(0, [(entry("count", "k"), "")] + [(entry("raise", "x"), "") for _ in range(BORNE)])
    assert shell.head().offset == 1
    assert shell.view().get("n/k") == "1"
    shell.feed(0, entry("count", "k"))
    assert shell.view().get("n/k") == "2"


def test_signals_of_one_partition_are_versions_of_one() -> None:
    shell = LocalShell(ToyStage())
    outs = shell.feed_batch(0, [(entry("raise", "x"), ""), (entry("raise", "y", EPOCH + timedelta(hours=1)), "")])
    found = [one.value for one in outs if isinstance(one.value, Signal)]
    assert [one.version for one in found] == [1, 2]
    assert len({one.signal_id for one in found}) == 1
    assert found[1].because == ("evt_raise_y",)


def test_a_signal_about_an_undecided_message_that_cannot_be_decided_is_only_set_aside() -> None:
    shell = LocalShell(ToyStage())
    (letter, about) = shell.feed(0, entry("raise", "x"))
    assert isinstance(letter.value, DeadLetter)
    assert isinstance(about.entry, Entry)
    outs = shell.feed(0, about.entry)  # the toy stage cannot read a signal
    assert [type(one.value) for one in outs] == [DeadLetter]
    assert decode(outs[0].value.value) == about.entry


class TickingBadly:
    """Asks for a tick at once, and cannot decide it."""

    name = "toy"

    def decide(self, view: View, message: Message) -> Decision:
        if message.kind == "tick":
            raise RuntimeError("no tick")
        return Decision(due=message.at)

    def dump(self, key: str, value: object) -> bytes:
        return b""

    def load(self, key: str, raw: bytes) -> object:
        return None


def test_a_tick_that_cannot_be_decided_is_due_again_a_minute_later() -> None:
    shell = LocalShell(TickingBadly())
    shell.feed(0, entry("count", "k"))
    shell.advance(EPOCH)
    assert shell.head().due == EPOCH + timedelta(minutes=1)


class TooLarge(ToyStage):
    """Emits what no topic takes."""

    def decide(self, view: View, message: Message) -> Decision:
        return Decision(emits=(Emit("toy.out", "k", entry("x" * 9_000_000, "k")),), changes={"a": "b"})


def test_an_emit_no_topic_takes_sets_its_message_aside() -> None:
    shell = LocalShell(TooLarge())
    outs = shell.feed(0, entry("count", "k"))
    assert [type(one.value) for one in outs] == [DeadLetter, Signal]
    assert shell.view().get("a") is None
