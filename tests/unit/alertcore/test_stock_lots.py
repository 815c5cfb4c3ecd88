"""Recalled lots on the shelves: what stage `stock` finds when a report comes, and when a recall does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from alertcore.records.defect import DefectAction, DefectClass, DefectProduct, DefectStep, RecallLevel, SeriousRisk
from alertcore.records.holding import Holding, HoldingState
from alertcore.records.shared import Batch, Nature
from alertcore.records.stock import ReportKind, Tier
from streams.emitting import Out
from tests.unit.alertcore.recall_world import DAY, HOUR, a1, holdings, recall, shelf
from tests.unit.alertcore.stock_world import CIP, CIS, NOON, World, cip, line, sheet

CHANGES = ReportKind.CHANGES
OTHER = cip(77)


def test_a_report_after_a_recall_shows_what_is_still_for_sale() -> None:
    world = World()
    assert holdings(world.tell(recall())) == []
    assert holdings(world.report(shelf(a1()))) == [("p1", "A1", "held", 4, 4)]
    assert holdings(world.report(shelf(a1(3), hours=2))) == [("p1", "A1", "held", 3, 3)]
    assert holdings(world.report(shelf([(CIP, "B1", 9)], hours=3))) == [("p1", "A1", "gone", 0, 0)]
    assert holdings(world.report(shelf([(CIP, "B1", 9)], hours=4))) == []


def test_a_recall_finds_the_shelves_that_have_its_lots() -> None:
    world = World()
    for name, lots in (("p1", a1()), ("p2", [(CIP, "B1", 2)]), ("p3", None)):
        world.report(shelf(lots, reporter=name, packs=9))
    assert holdings(world.tell(recall())) == [("p1", "A1", "held", 4, 4)]


@pytest.mark.parametrize(
    ("blocked", "state", "sale"), [(0, "held", 4), (3, "held", 1), (4, "set_aside", 0), (9, "set_aside", 0), (10, "set_aside", 0)]
)
def test_packs_set_aside_are_taken_for_the_recalled_ones_first(blocked: int, state: str, sale: int) -> None:
    world = World()
    world.tell(recall())
    one = shelf([(CIP, "A1", 4), (CIP, "B1", 6)], blocked={CIP: blocked})
    assert holdings(world.report(one)) == [("p1", "A1", state, 4, sale)]


def test_what_is_set_aside_covers_the_recalled_lots_of_a_presentation_together() -> None:
    world = World()
    both = [(CIP, "A1", 4), (CIP, "B1", 6)]
    world.report(shelf(both, blocked={CIP: 5}))
    assert holdings(world.tell(recall("q1", "B1"))) == [("p1", "B1", "held", 6, 1)]
    found = [("p1", "A1", "set_aside", 4, 0), ("p1", "B1", "held", 6, 5)]
    assert holdings(world.tell(recall("q2", "A1"))) == found
    assert holdings(world.report(shelf(both, hours=2, blocked={CIP: 5}))) == [found[1]]


def test_lots_compare_as_printed_and_a_presentation_only_with_itself() -> None:
    world = World()
    world.tell(recall("q1", Batch(cip13=CIP, lot="A1")), recall("q2", "C1"))
    rows = [(CIP, "a1", 1), (CIP, "A1", 2), (OTHER, "A1", 3), (OTHER, "C1", 4), (CIP, "C1", 5)]
    assert holdings(world.report(shelf(rows))) == [("p1", "A1", "held", 2, 2), ("p1", "C1", "held", 4, 4), ("p1", "C1", "held", 5, 5)]


def test_a_lot_without_a_presentation_means_packs_of_its_medicine_alone() -> None:
    world = World()
    world.tell(recall("q1", "A1", product=DefectProduct(name="X", cis="60000999")), recall("q2", "A1", product=DefectProduct(name="X")))
    assert holdings(world.report(shelf(a1()))) == []


def test_a_pack_whose_medicine_becomes_known_is_found_then() -> None:
    world = World()
    world.tell(recall())
    assert holdings(world.report(sheet("p1", [line(CIP, "0", 4)], lots=a1(), at=NOON + HOUR))) == []
    assert holdings(world.report(shelf(a1(), hours=2))) == [("p1", "A1", "held", 4, 4)]


@pytest.mark.parametrize(
    ("action", "found"),
    [
        (DefectAction.RECALL, ["held"]),
        (DefectAction.WITHDRAWAL, ["held"]),
        (DefectAction.QUARANTINE, ["held"]),
        (DefectAction.CAUTION_IN_USE, []),
        (DefectAction.USER_ALERT, []),
    ],
)
def test_only_what_takes_a_lot_off_the_shelf_counts(action: DefectAction, found: list[str]) -> None:
    world = World()
    world.tell(recall(actions=(action,)))
    assert [state for _, _, state, _, _ in holdings(world.report(shelf(a1())))] == found


@pytest.mark.parametrize(
    ("level", "tier", "found"),
    [
        (RecallLevel.WHOLESALE, Tier.WHOLESALER, ["held"]),
        (RecallLevel.WHOLESALE, Tier.DEPOSITARY, ["held"]),
        (RecallLevel.WHOLESALE, Tier.MANUFACTURER, ["held"]),
        (RecallLevel.WHOLESALE, Tier.COMMUNITY_PHARMACY, []),
        (RecallLevel.WHOLESALE, Tier.HOSPITAL_PHARMACY, []),
        (RecallLevel.RETAIL_HOSPITAL, Tier.COMMUNITY_PHARMACY, ["held"]),
        (RecallLevel.PATIENT, Tier.HOSPITAL_PHARMACY, ["held"]),
        (RecallLevel.UNKNOWN, Tier.COMMUNITY_PHARMACY, ["held"]),
    ],
)
def test_a_recall_concerns_the_levels_it_goes_to(level: RecallLevel, tier: Tier, found: list[str]) -> None:
    world = World()
    world.report(shelf(a1(), tier=tier))
    outs = world.tell(recall(level=level))
    assert [state for _, _, state, _, _ in holdings(outs)] == found
    assert [state for _, _, state, _, _ in holdings(world.report(shelf(a1(), hours=2, tier=tier)))] == found


RECALL, QUARANTINE, CAUTION = DefectAction.RECALL, DefectAction.QUARANTINE, DefectAction.CAUTION_IN_USE
CLOSED, UPDATE = DefectStep.CLOSED, DefectStep.UPDATE
NO_LONGER = [("p1", "A1", "lifted", 4, 0)]
STILL = [("p1", "A1", "held", 4, 4)]


@pytest.mark.parametrize(
    ("action", "after", "found"),
    [
        (RECALL, {"step": CLOSED}, []),
        (RECALL, {"step": CLOSED, "actions": (), "batches": ()}, []),
        (DefectAction.WITHDRAWAL, {"step": CLOSED, "actions": ()}, []),
        (QUARANTINE, {"step": CLOSED, "actions": (QUARANTINE,)}, NO_LONGER),
        (QUARANTINE, {"step": CLOSED, "actions": ()}, NO_LONGER),
        (RECALL, {"step": UPDATE, "actions": (), "batches": (), "level": RecallLevel.UNKNOWN}, []),
        (QUARANTINE, {"step": UPDATE, "actions": ()}, []),
        (RECALL, {"step": UPDATE, "actions": (), "class_": DefectClass.UNASSIGNED, "serious_risk": SeriousRisk.EXCLUDED}, []),
        (RECALL, {"step": UPDATE, "actions": (CAUTION,)}, NO_LONGER),
        (RECALL, {"step": UPDATE, "batches": (Batch(lot="B1"),)}, NO_LONGER),
        (RECALL, {"step": UPDATE, "batches": (Batch(lot="A1"), Batch(lot="B1"))}, STILL),
        (RECALL, {"step": UPDATE, "details": "more"}, []),
        (CAUTION, {"step": UPDATE, "actions": (RECALL,), "batches": ()}, STILL),
    ],
)
def test_what_was_recalled_stays_so_until_the_lot_is_taken_out(action: DefectAction, after: dict[str, Any], found: list[Any]) -> None:
    world = World()
    world.report(shelf(a1()))
    world.tell(recall(actions=(action,)))
    later: dict[str, Any] = {"actions": (action,), "received_at": NOON + HOUR}
    assert holdings(world.tell(recall(**later | after))) == found


def test_what_was_recalled_stays_so_whatever_comes_after_the_end() -> None:
    world = World()
    world.report(shelf(a1()))
    world.tell(recall())
    world.tell(recall(step=CLOSED, received_at=NOON + HOUR))
    assert holdings(world.tell(recall(step=UPDATE, received_at=NOON + 2 * HOUR, actions=(), batches=()))) == []
    assert holdings(world.tell(recall(step=UPDATE, received_at=NOON + 3 * HOUR, actions=(CAUTION,)))) == NO_LONGER


def test_a_wholesale_recall_that_is_lifted_does_not_bother_pharmacies() -> None:
    world = World()
    world.report(shelf(a1()))
    world.tell(recall(level=RecallLevel.WHOLESALE))
    assert holdings(world.tell(recall(level=RecallLevel.WHOLESALE, received_at=NOON + HOUR, actions=(CAUTION,)))) == []


def first(outs: list[Out]) -> Holding:
    found: Holding = next(o.value for o in outs if isinstance(o.value, Holding))
    return found


def test_each_lot_counts_since_the_earliest_decision_on_it() -> None:
    world = World()
    world.report(shelf([(CIP, "A1", 4), (CIP, "B1", 6)]))
    world.tell(recall("q1", "A1"))
    outs = world.tell(recall("q1-b", "A1", "B1", previous_id="q1", step=DefectStep.UPDATE, received_at=NOON + DAY, decided_at=NOON + DAY))
    since = {o.value.lot: (o.value.decided_at, o.value.defects) for o in outs if isinstance(o.value, Holding)}
    assert since == {"A1": (NOON, ("someone/q1",)), "B1": (NOON + DAY, ("someone/q1",))}
    other = first(world.tell(recall("q2", "A1", decided_at=NOON - DAY, class_=DefectClass.I)))
    assert (other.decided_at, other.defects, str(other.severity)) == (NOON - DAY, ("someone/q1", "someone/q2"), "critical")


def test_a_decision_without_its_time_counts_from_when_it_was_received() -> None:
    world = World()
    world.report(shelf(a1()))
    assert first(world.tell(recall(decided_at=None, received_at=NOON - HOUR))).decided_at == NOON - HOUR


@pytest.mark.parametrize(
    ("fields", "severity"),
    [
        ({"class_": DefectClass.I}, "critical"),
        ({"class_": DefectClass.II}, "severe"),
        ({"class_": DefectClass.III}, "minor"),
        ({"class_": DefectClass.UNASSIGNED}, "moderate"),
        ({"class_": DefectClass.III, "serious_risk": SeriousRisk.SUSPECTED}, "critical"),
    ],
)
def test_a_holding_is_as_grave_as_its_defect(fields: dict[str, Any], severity: str) -> None:
    world = World()
    world.report(shelf(a1()))
    assert str(first(world.tell(recall(**fields))).severity) == severity


@pytest.mark.parametrize(
    ("report", "found"),
    [
        (shelf([(CIP, "B1", 3)], hours=2), [("p1", "A1", "gone", 0, 0)]),
        (shelf([(CIP, "A1", 0), (CIP, "B1", 3)], hours=2), [("p1", "A1", "gone", 0, 0)]),
        (shelf(None, hours=2, packs=0), [("p1", "A1", "gone", 0, 0)]),
        (sheet("p1", [line(OTHER, CIS, 3)], report_id="r2", at=NOON + 2 * HOUR), [("p1", "A1", "gone", 0, 0)]),
        (sheet("p1", [], report_id="r2", at=NOON + 2 * HOUR, kind=CHANGES), []),
        (sheet("p1", [line(OTHER, CIS, 3)], report_id="r2", at=NOON + 2 * HOUR, kind=CHANGES), []),
        (shelf(None, hours=2, packs=9), []),
        (shelf(None, hours=2, packs=2), [("p1", "A1", "held", 2, 2)]),
        (shelf(None, hours=2, packs=9, blocked={CIP: 9}), [("p1", "A1", "set_aside", 4, 0)]),
        (shelf(None, hours=2, packs=9, blocked={CIP: 3}), [("p1", "A1", "held", 4, 1)]),
    ],
)
def test_what_a_report_leaves_out_is_gone_only_where_that_is_certain(report: Any, found: list[Any]) -> None:
    world = World()
    world.tell(recall())
    world.report(shelf(a1()))
    outs = world.report(report)
    assert holdings(outs) == found
    if found:
        certain = found[0][2] != "held"
        assert first(outs).observed_at == NOON + (2 if certain else 1) * HOUR


def test_what_is_not_told_stays_as_old_as_it_was_told_last() -> None:
    world = World()
    world.tell(recall())
    world.report(shelf(a1()))
    world.report(shelf(None, hours=2, packs=9))
    assert first(world.report(shelf(None, hours=3, packs=3))).observed_at == NOON + HOUR
    assert first(world.report(shelf(a1(), hours=4, packs=9))).observed_at == NOON + 4 * HOUR


def test_a_lot_that_is_gone_is_remembered_while_it_is_recalled() -> None:
    world = World()
    world.tell(recall())
    world.report(shelf(a1()))
    world.report(shelf([(CIP, "B1", 1)], hours=2))
    assert holdings(world.tell(recall("q2", "A1"))) == [("p1", "A1", "gone", 0, 0)]
    for number in ("q1", "q2"):
        outs = world.tell(recall(number, "A1", received_at=NOON + DAY, actions=(CAUTION,)))
    assert holdings(outs) == [("p1", "A1", "lifted", 0, 0)]
    world.report(shelf([(CIP, "B1", 1)], hours=3))
    assert [n for s in world.stock.view().items("lots/") for n in s[1].numbers] == [1]


def test_a_look_after_the_decision_is_told_even_where_nothing_else_changed() -> None:
    world = World()
    world.tell(recall(decided_at=NOON + 2 * HOUR))
    assert holdings(world.report(shelf(a1(), blocked={CIP: 4}))) == [("p1", "A1", "set_aside", 4, 0)]
    assert holdings(world.report(shelf(a1(), hours=1.5, blocked={CIP: 4}))) == []
    assert holdings(world.report(shelf(a1(), hours=2, blocked={CIP: 4}))) == [("p1", "A1", "set_aside", 4, 0)]


def test_older_repeated_and_exercise_records_change_nothing() -> None:
    world = World()
    world.tell(recall())
    world.report(shelf(a1(), hours=3))
    for one in (shelf(a1(9), hours=3), shelf(None, hours=2, packs=0), shelf(a1(9), hours=4, nature=Nature.EXERCISE)):
        assert holdings(world.report(one)) == []
    assert holdings(world.tell(recall("q2", "B1", nature=Nature.EXERCISE))) == []
    assert holdings(world.tell(recall())) == []
    assert list(world.stock.view().items("recall-of/someone/q2")) == []


def test_a_reporter_that_tells_no_lots_leaves_no_trace() -> None:
    world = World()
    world.tell(recall())
    world.report(shelf(None, packs=9))
    assert list(world.stock.view().items("lots/")) == []


def test_a_restart_goes_on_where_it_was() -> None:
    world = World(partitions=2)
    world.tell(recall("q1", "A1", "Ü-1"))
    world.report(shelf([(CIP, "A1", 4), (CIP, "Ü-1", 2)]))
    world.report(shelf(None, hours=2, packs=9))
    world.reopen()
    assert holdings(world.report(shelf(a1(3), hours=3))) == [("p1", "A1", "held", 3, 3), ("p1", "Ü-1", "gone", 0, 0)]
    world.reopen()
    assert holdings(world.tell(recall("q2", "A1"))) == [("p1", "A1", "held", 3, 3), ("p1", "Ü-1", "gone", 0, 0)]


STEPS = some.lists(
    some.tuples(some.sampled_from("AB"), some.integers(0, 2), some.booleans(), some.sampled_from(["p1", "p2"])), min_size=1, max_size=6
)


@settings(max_examples=60, deadline=None)
@given(STEPS, some.permutations(["q1", "q2"]))
def test_recalls_before_or_after_reports_leave_the_same_on_every_shelf(steps: list[Any], order: list[str]) -> None:
    sheets = [
        shelf([(CIP, f"{lot}1", packs), (CIP, "Z9", 1)], hours=n + 1, reporter=who, blocked={CIP: 1 if some_set_aside else 0})
        for n, (lot, packs, some_set_aside, who) in enumerate(steps)
    ]
    recalls = {"q1": recall("q1", "A1"), "q2": recall("q2", "B1")}

    def last(outs: list[Out]) -> dict[Any, Any]:
        found = [o.value for o in outs if isinstance(o.value, Holding) and o.topic == "supply.log"]
        kept = {(h.reporter.id, h.lot): (h.state.value, h.packs, h.saleable, h.observed_at) for h in found}
        return {key: value for key, value in kept.items() if value[0] == HoldingState.HELD}

    before, after = World(), World()
    first_recalled = [o for name in order for o in before.tell(recalls[name])] + [o for one in sheets for o in before.report(one)]
    first_reported = [o for one in sheets for o in after.report(one)] + [o for name in order for o in after.tell(recalls[name])]
    assert last(first_recalled) == last(first_reported)


def test_a_lot_recalled_to_wholesale_level_stays_out_of_what_pharmacies_are_told() -> None:
    world = World()
    world.report(shelf([(CIP, "A1", 4), (CIP, "B1", 6)]))
    assert holdings(world.tell(recall("q1", "A1", level=RecallLevel.WHOLESALE))) == []
    assert holdings(world.tell(recall("q2", "B1"))) == [("p1", "B1", "held", 6, 6)]
