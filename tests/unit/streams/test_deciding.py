"""However a log is cut into batches, and wherever the process ends between two of them, the decisions are the same bytes."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from alertcore.records.hub import Entry
from alertcore.records.journal import JournalEmit
from streams.deciding import Time
from streams.local import LocalShell
from tests.toy_stage import EPOCH, ToyStage, entry

ACTIONS = st.sampled_from(["count", "count", "count", "list", "forget", "due", "hold", "unwritable", "raise"])
STEPS = st.tuples(ACTIONS, st.sampled_from("abc"), st.integers(-5, 30), st.booleans(), st.booleans())


def log_of(steps: list[tuple[str, str, int, bool, bool]]) -> list[Entry]:
    """Entries whose stamps go forward and back; `due` asks for 10 minutes later. At most a handful that cannot be decided."""
    at, bad, entries = EPOCH, 0, []
    for action, target, minutes, _, _ in steps:
        bad += action in ("raise", "unwritable")
        at += timedelta(minutes=minutes)
        until = (at + timedelta(minutes=10)).isoformat()
        entries.append(entry(action if bad <= 10 or action not in ("raise", "unwritable") else "count", target, at, until=until))
    return entries


def decided(entries: list[Entry], cuts: list[bool], ends: list[bool], time: Time) -> tuple[list[JournalEmit], list[tuple[str, object]]]:
    """What was emitted (repeats told by an opening left out), and the state at the end."""
    shell, batch = LocalShell(ToyStage(), time=time, durable=True), []
    for one, cut, end in zip(entries, cuts, ends, strict=True):
        batch.append((one, "k"))
        if cut or end:
            shell.feed_batch(0, batch)
            batch = []
        if end:
            shell.reopen()
    shell.feed_batch(0, batch)
    shell.reopen()
    return [one.wire for one in shell.outs if one.topic == "toy.out"], list(shell.view().items(""))


@settings(deadline=None, max_examples=60)
@given(st.lists(STEPS, min_size=1, max_size=25), st.sampled_from(["wall", "data"]))
def test_batches_and_restarts_change_nothing(steps: list[tuple[str, str, int, bool, bool]], time: Time) -> None:
    entries = log_of(steps)
    never = [False] * len(entries)
    whole = decided(entries, never, never, time)
    cut = decided(entries, [step[3] for step in steps], [step[4] for step in steps], time)
    assert cut == whole
