"""What of an alert waits in dispatch, and why, asked without changing anything."""

from __future__ import annotations

from datetime import timedelta

from alertcore.dispatch.outcome import Word
from alertcore.dispatch.waiting import Waits, waits_of
from tests.unit.dispatch.world import World

ROUTING = """
route: {receiver: desk, group_by: [kind], group_wait: 30s, group_interval: 5m, repeat_interval: 90d, routes: [
  {receiver: night, matchers: ['kind="quiet"'], mute_time_intervals: [mornings]}]}
receivers:
  - {name: desk, audience: {kinds: [officer], mandatory: true}}
  - {name: night, audience: {kinds: [officer], mandatory: true}}
time_intervals: [{name: mornings, time_intervals: [{times: [{start_time: '06:00', end_time: '12:00'}]}]}]
inhibit_rules: [{source_matchers: ['kind="x"'], target_matchers: ['kind="y"']}]
"""


def waiting(world: World, seconds: float, *names: str) -> list[tuple[str, str, int, str | None, float | None]]:
    """Alert, receiver, version, what holds it, until when in seconds of the test."""
    world.run_to(world.start + timedelta(seconds=seconds))
    before = world.table.dumped()
    found = waits_of(world.table, names, world.now)
    assert world.table.dumped() == before, "nothing was changed"
    return [_plain(world, w) for w in found]


def _plain(world: World, w: Waits) -> tuple[str, str, int, str | None, float | None]:
    until = None if w.until is None else (w.until - world.start).total_seconds()
    return w.unit, w.receiver, w.version, None if w.held is None else f"{w.held.word} {w.held.by}", until


def pushed(*pushes: str) -> World:
    """A world after these pushes."""
    world = World(ROUTING)
    for push in pushes:
        world.push(push)
    return world


def test_what_is_new_waits_for_its_group_and_then_for_nothing() -> None:
    world = pushed("0 fire a kind=a")
    assert waiting(world, 1, "a", "unknown") == [("a", "desk", 1, None, 30)]
    assert waiting(world, 31, "a") == []
    world.push("40 fire a v=2")
    assert waiting(world, 41, "a") == [("a", "desk", 2, None, 330)]


def test_what_holds_it_is_said_with_its_end() -> None:
    world = pushed('0 silence s {kind="a"} for=10m', "0 fire a kind=a")
    assert waiting(world, 31, "a") == [("a", "desk", 1, "silenced s", 600)]
    world = pushed("0 fire q kind=quiet")
    [(_, receiver, _, held, until)] = waiting(world, 31, "q")
    assert (receiver, until) == ("night", 4 * 3600)
    assert str(held).startswith(f"{Word.MUTED} mornings")
    world = pushed("0 fire x kind=x", "40 fire y kind=y")
    [(_, _, _, held, until)] = waiting(world, 80, "y")
    assert (str(held).startswith(Word.INHIBITED), until) == (True, None)


def test_once_a_silence_is_ended_the_look_at_its_group_is_waited_for() -> None:
    world = pushed('0 silence s {n="1"} for=1h', "0 fire a kind=a n=1", "0 fire b kind=a n=2", "60 unsilence s")
    assert waiting(world, 61, "a") == [("a", "desk", 1, None, 330)]


def test_a_duty_that_was_told_waits_for_nothing() -> None:
    assert waiting(pushed('0 silence s {kind="a"} for=1h', "0 fire a kind=a duty confirmed"), 1, "a") == []


def test_an_end_is_held_by_the_calendar_alone_and_says_its_route() -> None:
    world = pushed("0 fire a kind=a", '40 silence s {kind="a"} for=1h', "50 end a")
    assert waiting(world, 51, "a") == [("a", "desk", 2, None, 330)]
    [found] = waits_of(world.table, ["a"], world.now)
    assert (found.routed, found.routing) == ("route", "first")
