"""Another policy: what ends only by it is no all-clear, what newly holds waits for a person where it is more than twenty."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alertcore.cases.policy_change import MOST
from alertcore.records.alert import AlertKind, Signal, SignalState
from alertcore.records.notice import Purpose
from alertcore.records.shared import SubjectKind
from tests.unit.alertcore.cases_world import CIS, World, alerts, ends, groups, notices, signal, steps

MINUTE = timedelta(minutes=1)


def raised(cis: str = CIS, state: SignalState = SignalState.RAISED, flag: str = "raised_by_policy_flag") -> Signal:
    """A floor breach that another policy alone began."""
    return signal("safety_stock", SubjectKind.CIS, cis, state, numbers={"stock_packs": 1.0, flag: 1.0}, companies=("lab-a",))


def many(world: World, count: int) -> None:
    """So many breaches by policy."""
    for n in range(count):
        world.feed("signal", raised(f"6000{n:04}"))


def test_what_a_policy_raises_is_told_together_after_a_minute() -> None:
    world = World()
    assert world.feed("signal", raised()) == []
    assert world.wait(MINUTE - timedelta(microseconds=1)) == []
    outs = world.wait(timedelta(microseconds=1))
    assert steps(outs) == ["raised", "released"]
    assert groups(outs) == {"officers": "alert", "companies:lab-a": "alert"}
    assert alerts(outs)[0].reason == "below_floor"


@pytest.mark.parametrize(("count", "held"), [(MOST, False), (MOST + 1, True)])
def test_more_than_twenty_wait_for_a_person(count: int, held: bool) -> None:
    world = World()
    many(world, count)
    outs = world.wait(MINUTE)
    floors = [a for a in alerts(outs) if a.kind is AlertKind.SAFETY_STOCK]
    assert {str(a.step) for a in floors} == {"raised", "held" if held else "released"}
    told = [n for n in notices(outs) if n.template == "safety_stock"]
    assert len(told) == (0 if held else 2 * count)
    waiting = [a for a in alerts(outs) if a.kind is AlertKind.HUB]
    assert [a.numbers for a in waiting if a.step == "raised"] == ([{"alerts_count": float(count)}] if held else [])


def test_each_held_alert_needs_one_person_and_officers_see_how_many_wait() -> None:
    world = World()
    many(world, MOST + 1)
    held = sorted({a.alert_id for a in alerts(world.wait(MINUTE)) if a.kind is AlertKind.SAFETY_STOCK})
    outs = world.order("release", held[0])
    assert (alerts(outs)[0].kind, str(alerts(outs)[0].step)) == (AlertKind.SAFETY_STOCK, "released")
    assert {n.reason.rule for n in notices(outs) if n.template == "safety_stock"} == {"officers", "companies:lab-a"}
    hub = [a for a in alerts(outs) if a.kind is AlertKind.HUB]
    assert hub[0].numbers == {"alerts_count": float(MOST)}
    for target in held[1:]:
        outs = world.order("cancel", target)
    assert [str(a.step) for a in alerts(outs) if a.kind is AlertKind.HUB] == ["resolved"]


def test_no_clock_calls_for_what_a_policy_holds() -> None:
    world = World()
    many(world, MOST + 1)
    world.wait(MINUTE)
    assert world.wait(timedelta(days=30)) == []


def test_what_clears_before_it_was_told_is_never_told() -> None:
    world = World()
    world.feed("signal", raised())
    world.feed("signal", raised(state=SignalState.CLEARED))
    assert world.wait(MINUTE) == []


def test_what_changes_before_it_was_told_is_told_as_it_is() -> None:
    world = World()
    world.feed("signal", raised())
    world.feed("signal", signal("safety_stock", SubjectKind.CIS, CIS, SignalState.CHANGED, numbers={"stock_packs": 7.0}))
    assert alerts(world.wait(MINUTE))[0].numbers == {"stock_packs": 7.0}


def test_what_ends_only_by_a_policy_is_no_all_clear() -> None:
    world = World()
    world.feed("signal", signal("safety_stock", SubjectKind.CIS, CIS, companies=("lab-a",)))
    outs = world.feed("signal", raised(state=SignalState.CLEARED, flag="cleared_by_policy_flag"))
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("cancelled", "policy_changed")]
    whom = {n.receiver for n in notices(world.outs) if n.purpose is Purpose.ALERT}
    assert {name: how for name, (how, _) in ends(outs).items()} == dict.fromkeys(whom, "correction")
    assert {"officers", "companies:lab-a"} <= whom
    assert "La situation elle-même n'a pas changé" in notices(outs)[0].params["sentence_fr"]


def test_a_policy_alone_moves_no_open_alert_of_a_declaration() -> None:
    world = World()
    world.declare()
    assert world.settings("policy", {"safety_stock": {"clear": 1.2}}) == []
    assert world.settings("policy", {"safety_stock": {"clear": 1.2}}) == []


def test_held_alerts_are_counted_until_the_last_audience_has_them_and_orders_on_others_change_nothing() -> None:
    world = World()
    many(world, MOST + 1)
    held = sorted({a.alert_id for a in alerts(world.wait(MINUTE)) if a.kind is AlertKind.SAFETY_STOCK})
    half = world.order("release", held[0], audience="officers")
    assert [a.kind for a in alerts(half)] == [AlertKind.SAFETY_STOCK]
    whole = world.order("release", held[0])
    assert [a.numbers for a in alerts(whole) if a.kind is AlertKind.HUB] == [{"alerts_count": float(MOST)}]
    again = world.order("cancel", held[0])
    assert [a for a in alerts(again) if a.kind is AlertKind.HUB] == []


def test_when_an_officer_has_cancelled_the_reminder_the_last_order_ends_nothing_more() -> None:
    world = World()
    many(world, MOST + 1)
    found = alerts(world.wait(MINUTE))
    (hub,) = {a.alert_id for a in found if a.kind is AlertKind.HUB}
    held = sorted({a.alert_id for a in found if a.kind is AlertKind.SAFETY_STOCK})
    for target in held[:-1]:
        world.order("cancel", target)
    world.order("cancel", hub)
    outs = world.order("cancel", held[-1])
    assert [a for a in alerts(outs) if a.kind is AlertKind.HUB] == []
