"""What follow-ups on a defect do to its alert: nothing is taken back by what they leave out, and no legal clock is moved on."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from alertcore.cases.defect_told import standing_of
from alertcore.cases.desk import Desk
from alertcore.cases.state import DefectThread
from alertcore.cases.threads import Link
from alertcore.records.alert import Alert, AlertKind
from alertcore.records.defect import (
    DefectAction,
    DefectClass,
    DefectProduct,
    DefectScope,
    DefectStep,
    Falsified,
    Foreign,
    RecallLevel,
    SeriousRisk,
    Species,
    YesNo,
)
from alertcore.records.shared import Batch, Nature, Subject, SubjectKind
from alertcore.rules import defect_words as words
from tests.unit.alertcore.cases_world import CIS, HOURS, NOW, World, alerts, defect, groups, rapid, steps

UPDATE, CLOSED = DefectStep.UPDATE, DefectStep.CLOSED
RECALL, QUARANTINE, CAUTION = DefectAction.RECALL, DefectAction.QUARANTINE, DefectAction.CAUTION_IN_USE
QUIET: dict[str, Any] = {"serious_risk": SeriousRisk.UNASSESSED, "serious_risk_at": None, "class_": DefectClass.UNASSIGNED}
II: dict[str, Any] = QUIET | {"class_": DefectClass.II}
BARE: dict[str, Any] = QUIET | {"step": UPDATE, "batches": (), "level": RecallLevel.UNKNOWN}
"""A follow-up that leaves out all it may."""
BE = Foreign(reference="BE/I/4/01", authority="authority-be")


def due(alert: Alert) -> dict[str, Any]:
    """Duties by law, with when they are due."""
    return {d.duty: d.due for d in alert.deadlines}


@pytest.mark.parametrize("first", [{}, {"falsified": Falsified.SUSPECTED}, II | {"actions": (RECALL,)}, {"foreign": BE}])
def test_a_follow_up_that_says_nothing_of_the_risk_excludes_none(first: dict[str, Any]) -> None:
    world = World()
    told = alerts(world.report(**first))[0]
    world.order("release")
    outs = world.report("q2", previous_id="q1", received_at=NOW + HOURS, details="more", **BARE)
    assert (alerts(outs)[0].alert_id, str(alerts(outs)[0].step)) == (told.alert_id, "updated")
    now = world.alert()
    assert (now.kind, now.severity, now.labels, now.batches) == (told.kind, told.severity, told.labels, told.batches)
    assert now.facts["sentence_fr"] == told.facts["sentence_fr"]
    assert "all_clear" not in groups(outs).values()


def test_a_follow_up_under_the_same_number_says_no_more_by_what_it_leaves_out() -> None:
    world = World()
    world.report()
    assert steps(world.report(received_at=NOW + HOURS, details="more", **BARE)) == ["updated", "held"]
    assert world.alert().facts["class"] == "i"


def test_a_first_record_that_arrives_late_still_says_what_the_follow_up_left_out() -> None:
    world = World()
    assert world.report("q2", previous_id="q1", received_at=NOW + HOURS, details="more", **BARE) == []
    assert steps(world.report()) == ["raised", "held"]
    assert (world.alert().facts["class"], world.alert().facts["details"]) == ("i", "more")


@pytest.mark.parametrize("fields", [{"step": CLOSED}, QUIET | {"step": UPDATE, "serious_risk": SeriousRisk.EXCLUDED}])
def test_a_word_ends_it(fields: dict[str, Any]) -> None:
    world = World()
    world.report()
    assert steps(world.report("q2", previous_id="q1", received_at=NOW + HOURS, **fields)) == ["resolved"]


@pytest.mark.parametrize("fields", [II, QUIET | {"class_": DefectClass.III}, QUIET | {"class_": DefectClass.I, "actions": (RECALL,)}])
def test_a_risk_that_is_excluded_leaves_a_mild_class_and_an_action_standing(fields: dict[str, Any]) -> None:
    world = World()
    world.report(**fields)
    assert "resolved" not in steps(
        world.report("q2", previous_id="q1", received_at=NOW + HOURS, **BARE | {"serious_risk": SeriousRisk.EXCLUDED})
    )
    assert world.alert().labels["serious_risk"] == "excluded"


def test_what_comes_after_the_end_raises_nothing_by_what_was_said_before() -> None:
    world = World()
    world.report(actions=(RECALL,))
    world.report(step=CLOSED, received_at=NOW + HOURS)
    assert world.report("q2", previous_id="q1", received_at=NOW + 2 * HOURS, details="report", **BARE) == []


def test_a_matter_that_begins_again_is_about_the_same_medicine() -> None:
    world = World()
    world.report(step=CLOSED)
    world.report("q2", previous_id="q1", step=UPDATE, received_at=NOW + HOURS, product=DefectProduct(name="X"))
    assert (world.alert().subject.id, world.alert().labels["companies"]) == (CIS, "lab-a")


@pytest.mark.parametrize(
    ("first", "later", "public"),
    [
        ({"reached_patients": YesNo.YES, "reached_patients_at": NOW}, {}, NOW + 24 * HOURS),
        ({"reached_patients": YesNo.YES, "reached_patients_at": NOW}, {"serious_risk_at": NOW + HOURS}, NOW + 24 * HOURS),
        (
            {"reached_patients": YesNo.YES, "reached_patients_at": NOW},
            {"reached_patients": YesNo.YES, "reached_patients_at": NOW + HOURS},
            NOW + 24 * HOURS,
        ),
        ({}, {"reached_patients": YesNo.YES, "reached_patients_at": NOW + HOURS}, NOW + 25 * HOURS),
        ({"reached_patients": YesNo.YES, "reached_patients_at": NOW}, {"reached_patients": YesNo.NO}, None),
    ],
)
def test_no_follow_up_puts_off_a_legal_clock(first: Any, later: Any, public: Any) -> None:
    world = World()
    world.report(**first)
    world.now += 2 * HOURS
    world.report("q2", previous_id="q1", received_at=world.now, details="more", **BARE | later)
    found = due(world.alert())
    assert (found["supply_chain"], found["rapid_alert"], found.get("public_announcement")) == (NOW, NOW, public)


def test_an_announcement_that_was_missed_stays_missed() -> None:
    world = World()
    world.report(reached_patients=YesNo.YES, reached_patients_at=NOW)
    world.wait(30 * HOURS)
    world.report("q2", previous_id="q1", step=UPDATE, received_at=world.now, serious_risk_at=world.now, reached_patients=YesNo.YES)
    assert due(world.alert())["public_announcement"] == NOW + 24 * HOURS
    assert "deadline_nears" not in {a.reason for a in alerts(world.wait(24 * HOURS))}


def test_a_class_that_becomes_the_first_starts_the_clocks_when_it_does() -> None:
    world = World()
    world.report(**II)
    assert world.alert().deadlines == ()
    world.now += HOURS
    world.report("q2", previous_id="q1", received_at=NOW, **BARE | {"class_": DefectClass.I})
    assert due(world.alert()) == {"supply_chain": NOW + HOURS, "rapid_alert": NOW + HOURS}


FAKE = Falsified.SUSPECTED


@pytest.mark.parametrize(
    ("fields", "clocks", "stops"),
    [
        (QUIET | {"class_": DefectClass.I}, True, True),
        (QUIET | {"class_": DefectClass.I, "serious_risk": SeriousRisk.EXCLUDED}, True, True),
        (QUIET | {"falsified": FAKE}, True, True),
        (II | {"falsified": FAKE}, False, True),
        (II | {"serious_risk": SeriousRisk.SUSPECTED}, True, True),
        (II, False, False),
        (II | {"actions": (CAUTION,)}, False, False),
    ],
)
def test_class_one_and_any_fake_stop_dispensing_and_what_is_serious_starts_the_clocks(fields: Any, clocks: bool, stops: bool) -> None:
    alert = alerts(World().report(reached_patients=YesNo.YES, reached_patients_at=NOW, **fields))[0]
    assert set(due(alert)) == ({"supply_chain", "rapid_alert", "public_announcement"} if clocks else set())
    assert alert.facts["instruction_fr"].startswith("Cessez la délivrance") is stops
    assert (alert.facts["patient_instruction_fr"] == words.PATIENT[0]) is stops
    assert ("avant toute dispensation" in alert.facts["instruction_fr"]) is not stops


def test_what_stops_dispensing_leaves_nothing_to_read_before_it() -> None:
    facts = alerts(World().report(actions=(CAUTION,)))[0].facts
    assert facts["instruction_en"].endswith("until further notice. Read the cautions below as well.")


@pytest.mark.parametrize(
    ("risk", "said"),
    [
        (SeriousRisk.SUSPECTED, ", risque grave suspecté ("),
        (SeriousRisk.CONFIRMED, ", risque grave confirmé ("),
        (SeriousRisk.EXCLUDED, "de classe I ("),
        (SeriousRisk.UNASSESSED, "de classe I ("),
    ],
)
def test_a_risk_is_told_as_it_is(risk: SeriousRisk, said: str) -> None:
    assert said in alerts(World().report(serious_risk=risk))[0].facts["sentence_fr"]


III: dict[str, Any] = QUIET | {"class_": DefectClass.III, "actions": (QUARANTINE,)}
WHOLESALE, RETAIL, PATIENT = RecallLevel.WHOLESALE, RecallLevel.RETAIL_HOSPITAL, RecallLevel.PATIENT
YES, NO, NOT_KNOWN = YesNo.YES, YesNo.NO, YesNo.UNKNOWN


@pytest.mark.parametrize(
    ("fields", "level", "reached", "told"),
    [
        (III, WHOLESALE, YES, words.PATIENT_NOT_CALLED),
        (III, RETAIL, NOT_KNOWN, words.PATIENT_NOT_CALLED),
        (III, PATIENT, NO, words.PATIENT),
        (III, RecallLevel.UNKNOWN, NO, words.PATIENT),
        (QUIET | {"class_": DefectClass.III}, WHOLESALE, NO, words.PATIENT_CAUTION),
        ({}, RETAIL, NO, words.PATIENT_NOT_CALLED),
        ({}, RETAIL, NOT_KNOWN, words.PATIENT),
        ({}, RETAIL, YES, words.PATIENT),
        ({"batches": ()}, PATIENT, NO, words.PATIENT_ALL),
    ],
)
def test_patients_bring_back_what_the_measure_calls_back_or_may_harm_them(fields: Any, level: Any, reached: Any, told: Any) -> None:
    facts = alerts(World().report(level=level, reached_patients=reached, **fields))[0].facts
    assert (facts["patient_instruction_fr"], facts["patient_instruction_en"]) == told


@pytest.mark.parametrize(
    ("reached", "told"), [((NO, NO), words.PATIENT_NOT_CALLED), ((NO, NOT_KNOWN), words.PATIENT), ((NO, YES), words.PATIENT)]
)
def test_of_several_defects_none_may_have_reached_patients(reached: Any, told: Any) -> None:
    world = World()
    for n, one in enumerate(reached):
        world.report(f"q{n}", level=RETAIL, reached_patients=one, received_at=NOW + n * HOURS)
    assert world.alert().facts["patient_instruction_fr"] == told[0]


@pytest.mark.parametrize("action", [RECALL, DefectAction.WITHDRAWAL, QUARANTINE])
@pytest.mark.parametrize(("fields", "shallow"), [(QUIET, True), ({}, False), (QUIET | {"falsified": FAKE}, False)])
def test_a_measure_to_wholesale_level_tells_wholesalers_unless_nobody_may_dispense(action: Any, fields: Any, shallow: bool) -> None:
    facts = alerts(World().report(**fields | {"actions": (action,), "level": WHOLESALE}))[0].facts
    assert facts["instruction_fr"].startswith("Grossistes et dépositaires : cessez la distribution") is shallow
    assert facts["instruction_en"].endswith("does not go to pharmacies and hospitals.") is shallow
    deeper = alerts(World().report(**fields | {"actions": (action,), "level": RETAIL}))[0].facts
    assert deeper["instruction_fr"].startswith("Cessez la délivrance")


def test_the_depth_is_said_of_what_goes_that_deep() -> None:
    facts = alerts(World().report(actions=(DefectAction.USER_ALERT, RECALL, QUARANTINE)))[0].facts
    assert "; rappel de lots, mise en quarantaine jusqu'aux patients, information des utilisateurs (1 lot)." in facts["sentence_fr"]
    assert "; batch recall, quarantine to patient level, alert to users (1 batch)." in facts["sentence_en"]


@pytest.mark.parametrize(
    ("scope", "lots", "said", "patient"),
    [
        (DefectScope.PRODUCT, (), " (tous les lots).", words.PATIENT_ALL),
        (DefectScope.SITE, (), " (tous les lots).", words.PATIENT_ALL),
        (DefectScope.PRODUCT, ("A1",), " (1 lot).", words.PATIENT),
        (DefectScope.BATCH, (), " jusqu'aux patients.", words.PATIENT_ALL),
    ],
)
def test_a_whole_product_is_told_as_all_its_lots(scope: DefectScope, lots: tuple[str, ...], said: str, patient: Any) -> None:
    facts = alerts(World().report(scope=scope, batches=tuple(Batch(lot=x) for x in lots), actions=(RECALL,)))[0].facts
    assert facts["sentence_fr"].endswith(said)
    assert facts["sentence_en"].endswith(" (all batches).") is ("tous" in said)
    assert facts["patient_instruction_fr"] == patient[0]


def test_one_defect_of_all_lots_stands_over_the_lots_of_another() -> None:
    world = World()
    world.report(actions=(RECALL,))
    world.report("q2", received_at=NOW + HOURS, scope=DefectScope.PRODUCT, batches=(), actions=(RECALL,))
    assert " (tous les lots)." in world.alert().facts["sentence_fr"]
    assert world.alert().facts["patient_instruction_fr"] == words.PATIENT_ALL[0]


ASK = "note/reached_patients_fr"


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({}, True),
        (QUIET | {"class_": DefectClass.I}, True),
        ({"foreign": BE}, True),
        ({"reached_patients": YES}, False),
        ({"reached_patients": NO}, False),
        (II, False),
        ({"product": DefectProduct(name="X", cis=CIS, species=Species.VETERINARY)}, False),
    ],
)
def test_officers_are_asked_whether_patients_have_it_where_nobody_knows(fields: Any, asked: bool) -> None:
    assert (ASK in alerts(World().report(**fields))[0].facts) is asked


def test_the_answer_takes_the_question_back_and_is_no_news_to_others() -> None:
    world = World()
    world.report()
    outs = world.report("q1", step=UPDATE, received_at=NOW + HOURS, reached_patients=NO)
    assert (ASK in world.alert().facts, groups(outs)) == (False, {"officers": "update"})


@pytest.mark.parametrize(
    ("reached", "at", "found"),
    [
        (NOT_KNOWN, None, {}),
        (NO, None, {}),
        (YES, NOW + 2 * HOURS, {"supply_chain": NOW + 2 * HOURS, "public_announcement": NOW + 26 * HOURS}),
        (YES, NOW - 2 * HOURS, {"supply_chain": NOW, "public_announcement": NOW + 24 * HOURS}),
    ],
)
def test_a_foreign_defect_that_reached_patients_here_starts_the_clocks_of_this_country(reached: Any, at: Any, found: Any) -> None:
    alert = alerts(World().report(foreign=BE, reached_patients=reached, reached_patients_at=at))[0]
    assert due(alert) == found


def test_of_two_defects_a_foreign_one_never_asks_for_a_rapid_alert() -> None:
    world = World()
    world.report(foreign=BE, serious_risk_at=NOW - HOURS, reached_patients=YES, reached_patients_at=NOW - HOURS)
    world.report("q2", received_at=NOW + HOURS)
    assert due(world.alert()) == {"supply_chain": NOW - HOURS, "rapid_alert": NOW, "public_announcement": NOW + 23 * HOURS}


def test_a_follow_up_that_leaves_out_where_it_came_from_sends_it_back_to_nobody() -> None:
    world = World()
    world.report(foreign=BE)
    world.report("q2", previous_id="q1", received_at=NOW + HOURS, details="more", **BARE)
    assert rapid(world.order("release")) == []


def test_a_follow_up_that_names_no_substance_stays_about_it() -> None:
    world = World()
    world.report(scope=DefectScope.ACTIVE_SUBSTANCE, product=DefectProduct(name="X", inn="amoxicilline"), batches=())
    subject = world.alert().subject
    world.report("q2", previous_id="q1", received_at=NOW + HOURS, details="more", **BARE)
    assert world.alert().subject == subject


def two(closing: dict[str, Any], *, batches: tuple[Batch, ...] = (Batch(lot="B1"),)) -> World:
    """A class I defect on lot A1, and a recall of others that is closed an hour later."""
    world = World()
    world.report()
    world.report("q2", received_at=NOW + HOURS, **II | {"actions": (RECALL,), "batches": batches} | closing)
    world.order("release")
    world.report("q2", received_at=NOW + 2 * HOURS, **BARE | {"step": CLOSED})
    return world


def test_lots_of_a_closed_recall_are_off_the_list_and_not_back_on_the_shelf() -> None:
    facts = two({}).alert().facts
    assert ("lots_removed" in facts, json.loads(facts["lots_kept_off"])) == (False, [["", "B1"]])
    assert facts["sentence_fr"].endswith(" (1 lot). Signalement clos, lot qui reste retiré : B1.")
    assert facts["sentence_en"].endswith(" (1 batch). Matter closed, batch still withdrawn: B1.")
    several = two({}, batches=(Batch(lot="B1"), Batch(lot="C1"))).alert().facts
    assert several["sentence_fr"].endswith(" Signalement clos, lots qui restent retirés : B1, C1.")
    assert several["sentence_en"].endswith(" Matter closed, batches still withdrawn: B1, C1.")


def test_a_lot_of_a_closed_recall_stays_named_until_it_is_recalled_again() -> None:
    world = two({})
    world.report(step=UPDATE, received_at=NOW + 3 * HOURS, details="more")
    assert world.alert().facts["sentence_fr"].endswith("reste retiré : B1.")
    world.report(step=UPDATE, received_at=NOW + 4 * HOURS, batches=(Batch(lot="A1"), Batch(lot="B1")))
    assert "lots_kept_off" not in world.alert().facts


def test_a_lot_that_two_defects_name_is_still_on_the_list_when_one_is_closed() -> None:
    facts = two({}, batches=(Batch(lot="A1"),)).alert().facts
    assert {"lots_removed", "lots_kept_off"}.isdisjoint(facts)


def test_a_closed_recall_of_all_lots_says_that_it_holds_on() -> None:
    facts = two({}, batches=()).alert().facts
    assert facts["sentence_fr"].endswith(" Un autre signalement est clos : ce qu'il a fait rappeler reste retiré.")
    assert facts["sentence_en"].endswith(" Another matter is closed: what it recalled stays withdrawn.")


def test_a_closed_recall_of_a_fake_is_not_told_by_the_alert_on_another_defect() -> None:
    world = World()
    world.report()
    world.report("q2", received_at=NOW + HOURS, **II | {"actions": (RECALL,), "batches": (), "falsified": FAKE})
    world.report("q2", received_at=NOW + 2 * HOURS, **BARE | {"step": CLOSED})
    assert "lots_kept_off" not in world.alert().facts


def test_lots_that_an_alert_never_told_are_not_named_when_their_matter_is_closed() -> None:
    world = World()
    world.report()
    world.report("q2", received_at=NOW + HOURS, **II | {"step": CLOSED, "actions": (RECALL,), "batches": (Batch(lot="B1"),)})
    assert "lots_kept_off" not in world.alert().facts


def test_lots_of_a_quarantine_that_is_closed_are_out_of_it() -> None:
    facts = two({"actions": (QUARANTINE,)}).alert().facts
    assert ("lots_kept_off" in facts, json.loads(facts["lots_removed"])) == (False, [["", "B1"]])


def test_the_end_of_the_last_defect_gives_nothing_back_that_another_one_recalled() -> None:
    world = two({})
    outs = world.report(step=UPDATE, received_at=NOW + 3 * HOURS, **QUIET | {"serious_risk": SeriousRisk.EXCLUDED})
    facts = alerts(outs)[0].facts
    assert (alerts(outs)[0].reason, facts["instruction_fr"]) == ("risk_excluded", words.DO_END_RECALLED[0])
    assert facts["patient_instruction_fr"] == words.PATIENT_END_RECALLED[0]


def test_a_lot_that_another_alert_tells_now_is_not_called_out_of_it() -> None:
    world = World()
    world.report()
    world.report("q2", received_at=NOW + HOURS, batches=(Batch(lot="B1"),))
    world.report("q2", received_at=NOW + 2 * HOURS, batches=(Batch(lot="B1"),), falsified=FAKE)
    (plain,) = [f.alert for f in world.files() if f.alert.kind is AlertKind.DEFECT]
    assert [b.lot for b in plain.batches] == ["A1"]
    assert "lots_removed" not in plain.facts


def test_no_lot_is_out_of_it_where_all_lots_may_be_meant() -> None:
    world = World()
    world.report()
    world.report("q2", previous_id="q1", step=UPDATE, received_at=NOW + HOURS, scope=DefectScope.PRODUCT, batches=())
    assert (world.alert().batches, "lots_removed" in world.alert().facts) == ((), False)


def test_class_two_between_two_words_of_class_one_moves_no_duty() -> None:
    world = World()
    world.report(**QUIET | {"class_": DefectClass.I, "reached_patients": YesNo.YES})
    first = due(world.alert())
    for hours, class_ in ((2, DefectClass.II), (22, DefectClass.I)):
        world.now = NOW + hours * HOURS
        world.report("q2", **BARE | {"previous_id": "q1", "received_at": world.now, "class_": class_})
    assert due(world.alert()) == first


PACK_A, PACK_B = "3400960000001", "3400960000018"


@pytest.mark.parametrize(
    ("first", "later", "said"),
    [
        ((PACK_A, PACK_B), (PACK_B,), f" Lot retiré de la liste, désormais hors de cause : A1 (CIP {PACK_A})."),
        ((PACK_B,), (PACK_A, PACK_B), f" Lot ajouté : A1 (CIP {PACK_A})."),
        (
            (PACK_A,),
            (PACK_B,),
            f" Lot ajouté : A1 (CIP {PACK_B}). Lot retiré de la liste, désormais hors de cause : A1 (CIP {PACK_A}).",
        ),
    ],
)
def test_a_lot_number_of_several_packs_is_named_with_the_pack(first: tuple[str, ...], later: tuple[str, ...], said: str) -> None:
    world = World()
    world.report(batches=tuple(Batch(lot="A1", cip13=x) for x in first))
    world.report(
        "q2", **BARE | {"previous_id": "q1", "received_at": NOW + HOURS, "batches": tuple(Batch(lot="A1", cip13=x) for x in later)}
    )
    assert world.alert().facts["sentence_fr"].endswith(said)


def test_a_follow_up_that_names_a_lot_leaves_a_recall_of_all_lots_as_it_is() -> None:
    world = World()
    world.report(scope=DefectScope.PRODUCT, batches=(), actions=(RECALL,))
    told = world.alert()
    world.report(
        "q2", **BARE | {"previous_id": "q1", "received_at": NOW + HOURS, "batches": (Batch(lot="A1"),), "details": "analysis of A1"}
    )
    now = world.alert()
    assert (now.batches, now.labels, now.subject, now.also) == ((), told.labels, told.subject, told.also)
    assert (now.facts["sentence_fr"], "lots_added" in now.facts) == (told.facts["sentence_fr"], False)


def test_no_lot_is_out_of_it_while_another_defect_names_none() -> None:
    world = World()
    world.report()
    world.report("q2", received_at=NOW + HOURS, batches=())
    world.report("q1", step=UPDATE, received_at=NOW + 2 * HOURS, batches=(Batch(lot="B1"),))
    assert ([b.lot for b in world.alert().batches], "lots_removed" in world.alert().facts) == (["B1"], False)


@pytest.mark.parametrize(
    ("fields", "do"), [({"step": CLOSED}, words.DO_END_RECALLED), (QUIET | {"serious_risk": SeriousRisk.EXCLUDED}, words.DO_END)]
)
def test_what_another_authority_closes_stays_off_the_shelf_and_what_it_excludes_does_not(fields: Any, do: Any) -> None:
    world = World()
    world.report(foreign=BE)
    ended = alerts(world.report(**{"step": UPDATE, "received_at": NOW + HOURS, "foreign": BE} | fields))[0]
    assert (str(ended.step), ended.facts["instruction_fr"]) == ("resolved", do[0])


@pytest.mark.parametrize(("risk", "told"), [(SeriousRisk.SUSPECTED, True), (SeriousRisk.EXCLUDED, False)])
@pytest.mark.parametrize("species", [Species.HUMAN, Species.VETERINARY])
def test_class_three_goes_to_authorities_where_a_serious_risk_is_known(risk: SeriousRisk, told: bool, species: Species) -> None:
    world = World()
    world.report(class_=DefectClass.III, serious_risk=risk, product=DefectProduct(name="X", cis=CIS, species=species))
    assert ("authorities" in world.files()[0].wanted) is told


def test_a_follow_up_that_names_no_lots_leaves_those_told() -> None:
    world = World()
    world.report()
    world.report("q2", previous_id="q1", step=UPDATE, received_at=NOW + HOURS, batches=(), details="more")
    assert [b.lot for b in world.alert().batches] == ["A1"]


class Kept:
    """State as it is read."""

    def __init__(self, **values: Any) -> None:
        self.values = values

    def get(self, key: str) -> Any:
        """The value under a key."""
        return self.values.get(key)


def test_records_kept_by_an_earlier_version_of_the_program_still_speak() -> None:
    links = tuple(Link(id=name, at=NOW + n * HOURS) for n, name in enumerate(("gone", "q1", "q2")))
    thread = DefectThread(thread="t", subject=Subject(kind=SubjectKind.CIS, id=CIS), opened_at=NOW + HOURS, links=links)
    bare = defect("q2", received_at=NOW + 2 * HOURS, **BARE)
    kept = Kept(**{"defect-fact/actual/t/q1": defect(serious_risk_at=None), "defect-fact/actual/t/q2": bare})
    now = standing_of(cast(Desk, kept), Nature.ACTUAL, thread)
    assert (now.own, now.record.class_, now.risk_at) == (bare, DefectClass.I, NOW + HOURS)
