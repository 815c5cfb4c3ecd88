"""A silence over a duty that still waits for a person is refused as one over a duty that was told, unless its author knows of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alertcore.records.alert import AlertStep
from alertcore.records.defect import DefectClass, DefectProduct, SeriousRisk
from alertcore.records.dispatch import Silence, SilenceState
from alertcore.records.hub import Command
from alertcore.records.notice import Purpose
from alertcore.records.shared import Nature
from tests.unit.alertcore.cases_world import HOURS, World, notices, of

MILD: dict[str, Any] = {"class_": DefectClass.III, "serious_risk": SeriousRisk.EXCLUDED, "serious_risk_at": None}


def silence(world: World, matchers: str = 'kind="defect"', nature: Nature = Nature.ACTUAL, **given: str) -> Silence:
    """An officer's silence, as it stands on the topic."""
    params = {"matchers": matchers, "ends": (world.now + 8 * HOURS).isoformat()} | given
    named: dict[str, Any] = {"command_id": f"s{world.count}", "by": "officer-1", "reason": "known", "target": ""}
    (found,) = of(world.feed("command", Command(action="silence", at=world.now, params=params, nature=nature, **named)), Silence)
    assert isinstance(found, Silence)
    return found


def waiting(**fields: Any) -> World:
    """A defect that nobody has released yet to those who are to be told by law."""
    world = World()
    world.report(**fields)
    assert world.alert().step is AlertStep.HELD
    return world


@pytest.mark.parametrize("restart", [False, True])
def test_it_is_refused_with_the_alert_and_its_time_limit(restart: bool) -> None:
    world = waiting()
    if restart:
        world.shell.reopen()
    found = silence(world)
    alert = world.alert().alert_id
    assert (found.state, found.duties) == (SilenceState.REFUSED, (alert,))
    (due,) = [d.due for d in world.alert().deadlines if d.duty == "supply_chain"]
    assert f"{alert} (waits for its release; alert to the supply chain is due by {due:%Y-%m-%dT%H:%M:%SZ})" in found.why
    assert "confirm" in found.why


@pytest.mark.parametrize("restart", [False, True])
def test_confirmed_it_holds_and_the_duty_is_told_all_the_same_when_it_is_released(restart: bool) -> None:
    world = waiting()
    found = silence(world, confirmed="yes")
    assert (found.state, found.duties, found.why) == (SilenceState.ACTIVE, (world.alert().alert_id,), "")
    if restart:
        world.shell.reopen()
    told = [n for n in notices(world.order("release")) if n.receiver == "supply_chain"]
    assert [(n.duty, n.purpose) for n in told] == [(True, Purpose.ALERT)]


def test_what_was_known_before_the_duty_came_is_looked_at_as_it_is_now() -> None:
    world = World()
    assert silence(world).state is SilenceState.ACTIVE
    world.report()
    assert silence(world).state is SilenceState.REFUSED
    world.report("q2")
    assert len(silence(world).duties) == 1, "two reports on one defect are one alert"


def test_a_duty_that_was_released_is_still_one_and_its_next_limit_is_named() -> None:
    world = waiting()
    world.order("release", audience="professionals")
    found = silence(world)
    assert found.state is SilenceState.REFUSED
    assert f"{world.alert().alert_id} (is told; rapid alert to Member States is due by" in found.why


def test_what_is_over_or_no_duty_or_not_meant_needs_no_word() -> None:
    world = waiting()
    assert silence(world, 'kind="shortage"').state is SilenceState.ACTIVE
    assert silence(world, 'kind="defect"', Nature.EXERCISE).state is SilenceState.ACTIVE
    world.order("cancel", reason="by mistake")
    assert silence(world).state is SilenceState.ACTIVE
    world = World()
    world.report(**MILD)
    assert silence(world).state is SilenceState.ACTIVE


def test_new_content_that_waits_counts_though_the_old_was_told() -> None:
    world = World()
    world.report(**MILD)
    world.order("release")
    assert silence(world, 'kind="defect",class="i"').state is SilenceState.ACTIVE
    world.wait(timedelta(minutes=1))
    world.report(received_at=world.now)
    assert world.alert().step is AlertStep.HELD
    assert silence(world, 'kind="defect",class="i"').state is SilenceState.REFUSED


def test_of_many_ten_are_named_with_their_limits_and_all_by_their_ids() -> None:
    world = World()
    for n in range(12):
        world.report(f"q{n}", product=DefectProduct(name=f"M{n}", cis=f"6000{n:04}"))
    found = silence(world)
    assert len(found.duties) == 12
    assert (found.why.count("waits for its release"), found.why.endswith(", and 2 more")) == (10, True)


def test_everything_else_that_is_wrong_is_said_first() -> None:
    world = waiting()
    found = silence(world, 'kind=~".*"', confirmed="yes")
    assert (found.state, found.duties) == (SilenceState.REFUSED, ())
    assert "everything would be silent" in found.why
