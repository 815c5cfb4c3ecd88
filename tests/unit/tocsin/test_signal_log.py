"""Rows gone from a public list, as they wait for an officer."""

from __future__ import annotations

from alertcore.records.alert import Signal
from schemas.codec import encode
from tests.unit.alertcore.cases_world import CIS, World, signals, status
from tocsin.signal_log import open_questions

OTHER = "60000002"


def gone() -> World:
    """A world in which one row has left the list."""
    world = World()
    for n in range(2):
        world.snapshot(f"s{n}", status("", 1, OTHER), *([status("", 1)] if n else []))
    for n in range(2, 4):
        world.snapshot(f"s{n}", status("", 1, OTHER))
    return world


def kept(world: World) -> list[bytes | None]:
    """The topic as it stands, newest first, beside what is no signal."""
    return [None, b"?", *(encode(s) for s in reversed(signals(world.outs)))]


def test_a_row_gone_is_listed_under_its_signal_with_its_sentence() -> None:
    world = gone()
    [row] = open_questions(kept(world))
    [signal] = [s for s in signals(world.outs) if s.numbers.get("absent_publications_count")]
    assert (row["held_id"], row["what"], row["subject"], row["nature"]) == (signal.signal_id, "row gone", CIS, "actual")
    assert "à vérifier" in row["sentence"]["fr"]


def test_what_an_officer_accepted_or_refused_is_listed_no_more() -> None:
    for action in ("held.accept", "held.refuse"):
        world = gone()
        [row] = open_questions(kept(world))
        world.order(action, row["held_id"])
        assert open_questions(kept(world)) == []


def test_what_came_back_to_the_list_is_listed_no_more() -> None:
    world = gone()
    world.snapshot("s9", status("", 1, OTHER), status("", 4))
    assert open_questions(kept(world)) == []


def test_other_rules_are_no_rows_gone() -> None:
    world = World()
    world.declare()
    assert [s for s in signals(world.outs) if isinstance(s, Signal)]
    assert open_questions(kept(world)) == []
