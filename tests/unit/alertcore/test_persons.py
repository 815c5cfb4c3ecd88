"""Ids of persons: which may stand in a record, and whom two persons' consent is asked of."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from alertcore import persons
from alertcore.duty import chain, read_roster
from alertcore.settled import SettingsError
from tests.unit.alertcore.cases_world import HOURS, World, alerts, steps
from tests.unit.alertcore.test_case_orders import reason_of
from tests.unit.alertcore.test_correcting import RIGHT

SAME = [
    "officer-1 ",
    " officer-1",
    "Officer-1",
    "OFFICER-1\n",
    "ｏfficer-1",
    "officer-1\u200b",
    "of\u00adficer-1",
    "officer-\ufe0f1",
    "officer- 1",
]
REFUSED = ["", " ", "\t\n", "\u200b", "o 1", "o\u00a01", "o\u30001", "o\x001", "o\u200b1", "o\u3164x", "\ufe0fo", "\udb40\udd00o"]
TWO = [{"kind": "defect", "gate": "two"}]


@pytest.mark.parametrize("by", REFUSED)
def test_what_is_no_id_is_said_why(by: str) -> None:
    assert persons.problem(by) != ""


@pytest.mark.parametrize("by", ["o1", " o1 ", "agent.017@ansm", "Ünïcode", "职员", "o-1/β"])
def test_one_word_of_any_script_is_an_id(by: str) -> None:
    assert persons.problem(by) == ""
    assert persons.spelt(by) == by.strip()


def test_where_no_two_are_told_apart_a_name_may_have_words_but_nothing_hidden() -> None:
    assert persons.problem("night shift", words=True) == ""
    assert persons.problem("night\tshift", words=True) != ""
    assert persons.problem("night\u200bshift", words=True) != ""
    assert persons.problem(" \u200b ", words=True) == "names nobody"


@given(some.text(max_size=6))
def test_a_person_is_one_however_spelt_and_what_stands_in_a_record_stays(by: str) -> None:
    assert persons.one(persons.spelt(by)) == persons.one(by)
    assert persons.one(persons.one(by)) == persons.one(by)
    assert persons.spelt(persons.spelt(by)) == persons.spelt(by)
    assert persons.among(by, (f" {by} ",))
    assert persons.added(f" {by}", (by,)) == (by,)


@pytest.mark.parametrize("by", SAME)
def test_no_spelling_makes_one_officer_two(by: str) -> None:
    world = World(gates=TWO)
    world.report()
    assert steps(world.order("release")) == ["held"]
    assert "released" not in steps(world.order("release", by=by))
    assert world.alert().release is not None
    assert world.alert().release.by == ("officer-1",)  # type: ignore[union-attr]
    assert steps(world.order("release", by="officer-2")) == ["released"]
    assert steps(world.order("correct", **RIGHT)) == ["updated"]
    assert steps(world.order("correct", by=by, **RIGHT)) == []
    assert steps(world.order("ack")) == ["acknowledged"]
    assert steps(world.order("ack", by=by)) == []
    assert world.alert().release.by == ("officer-1", "officer-2")  # type: ignore[union-attr]


@pytest.mark.parametrize("action", ["release", "correct", "ack", "cancel", "contest", "case.note", "case.close", "measure.propose"])
def test_an_order_without_a_person_changes_nothing(action: str) -> None:
    world = World()
    world.report()
    target = world.alert().alert_id if "." not in action else "cis:60000001"
    for by in ("", " ", "\u200b", "two words"):
        assert reason_of(world, action, target, by=by, text="x") == "no_person"


def test_what_surrounds_an_id_does_not_stand_in_the_record() -> None:
    world = World()
    world.report()
    world.order("cancel", by=" officer-7\n")
    last = alerts(world.outs)[-1]
    assert last.release is not None
    assert last.release.by == ("officer-7",)


def test_one_officer_is_not_enough_for_a_chain_that_waits_for_two() -> None:
    world = World()
    officers = {"name": "officers", "audience": {"kinds": ["officer"], "mandatory": True}}
    step = {"wait": "15m", "audience": {"kinds": ["officer"]}, "until": "n_of_m", "n": 2}
    world.settings("routes", {"route": {"receiver": "officers"}, "receivers": [officers | {"escalation": [step]}]})
    world.declare()
    world.wait(HOURS / 60)
    for by in ("officer-1", "officer-1 ", "Officer-1"):
        world.order("ack", by=by)
    called = [o for o in world.wait(HOURS) if o.topic == "notices"]
    assert called != []


OFFICE = {"name": "office", "turns": ["a", "b"], "starts": "2026-01-05"}


@pytest.mark.parametrize(
    ("roster", "said"),
    [
        ({"director": "   "}, "director: '   ' names nobody"),
        ({"director": "x", "shifts": [OFFICE | {"turns": ["a", "a "]}]}, "shifts[0].turns: 'a ' stands there already, spelt otherwise"),
        ({"director": "x", "shifts": [OFFICE | {"turns": ["a", "A"]}]}, "shifts[0].turns: 'A' stands there already, spelt otherwise"),
        ({"director": "x", "shifts": [OFFICE | {"turns": ["a", " "]}]}, "shifts[0].turns: ' ' names nobody"),
        ({"director": "x", "shifts": [OFFICE | {"turns": ["a b"]}]}, "shifts[0].turns: 'a b' has a space inside; an id is one word"),
        (
            {"director": "x", "absences": [{"person": "a\u200bb", "from": "2026-01-05", "to": "2026-01-06"}]},
            "absences[0]: person: 'a\\u200bb' has a character that nobody can see",
        ),
    ],
)
def test_a_roster_whose_persons_are_none_or_twice_is_refused(roster: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        read_roster(roster)
    assert said in wrong.value.problems


def test_a_roster_calls_each_person_once_and_nobody_absent_however_spelt() -> None:
    at = datetime(2026, 1, 26, 9, tzinfo=UTC)
    away = {"person": "B", "from": "2026-01-20", "to": "2026-01-30"}
    extra = {"person": "A ", "from": "2026-01-20", "to": "2026-01-30"}
    roster = read_roster(
        {"director": " dir", "shifts": [OFFICE | {"turns": ["b", "a", "a", "Dir"]}], "absences": [away], "overrides": [extra]}
    )
    assert chain(roster, at) == ("A", "dir")
