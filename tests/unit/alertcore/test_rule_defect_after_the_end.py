"""What comes after a defect was closed, or after its alert was cancelled: nothing is said that nobody said, and no lot is lost."""

from __future__ import annotations

from typing import Any

import pytest

from alertcore.records.defect import DefectAction, DefectClass, DefectScope, SeriousRisk
from alertcore.records.shared import Batch
from tests.unit.alertcore.cases_world import HOURS, NOW, World, alerts, groups
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
