"""What every shell promises its stage, as one class of tests that runs over the local shell and over the one on Kafka."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple, Protocol

from alertcore.records.hub import Command, DeadLetter, EmitOrigin, Entry
from schemas.codec import decode
from tests.toy_stage import EPOCH, entry


class Told(NamedTuple):
    """One emit as it came out, in the order it came out of its topic."""

    topic: str
    key: bytes
    value: bytes
    headers: dict[str, bytes]

    @property
    def id(self) -> str:
        """Event id of the emit."""
        return self.headers["ce_id"].decode() if "ce_id" in self.headers else decode(self.value).event_id


class Shell(Protocol):
    """A shell with the toy stage on two partitions, ready to be fed."""

    async def feed(self, partition: int, *entries: Entry) -> None:
        """Appends entries to the log."""
        ...

    async def feed_raw(self, partition: int, value: bytes) -> None:
        """Appends bytes to the log."""
        ...

    async def told(self, number: int, topic: str = "toy.out", *, repeats: bool = False) -> list[Told]:
        """All emits to a topic, once there are at least `number` different ones (`repeats`: one told again counts too)."""
        ...

    async def pass_time(self) -> None:
        """Lets the wall clock (`time = wall`) or a quiet spell (`time = data`) come."""
        ...

    async def restart(self) -> None:
        """Kills the shell, and starts it again."""
        ...


def count(told: list[Told], repeats: bool) -> int:
    """How many were told: different ones, or all."""
    return len(told) if repeats else len({one.id for one in told})


def texts(told: list[Told]) -> list[str]:
    """What the toy stage said, each said once: repeats have the same id and the same bytes."""
    once: dict[str, Told] = {}
    for one in told:
        assert once.setdefault(one.id, one) == one, "a repeat differs from what was told first"
    return [_command(one).command_id for one in once.values()]


def _command(one: Told) -> Command:
    found = decode(one.value)
    assert isinstance(found, Command)
    return found


class ShellContract:
    """`shell` keeps wall time, `data_shell` the data's time: fixtures of the subclass."""

    async def test_decides_in_log_order_and_each_message_once(self, shell: Shell) -> None:
        await shell.feed(0, *(entry("count", f"k{i % 3}") for i in range(30)))
        assert texts(await shell.told(30)) == [f"k{i % 3}:{i // 3 + 1}:0:{i}" for i in range(30)]

    async def test_a_message_sees_what_the_one_before_it_in_the_batch_changed(self, shell: Shell) -> None:
        await shell.feed(
            0, entry("count", "b"), entry("count", "a"), entry("count", "a"), entry("list", ""), entry("forget", "a"), entry("list", "")
        )
        assert texts(await shell.told(5))[-2:] == ["n/a=2 n/b=1", "n/b=1"]

    async def test_partitions_have_states_of_their_own(self, shell: Shell) -> None:
        await shell.feed(0, entry("count", "k"))
        await shell.feed(1, entry("count", "k"))
        assert sorted(texts(await shell.told(2))) == ["k:1:0:0", "k:1:1:0"]

    async def test_state_and_emits_survive_a_crash_to_the_byte(self, shell: Shell) -> None:
        await shell.feed(0, *(entry("count", "k") for _ in range(5)))
        before = await shell.told(5)
        await shell.restart()
        await shell.feed(0, entry("count", "k"), entry("list", ""))
        after = await shell.told(7)
        assert texts(after) == [*(f"k:{i + 1}:0:{i}" for i in range(6)), "n/k=6"]
        assert after[:5] == before[:5]

    async def test_what_was_emitted_last_is_told_again_after_a_crash(self, shell: Shell) -> None:
        await shell.feed(0, entry("count", "k"))
        (first,) = await shell.told(1)
        await shell.restart()
        assert await shell.told(2, repeats=True) == [first, first]

    async def test_emits_larger_than_a_part_of_the_journal_survive(self, shell: Shell) -> None:
        await shell.feed(0, entry("large", "k", emits="5", bytes="300000"))
        before = await shell.told(5)
        await shell.restart()
        assert (await shell.told(10, repeats=True))[5:10] == before

    async def test_a_repeated_origin_never_reaches_the_stage(self, shell: Shell) -> None:
        def of(offset: int, n: int) -> EmitOrigin:
            return EmitOrigin(stage="before", generation=1, partition=3, offset=offset, n=n)

        origins = [of(1, 0), of(1, 1), of(1, 0), of(1, 1), of(2, 0), of(1, 9)]
        await shell.feed(0, *(entry("count", "k", origin=one) for one in origins), entry("count", "other"))
        assert texts(await shell.told(4)) == ["k:1:0:0", "k:2:0:1", "k:3:0:4", "other:1:0:6"]
        await shell.restart()
        await shell.feed(0, entry("count", "k", origin=of(2, 0)), entry("count", "k", origin=of(2, 1)))
        assert texts(await shell.told(5))[-1] == "k:4:0:8"

    async def test_origins_of_other_sources_do_not_count(self, shell: Shell) -> None:
        def of(generation: int, partition: int) -> EmitOrigin:
            return EmitOrigin(stage="before", generation=generation, partition=partition, offset=7, n=0)

        await shell.feed(0, *(entry("count", "k", origin=of(*one)) for one in [(1, 0), (1, 1), (2, 0)]))
        assert len(texts(await shell.told(3))) == 3

    async def test_what_the_stage_cannot_decide_is_set_aside_and_told(self, shell: Shell) -> None:
        bad = entry("raise", "poison")
        await shell.feed(0, entry("count", "k"), bad, entry("count", "k"))
        assert texts(await shell.told(2)) == ["k:1:0:0", "k:2:0:2"]
        (dead,) = await shell.told(1, "dead-letters")
        letter = decode(dead.value)
        assert isinstance(letter, DeadLetter)
        assert (letter.error, letter.origin.topic, letter.origin.partition, letter.origin.offset) == ("undecided", "toy.log", 0, 1)
        assert decode(letter.value) == bad
        assert letter.trace is not None
        assert "cannot do poison" in letter.trace
        self._told_to_the_officers((await shell.told(1, "cases.log"))[0])

    def _told_to_the_officers(self, told: Told) -> None:
        wrapped: Entry = decode(told.value)
        signal: Any = decode(wrapped.value)
        assert (wrapped.kind, wrapped.sender) == ("signal", "hub")
        assert (signal.rule, signal.severity.value, signal.subject.id) == ("undecided", "critical", "toy/0")
        assert wrapped.origin == EmitOrigin(stage="toy", generation=1, partition=0, offset=1, n=1)

    async def test_bytes_that_are_no_entry_are_set_aside_too(self, shell: Shell) -> None:
        await shell.feed_raw(0, b"\x00\x00\x00\x00\x01nothing")
        await shell.feed(0, entry("count", "k"))
        assert texts(await shell.told(1)) == ["k:1:0:1"]
        (dead,) = await shell.told(1, "dead-letters")
        assert decode(dead.value).error == "undecodable"
        assert decode(dead.value).value == b"\x00\x00\x00\x00\x01nothing"

    async def test_state_that_cannot_be_written_sets_only_its_own_message_aside(self, shell: Shell) -> None:
        await shell.feed(0, entry("count", "k"), entry("unwritable", "x"), entry("count", "k"))
        assert texts(await shell.told(2)) == ["k:1:0:0", "k:2:0:2"]
        (dead,) = await shell.told(1, "dead-letters")
        assert decode(dead.value).origin.offset == 1

    async def test_memo_lives_until_a_decision_raises(self, shell: Shell) -> None:
        await shell.feed(0, entry("memo", "m"), entry("memo", "m"), entry("raise", "poison"), entry("memo", "m"))
        assert texts(await shell.told(3)) == ["1 ", "2 ", "1 "]

    async def test_now_is_the_highest_stamp_and_never_goes_back(self, shell: Shell) -> None:
        later = EPOCH + timedelta(hours=2)
        await shell.feed(0, entry("count", "a", later), entry("count", "b", EPOCH))
        assert [_command(one).at for one in await shell.told(2)] == [later, later]

    async def test_when_the_clock_passes_due_one_tick_comes_after_what_was_there(self, shell: Shell) -> None:
        until = EPOCH + timedelta(minutes=5)
        await shell.feed(0, entry("due", "d", until=until.isoformat()), entry("count", "k"))
        await shell.pass_time()
        told = await shell.told(2)
        assert texts(told)[0] == "k:1:0:1"
        assert texts(told)[1].startswith("tick ")
        assert _command(told[1]).at >= until
        await shell.feed(0, entry("count", "k"))
        assert texts(await shell.told(3))[2] == "k:2:0:3"

    async def test_due_is_remembered_through_a_crash(self, shell: Shell) -> None:
        await shell.feed(0, entry("due", "d", until="2999-01-01T00:00:00+00:00"), entry("count", "k"))
        assert len(await shell.told(1)) == 1
        await shell.restart()
        await shell.feed(0, entry("due", "d", until=EPOCH.isoformat()))
        await shell.pass_time()
        assert texts(await shell.told(2))[1].startswith("tick ")

    async def test_in_data_time_due_instants_are_ticks_before_the_message_that_passes_them(self, data_shell: Shell) -> None:
        until, later = EPOCH + timedelta(minutes=5), EPOCH + timedelta(hours=1)
        await data_shell.feed(0, entry("due", "d", until=until.isoformat()), entry("count", "k", EPOCH), entry("count", "k", later))
        told = await data_shell.told(3)
        assert texts(told) == ["k:1:0:1", f"tick {until.isoformat()} n=1 idle=False", "k:2:0:2"]
        origins = [one.headers["tocsin_origin"] for one in told]
        assert origins == [b"toy/1/0/1/0", b"toy/1/0/2/0", b"toy/1/0/2/1"]

    async def test_in_data_time_a_quiet_partition_lets_go_what_it_holds(self, data_shell: Shell) -> None:
        await data_shell.feed(0, entry("hold", "h"))
        await data_shell.pass_time()
        assert texts(await data_shell.told(1)) == [f"tick {EPOCH.isoformat()} n=0 idle=True"]
        await data_shell.feed(0, entry("count", "k"))
        assert texts(await data_shell.told(2))[1] == "k:1:0:2"
