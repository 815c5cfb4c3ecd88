"""A company under its floor that markets no presentation of the medicine any more: its breach ends as news, and not as a recovery."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alertcore.records.alert import AlertKind, Signal, SignalState
from alertcore.records.notice import Purpose
from alertcore.records.shared import SubjectKind
from alertcore.rules.safety_stock import FloorState
from alertcore.rules.safety_stock_breach import FLAGS, Lowered
from tests.unit.alertcore import cases_world
from tests.unit.alertcore.cases_world import signal
from tests.unit.alertcore.stock_world import LAB, NOON, cip, lab, product
from tests.unit.alertcore.test_safety_stock_lowered import run, seen, standing
from tests.unit.alertcore.test_safety_stock_lowered_way import HOUR, Hub, said

FLAG = FLAGS[Lowered.LEFT]
BOTH = run(seen(standing(900.0), standing(800.0, company="lab-3")))[0]


def look(*standings: Any, state: FloorState, marketing: frozenset[str] | None, after: float = 1) -> tuple[FloorState, list[Signal]]:
    return run(replace(seen(*standings, after=after), marketing=marketing), state=state)


@pytest.mark.parametrize("moved", [{"company": "lab-2"}, {"marketed": False}])
@pytest.mark.parametrize("restart", [False, True])
def test_the_alert_of_one_that_does_not_market_it_any_more_ends_without_an_all_clear(moved: dict[str, Any], restart: bool) -> None:
    hub = Hub()
    before = len(hub.cases.outs)
    if restart:
        hub.world.reopen()
        hub.cases.reopen()
    hub.world.tell(product(**moved))
    hub.until(NOON + 2 * HOUR)
    over = hub.versions()[-1]
    assert (str(over.step), over.reason) == ("resolved", "no_longer_marketed")
    assert f"by the reference data, Laboratoire {LAB} no longer markets this medicine." in said(over)
    assert "ne commercialise plus ce médicament. L’alerte se ferme sans retour à la normale" in over.facts["sentence_fr"]
    assert over.facts["instruction_en"] == "If you still market this medicine, tell the agency."
    assert {n.purpose for n in hub.told(before)} == {Purpose.UPDATE}
    assert {n.receiver for n in hub.told(before)} == {n.receiver for n in hub.told()}
    lab(hub.world, 10)
    hub.until(NOON + 3 * HOUR)
    assert hub.versions()[-1] == over


def test_one_that_still_markets_another_presentation_stays_under_its_floor() -> None:
    hub = Hub()
    hub.world.tell(product(cip(77)), product(marketed=False))
    hub.until(NOON + 2 * HOUR)
    assert [str(a.step) for a in hub.versions()] == ["raised", "released"]


def test_one_that_markets_it_again_and_is_still_under_its_floor_has_its_alert_again() -> None:
    hub = Hub()
    hub.world.tell(product(marketed=False))
    hub.until(NOON + 2 * HOUR)
    hub.world.tell(product())
    hub.until(NOON + 3 * HOUR)
    assert (str(hub.versions()[-1].step), hub.versions()[-2].reason) == ("released", "relapse")


@pytest.mark.parametrize("marketing", [None, frozenset({"lab-1", "lab-3"})])
def test_without_sales_or_where_it_is_not_known_who_markets_it_a_breach_stays(marketing: frozenset[str] | None) -> None:
    state, signals = look(state=BOTH, marketing=marketing)
    assert (state.breaches, signals) == (BOTH.breaches, [])


def test_the_breach_of_who_is_looked_at_stays_too() -> None:
    state, _ = look(standing(900.0), standing(800.0, company="lab-3"), state=BOTH, marketing=frozenset())
    assert [b.company for b in state.breaches] == ["lab-1", "lab-3"]


def test_while_another_is_under_its_floor_the_alert_goes_on_and_a_recovery_of_that_one_is_one() -> None:
    state, (changed,) = look(standing(900.0), state=BOTH, marketing=frozenset({"lab-1"}))
    assert (changed.state, changed.companies, FLAG in changed.numbers) == (SignalState.CHANGED, ("lab-1",), False)
    assert "Entreprises sous leur plancher qui ne le commercialisent plus : 1." in changed.sentence.fr
    assert "Companies below their floor that no longer market it: 1." in changed.sentence.en
    _, (cleared,) = look(standing(1100.0), state=state, marketing=frozenset({"lab-1"}), after=2)
    assert (cleared.state, cleared.numbers.keys() & set(FLAGS.values())) == (SignalState.CLEARED, set())


def test_the_last_two_that_leave_are_named_and_who_is_back_meanwhile_is_told_too() -> None:
    _, (both,) = look(state=BOTH, marketing=frozenset({"lab-2"}))
    assert (both.state, both.companies, both.numbers[FLAG]) == (SignalState.CLEARED, ("lab-1", "lab-3"), 1.0)
    assert "lab-1 et lab-3 ne commercialisent plus" in both.sentence.fr
    assert "lab-1 and lab-3 no longer market this" in both.sentence.en
    _, (one,) = look(standing(1100.0), state=BOTH, marketing=frozenset({"lab-1"}))
    assert (one.state, one.companies, one.numbers[FLAG]) == (SignalState.CLEARED, ("lab-3", "lab-1"), 1.0)


def test_a_duty_that_ends_with_it_is_no_good_news_either() -> None:
    world = cases_world.World()
    world.feed("signal", signal("safety_stock", SubjectKind.CIS, cases_world.CIS, companies=("lab-a",), numbers={"stock_packs": 1.0}))
    world.wait(timedelta(days=4))
    gone = signal("safety_stock", SubjectKind.CIS, cases_world.CIS, SignalState.CLEARED, companies=("lab-a",), numbers={FLAG: 1.0})
    world.feed("signal", gone)
    duty = [a for a in cases_world.alerts(world.soon()) if a.kind is AlertKind.DUTY]
    assert [(str(a.step), a.reason) for a in duty] == [("resolved", "no_longer_marketed")]
