"""What comes after a defect was closed, or after its alert was cancelled: nothing is said that nobody said, and no lot is lost."""

from __future__ import annotations

from typing import Any

import pytest

from alertcore.records.defect import DefectAction, DefectClass, DefectProduct, DefectScope, Falsified, SeriousRisk
from alertcore.records.shared import Batch
from tests.unit.alertcore.cases_world import CIS, HOURS, NOW, World, alerts, groups, notices, signals
from tests.unit.alertcore.test_rule_defect_follow_ups import BARE, CLOSED, QUARANTINE, RECALL

AUTOMATIC = [{"kind": "*", "audience": "*", "gate": "automatic"}]
LOTS = {"A1": Batch(lot="A1"), "A2": Batch(lot="A2")}


def closed_and_followed(*, late: bool, lots: tuple[str, ...], actions: tuple[DefectAction, ...] = (RECALL,), **first: Any) -> World:
    """A defect on A1, closed after two hours; a follow-up an hour later names lots and says nothing else. late: the end comes last."""
    world = World(gates=AUTOMATIC)
    world.report(actions=actions, **first)
    end = ("q2", {"step": CLOSED, "previous_id": "q1", "received_at": NOW + 2 * HOURS})
    more = ("q3", BARE | {"previous_id": "q1", "received_at": NOW + 3 * HOURS, "batches": tuple(LOTS[x] for x in lots)})
    world.now = NOW + 5 * HOURS
    for number, fields in (more, end) if late else (end, more):
        world.report(number, **fields)
    return world


@pytest.mark.parametrize("late", [False, True])
def test_a_follow_up_after_the_end_that_names_more_lots_is_of_the_matter(late: bool) -> None:
    alert = closed_and_followed(late=late, lots=("A1", "A2")).alert()
    assert ([b.lot for b in alert.batches], alert.labels["class"], alert.facts["actions"]) == (["A1", "A2"], "i", "recall")


def test_an_end_that_comes_late_gives_no_all_clear_over_newer_lots() -> None:
    world = closed_and_followed(late=True, lots=("A1", "A2"))
    assert "all_clear" not in groups(world.last).values()


def test_a_recalled_lot_stays_on_the_list_that_goes_on_with_another_and_a_quarantined_one_does_not() -> None:
    assert [b.lot for b in closed_and_followed(late=False, lots=("A2",)).alert().batches] == ["A1", "A2"]
    assert [b.lot for b in closed_and_followed(late=False, lots=("A2",), actions=(QUARANTINE,)).alert().batches] == ["A2"]


@pytest.mark.parametrize("lots", [(), ("A1",)])
@pytest.mark.parametrize("late", [False, True])
def test_an_end_is_called_an_end_and_no_exclusion_of_a_risk(late: bool, lots: tuple[str, ...]) -> None:
    world = closed_and_followed(late=late, lots=lots)
    (file,) = world.files()
    assert (file.ended, str(file.alert.step), str(file.alert.reason)) == (True, "resolved", "defect_closed")


def test_a_lot_named_after_the_end_of_a_recall_of_all_lots_is_among_them() -> None:
    world = closed_and_followed(late=False, lots=("A1",), scope=DefectScope.PRODUCT, batches=())
    (file,) = world.files()
    assert (file.ended, str(file.alert.reason)) == (True, "defect_closed")


def test_what_says_a_risk_by_itself_after_the_end_begins_anew() -> None:
    world = closed_and_followed(late=False, lots=())
    outs = world.report("q4", **BARE | {"previous_id": "q1", "received_at": world.now, "serious_risk": SeriousRisk.SUSPECTED})
    assert (alerts(outs)[0].batches, alerts(outs)[0].labels["class"]) == ((), str(DefectClass.UNASSIGNED))


def cancelled(**fields: Any) -> World:
    """A class I defect told to everybody, and cancelled by an officer an hour later."""
    world = World(gates=AUTOMATIC)
    world.report(**fields)
    world.now += HOURS
    world.order("cancel", reason="the laboratory was wrong")
    world.now += HOURS
    return world


def follow(world: World, **fields: Any) -> list[Any]:
    """A follow-up of now, which leaves out all that it may."""
    return world.report("q2", **BARE | {"previous_id": "q1", "received_at": world.now, "details": "root cause: no defect found"} | fields)


@pytest.mark.parametrize("first", [{}, {"falsified": Falsified.SUSPECTED}, {"actions": (RECALL,)}])
@pytest.mark.parametrize("fields", [{}, {"batches": (LOTS["A2"],)}])
def test_a_follow_up_that_says_nothing_of_the_risk_leaves_a_cancelled_alert_cancelled(first: Any, fields: Any) -> None:
    world = cancelled(**first)
    outs = follow(world, **fields)
    (file,) = world.files()
    assert (alerts(outs), file.ended, str(file.alert.step)) == ([], True, "cancelled")


def test_officers_alone_are_asked_whether_what_was_cancelled_stands() -> None:
    world = cancelled()
    outs = follow(world, batches=(LOTS["A2"],))
    (told,) = notices(outs)
    (asked,) = signals(outs)
    assert (groups(outs), told.params["sentence_fr"].startswith(asked.sentence.fr)) == ({"officers": "update"}, True)
    assert asked.sentence.en == (
        "AMOXIDEMO 500 mg, gélule: a follow-up (q2) came after the alert was cancelled, without a class, a risk or an action."
        " Batches named: A2. If the defect is real, record the class, the risk or the action; if not, close the matter."
    )
    assert "Lots cités : A2." in asked.sentence.fr
    assert "Batches named" not in signals(follow(cancelled()))[0].sentence.en


@pytest.mark.parametrize(
    "fields",
    [{"serious_risk": SeriousRisk.SUSPECTED}, {"class_": DefectClass.II}, {"actions": (RECALL,)}, {"falsified": Falsified.CONFIRMED}],
)
def test_what_fires_by_itself_opens_what_was_cancelled(fields: dict[str, Any]) -> None:
    world = cancelled()
    assert str(alerts(follow(world, **fields))[0].step) == "raised"
    assert len([f for f in world.files() if not f.ended]) == 1


def test_a_follow_up_that_learns_the_medicine_does_not_bring_back_what_was_cancelled() -> None:
    world = cancelled(product=DefectProduct(name="AMOXIDEMO"))
    assert alerts(follow(world, product=DefectProduct(name="AMOXIDEMO", cis=CIS))) == []


def test_a_follow_up_to_what_was_resolved_and_not_cancelled_is_told_as_ever() -> None:
    world = World(gates=AUTOMATIC)
    world.report(class_=DefectClass.I, serious_risk=SeriousRisk.UNASSESSED)
    world.report("q1", **BARE | {"received_at": NOW + HOURS, "serious_risk": SeriousRisk.EXCLUDED})
    outs = world.report("q1", **BARE | {"received_at": NOW + 2 * HOURS, "class_": DefectClass.II})
    assert str(alerts(outs)[0].step) == "raised"
