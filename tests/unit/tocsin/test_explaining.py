"""A silence from its order to its end in the stage itself, and what of an alert waits by the state that the stage writes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alertcore.cases.silences import silence_id
from alertcore.dispatch.explain import accounts_of
from alertcore.dispatch.outcome import Word
from alertcore.records.alert import Alert
from alertcore.records.dispatch import Silence, SilenceState, Verdicts
from alertcore.records.hub import Command
from alertcore.records.notice import Notice
from tests.unit.alertcore.cases_world import NOW, World
from tocsin import explanation
from tocsin.case_state import CaseState
from tocsin.explaining import Known, routing_of, stands

HOUR = timedelta(hours=1)


def written(of: World) -> CaseState:
    """The state as it stands in its topic."""
    return CaseState({key: of.shell.stage.dump(key, value) for key, value in of.shell.view().items("")})


def order(world: World, command: str, action: str, target: str = "", **params: str) -> Silence:
    """An order on a silence, and the record that answers it."""
    made = Command(command_id=command, by="officer-1", action=action, target=target, reason="known", at=world.now, params=params)
    [said] = [o.value for o in world.feed("command", made) if isinstance(o.value, Silence)]
    return said


def silenced() -> World:
    """A shortage that nobody was told, by a silence of two hours."""
    world = World()
    said = order(world, "one", "silence", matchers='{kind="shortage"}', ends=(NOW + 2 * HOUR).isoformat())
    assert said.state is SilenceState.ACTIVE
    world.now += timedelta(seconds=1)
    world.declare()
    return world


def told(world: World) -> set[str]:
    """Receivers of notices so far, and templates of those that no route led to."""
    return {o.value.receiver or o.value.template for o in world.outs if isinstance(o.value, Notice)}


def test_what_is_silenced_is_told_when_the_silence_ends_and_its_author_hears_of_that_before() -> None:
    world = silenced()
    assert told(world) == set()
    world.wait(HOUR)
    assert told(world) == {"silence_ending"}
    world.wait(HOUR)
    assert {"officers", "companies:lab-a"} <= told(world)


def test_what_is_silenced_is_told_when_somebody_ends_the_silence() -> None:
    world = silenced()
    assert order(world, "two", "silence_expire", silence_id("one")).state is SilenceState.EXPIRED
    world.wait(timedelta(minutes=10))
    assert {"officers", "companies:lab-a"} <= told(world)
    assert "silence_ending" not in told(world)


def test_an_ended_silence_is_forgotten_by_the_stage() -> None:
    world = silenced()
    world.wait(2 * HOUR)
    assert list(world.shell.view().items("silence/"))
    world.wait(timedelta(days=5))
    assert not list(world.shell.view().items("silence/"))
    assert not list(world.shell.view().items("dispatch/silence/"))


def test_what_the_state_holds_back_is_found_in_its_topic() -> None:
    world = silenced()
    waits, gate = stands(written(world), world.alert().alert_id, world.now)
    found = {explanation.place_of(w): w.held for w in waits}
    assert {("officers", "officers"), ("companies/lab-a", "companies")} <= set(found)
    assert {(h.word, h.by) for h in found.values() if h} == {(Word.SILENCED, silence_id("one"))}
    assert None not in found.values()
    assert gate is None


def test_the_account_says_of_each_receiver_that_it_is_silenced_and_by_which_line() -> None:
    world = silenced()
    alert = world.alert()
    life = tuple(o.value for o in world.outs if isinstance(o.value, Alert) and o.value.alert_id == alert.alert_id)
    accounts = accounts_of(o.value for o in world.outs if isinstance(o.value, Verdicts) and o.value.alert_id == alert.alert_id)
    waits, _ = stands(written(world), alert.alert_id, world.now)
    lines = list(explanation.lines(Known(life, accounts, (), waits)))
    officers = lines[lines.index("  officers: officers") + 1]
    until = explanation.time_of(NOW + 2 * HOUR)
    assert officers.strip().startswith(f"version {alert.version} silenced by {silence_id('one')} until {until}, since ")
    assert any("routed by line " in line and "of the shipped routing" in line for line in lines)


def test_what_waits_for_persons_is_found_with_who_has_released() -> None:
    world = World()
    world.report()
    alert = world.alert().alert_id
    _, gate = stands(written(world), alert, world.now)
    assert gate is not None
    assert "professionals" in gate.audiences
    assert (gate.approvals, gate.call_at is not None) == ((), True)
    world.order("release", alert)
    assert stands(written(world), alert, world.now)[1] is None


def test_one_of_two_persons_is_named() -> None:
    world = World(gates=[{"kind": "defect", "audience": "professionals", "gate": "two"}])
    world.report()
    world.order("release", audience="professionals")
    gate = stands(written(world), world.alert().alert_id, world.now)[1]
    assert gate is not None
    assert gate.approvals == (("professionals", "officer-1"),)
    assert "professionals" in gate.audiences


def test_an_alert_that_is_unknown_or_over_waits_for_nobody() -> None:
    world = World()
    assert stands(written(world), "alr_none", world.now) == ((), None)
    world.report()
    alert = world.alert().alert_id
    world.order("cancel", alert)
    assert stands(written(world), alert, world.now)[1] is None


def test_the_routing_in_force_is_read_from_the_state_and_the_shipped_one_before_any() -> None:
    assert "officers" in routing_of(CaseState({})).receivers
    world = World()
    world.settings(
        "routes", {"route": {"receiver": "desk"}, "receivers": [{"name": "desk", "audience": {"kinds": ["officer"], "mandatory": True}}]}
    )
    assert set(routing_of(written(world)).receivers) == {"desk"}


def test_nothing_is_decided_where_the_state_is_only_read() -> None:
    with pytest.raises(TypeError):
        CaseState({}).put("alert/x", None)
