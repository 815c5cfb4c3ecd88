"""Alerts posted from outside are forgotten some time after their end: what was ever posted does not stay in the state."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertcore.records.shared import Nature
from tests.unit.alertcore.cases_world import HOURS, NOW, World, alerts, steps
from tests.unit.alertcore.routed_world import Routed, each, everybody
from tests.unit.alertcore.test_cases_external import LABELS, MINUTE, post, posted

DAY = timedelta(days=1)
KEPT = 15 * DAY


def keys(world: World) -> set[str]:
    """All keys of the state."""
    return {key for key, _ in world.shell.view().items("")}


def one(world: World, number: int, nature: Nature = Nature.ACTUAL) -> None:
    """A set of labels of its own is posted, for five minutes from now."""
    post(world, posted(world.now, labels=LABELS | {"instance": f"door:{number}"}, until=world.now + 5 * MINUTE), nature=nature)


@pytest.mark.parametrize("restart", [False, True])
def test_to_the_instant_nothing_of_it_is_left(restart: bool) -> None:
    world = World()
    before = keys(world)
    one(world, 1)
    one(world, 1, Nature.EXERCISE)
    world.wait(5 * MINUTE)
    if restart:
        world.shell.reopen()
    world.wait(KEPT - timedelta(milliseconds=1))
    assert len([k for k in keys(world) if k.startswith(("alert/", "life/"))]) == 4
    assert world.wait(timedelta(milliseconds=1)) == [], "that is told to nobody"
    assert keys(world) == before


def test_within_that_time_it_comes_back_as_what_follows_the_first_and_after_it_as_something_new() -> None:
    world = World()
    one(world, 1)
    first = alerts(world.last)[0].alert_id
    world.wait(14 * DAY)
    one(world, 1)
    second = alerts(world.last)[0]
    assert (second.replaces, second.reason) == (first, "external_alert")
    world.wait(5 * MINUTE)
    world.wait(2 * DAY)
    assert f"alert/{first}" not in keys(world)
    assert f"alert/{second.alert_id}" in keys(world)
    world.wait(KEPT)
    one(world, 1)
    assert alerts(world.last)[0].replaces is None


def test_what_stands_when_the_time_of_the_one_before_is_over_goes_on_standing() -> None:
    world = World()
    one(world, 1)
    world.wait(DAY)
    post(world, posted(world.now, labels=LABELS | {"instance": "door:1"}, until=world.now + 30 * DAY))
    world.wait(20 * DAY)
    assert [f.ended for f in world.files()] == [False]
    assert steps(world.wait(11 * DAY)) == ["resolved"]
    world.wait(KEPT)
    assert world.files() == []


def test_what_comes_and_goes_each_day_leaves_no_more_than_its_last_days() -> None:
    world = World()
    sizes = []
    for _ in range(40):
        one(world, 1)
        world.wait(DAY)
        sizes.append(len(keys(world)))
    assert len(set(sizes[-20:])) == 1
    assert len(world.files()) == 15


def test_one_that_an_officer_ended_is_forgotten_too() -> None:
    world = World()
    before = keys(world)
    one(world, 1)
    world.order("cancel", reason="a drill")
    world.wait(KEPT + HOURS)
    assert {k for k in keys(world) if not k.startswith("seen")} == before


def test_while_its_end_waits_to_be_told_it_is_kept() -> None:
    root = {"group_by": ["alert"], "group_wait": "0s", "group_interval": "0s", "repeat_interval": "1y"}
    year = {"time_intervals": [{"name": "months", "time_intervals": [{"months": ["february"]}]}]}
    muted = [*each("officers"), {"receiver": "late", "mute_time_intervals": ["months"]}]
    world = Routed(root | {"routes": muted}, everybody("officers", "officer"), everybody("late", "officer"), more=year)
    before = keys(world)
    one(world, 1)
    world.wait(1 * MINUTE)
    post(world, posted(NOW, labels=LABELS | {"instance": "door:1"}, until=NOW + 7 * DAY))
    world.wait(24 * DAY)
    assert len(world.files()) == 1
    outs = world.wait(14 * DAY)
    assert steps(outs) == []
    assert keys(world) == before


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from((0, 1, 400, 9000, 30000))), max_size=12))
def test_a_restart_before_everything_changes_no_byte_and_in_the_end_nothing_is_left(posts: list[tuple[int, int]]) -> None:
    worlds = World(), World()
    before = keys(worlds[0])
    for number, minutes in [*posts, (0, 50_000)]:
        worlds[1].shell.reopen()
        for world in worlds:
            one(world, number)
        worlds[1].shell.reopen()
        for world in worlds:
            world.wait(minutes * MINUTE)
    first, second = ([(o.topic, o.key, o.wire.value) for o in w.outs] for w in worlds)
    assert first == second
    assert keys(worlds[0]) == keys(worlds[1]) == before
