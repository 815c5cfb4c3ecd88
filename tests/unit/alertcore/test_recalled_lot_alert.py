"""Alerts on recalled lots still in stock, and the reach of a recall on the alert of its defect."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alertcore.records.alert import AlertKind, Severity, Signal, SignalState
from alertcore.records.defect import DefectClass, DefectStep, Falsified
from alertcore.records.holding import Holding, HoldingState, Reach, ReachRow
from alertcore.records.shared import Batch, Nature, OrgScheme, Subject, SubjectKind, Text
from alertcore.records.stock import Circuit, Reporter, Tier
from alertcore.rules import reach_words
from streams.emitting import Out
from tests.unit.alertcore.cases_world import CIS, HOURS, NOW, World, alerts, ends, groups, notices, product, signal, signals, steps

CIP, OTHER = "3400960000001", "3400960000002"
DAY = timedelta(days=1)


def held(lot: str = "A1", packs: int = 4, name: str = "p1", tier: Tier = Tier.COMMUNITY_PHARMACY, **fields: Any) -> Holding:
    """Packs of a recalled lot for sale an hour after the decision."""
    reporter = Reporter(id=name, scheme=OrgScheme.FINESS, name="Pharmacie Exemple", country="FR", tier=tier, circuit=Circuit.VILLE)
    given: dict[str, Any] = {
        "reporter": reporter,
        "cip13": CIP,
        "cis": CIS,
        "lot": lot,
        "state": HoldingState.HELD,
        "packs": packs,
        "saleable": packs,
        "severity": Severity.SEVERE,
        "observed_at": NOW + HOURS,
        "decided_at": NOW,
        "defects": ("demo/q1",),
    }
    return Holding(**given | fields)


def hold(world: World, *found: Holding, state: SignalState = SignalState.RAISED, **fields: Any) -> list[Out]:
    """What stage supply tells of a reporter: its lots, then the signal."""
    outs = [o for one in found for o in world.feed("holding", one)]
    name = found[0].reporter.id
    numbers = {"saleable_packs": float(sum(h.saleable for h in found)), "grace_hours": 0.0}
    said = Text(fr="Pharmacie Exemple (officine) a encore en vente 4 boîtes.", en="it still has 4 packs for sale.")
    given: dict[str, Any] = {"numbers": numbers, "sentence": said, "severity": Severity.SEVERE}
    one: Signal = signal("recalled_lot_in_stock", SubjectKind.REPORTER, name, state, **given | fields)
    return outs + world.feed("signal", one)


def gone(world: World, *found: Holding) -> list[Out]:
    """None is for sale any more."""
    lots = found or (held(packs=0, state=HoldingState.GONE, saleable=0),)
    return hold(world, *lots, state=SignalState.CLEARED, severity=Severity.INFO)


def recalled(**fields: Any) -> World:
    """A recall that was released."""
    world = World()
    world.report(**fields)
    world.order("release")
    return world


def of_holders(outs: list[Out]) -> list[Any]:
    return [a for a in alerts(outs) if a.kind is AlertKind.RECALLED_LOT]


def test_holder_company_and_officers_are_told_where_the_recall_was_released() -> None:
    outs = hold(recalled(), held())
    assert groups(outs) == {"officers": "alert", "companies:lab-a": "alert", "holders": "alert"}
    raised = of_holders(outs)[0]
    assert (raised.reason, raised.subject.id, raised.severity) == ("lots_still_held", "p1", Severity.SEVERE)
    assert raised.batches == (Batch(cip13=CIP, lot="A1"),)
    assert raised.facts["headline_fr"] == "Pharmacie Exemple (officine) : lot rappelé encore en vente"
    assert raised.facts["instruction_fr"].startswith("Cessez la délivrance, isolez")
    whom = notices(outs, "holders")[0].audience.filter
    assert whom is not None
    assert ("community_pharmacy" in whom.kinds, whom.facilities, whom.mandatory) == (True, ("p1",), True)


def test_the_alert_has_the_figures_of_its_signal_and_what_follows_the_packs() -> None:
    world = recalled(nature=Nature.EXERCISE)
    found = replace(held(), nature=Nature.EXERCISE, reporter=replace(held().reporter, name=""))
    raised = of_holders(hold(world, found, nature=Nature.EXERCISE))[0]
    assert (raised.nature, raised.numbers) == (Nature.EXERCISE, {"saleable_packs": 4.0, "grace_hours": 0.0})
    assert raised.also == (Subject(kind=SubjectKind.CIS, id=CIS), Subject(kind=SubjectKind.CIP13, id=CIP))
    assert (raised.facts["since"], raised.facts["name"]) == ("2026-01-26", "p1")
    named = of_holders(hold(recalled(), held()))[0]
    assert (named.facts["holder_told"], named.facts["name"]) == ("yes", "Pharmacie Exemple")
    assert named.facts["headline_en"].endswith(": recalled lot still for sale")
    assert (named.labels["holder"], "by_company" in named.labels) == ("community_pharmacy", False)
    assert not [name for name in named.facts if name.startswith("own/")]
    untold = World()
    untold.report()
    assert of_holders(hold(untold, held()))[0].facts["holder_told"] == "no"


@pytest.mark.parametrize(
    ("lots", "named", "do"), [(("*",), [], "toutes les boîtes"), (("*", "A1"), ["A1"], "toutes les boîtes"), (("A1",), ["A1"], "les lots")]
)
def test_where_all_lots_are_recalled_all_boxes_go_and_no_lot_is_listed(lots: tuple[str, ...], named: list[str], do: str) -> None:
    raised = of_holders(hold(recalled(), *(held(lot) for lot in lots)))[0]
    assert ([b.lot for b in raised.batches], f"isolez {do}" in raised.facts["instruction_fr"]) == (named, True)


def test_lots_within_their_hours_of_grace_are_left_out() -> None:
    early = held("A2", observed_at=NOW + 2 * HOURS)
    late = held("A1", observed_at=NOW + 5 * HOURS)
    raised = of_holders(hold(recalled(), early, late, numbers={"saleable_packs": 8.0, "grace_hours": 3.0}))[0]
    assert [b.lot for b in raised.batches] == ["A1"]


def test_a_holder_is_not_blamed_before_the_recall_has_reached_professionals() -> None:
    world = World()
    world.report()
    assert groups(hold(world, held())) == {"officers": "alert", "companies:lab-a": "alert"}
    defect = next(f.alert.alert_id for f in world.files() if f.alert.kind is AlertKind.DEFECT)
    assert "holders" not in groups(world.order("release", target=defect, audience="public"))
    outs = world.order("release", target=defect, audience="professionals")
    assert groups(outs)["holders"] == "alert"
    assert [str(a.step) for a in of_holders(outs)] == ["updated"]
    assert of_holders(world.order("release", target=defect)) == []


def test_a_recall_that_nobody_holds_back_reaches_the_holder_with_it() -> None:
    world = World(gates=[{"kind": "defect", "audience": "*", "gate": "automatic"}])
    world.report()
    assert "holders" in groups(hold(world, held()))


def test_a_recall_that_is_closed_was_told_all_the_same() -> None:
    world = recalled()
    world.report(step=DefectStep.CLOSED, received_at=NOW + HOURS)
    assert "holders" in groups(hold(world, held()))


def test_a_recall_the_case_does_not_know_tells_no_holder() -> None:
    assert set(groups(hold(recalled(), held(defects=("demo/other",))))) == {"officers", "companies:lab-a"}


def test_what_is_gone_gives_the_all_clear_to_those_who_were_told() -> None:
    world = recalled()
    hold(world, held())
    none = held(packs=0, state=HoldingState.GONE, saleable=0)
    none_left = Text(fr="Plus rien en vente.", en="Nothing for sale.")
    outs = hold(world, none, state=SignalState.CLEARED, severity=Severity.INFO, sentence=none_left)
    assert [(str(a.step), a.reason) for a in of_holders(outs)] == [("resolved", "lots_gone")]
    over = ("all_clear", of_holders(outs)[0].alert_id)
    assert ends(outs) == {"officers": over, "companies:lab-a": over, "holders": over}
    assert notices(outs)[0].params["instruction_fr"].startswith("Rien de plus à faire")
    ended = of_holders(outs)[0].facts
    assert ended["headline_fr"] == f"{ended['name']} : plus de lot rappelé en vente"
    assert ended["headline_en"] == f"{ended['name']}: no recalled lot for sale any more"
    assert (ended["sentence_fr"], ended["sentence_en"]) == ("Plus rien en vente.", "Nothing for sale.")
    assert list(world.shell.view().items("held/")) == list(world.shell.view().items("holders/")) == []
    assert steps(gone(world)) == []


def test_another_lot_is_an_update_and_the_same_again_nothing() -> None:
    world = recalled()
    hold(world, held())
    assert of_holders(hold(world, held())) == []
    outs = hold(world, held(), held("B1"), state=SignalState.CHANGED)
    assert [(str(a.step), a.reason) for a in of_holders(outs)] == [("updated", "lots_held_changed")]
    assert [b.lot for b in of_holders(outs)[-1].batches] == ["A1", "B1"]


def test_a_lot_that_is_lifted_or_was_seen_before_the_decision_is_not_named() -> None:
    world = recalled()
    hold(world, held(), held("B1"), held("C1", observed_at=NOW - HOURS), held("D1", state=HoldingState.SET_ASIDE, saleable=0))
    assert [b.lot for b in of_holders(world.outs)[-1].batches] == ["A1", "B1"]
    lifted = held("B1", state=HoldingState.LIFTED, decided_at=None, defects=())
    outs = hold(world, lifted, held(), state=SignalState.CHANGED)
    assert [b.lot for b in of_holders(outs)[-1].batches] == ["A1"]


def test_a_company_reads_of_its_own_medicines_alone() -> None:
    world = recalled()
    world.feed("reference.products", product("60000002", cip13=OTHER, name="AUTREDEMO", company="lab-b"))
    outs = hold(world, held(), held("B1", cip13=OTHER, cis="60000002"))
    texts = {n.reason.rule: n.params["sentence_fr"] for n in notices(outs)}
    assert ("AUTREDEMO" in texts["companies:lab-a"], "AMOXIDEMO" in texts["companies:lab-a"]) == (False, True)
    assert ("AUTREDEMO" in texts["companies:lab-b"], "AMOXIDEMO" in texts["companies:lab-b"]) == (True, False)
    assert texts["officers"] == texts["holders"] == "Pharmacie Exemple (officine) a encore en vente 4 boîtes."


def test_a_medicine_nobody_knows_has_no_company_to_tell() -> None:
    assert set(groups(hold(recalled(), held(cis="60000009")))) == {"officers", "holders"}


@pytest.mark.parametrize("kind", ["defect", "falsified"])
def test_both_kinds_of_defect_reach_holders(kind: str) -> None:
    world = recalled(falsified=Falsified.CONFIRMED if kind == "falsified" else Falsified.NO)
    assert "holders" in groups(hold(world, held()))


def reach(*rows: tuple[str, int, int, int], version: int = 1, source: int = 0, defect: str = "demo/q1") -> Reach:
    """The word of one partition."""
    found = tuple(ReachRow(tier=Tier(t), carriers=n, clear=clear, holding=still) for t, n, clear, still in rows)
    return Reach(defect=defect, source=source, version=version, rows=found)


PHARMACIES = ("community_pharmacy", 10, 4, 1)


def test_the_reach_of_a_recall_is_a_note_for_officers_and_for_nobody_else() -> None:
    world = recalled()
    assert world.feed("reach", reach(PHARMACIES)) == []
    world.feed("reach", reach(("community_pharmacy", 10, 4, 2), ("wholesaler", 1, 1, 0), source=1))
    assert world.wait(timedelta(seconds=59)) == []
    outs = world.wait(timedelta(seconds=1))
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("updated", "reach_changed")]
    assert list(groups(outs)) == ["officers"]
    told = notices(outs)[0].params
    assert told["reach_pct"] == "wholesaler=100,community_pharmacy=40"
    assert told["reach_fr"] == (
        "Portée du rappel, d'après les relevés postérieurs à la décision :"
        " grossistes-répartiteurs : 100 % (1 sur 1) n'ont plus de lot en vente, 0 en a encore, 0 inconnu ;"
        " officines : 40 % (8 sur 20) n'ont plus de lot en vente, 3 en ont encore, 9 inconnus."
    )
    assert "community pharmacies: 40 % (8 of 20) have no batch for sale any more, 3 still have, 9 not known." in told["reach_en"]
    numbers = signals(outs)[0].numbers
    assert (numbers["reach_community_pharmacy_pct"], numbers["carriers_community_pharmacy_count"]) == (40.0, 20.0)
    assert str(world.alert().release.audiences) == str(alerts(world.outs)[-2].release.audiences)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("row", "fr", "en"),
    [
        (("wholesaler", 3, 1, 1), "33,3 % (1 sur 3) n'ont plus de lot en vente, 1 en a encore, 1 inconnu.", "33.3 % (1 of 3)"),
        (("wholesaler", 4, 0, 2), "0 % (0 sur 4) n'ont plus de lot en vente, 2 en ont encore, 2 inconnus.", "2 still have, 2 not known."),
        (("wholesaler", 1, 0, 1), "0 % (0 sur 1) n'ont plus de lot en vente, 1 en a encore, 0 inconnu.", "1 still has, 0 not known."),
    ],
)
def test_shares_and_numbers_of_a_reach_are_said_as_people_say_them(row: tuple[str, int, int, int], fr: str, en: str) -> None:
    told = reach_words.notes(reach(row).rows)
    assert told["reach_fr"].endswith(fr)
    assert en in told["reach_en"]


def test_a_level_without_a_name_of_its_own_is_one_of_reporters() -> None:
    told = reach_words.notes(reach(("unknown", 2, 1, 0)).rows)
    assert (" déclarants : 50 %" in told["reach_fr"], " reporters: 50 %" in told["reach_en"]) == (True, True)


def test_a_later_word_of_a_partition_does_not_put_off_what_was_to_be_told() -> None:
    world = recalled()
    world.feed("reach", reach(PHARMACIES))
    assert world.wait(timedelta(seconds=30)) == []
    world.feed("reach", reach(("wholesaler", 1, 1, 0), source=1))
    assert world.wait(timedelta(seconds=29)) == []
    assert [a.reason for a in alerts(world.wait(timedelta(seconds=1)))] == ["reach_changed"]


def test_officers_read_the_reach_at_most_once_a_day() -> None:
    world = recalled()
    world.feed("reach", reach(PHARMACIES))
    world.wait(timedelta(minutes=1))
    world.feed("reach", reach(("community_pharmacy", 10, 5, 1), version=2))
    assert world.wait(DAY - timedelta(seconds=1)) == []
    assert [a.reason for a in alerts(world.wait(timedelta(seconds=1)))] == ["reach_changed"]
    assert world.wait(3 * DAY) == []
    world.feed("reach", reach(("community_pharmacy", 10, 6, 1), version=3))
    assert [a.reason for a in alerts(world.wait(timedelta(minutes=1)))] == ["reach_changed"]


def test_an_older_or_unknown_word_on_a_reach_is_nothing() -> None:
    world = recalled()
    world.feed("reach", reach(PHARMACIES, version=2))
    world.wait(timedelta(minutes=1))
    for one in (reach(PHARMACIES, version=2), reach(("community_pharmacy", 10, 0, 0)), reach(PHARMACIES, defect="demo/other")):
        world.feed("reach", one)
    assert world.wait(3 * DAY) == []


def test_a_reach_stays_with_the_alert_and_moves_nothing_else() -> None:
    world = recalled()
    world.feed("reach", reach(PHARMACIES))
    world.wait(timedelta(minutes=1))
    outs = world.report(received_at=NOW + 2 * HOURS, details="more", step=DefectStep.UPDATE)
    assert "reach_pct" in notices(outs, "officers")[0].params
    assert "reach_pct" not in notices(world.order("release"), "supply_chain")[0].params


def test_a_reach_of_an_ended_alert_is_kept_and_told_to_nobody() -> None:
    world = recalled()
    world.report(step=DefectStep.CLOSED, received_at=NOW + HOURS)
    world.feed("reach", reach(PHARMACIES))
    assert world.wait(timedelta(minutes=1)) == []


def test_a_reach_of_two_defects_of_a_medicine_adds_up() -> None:
    world = recalled()
    world.report("q2", received_at=NOW + HOURS, batches=(Batch(lot="B1"),), details="other", class_=DefectClass.II)
    world.feed("reach", reach(PHARMACIES))
    world.feed("reach", reach(PHARMACIES, defect="demo/q2"))
    outs = world.wait(timedelta(minutes=1))
    assert "(8 sur 20)" in notices(outs)[0].params["reach_fr"]


def test_a_release_between_the_news_of_a_lot_and_its_signal_moves_no_holder() -> None:
    world = World()
    world.report()
    hold(world, held())
    world.feed("holding", held(packs=0, saleable=0, state=HoldingState.GONE))
    defect = next(f.alert.alert_id for f in world.files() if f.alert.kind is AlertKind.DEFECT)
    assert of_holders(world.order("release", target=defect)) == []
    assert [str(a.step) for a in of_holders(gone(world))] == ["resolved"]
