"""What the records on one defect say together, in whatever order they come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from alertcore.cases.defect_standing import KEPT, in_order, standing, steps, with_record
from alertcore.cases.defects import fires
from alertcore.cases.state import DefectRecord
from alertcore.making import replace
from alertcore.records.defect import (
    DefectAction,
    DefectClass,
    DefectProduct,
    DefectScope,
    DefectStep,
    Distribution,
    Falsified,
    Foreign,
    QualityDefect,
    RecallLevel,
    SeriousRisk,
    YesNo,
)
from alertcore.records.shared import Batch
from tests.unit.alertcore.cases_world import CIS, HOURS, NOW, defect, org

ONE, II, III, UNASSIGNED = DefectClass.I, DefectClass.II, DefectClass.III, DefectClass.UNASSIGNED
UNASSESSED, SUSPECTED, CONFIRMED, EXCLUDED = SeriousRisk.UNASSESSED, SeriousRisk.SUSPECTED, SeriousRisk.CONFIRMED, SeriousRisk.EXCLUDED
FAKE = Falsified.SUSPECTED
BE = Foreign(reference="BE/I/7/02", authority="authority-be")
BARE: dict[str, Any] = {
    "product": DefectProduct(name="AMOXIDEMO"),
    "batches": (),
    "class_": UNASSIGNED,
    "serious_risk": UNASSESSED,
    "serious_risk_at": None,
    "level": RecallLevel.UNKNOWN,
    "step": DefectStep.UPDATE,
}
"""A follow-up that leaves out all it may."""


def told(*fields: dict[str, Any]) -> list[DefectRecord]:
    """Records an hour apart, each heard when it was received; the first is a class I defect with one lot unless it says otherwise."""
    rows: list[DefectRecord] = []
    for n, one in enumerate(fields):
        at = NOW + n * HOURS
        rows.append(DefectRecord(record=defect(f"q{n}", **{"received_at": at} | (BARE if n else {}) | one), heard_at=at))
    return rows


def holds(*fields: dict[str, Any]) -> QualityDefect:
    """What holds after these."""
    return standing(told(*fields)).record


FULL: dict[str, Any] = {
    "scope": DefectScope.SITE,
    "defect_type": "odour",
    "details": "a smell",
    "falsified": Falsified.CONFIRMED,
    "falsification_note": "printing",
    "actions": (DefectAction.RECALL,),
    "decided_at": NOW,
    "reached_patients": YesNo.NO,
    "ma_holder": org("lab-h"),
    "manufacturer": org("site-x"),
    "recalling_firm": org("lab-r"),
    "recall_number": "R-7",
    "product": DefectProduct(name="AMOXIDEMO", cis=CIS, inn="amoxicillin", ma_numbers=("34009",)),
}


def test_what_a_follow_up_leaves_out_holds_as_it_was_said() -> None:
    first, now = told(FULL)[0].record, holds(FULL, {})
    same = {"defect_id": "q1", "step": DefectStep.UPDATE, "received_at": NOW + HOURS, "serious_risk_at": None, "source": first.source}
    assert now == replace(first, **same)


def test_what_a_follow_up_says_holds_in_its_place() -> None:
    later: dict[str, Any] = {
        "scope": DefectScope.BATCH,
        "batches": (Batch(lot="B1"),),
        "defect_type": "leak",
        "details": "a hole",
        "class_": II,
        "serious_risk": SUSPECTED,
        "falsified": FAKE,
        "falsification_note": "seal",
        "actions": (DefectAction.QUARANTINE,),
        "level": RecallLevel.WHOLESALE,
        "decided_at": NOW + HOURS,
        "reached_patients": YesNo.YES,
        "ma_holder": org("lab-i"),
        "manufacturer": org("site-y"),
        "recalling_firm": org("lab-s"),
        "recall_number": "R-8",
        "distribution": Distribution(known=True, countries=("BE",)),
        "product": DefectProduct(name="X", cis="60000099"),
    }
    assert holds(FULL, later) == told({}, later)[1].record


def test_a_product_named_anew_takes_nothing_of_the_one_before() -> None:
    named = DefectProduct(name="X", inn="ibuprofen", ma_numbers=("1",))
    assert holds(FULL, {"product": named}).product == replace(named, cis=CIS)
    assert holds({"product": DefectProduct(name="X", inn="ibuprofen")}, {}).product == DefectProduct(name="AMOXIDEMO")


def test_where_it_went_is_not_carried_on_so_that_more_are_told() -> None:
    assert holds({"distribution": Distribution(known=True, countries=("BE",))}, {}).distribution == Distribution()


@pytest.mark.parametrize(
    ("first", "later", "class_", "risk"),
    [
        ((ONE, SUSPECTED), (UNASSIGNED, UNASSESSED), ONE, SUSPECTED),
        ((ONE, SUSPECTED), (DefectClass.UNKNOWN, SeriousRisk.UNKNOWN), ONE, SUSPECTED),
        ((ONE, SUSPECTED), (UNASSIGNED, EXCLUDED), UNASSIGNED, EXCLUDED),
        ((ONE, SUSPECTED), (ONE, EXCLUDED), ONE, EXCLUDED),
        ((II, SUSPECTED), (UNASSIGNED, EXCLUDED), II, EXCLUDED),
        ((III, SUSPECTED), (UNASSIGNED, EXCLUDED), III, EXCLUDED),
        ((ONE, SUSPECTED), (UNASSIGNED, CONFIRMED), ONE, CONFIRMED),
        ((ONE, SUSPECTED), (II, UNASSESSED), II, SUSPECTED),
        ((II, EXCLUDED), (ONE, UNASSESSED), ONE, UNASSESSED),
        ((II, EXCLUDED), (III, UNASSESSED), III, EXCLUDED),
        ((II, CONFIRMED), (ONE, UNASSESSED), ONE, CONFIRMED),
        ((UNASSIGNED, UNASSESSED), (UNASSIGNED, UNASSESSED), UNASSIGNED, UNASSESSED),
    ],
)
def test_only_a_word_lifts_a_class_or_a_risk(first: Any, later: Any, class_: DefectClass, risk: SeriousRisk) -> None:
    now = holds({"class_": first[0], "serious_risk": first[1]}, {"class_": later[0], "serious_risk": later[1]})
    assert (now.class_, now.serious_risk) == (class_, risk)


@pytest.mark.parametrize("class_", [ONE, II, III, UNASSIGNED])
def test_in_a_rapid_alert_the_class_says_the_risk(class_: DefectClass) -> None:
    now = holds({"foreign": BE}, {"foreign": BE, "class_": class_})
    assert now.serious_risk is (UNASSESSED if class_ in (II, III) else SUSPECTED)


@pytest.mark.parametrize(
    ("later", "falsified", "note"),
    [
        ({}, FAKE, "printing"),
        ({"class_": II}, FAKE, "printing"),
        ({"falsification_note": "seal"}, FAKE, "seal"),
        ({"falsified": Falsified.CONFIRMED}, Falsified.CONFIRMED, "printing"),
        ({"serious_risk": SUSPECTED}, Falsified.NO, None),
        ({"serious_risk": CONFIRMED, "falsification_note": "genuine"}, Falsified.NO, "genuine"),
        ({"serious_risk": EXCLUDED}, Falsified.NO, None),
        ({"serious_risk": SUSPECTED, "foreign": BE}, FAKE, "printing"),
        ({"serious_risk": EXCLUDED, "foreign": BE}, Falsified.NO, None),
    ],
)
def test_a_falsification_is_ruled_out_only_by_who_assesses_the_risk(later: Any, falsified: Falsified, note: str | None) -> None:
    now = holds({"falsified": FAKE, "falsification_note": "printing"}, later)
    assert (now.falsified, now.falsification_note) == (falsified, note)


def test_what_never_was_called_falsified_is_as_the_newest_says() -> None:
    assert (holds({}, {}).falsified, holds({}, {"falsified": FAKE}).falsified) == (Falsified.NO, FAKE)


A, B, C = Batch(lot="A1"), Batch(lot="B1"), Batch(cip13="3400960000001", lot="A1")
BATCH, PRODUCT, SITE = DefectScope.BATCH, DefectScope.PRODUCT, DefectScope.SITE


@pytest.mark.parametrize(
    ("first", "later", "scope", "lots"),
    [
        ((BATCH, (A,)), (BATCH, ()), BATCH, (A,)),
        ((BATCH, (A,)), (DefectScope.UNKNOWN, ()), BATCH, (A,)),
        ((BATCH, (A,)), (BATCH, (B,)), BATCH, (B,)),
        ((SITE, (A,)), (BATCH, ()), SITE, (A,)),
        ((SITE, ()), (BATCH, (B,)), SITE, ()),
        ((PRODUCT, ()), (DefectScope.UNKNOWN, (B,)), PRODUCT, ()),
        ((PRODUCT, ()), (PRODUCT, (B,)), PRODUCT, (B,)),
        ((BATCH, (A,)), (PRODUCT, ()), PRODUCT, ()),
        ((PRODUCT, (A,)), (PRODUCT, ()), PRODUCT, (A,)),
        ((BATCH, (A,)), (PRODUCT, (B,)), PRODUCT, (B,)),
    ],
)
def test_lots_and_scope_hold_until_others_are_named(first: Any, later: Any, scope: DefectScope, lots: Any) -> None:
    now = holds({"scope": first[0], "batches": first[1]}, {"scope": later[0], "batches": later[1]})
    assert (now.scope, now.batches) == (scope, lots)


def test_lots_of_another_product_are_not_some_of_all_lots_of_the_first() -> None:
    now = holds({"scope": PRODUCT, "batches": ()}, {"batches": (B,), "product": DefectProduct(name="X", cis="60000099")})
    assert (now.scope, now.batches, now.product.cis) == (BATCH, (B,), "60000099")


def test_a_product_named_within_a_substance_narrows_nothing() -> None:
    substance = DefectProduct(name="X", inn="amoxicilline")
    named = {"batches": (B,), "product": DefectProduct(name="AMOXIDEMO", cis=CIS)}
    now = holds({"scope": DefectScope.ACTIVE_SUBSTANCE, "batches": (), "product": substance}, named)
    assert (now.scope, now.batches, now.product) == (DefectScope.ACTIVE_SUBSTANCE, (), substance)


@pytest.mark.parametrize(
    ("batches", "details", "lots"),
    [
        ((B,), "in addition to our RAN of 26/01/2026", (A, B)),
        ((), "root cause report", (A,)),
        ((C,), "", (A, C)),
        ((A,), "", (A,)),
        ((B,), "Batches no longer concerned: A1. More to come.", (B,)),
        ((), "In addition to BE/I/7/01. Batches no longer concerned: X9, A1.", ()),
        ((A, B), "Batches no longer concerned: A1.", (A, B)),
        ((), "Batches no longer concerned: A.1. X", (A,)),
        ((), "A1 is no longer available", (A,)),
    ],
)
def test_lots_of_an_authority_are_joined_until_it_says_that_one_has_left(batches: Any, details: str, lots: Any) -> None:
    now = holds({"foreign": BE, "batches": (A,)}, {"foreign": BE, "batches": batches, "details": details})
    assert set(now.batches) == set(lots)
    assert len(now.batches) == len(lots)


@pytest.mark.parametrize(("later", "scope"), [(BATCH, SITE), (PRODUCT, PRODUCT)])
def test_the_scope_of_an_authoritys_defect_holds_too(later: DefectScope, scope: DefectScope) -> None:
    assert holds({"foreign": BE, "scope": SITE}, {"foreign": BE, "scope": later}).scope is scope


def test_what_came_from_an_authority_stays_so() -> None:
    assert holds({"foreign": BE}, {}).foreign == BE


@pytest.mark.parametrize(
    ("first", "later", "risk", "reach"),
    [
        ({}, {}, NOW, None),
        ({"serious_risk_at": None}, {}, NOW, None),
        ({"serious_risk_at": None}, {"serious_risk_at": NOW - HOURS}, NOW - HOURS, None),
        ({}, {"serious_risk": CONFIRMED, "serious_risk_at": NOW + HOURS}, NOW, None),
        ({}, {"serious_risk": EXCLUDED}, None, None),
        ({"class_": II, "serious_risk": EXCLUDED, "serious_risk_at": None}, {"class_": ONE}, NOW + HOURS, None),
        ({"class_": II, "serious_risk": UNASSESSED, "serious_risk_at": None}, {"class_": III}, None, None),
        ({"class_": UNASSIGNED, "serious_risk": UNASSESSED, "serious_risk_at": None, "falsified": FAKE}, {}, NOW, None),
        ({"reached_patients": YesNo.YES}, {}, NOW, NOW),
        ({"reached_patients": YesNo.YES, "reached_patients_at": NOW - HOURS}, {"reached_patients": YesNo.YES}, NOW, NOW - HOURS),
        ({"reached_patients": YesNo.YES, "reached_patients_at": NOW}, {"reached_patients_at": NOW + HOURS}, NOW, NOW),
        ({"reached_patients": YesNo.YES}, {"reached_patients": YesNo.NO}, NOW, None),
        ({}, {"reached_patients": YesNo.YES}, NOW, NOW + HOURS),
    ],
)
def test_the_law_counts_from_the_earliest_instant_known(first: Any, later: Any, risk: Any, reach: Any) -> None:
    now = standing(told(first, later))
    assert (now.risk_at, now.reached_at) == (risk, reach)


@pytest.mark.parametrize("first", [{}, {"serious_risk": UNASSESSED, "serious_risk_at": None}])
def test_a_milder_class_for_a_time_moves_no_clock(first: dict[str, Any]) -> None:
    rows = [first, {"class_": II}, {"class_": III}, {"class_": ONE, "serious_risk_at": NOW + 3 * HOURS}]
    assert [x.risk_at for x in steps(told(*rows))] == ([NOW, NOW, NOW, NOW] if not first else [NOW, None, None, NOW])


@pytest.mark.parametrize("between", [{"class_": II, "serious_risk": EXCLUDED}, {"step": DefectStep.CLOSED}])
def test_a_risk_that_was_excluded_or_closed_is_known_anew(between: dict[str, Any]) -> None:
    rows = [{"serious_risk": UNASSESSED, "serious_risk_at": None}, between, {"class_": ONE}]
    assert standing(told(*rows)).risk_at == NOW + 2 * HOURS


def test_what_was_known_before_the_risk_was_excluded_counts_no_longer() -> None:
    again = {"serious_risk": SUSPECTED}
    assert standing(told({}, {"serious_risk": EXCLUDED}, again)).risk_at == NOW + 2 * HOURS


def test_after_the_end_everything_begins_anew_and_a_second_end_repeats_the_first() -> None:
    closed: dict[str, Any] = {"step": DefectStep.CLOSED}
    assert not fires(holds({}, closed))
    assert holds({}, closed, closed).class_ is ONE
    after = standing(told({}, closed, {"serious_risk": SUSPECTED, "serious_risk_at": NOW + 9 * HOURS}))
    assert (after.record.class_, after.record.batches, after.risk_at) == (UNASSIGNED, (), NOW + 9 * HOURS)


def test_the_record_that_holds_is_last_whatever_its_own_time_says() -> None:
    rows = told({}, {"details": "second"}, {"details": "third"})
    assert [x.record.defect_id for x in in_order(rows, "q1")] == ["q0", "q2", "q1"]
    assert [x.record.defect_id for x in in_order(rows, "gone")] == ["q0", "q1", "q2"]


def test_of_records_of_one_instant_the_later_step_is_the_later_word() -> None:
    rows = told({"step": DefectStep.INITIAL}, {"class_": II, "serious_risk": EXCLUDED, "received_at": NOW}, {})
    names = zip(rows, ("z", "a", "new"), strict=True)
    named = [DefectRecord(record=replace(x.record, defect_id=name), heard_at=x.heard_at) for x, name in names]
    assert standing(in_order(named, "new")).record.class_ is II


words = some.fixed_dictionaries(
    {
        "class_": some.sampled_from([ONE, II, UNASSIGNED]),
        "serious_risk": some.sampled_from([UNASSESSED, SUSPECTED, EXCLUDED]),
        "serious_risk_at": some.sampled_from([NOW - HOURS, NOW]),
        "actions": some.sampled_from([(), (DefectAction.RECALL,)]),
        "batches": some.sampled_from([(), (A,), (B,)]),
        "falsified": some.sampled_from([Falsified.NO, FAKE]),
        "step": some.sampled_from([DefectStep.UPDATE, DefectStep.UPDATE, DefectStep.CLOSED]),
        "foreign": some.sampled_from([None, BE]),
    }
)
threads = some.lists(words, min_size=1, max_size=6).map(lambda rows: told(*rows))


@given(threads.flatmap(lambda rows: some.tuples(some.just(rows), some.permutations(rows))))
def test_the_order_of_arrival_does_not_matter(rows: tuple[list[DefectRecord], list[DefectRecord]]) -> None:
    newest = rows[0][-1].record.defect_id
    kept: tuple[DefectRecord, ...] = ()
    for one in rows[1]:
        kept = with_record(kept, one.record, one.heard_at, newest)
    assert standing(in_order(kept, newest)) == standing(rows[0])


@given(some.lists(words, min_size=KEPT + 1, max_size=KEPT + 6).map(lambda rows: told(*rows)))
def test_what_falls_out_of_memory_keeps_its_word(rows: list[DefectRecord]) -> None:
    kept: tuple[DefectRecord, ...] = ()
    for one in rows:
        kept = with_record(kept, one.record, one.heard_at, one.record.defect_id)
    assert len(kept) == KEPT
    assert standing(kept) == standing(rows)


def test_two_records_of_one_number_are_both_remembered() -> None:
    first = told({})[0].record
    kept = with_record((), first, NOW, "q0")
    later = replace(first, received_at=NOW + timedelta(hours=1), class_=UNASSIGNED, serious_risk=UNASSESSED, serious_risk_at=None)
    kept = with_record(kept, later, NOW + HOURS, "q0")
    assert standing(in_order(kept, "q0")).record.class_ is ONE
