"""Rule `recalled_lot_in_stock`, from reports and recalls to its signals and the reach of a recall."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from alertcore.identity import signal_id
from alertcore.records.alert import Signal
from alertcore.records.defect import DefectAction, DefectClass, DefectStep, QualityDefect
from alertcore.records.holding import Holding, HoldingState, ReachRow
from alertcore.records.hub import Entry
from alertcore.records.shared import OrgScheme
from alertcore.records.stock import Circuit, Reporter, Tier
from alertcore.rules.recall_reach import added, counted, percent, standing
from alertcore.rules.recalled_lot_in_stock import Look, RecalledState, in_breach, look
from schemas.codec import encode
from streams.emitting import Out
from tests.unit.alertcore.recall_world import DAY, HOUR, a1, of_type, reaches, recall, shelf
from tests.unit.alertcore.stock_world import CIP, NOON, World, product, setting

B1 = (CIP, "B1", 1)
ZERO = timedelta(0)


def signals(outs: list[Out]) -> list[Signal]:
    """Signals told to the cases."""
    return of_type(outs, Signal, "cases.log")


def told(outs: list[Out]) -> list[tuple[str, str, float]]:
    """(subject, state, packs for sale) of each signal."""
    return [(s.subject.id, str(s.state), s.numbers["saleable_packs"]) for s in signals(outs)]


def recalled_world(**more: Any) -> World:
    """A hub that knows the medicine and a recall of A1, decided at noon."""
    world = World()
    world.tell(product(), recall(**more))
    return world


def after(world: World, one: Any, hours: float) -> list[Out]:
    """A report that arrives when it was observed, and half a second."""
    return world.report(one, NOON + hours * HOUR) + world.advance(0.5)


def tell(world: World, one: QualityDefect) -> list[Out]:
    """A record on a defect, and half a second."""
    return world.tell(one) + world.advance(0.5)


def test_a_report_after_the_decision_that_shows_the_lot_is_one_signal_a_reporter() -> None:
    world = recalled_world()
    outs = after(world, shelf([*a1(), B1]), 1)
    (found,) = signals(outs)
    assert told(outs) == [("p1", "raised", 4)]
    assert (found.rule, str(found.subject.kind), str(found.severity), found.since) == (
        "recalled_lot_in_stock",
        "reporter",
        "severe",
        NOON + HOUR,
    )
    cell = found.cells[0]
    assert str(cell.circuit) == "ville"
    assert found.signal_id == signal_id("recalled_lot_in_stock", "reporter", "p1", "actual")
    assert found.numbers == {"saleable_packs": 4.0, "lots_count": 1.0, "set_aside_packs": 0.0, "grace_hours": 0.0}
    assert found.because != ()
    assert (str(cell.tier), cell.region, cell.value, cell.threshold, str(cell.unit)) == ("community_pharmacy", "11", 4, 0, "packs")
    assert found.sentence.fr == (
        "p1 (officine) a encore en vente 4\u00a0boîtes de 1 lot rappelé : EXEMPLE 500 mg, comprimé, lot A1 (4\u00a0boîtes)."
        " Relevé du 10/03/2026 ; il ne devrait plus y en avoir depuis la décision du 10/03/2026."
    )
    assert found.sentence.en.startswith("p1 (community pharmacy) still has 4 packs of 1 recalled lot for sale: EXEMPLE")
    assert [s.version for s in of_type(outs, Signal, "signals")] == [1]
    assert [h.lot for h in of_type(outs, Holding, "cases.log")] == ["A1"]


@pytest.mark.parametrize(
    ("grace", "minutes", "state"), [(0, -1, None), (0, 0, "raised"), (0, 1, "raised"), (24, 1439, None), (24, 1440, "raised")]
)
def test_only_what_was_observed_at_the_decision_plus_the_grace_or_later_is_a_breach(grace: int, minutes: int, state: str | None) -> None:
    world = World()
    world.tell(setting("policy", {"defect": {"recall_grace_hours": grace}}), recall())
    found = signals(world.report(shelf(a1(), hours=minutes / 60), NOON + 2 * DAY) + world.advance(0.5))
    assert [str(s.state) for s in found] == ([state] if state else [])


def test_a_report_before_the_decision_says_who_has_to_act_and_a_later_one_who_has_not() -> None:
    world = World()
    world.report(shelf(a1(), hours=-5))
    assert told(tell(world, recall())) == []
    assert told(after(world, shelf(a1(3), hours=1), 1)) == [("p1", "raised", 3)]


@pytest.mark.parametrize(
    ("report", "found"),
    [
        (shelf([B1], hours=2), [("p1", "cleared", 0)]),
        (shelf(a1(), hours=2, blocked={CIP: 4}), [("p1", "cleared", 0)]),
        (shelf(None, hours=2, packs=9), []),
        (shelf(None, hours=2, packs=0), [("p1", "cleared", 0)]),
        (shelf([*a1(), B1], hours=0.5), []),
    ],
)
def test_only_a_later_report_that_shows_none_for_sale_clears(report: Any, found: list[Any]) -> None:
    world = recalled_world()
    after(world, shelf(a1()), 1)
    assert told(world.report(report, NOON + 2 * HOUR) + world.advance(0.5)) == found


def test_packs_set_aside_and_the_grace_are_numbers_of_the_signal() -> None:
    world = World()
    world.tell(setting("policy", {"defect": {"recall_grace_hours": 24}}), recall())
    (found,) = signals(world.report(shelf(a1(6), hours=30, blocked={CIP: 2}), NOON + 2 * DAY) + world.advance(0.5))
    assert found.numbers == {"saleable_packs": 4.0, "lots_count": 1.0, "set_aside_packs": 2.0, "grace_hours": 24.0}


def test_silence_never_clears() -> None:
    world = recalled_world()
    after(world, shelf(a1()), 1)
    assert told(world.advance(40 * DAY.total_seconds())) == []


def test_what_is_cleared_says_so_and_may_come_back() -> None:
    world = recalled_world()
    after(world, shelf(a1()), 1)
    (cleared,) = signals(after(world, shelf([B1], hours=2), 2))
    assert (cleared.version, str(cleared.severity), cleared.since) == (2, "info", NOON + HOUR)
    assert cleared.sentence.fr == "p1 (officine) n'a plus de lot rappelé en vente, d'après son relevé du 10/03/2026."
    (again,) = signals(after(world, shelf(a1(), hours=3), 3))
    assert (again.version, str(again.state), again.since) == (3, "raised", NOON + 3 * HOUR)


def test_a_lot_that_is_no_longer_recalled_clears_its_signal() -> None:
    world = recalled_world()
    after(world, shelf(a1()), 1)
    outs = tell(world, recall(step=DefectStep.UPDATE, received_at=NOON + HOUR, actions=(DefectAction.CAUTION_IN_USE,)))
    (cleared,) = signals(outs)
    assert (str(cleared.state), cleared.sentence.en) == (
        "cleared",
        "p1 (community pharmacy): the lots in question are no longer recalled.",
    )
    assert [(h.lot, h.state) for h in of_type(outs, Holding, "cases.log")] == [("A1", HoldingState.LIFTED)]
    assert list(world.supply.view().items("held/")) == []


@pytest.mark.parametrize(
    ("packs", "hours", "changed"),
    [(10, 48, False), (9, 24, True), (11, 24, True), (9, 23.9, False), (19, 48, True)],
)
def test_another_number_of_packs_is_told_from_a_tenth_on_and_once_a_day(packs: int, hours: float, changed: bool) -> None:
    world = recalled_world()
    after(world, shelf(a1(10)), 0)
    found = told(after(world, shelf(a1(packs), hours=hours), hours))
    assert found == ([("p1", "changed", packs)] if changed else [])


def test_less_than_a_tenth_is_not_told() -> None:
    world = recalled_world()
    after(world, shelf(a1(100)), 0)
    assert told(after(world, shelf(a1(91), hours=48), 48)) == []
    assert told(after(world, shelf(a1(90), hours=49), 49)) == [("p1", "changed", 90)]


def test_another_lot_or_severity_is_told_at_once() -> None:
    world = recalled_world()
    after(world, shelf([*a1(), B1]), 1)
    found = signals(tell(world, recall("q2", "B1", class_=DefectClass.I)))
    assert [(str(s.state), str(s.severity), s.numbers["lots_count"]) for s in found] == [("changed", "critical", 2)]
    assert "5\u00a0boîtes de 2 lots rappelés" in found[0].sentence.fr


def test_many_lots_are_counted_and_five_of_them_named() -> None:
    world = World()
    numbers = [f"L{n}" for n in range(7)]
    world.tell(recall("q1", *numbers))
    sentence = signals(after(world, shelf([(CIP, lot, 1) for lot in numbers]), 1))[0].sentence
    assert f"CIP {CIP}, lot L4 (1\u00a0boîte) ; et 2 autres." in sentence.fr
    assert "lot L4 (1 pack); and 2 more." in sentence.en
    assert "lot L5" not in sentence.fr


def test_reporters_are_judged_each_for_itself() -> None:
    world = World(partitions=2, shards=2)
    world.tell(recall())
    names = [f"p{n}" for n in range(6)]
    raised = [t for name in names for t in told(after(world, shelf(a1(), reporter=name), 1))]
    assert raised == [(name, "raised", 4) for name in names]
    assert told(after(world, shelf([B1], hours=2, reporter="p3"), 2)) == [("p3", "cleared", 0)]


def test_a_report_with_many_recalled_lots_is_one_signal_also_over_a_restart() -> None:
    world = World()
    world.tell(recall("q1", "A1", "B1", "C1"))
    world.report(shelf([(CIP, lot, 1) for lot in ("A1", "B1", "C1")]), NOON + HOUR)
    assert told(world.advance(0.4)) == []
    world.reopen()
    assert told(world.advance(0.1)) == [("p1", "raised", 3)]


def test_another_policy_judges_all_again_and_says_that_it_was_the_policy() -> None:
    world = recalled_world()
    after(world, shelf(a1()), 1)
    after(world, shelf(a1(), hours=30, reporter="p2"), 30)
    found = signals(world.tell(setting("policy", {"defect": {"recall_grace_hours": 24}})))
    assert [(s.subject.id, str(s.state), s.numbers.get("cleared_by_policy_flag")) for s in found] == [("p1", "cleared", 1.0)]
    found = signals(world.tell(setting("policy", {"defect": {"recall_grace_hours": 1}})))
    assert [(s.subject.id, str(s.state), s.numbers.get("raised_by_policy_flag")) for s in found] == [("p1", "raised", 1.0)]


def test_a_restart_changes_nothing() -> None:
    world = recalled_world()
    after(world, shelf(a1()), 1)
    world.reopen()
    assert told(after(world, shelf(a1(), hours=2), 2)) == []
    assert told(after(world, shelf([B1], hours=3), 3)) == [("p1", "cleared", 0)]


def reach_of(outs: list[Out]) -> list[tuple[str, int, list[tuple[str, int, int, int]]]]:
    return [(r.defect, r.version, [(str(x.tier), x.carriers, x.clear, x.holding) for x in r.rows]) for r in reaches(outs)]


def test_the_reach_of_a_recall_is_told_by_level_after_a_minute_and_then_once_a_day() -> None:
    world = World()
    for name, tier in (("p1", Tier.COMMUNITY_PHARMACY), ("p2", Tier.COMMUNITY_PHARMACY), ("w1", Tier.WHOLESALER)):
        world.report(shelf(a1(), hours=-5, reporter=name, tier=tier))
    world.tell(recall())
    assert reach_of(world.advance(59)) == []
    assert reach_of(world.advance(1)) == [("someone/q1", 1, [("wholesaler", 1, 0, 0), ("community_pharmacy", 2, 0, 0)])]
    world.report(shelf([B1], hours=1, reporter="p1"))
    world.report(shelf(a1(), hours=1, reporter="p2"))
    assert reach_of(world.advance(DAY.total_seconds() - 1)) == []
    found = [("wholesaler", 1, 0, 0), ("community_pharmacy", 2, 1, 1)]
    assert reach_of(world.advance(1)) == [("someone/q1", 2, found)]
    assert reach_of(world.advance(3 * DAY.total_seconds())) == []


def test_a_reach_that_is_the_same_again_is_not_told() -> None:
    world = World()
    world.tell(recall())
    world.report(shelf(a1()))
    world.advance(60)
    world.report(shelf([B1], hours=2))
    world.report(shelf(a1(), hours=3))
    assert reach_of(world.advance(2 * DAY.total_seconds())) == []
    world.report(shelf([B1], hours=60))
    assert reach_of(world.advance(60)) == [("someone/q1", 2, [("community_pharmacy", 1, 1, 0)])]


def test_a_recall_that_is_lifted_has_no_carriers_left_and_a_restart_remembers_what_is_due() -> None:
    world = World()
    world.tell(recall())
    world.report(shelf(a1()))
    world.advance(60)
    world.tell(recall(step=DefectStep.UPDATE, received_at=NOON + HOUR, actions=(DefectAction.CAUTION_IN_USE,)))
    world.reopen()
    assert reach_of(world.advance(DAY.total_seconds())) == [("someone/q1", 2, [])]
    world.reopen()
    assert reach_of(world.advance(3 * DAY.total_seconds())) == []


def test_a_quiet_spell_lets_the_first_word_on_a_reach_go() -> None:
    world = World()
    world.tell(recall())
    world.report(shelf(a1()))
    assert world.supply.head().pending
    assert reach_of(world.supply.idle()) == [("someone/q1", 1, [("community_pharmacy", 1, 0, 1)])]
    assert not world.supply.head().pending


def holding(state: HoldingState = HoldingState.HELD, hours: float | None = 1, name: str = "p1", lot: str = "A1", packs: int = 4) -> Holding:
    """A holding observed some hours after the decision; None: no decision is known."""
    at: datetime = NOON + (hours or 0) * HOUR
    of = Reporter(id=name, scheme=OrgScheme.FINESS, name="Pharmacie", country="FR", tier=Tier.COMMUNITY_PHARMACY, circuit=Circuit.VILLE)
    free = packs if state is HoldingState.HELD else 0
    decided = None if hours is None else NOON
    return Holding(reporter=of, cip13=CIP, lot=lot, state=state, packs=packs, saleable=free, observed_at=at, decided_at=decided)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ([holding(hours=-0.1)], "not_known"),
        ([holding(hours=0)], "holding"),
        ([holding(HoldingState.SET_ASIDE, hours=0)], "clear"),
        ([holding(HoldingState.GONE, hours=-0.1)], "not_known"),
        ([holding(HoldingState.GONE, hours=0)], "clear"),
        ([holding(HoldingState.GONE), holding(lot="B1", hours=-1)], "not_known"),
        ([holding(HoldingState.GONE), holding(lot="B1")], "holding"),
        ([holding(hours=None)], "not_known"),
    ],
)
def test_where_a_reporter_stands_with_a_recall(given: list[Holding], found: str) -> None:
    assert standing(given, ZERO) == found


@pytest.mark.parametrize(("clear", "carriers", "found"), [(0, 3, 0.0), (1, 3, 33.3), (9_999, 10_000, 99.9), (10_000, 10_000, 100.0)])
def test_only_everybody_is_a_hundred_per_cent(clear: int, carriers: int, found: float) -> None:
    assert percent(ReachRow(tier=Tier.WHOLESALER, carriers=carriers, clear=clear, holding=0)) == found


def test_parts_of_a_reach_add_up() -> None:
    one = counted([(Tier.WHOLESALER, "clear"), (Tier.WHOLESALER, "holding"), (Tier.COMMUNITY_PHARMACY, "not_known")])
    assert added([one, one, ()]) == (
        ReachRow(tier=Tier.WHOLESALER, carriers=4, clear=2, holding=2),
        ReachRow(tier=Tier.COMMUNITY_PHARMACY, carriers=2, clear=0, holding=0),
    )


def test_a_look_at_what_is_no_breach_leaves_no_trace() -> None:
    now = Look(reporter=holding().reporter, holdings=(holding(hours=-1),), at=NOON, grace=ZERO, policy_version=0)
    assert look(RecalledState(), now) == (RecalledState(), None)
    assert in_breach((holding(), holding(HoldingState.SET_ASIDE)), ZERO) == (holding(),)


def test_what_was_never_held_cannot_be_lifted() -> None:
    world = World()
    lifted = holding(HoldingState.LIFTED, hours=None)
    assert world.supply.feed(0, Entry(stamp=NOON, sender="stock", event_id="e1", kind="holding", value=encode(lifted))) == []
    assert list(world.supply.view().items("held/")) == []
