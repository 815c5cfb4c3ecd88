"""Lists of public statuses: whole, or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alertcore.records.alert import Signal
from alertcore.records.hub import DoorReceipt, Verdict
from connectors.bdpm import statuses
from connectors.door.arrival import Arrival
from connectors.door.dry import DryDoor
from connectors.door.judgement import Judgement
from connectors.door.snapshots import PATIENCE
from schemas.codec import decode

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
KIND = "shortage.statuses"


def row(number: int, snapshot: str = "s", **changes: Any) -> dict[str, Any]:
    return {"cis": f"6{number:07d}", "code": 1, "raw_label": "Rupture", "snapshot_id": snapshot, **changes}


def marker(rows: int, snapshot: str = "s") -> dict[str, Any]:
    return {"snapshot_id": snapshot, "rows": rows}


def arrivals(values: Iterable[dict[str, Any] | bytes], ids: str = "") -> list[Arrival]:
    return [
        Arrival("lab", KIND, v if isinstance(v, bytes) else json.dumps(v).encode(), {"ce_id": f"{ids}{n}"} if ids else {})
        for n, v in enumerate(values)
    ]


def take(door: DryDoor, values: Iterable[dict[str, Any] | bytes], ids: str = "", now: datetime = NOW) -> list[DoorReceipt]:
    return door.take(arrivals(values, ids), now)


def whole(door: DryDoor, rows: int, snapshot: str) -> list[DoorReceipt]:
    return take(door, [*(row(n, snapshot) for n in range(rows)), marker(rows, snapshot)])


def appended_rows(door: DryDoor) -> int:
    return sum(one.entry.kind == KIND for one in door.appended)


def signals(door: DryDoor) -> list[Signal]:
    return [decode(one.entry.value) for one in door.appended if one.entry.kind == "signal"]


def verdicts(receipts: Iterable[DoorReceipt | Judgement]) -> set[Verdict]:
    return {r.verdict if isinstance(r, DoorReceipt) else r.answer.verdict for r in receipts}


def test_rows_wait_for_their_marker_and_are_then_taken_with_it(door: DryDoor) -> None:
    assert take(door, [row(1), row(2)]) == []
    receipts = take(door, [marker(2)])
    assert [r.verdict for r in receipts] == [Verdict.TAKEN] * 3
    assert [decode(one.entry.value).rows for one in door.appended] == [None, None, 2]


@pytest.mark.parametrize("told", [2, 4])
def test_a_marker_that_lies_refuses_all_and_tells_the_officer(door: DryDoor, told: int) -> None:
    receipts = take(door, [row(1), row(2), row(3), marker(told)])
    assert verdicts(receipts) == {Verdict.REFUSED}
    assert appended_rows(door) == 0
    [signal] = signals(door)
    assert (signal.rule, signal.subject.kind.value, signal.subject.id, signal.severity.value) == (
        "refused_snapshot",
        "reporter",
        "lab",
        "moderate",
    )
    assert "lab" in signal.sentence.fr
    assert "lab" in signal.sentence.en


def test_rows_without_their_marker_are_refused_when_the_next_list_begins(door: DryDoor) -> None:
    receipts = take(door, [row(1, "a"), row(2, "a"), row(1, "b"), marker(1, "b")])
    assert [r.verdict.value for r in receipts] == ["refused", "refused", "taken", "taken"]
    assert [s.state.value for s in signals(door)] == ["raised", "cleared"]


def test_rows_without_their_marker_are_refused_after_a_long_silence(door: DryDoor) -> None:
    take(door, [row(1), row(2)])
    assert door.expire(NOW + PATIENCE - timedelta(seconds=1)) == []
    assert verdicts(door.expire(NOW + PATIENCE)) == {Verdict.REFUSED}


@pytest.mark.parametrize(("rows", "verdict"), [(80, Verdict.TAKEN), (79, Verdict.REFUSED), (0, Verdict.REFUSED), (300, Verdict.TAKEN)])
def test_a_list_under_eighty_per_cent_of_the_last_is_refused_whole_and_kept(door: DryDoor, rows: int, verdict: Verdict) -> None:
    whole(door, 100, "one")
    assert verdicts(whole(door, rows, "two")) == {verdict}
    assert len(door.world.held) == (verdict is Verdict.REFUSED)


@pytest.mark.parametrize(("rows", "verdict"), [(80, Verdict.TAKEN), (79, Verdict.REFUSED)])
def test_a_list_that_lost_a_country_is_measured_against_what_it_was(door: DryDoor, rows: int, verdict: Verdict) -> None:
    be = [row(n, "one", cis=f"BE:{n}", country="BE") for n in range(60)]
    de = [row(n, "one", cis=f"DE:{n}", country="DE") for n in range(40)]
    take(door, [*be, *de, marker(100, "one")])
    later = [row(n, "two", cis=f"BE:{n}", country="BE") for n in range(rows)]
    assert verdicts(take(door, [*later, marker(rows, "two")])) == {verdict}


def test_a_list_of_another_country_is_measured_against_nothing(door: DryDoor) -> None:
    whole(door, 100, "one")
    other = [row(n, "two", cis=f"TW:{n}", country="TW") for n in range(3)]
    assert verdicts(take(door, [*other, marker(3, "two")])) == {Verdict.TAKEN}


def test_a_refused_list_is_not_what_the_next_is_measured_against(door: DryDoor) -> None:
    for rows, snapshot in ((100, "one"), (50, "two"), (50, "three")):
        receipts = whole(door, rows, snapshot)
    assert verdicts(receipts) == {Verdict.REFUSED}
    assert [s.state.value for s in signals(door)] == ["raised", "changed"]


def test_the_next_good_list_clears_the_signal(door: DryDoor) -> None:
    for rows, snapshot in ((100, "one"), (50, "two"), (90, "three"), (90, "four")):
        whole(door, rows, snapshot)
    states = [(s.version, s.state.value) for s in signals(door)]
    assert states == [(1, "raised"), (2, "cleared")]


@pytest.mark.parametrize("bad", [row(7, cis="6"), row(7, code="one"), row(7, country="FX"), {"cis": "60000007"}])
def test_one_wrong_row_refuses_the_list(door: DryDoor, bad: dict[str, Any]) -> None:
    receipts = take(door, [row(1), bad, row(3), marker(3)])
    assert verdicts(receipts) == {Verdict.REFUSED}
    assert len(receipts) == 4
    assert appended_rows(door) == 0


def test_a_row_that_belongs_to_no_list_is_answered_at_once(door: DryDoor) -> None:
    assert verdicts(take(door, [row(1, cis="6")])) == {Verdict.REFUSED}
    assert verdicts(whole(door, 3, "one")) == {Verdict.TAKEN}


def test_an_undecodable_row_refuses_the_list(door: DryDoor) -> None:
    receipts = take(door, [row(1), b"\xff", row(3), marker(3)])
    assert verdicts(receipts) == {Verdict.REFUSED}
    assert len(receipts) == 4


def test_a_list_begun_again_after_an_interruption_is_counted_once(door: DryDoor) -> None:
    values = [*(row(n) for n in range(5)), marker(5)]
    assert take(door, values[:3], ids="x") == []
    assert verdicts(take(door, values, ids="x")) == {Verdict.TAKEN}
    assert appended_rows(door) == 6


def test_a_list_taken_before_is_answered_again_and_changes_nothing(door: DryDoor) -> None:
    whole(door, 10, "one")
    assert verdicts(whole(door, 10, "one")) == {Verdict.TAKEN}
    assert appended_rows(door) == 11


def test_equal_rows_of_one_list_are_counted_each_and_appended_once(door: DryDoor) -> None:
    assert verdicts(take(door, [row(1), row(1), row(2), marker(3)])) == {Verdict.TAKEN}
    assert appended_rows(door) == 3


def test_lists_of_several_countries_are_measured_apart(door: DryDoor) -> None:
    whole(door, 100, "fr")
    foreign = [row(n, "us", cis=f"US:{n}", country="US") for n in range(3)]
    assert verdicts(take(door, [*foreign, marker(3, "us")])) == {Verdict.TAKEN}


def command(action: str, target: str) -> Arrival:
    value = {"command_id": action, "by": "o1", "action": action, "target": target, "at": "2026-01-15T11:00:00Z"}
    return Arrival("hub", "commands", json.dumps(value).encode())


def test_an_officer_takes_a_list_that_really_shrank(door: DryDoor) -> None:
    whole(door, 100, "one")
    whole(door, 50, "two")
    [held_id] = door.world.held
    [judgement] = door.judge([command("held.accept", held_id)], NOW)
    assert verdicts([judgement]) == {Verdict.TAKEN}
    assert {answer.verdict for answer in judgement.further} == {Verdict.TAKEN}
    assert appended_rows(door) == 152
    assert [s.state.value for s in signals(door)] == ["raised", "cleared"]
    assert verdicts(whole(door, 41, "three")) == {Verdict.TAKEN}


def test_an_officer_refuses_what_was_held_and_a_second_word_changes_nothing(door: DryDoor) -> None:
    whole(door, 100, "one")
    whole(door, 50, "two")
    [held_id] = door.world.held
    [judgement] = door.judge([command("held.refuse", held_id)], NOW)
    assert {answer.verdict for answer in judgement.further} == {Verdict.REFUSED}
    [again] = door.judge([command("held.accept", held_id)], NOW)
    assert [p.code for p in again.answer.problems] == ["decided"]
    assert appended_rows(door) == 101


def test_a_command_on_what_is_not_held_is_refused_and_one_for_the_stages_passes(door: DryDoor) -> None:
    [unknown] = door.judge([command("held.accept", "hld_nothing")], NOW)
    [gone] = door.judge([command("held.accept", "sig_rows_gone")], NOW)
    assert [p.code for p in unknown.answer.problems] == ["not_held"]
    assert gone.answer.verdict is Verdict.TAKEN
    assert [one.entry.kind for one in door.appended] == ["command"]


def test_the_national_list_passes_with_its_repeated_rows(door: DryDoor) -> None:
    line = "60001234\t\t1\tRupture de stock\t01/01/2026\t05/01/2026\t\thttps://ansm.example/a\n"
    rows = [{**dict(found), "snapshot_id": "n"} for found in statuses((line + line).encode("cp1252")).rows]
    assert verdicts(take(door, [*rows, marker(len(rows), "n")])) == {Verdict.TAKEN}
