"""Recalls of all lots: of a medicine, of every medicine with a substance, of what a site makes; whether reports tell lots or not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from alertcore.records.defect import DefectAction, DefectProduct, DefectScope, DefectStep, Foreign, RecallLevel
from alertcore.records.holding import EVERY_LOT, HoldingState, ReachRow
from alertcore.records.product import Product, Substance
from alertcore.records.shared import Batch
from alertcore.records.stock import ReportKind, Tier
from alertcore.rules import recalled_lot_text as words
from alertcore.stock.lots import take_product
from tests.unit.alertcore.recall_world import DAY, HOUR, a1, holdings, reaches, recall, shelf
from tests.unit.alertcore.stock_world import CIP, CIS, NOON, World, cip, cis, line, product, sheet, signals
from tests.unit.alertcore.test_recalled_lot_alert import held

OTHER, SECOND = cip(77), cis(2)
PRODUCT, SUBSTANCE, SITE = DefectScope.PRODUCT, DefectScope.ACTIVE_SUBSTANCE, DefectScope.SITE
RECALL, QUARANTINE, CAUTION = DefectAction.RECALL, DefectAction.QUARANTINE, DefectAction.CAUTION_IN_USE
UPDATE, CLOSED = DefectStep.UPDATE, DefectStep.CLOSED


def whole(number: str = "q1", scope: DefectScope = PRODUCT, **fields: Any) -> Any:
    """A recall that names no lots."""
    return replace(recall(number), **{"scope": scope, "batches": ()} | fields)


def made(code: str, medicine: str, *substances: tuple[str, str]) -> Product:
    """Reference data of a presentation with substances by code and name."""
    return product(code, medicine, substances=tuple(Substance(code=one, name=name) for one, name in substances))


def plain(packs: int, hours: float = 1, reporter: str = "p1", code: str = CIP, medicine: str = CIS, **more: Any) -> Any:
    """A report of one presentation that tells no lots."""
    at = NOON + hours * HOUR
    return sheet(reporter, [line(code, medicine, packs)], report_id=f"{reporter}-{hours}", at=at, **more)


@pytest.mark.parametrize("scope", [PRODUCT, SITE, SUBSTANCE])
def test_all_lots_of_the_medicine_named_are_found_on_the_shelves(scope: DefectScope) -> None:
    world = World()
    world.report(shelf([(CIP, "A1", 4), (OTHER, "B1", 6)]))
    world.report(sheet("p2", [line(OTHER, SECOND, 5)], lots=[(OTHER, "A1", 5)]))
    assert holdings(world.tell(whole(scope=scope))) == [("p1", "A1", "held", 4, 4), ("p1", "B1", "held", 6, 6)]
    assert holdings(world.report(shelf([(CIP, "C1", 2)], hours=2, reporter="p3"))) == [("p3", "C1", "held", 2, 2)]


@pytest.mark.parametrize(
    "fields",
    [
        {"scope": DefectScope.BATCH},
        {"scope": PRODUCT, "batches": (Batch(lot="B9"),)},
        {"scope": PRODUCT, "actions": (CAUTION,)},
        {"scope": PRODUCT, "product": DefectProduct(name="X")},
        {"scope": PRODUCT, "product": DefectProduct(name="X", cis=SECOND)},
    ],
)
def test_lots_of_other_medicines_or_with_others_named_are_not(fields: dict[str, Any]) -> None:
    world = World()
    world.report(shelf(a1()))
    assert holdings(world.tell(whole(**fields))) == []
    assert holdings(world.report(plain(4, hours=2, reporter="p2"))) == []


def test_where_a_report_tells_no_lots_all_packs_are_of_a_recalled_one() -> None:
    world = World()
    world.tell(whole())
    rows = [line(CIP, CIS, 4), line(OTHER, SECOND, 9), line(cip(78), CIS, 0)]
    assert holdings(world.report(sheet("p1", rows, at=NOON + HOUR))) == [("p1", EVERY_LOT, "held", 4, 4)]
    assert holdings(world.report(plain(4, hours=2, blocked={CIP: 4}))) == [("p1", EVERY_LOT, "set_aside", 4, 0)]
    assert holdings(world.report(plain(3, hours=3))) == [("p1", EVERY_LOT, "held", 3, 3)]
    assert holdings(world.report(plain(9, hours=4, kind=ReportKind.CHANGES, code=OTHER, medicine=SECOND))) == []
    assert holdings(world.report(plain(0, hours=5))) == [("p1", EVERY_LOT, "gone", 0, 0)]


def test_a_report_that_tells_lots_of_one_presentation_tells_no_more_of_it() -> None:
    world = World()
    world.tell(whole())
    both = sheet("p1", [line(CIP, CIS, 4), line(OTHER, CIS, 6)], at=NOON + HOUR, lots=a1())
    assert holdings(world.report(both)) == [("p1", "A1", "held", 4, 4), ("p1", EVERY_LOT, "held", 6, 6)]
    assert holdings(world.report(plain(5, hours=2))) == [
        ("p1", "A1", "gone", 0, 0),
        ("p1", EVERY_LOT, "gone", 0, 0),
        ("p1", EVERY_LOT, "held", 5, 5),
    ]


def test_packs_beyond_the_lots_that_a_report_names_are_recalled_with_all_the_others() -> None:
    world = World()
    world.tell(whole())
    some_named = sheet("p1", [line(CIP, CIS, 10)], at=NOON + HOUR, lots=[(CIP, "L1", 2), (CIP, "L2", 1)])
    assert holdings(world.report(some_named)) == [
        ("p1", "L1", "held", 2, 2),
        ("p1", "L2", "held", 1, 1),
        ("p1", EVERY_LOT, "held", 7, 7),
    ]
    all_named = sheet("p1", [line(CIP, CIS, 3)], report_id="r2", at=NOON + 2 * HOUR, lots=[(CIP, "L1", 2), (CIP, "L2", 2)])
    assert ("p1", EVERY_LOT, "gone", 0, 0) in holdings(world.report(all_named))


def test_pharmacies_below_the_depth_of_the_recall_are_left_alone() -> None:
    world = World()
    world.tell(whole(level=RecallLevel.WHOLESALE))
    assert holdings(world.report(plain(4))) == []
    assert [h[2] for h in holdings(world.report(plain(4, reporter="w1", tier=Tier.WHOLESALER)))] == ["held"]


@pytest.mark.parametrize(
    ("action", "after", "found"),
    [
        (RECALL, {"step": CLOSED, "actions": ()}, []),
        (QUARANTINE, {"step": CLOSED, "actions": ()}, [("p1", EVERY_LOT, "lifted", 4, 0)]),
        (RECALL, {"step": UPDATE, "actions": (CAUTION,)}, [("p1", EVERY_LOT, "lifted", 4, 0)]),
        (RECALL, {"step": UPDATE, "scope": DefectScope.BATCH, "actions": ()}, []),
        (RECALL, {"step": UPDATE, "scope": DefectScope.BATCH, "batches": (Batch(lot="A1"),)}, []),
        (RECALL, {"step": UPDATE, "scope": PRODUCT, "batches": (Batch(lot="A1"),)}, [("p1", EVERY_LOT, "lifted", 4, 0)]),
    ],
)
def test_all_lots_stay_recalled_until_a_word_lifts_them(action: DefectAction, after: dict[str, Any], found: list[Any]) -> None:
    world = World()
    world.tell(whole(actions=(action,)))
    world.report(plain(4))
    later: dict[str, Any] = {"received_at": NOON + DAY, "actions": (action,)}
    assert holdings(world.tell(whole(**later | after))) == found
    assert holdings(world.report(plain(3, hours=30))) == ([] if found else [("p1", EVERY_LOT, "held", 3, 3)])


def test_a_recall_that_grows_to_all_lots_counts_for_each_since_it_did() -> None:
    world = World()
    world.report(shelf([(CIP, "A1", 4), (CIP, "B1", 6)]))
    world.tell(recall())
    outs = world.tell(whole(step=UPDATE, received_at=NOON + DAY, decided_at=None))
    since = {o.value.lot: o.value.decided_at for o in outs if o.kind == "holding"}
    assert since == {"A1": NOON, "B1": NOON + DAY}


def test_a_recall_of_all_lots_counts_since_the_earliest_decision() -> None:
    world = World()
    world.tell(whole(), whole(step=UPDATE, received_at=NOON + DAY, decided_at=NOON + DAY))
    (one,) = [o.value for o in world.report(plain(4)) if o.kind == "holding"]
    assert one.decided_at == NOON


def test_a_recall_of_a_substance_means_every_medicine_that_has_it() -> None:
    world = World()
    salt, none = made(OTHER, SECOND, ("00456", "AMOXICILLINE trihydratée")), made(cip(78), cis(3), ("00789", "AMOXAPINE"))
    world.tell(made(CIP, CIS, ("00123", "AMOXICILLINE")), salt, none, product(cip(79), cis(4)))
    for n, (code, medicine) in enumerate(((CIP, CIS), (OTHER, SECOND), (cip(78), cis(3)))):
        world.report(sheet(f"p{n}", [line(code, medicine, 4)], lots=[(code, "L1", 4)]))
    found = whole(scope=SUBSTANCE, product=DefectProduct(name="amoxicilline", inn="Amoxicilline"))
    assert [h[0] for h in holdings(world.tell(found))] == ["p0", "p1"]
    assert holdings(world.report(plain(3, code=OTHER, medicine=SECOND, reporter="p9"))) == [("p9", EVERY_LOT, "held", 3, 3)]


def test_a_substance_that_nobody_knows_by_name_is_that_of_the_medicine_named() -> None:
    world = World()
    world.tell(made(CIP, CIS, ("00123", "AMOXICILLINE")), made(OTHER, SECOND, ("00123", "AMOXICILLINE")))
    world.report(sheet("p1", [line(OTHER, SECOND, 4)], lots=[(OTHER, "L1", 4)]))
    found = whole(scope=SUBSTANCE, product=DefectProduct(name="X", cis=CIS, inn="mystère"))
    assert holdings(world.tell(found)) == [("p1", "L1", "held", 4, 4)]


def test_a_medicine_whose_substance_becomes_known_is_meant_from_its_next_report_on() -> None:
    world = World()
    world.report(sheet("p1", [line(OTHER, SECOND, 4), line(CIP, CIS, 2)], lots=[(OTHER, "L1", 4), (CIP, "A1", 2)]))
    world.tell(whole(scope=SUBSTANCE, product=DefectProduct(name="X", inn="amoxicilline")), recall("q2", "Z9"))
    new = made(OTHER, SECOND, ("00123", "AMOXICILLINE"))
    assert holdings(world.tell(new, new)) == []
    again = sheet("p1", [line(OTHER, SECOND, 4)], report_id="r2", at=NOON + HOUR, lots=[(OTHER, "L1", 4)])
    assert holdings(world.report(again)) == [("p1", "L1", "held", 4, 4)]


@pytest.mark.parametrize(
    ("new", "found"),
    [
        (made(OTHER, SECOND, ("00123", "AMOXICILLINE TRIHYDRATÉE")), ["p1"]),
        (made(OTHER, SECOND, ("00123", "ainsi nommée ailleurs")), ["p1"]),
        (made(OTHER, SECOND, ("00789", "AMOXAPINE")), []),
    ],
)
def test_a_medicine_that_comes_later_is_meant_by_its_substances_name_or_code(new: Product, found: list[str]) -> None:
    world = World()
    world.tell(made(CIP, CIS, ("00123", "AMOXICILLINE")), whole(scope=SUBSTANCE, product=DefectProduct(name="X", inn="amoxicilline")))
    world.tell(new)
    assert [h[0] for h in holdings(world.report(plain(3, code=OTHER, medicine=SECOND)))] == found


def test_the_substance_of_the_medicine_named_may_become_known_later() -> None:
    world = World()
    world.tell(whole(scope=SUBSTANCE, product=DefectProduct(name="X", cis=CIS, inn="mystère")))
    world.tell(made(OTHER, SECOND, ("00123", "AMOXICILLINE")), made(CIP, CIS, ("00123", "AMOXICILLINE")))
    assert [h[0] for h in holdings(world.report(plain(3, code=OTHER, medicine=SECOND)))] == ["p1"]


def test_what_is_known_of_a_medicine_is_kept_once() -> None:
    world, one = World(), made(OTHER, SECOND, ("00123", "AMOXICILLINE"))
    assert take_product(world.stock.view(), one, {}) == "product"
    world.tell(one)
    assert take_product(world.stock.view(), replace(one, cip13=CIP), {}) == "nothing"
    assert take_product(world.stock.view(), product(), {}) == "nothing"


def test_packs_are_no_recalled_lot_once_the_recall_is_taken_back() -> None:
    world = World()
    world.tell(whole())
    world.tell(whole(step=UPDATE, received_at=NOON + HOUR, actions=(CAUTION,)))
    world.report(plain(4, hours=2, reporter="p9"))
    assert list(world.stock.view().items("lots/p9")) == []


def test_a_lot_that_another_authority_takes_out_is_no_longer_recalled() -> None:
    world = World()
    world.report(shelf(a1()))
    abroad = Foreign(reference="BE/II/7/02", authority="authority-be")
    world.tell(recall(foreign=abroad))
    assert holdings(world.tell(recall("q2", "B1", previous_id="q1", foreign=abroad, received_at=NOON + HOUR))) == [
        ("p1", "A1", "held", 4, 4)
    ]
    said = "Batches no longer concerned: A1."
    left = recall("q3", "B1", previous_id="q2", foreign=abroad, received_at=NOON + 2 * HOUR, details=said)
    assert holdings(world.tell(left)) == [("p1", "A1", "lifted", 4, 0)]


def test_a_restart_forgets_neither_substances_nor_recalls() -> None:
    world = World(partitions=2)
    world.tell(made(OTHER, SECOND, ("00123", "AMOXICILLINE")), whole(scope=SUBSTANCE, product=DefectProduct(name="X", inn="amoxicilline")))
    world.reopen()
    assert holdings(world.report(plain(3, code=OTHER, medicine=SECOND))) == [("p1", EVERY_LOT, "held", 3, 3)]


def test_a_recall_of_all_lots_has_its_signal_and_its_reach() -> None:
    world = World()
    world.tell(product(), whole())
    outs = world.report(plain(4), NOON + HOUR) + world.report(plain(2, reporter="p2"), NOON + HOUR) + world.advance(0.5)
    assert {(s.subject.id, s.numbers["saleable_packs"]) for s in signals(outs)} == {("p1", 4.0), ("p2", 2.0)}
    outs = world.report(plain(0, hours=2, reporter="p2"), NOON + 2 * HOUR) + world.advance(DAY.total_seconds())
    assert reaches(outs)[-1].rows == (ReachRow(tier=Tier.COMMUNITY_PHARMACY, carriers=2, clear=1, holding=1),)


ONE, TWO = held(lot=EVERY_LOT), held(lot=EVERY_LOT, cis="60000002", packs=3)


@pytest.mark.parametrize(
    ("found", "fr", "en"),
    [
        (
            (ONE,),
            "4\u00a0boîtes d'un médicament rappelé : X, tous lots (4\u00a0boîtes).",
            "4 packs of a recalled medicine for sale: X, all lots (4 packs).",
        ),
        ((ONE, TWO), "7\u00a0boîtes de 2 médicaments rappelés : X, tous lots", "7 packs of 2 recalled medicines for sale: X, all lots"),
        ((ONE, held()), "8\u00a0boîtes de 2 lots rappelés : X, tous lots", "8 packs of 2 recalled lots for sale: X, all lots"),
        ((held(),), "4\u00a0boîtes de 1 lot rappelé : X, lot A1", "4 packs of 1 recalled lot for sale: X, lot A1"),
    ],
)
def test_packs_of_a_medicine_recalled_whole_are_told_as_such(found: Any, fr: str, en: str) -> None:
    told = words.sentence(ONE.reporter, found, found, {ONE.cis: "X", TWO.cis: "Y"})
    assert fr in told.fr
    assert en in told.en
    assert HoldingState.HELD is ONE.state
