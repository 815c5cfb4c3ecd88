"""What quality defects lead to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alertcore.records.alert import AlertKind, AlertStep, Severity
from alertcore.records.defect import (
    DefectAction,
    DefectClass,
    DefectProduct,
    DefectStep,
    Falsified,
    Foreign,
    RecallLevel,
    SeriousRisk,
    YesNo,
)
from alertcore.records.shared import Batch, Org, OrgScheme, SubjectKind
from alertcore.rules import defect_words as words
from tests.unit.alertcore.cases_world import CIS, HOURS, NOW, World, alerts, ends, groups, notices, published, rapid, signals, steps

QUIET: dict[str, Any] = {"serious_risk": SeriousRisk.UNASSESSED, "serious_risk_at": None, "class_": DefectClass.UNASSIGNED}
UPDATE, CLOSED = DefectStep.UPDATE, DefectStep.CLOSED
EVERYBODY = ("officers", "companies:lab-a", "supply_chain", "recall_followers", "recall_patients")
"""Receivers of a class I defect to patient level, once it is released."""


@pytest.mark.parametrize(
    ("fields", "reason", "severity"),
    [
        ({"class_": DefectClass.UNASSIGNED}, "serious_risk", Severity.CRITICAL),
        ({"class_": DefectClass.UNASSIGNED, "serious_risk": SeriousRisk.CONFIRMED}, "serious_risk", Severity.CRITICAL),
        (QUIET | {"class_": DefectClass.I}, "class_assigned", Severity.CRITICAL),
        (QUIET | {"class_": DefectClass.II}, "class_assigned", Severity.SEVERE),
        (QUIET | {"class_": DefectClass.III}, "class_assigned", Severity.MINOR),
        (QUIET | {"actions": (DefectAction.CAUTION_IN_USE,)}, "action_decided", Severity.MODERATE),
        (QUIET | {"falsified": Falsified.SUSPECTED}, "falsification", Severity.CRITICAL),
    ],
)
def test_it_fires_on_a_serious_risk_a_class_an_action_or_a_falsification(fields: dict[str, Any], reason: str, severity: Severity) -> None:
    found = alerts(World().report(**fields))
    assert [(a.version, str(a.step)) for a in found] == [(1, "raised"), (2, "held")]
    assert (found[0].reason, found[0].severity) == (reason, severity)


@pytest.mark.parametrize("fields", [QUIET, QUIET | {"serious_risk": SeriousRisk.EXCLUDED}, {"step": CLOSED}])
def test_it_stays_silent_before_that_and_on_what_is_closed(fields: dict[str, Any]) -> None:
    assert World().report(**fields) == []


def test_only_officers_and_companies_hear_before_a_person_has_released_it() -> None:
    world = World()
    firm = Org(id="lab-h", scheme=OrgScheme.AGENCY, country="FR")
    outs = world.report(ma_holder=firm, recalling_firm=firm)
    assert set(groups(outs)) == {"officers", "companies:lab-a", "companies:lab-h"}
    assert (rapid(outs), published(outs)) == ([], [])
    assert alerts(outs)[-1].release is not None


def test_after_release_the_supply_chain_hears_urgently_and_as_a_duty() -> None:
    world = World()
    world.report()
    outs = world.order("release")
    assert groups(outs) == {"supply_chain": "alert", "recall_followers": "alert", "recall_patients": "alert"}
    chain = notices(outs, "supply_chain")[0]
    assert chain.audience.filter is not None
    assert (chain.audience.filter.kinds, chain.audience.filter.mandatory) == (
        ("community_pharmacy", "hospital_pharmacy", "wholesaler"),
        True,
    )
    assert (str(chain.lane), chain.duty) == ("urgent", True)
    assert len(rapid(outs)) == 3
    assert [p.sequence for p in published(outs)] == [1]


@pytest.mark.parametrize(
    ("risk_at", "reached_at", "due"),
    [
        (NOW, NOW + 2 * HOURS, NOW + 26 * HOURS),
        (NOW + 2 * HOURS, NOW, NOW + 26 * HOURS),
        (NOW, NOW, NOW + 24 * HOURS),
        (None, None, NOW + 24 * HOURS),
    ],
)
def test_the_public_announcement_is_due_24_hours_after_the_later_of_risk_and_reach(risk_at: Any, reached_at: Any, due: Any) -> None:
    outs = World().report(serious_risk_at=risk_at, reached_patients=YesNo.YES, reached_patients_at=reached_at)
    found = {d.duty: (d.due, str(d.basis), d.article, str(d.mark)) for d in alerts(outs)[0].deadlines}
    assert found["public_announcement"] == (due, "law", "CSP R.5312-1", "c")


@pytest.mark.parametrize("fields", [{"reached_patients": YesNo.NO}, {"reached_patients": YesNo.UNKNOWN}])
def test_without_patients_reached_only_chain_and_member_states_are_due(fields: dict[str, Any]) -> None:
    assert [d.duty for d in alerts(World().report(**fields))[0].deadlines] == ["supply_chain", "rapid_alert"]


def test_without_a_serious_risk_no_deadline_of_law_runs() -> None:
    outs = World().report(**QUIET | {"class_": DefectClass.II, "reached_patients": YesNo.YES})
    assert alerts(outs)[0].deadlines == ()


def test_release_meets_the_duties_and_says_by_whom() -> None:
    world = World()
    world.report(reached_patients=YesNo.YES, reached_patients_at=NOW)
    world.order("release", by="officer-7", audience="professionals,public")
    met = {d.duty: d.by for d in world.alert().deadlines}
    assert met == {"supply_chain": "officer-7", "rapid_alert": None, "public_announcement": "officer-7"}
    world.report(step=UPDATE, received_at=NOW + HOURS, reached_patients=YesNo.NO, details="more")
    assert {d.duty: d.by for d in world.alert().deadlines} == met


def test_a_missed_deadline_calls_the_officers_once() -> None:
    world = World(gates=[{"kind": "defect", "audience": "*", "gate": "one", "limit_min": 100_000}])
    world.report(reached_patients=YesNo.YES, reached_patients_at=NOW)
    before = world.wait(24 * HOURS - timedelta(seconds=1))
    assert {a.reason for a in alerts(before)} == {"deadline_nears"}
    outs = world.wait(timedelta(seconds=1))
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("escalated", "deadline_missed")]
    assert [(n.reason.rule, str(n.purpose), n.duty) for n in notices(outs)] == [("officers", "duty", True)]
    assert world.wait(24 * HOURS) == []


def test_more_lots_are_a_version_that_waits_for_a_new_release() -> None:
    world = World()
    world.report()
    world.order("release")
    outs = world.report(step=UPDATE, received_at=NOW + HOURS, batches=(Batch(lot="A1"), Batch(lot="a1")))
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("updated", "lots_changed"), ("held", "awaits_release")]
    assert [b.lot for b in world.alert().batches] == ["A1", "a1"]
    assert set(groups(outs)) == {"officers", "companies:lab-a"}
    assert set(groups(world.order("release")).values()) == {"update"}


def test_fewer_lots_and_another_class_are_told_with_their_reason() -> None:
    world = World()
    world.report(batches=(Batch(lot="A1"), Batch(lot="B1")))
    assert alerts(world.report(step=UPDATE, received_at=NOW + HOURS))[0].reason == "lots_changed"
    assert alerts(world.report(step=UPDATE, received_at=NOW + 2 * HOURS, class_=DefectClass.II))[0].reason == "class_changed"
    outs = world.report(step=UPDATE, received_at=NOW + 3 * HOURS, class_=DefectClass.II, details="more")
    assert alerts(outs)[0].reason == "defect_updated"


def test_a_milder_class_keeps_telling_those_who_were_told() -> None:
    world = World()
    world.report()
    world.order("release")
    milder = QUIET | {"class_": DefectClass.II, "serious_risk": SeriousRisk.EXCLUDED}
    world.report(step=UPDATE, received_at=NOW + HOURS, level=RecallLevel.RETAIL_HOSPITAL, **milder)
    known = ("recall_followers", "supply_chain", "recall_patients")
    assert groups(world.order("release")) == dict.fromkeys(known, "update") | {"retail_level": "alert"}


def test_closing_gives_the_all_clear_to_those_told_and_closes_with_the_authorities() -> None:
    world = World()
    world.report()
    world.order("release")
    outs = world.report(step=CLOSED, received_at=NOW + HOURS)
    assert steps(outs) == ["resolved"]
    assert ends(outs) == dict.fromkeys(EVERYBODY, ("all_clear", alerts(outs)[0].alert_id))
    assert {(r.message_no, r.action_taken) for r in rapid(outs)} == {(2, "Closed by the issuing authority")}
    assert [str(s.state) for s in signals(outs)] == ["cleared"]
    assert world.report(step=CLOSED, received_at=NOW + 2 * HOURS) == []


def test_closing_what_was_never_released_is_told_only_to_those_who_knew() -> None:
    world = World()
    world.report()
    outs = world.report(step=CLOSED, received_at=NOW + HOURS)
    assert steps(outs) == ["resolved"]
    assert (rapid(outs), published(outs)) == ([], [])
    assert ends(outs) == dict.fromkeys(("officers", "companies:lab-a"), ("all_clear", alerts(outs)[0].alert_id))


def test_a_risk_that_is_excluded_ends_the_alert() -> None:
    world = World()
    world.report(class_=DefectClass.UNASSIGNED)
    fields = QUIET | {"serious_risk": SeriousRisk.EXCLUDED}
    outs = world.report(step=UPDATE, received_at=NOW + HOURS, **fields)
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("resolved", "risk_excluded")]
    assert "écarté" in notices(outs)[0].params["sentence_fr"]


@pytest.mark.parametrize(
    ("fields", "actions", "fr", "patient_en"),
    [
        (QUIET | {"serious_risk": SeriousRisk.EXCLUDED}, (), "AMOXIDEMO 500 mg, gélule : le risque a été écarté", words.PATIENT_END[1]),
        ({"step": CLOSED}, (), "AMOXIDEMO 500 mg, gélule : le signalement de défaut de qualité est clos", words.PATIENT_END[1]),
        (
            {"step": CLOSED},
            (DefectAction.CAUTION_IN_USE, DefectAction.RECALL),
            "AMOXIDEMO 500 mg, gélule : le signalement de défaut de qualité est clos",
            words.PATIENT_END_RECALLED[1],
        ),
    ],
)
def test_an_end_has_a_headline_and_what_is_to_do_in_both_languages(fields: Any, actions: Any, fr: str, patient_en: str) -> None:
    world = World()
    world.report(class_=DefectClass.UNASSIGNED, actions=actions)
    ended = alerts(world.report(**{"step": UPDATE, "received_at": NOW + HOURS, "actions": actions} | fields))[0].facts
    assert (ended["headline_fr"], ended["sentence_fr"]) == (fr, fr + ".")
    assert ended["headline_en"] == ended["sentence_en"].rstrip(".")
    do = words.DO_END_RECALLED if DefectAction.RECALL in actions else words.DO_END
    patient = words.PATIENT_END_RECALLED if DefectAction.RECALL in actions else words.PATIENT_END
    assert (ended["instruction_fr"], ended["instruction_en"]) == do
    assert (ended["patient_instruction_fr"], ended["patient_instruction_en"]) == (patient[0], patient_en)


def test_two_defects_of_one_medicine_are_one_alert_that_ends_with_the_last() -> None:
    world = World()
    world.report()
    outs = world.report("q2", received_at=NOW + HOURS, batches=(Batch(lot="B1"),), details="other", **QUIET | {"class_": DefectClass.II})
    assert alerts(outs)[0].reason == "another_defect"
    assert [b.lot for b in world.alert().batches] == ["A1", "B1"]
    outs = world.report("q2", step=CLOSED, received_at=NOW + 2 * HOURS, **QUIET | {"class_": DefectClass.II})
    assert alerts(outs)[0].reason == "one_defect_closed"
    assert steps(world.report(step=CLOSED, received_at=NOW + 3 * HOURS)) == ["resolved"]


def test_the_graver_of_two_defects_leads() -> None:
    world = World()
    world.report("q1", **QUIET | {"class_": DefectClass.III})
    world.report("q2", **QUIET | {"actions": (DefectAction.RECALL,)})
    assert (world.alert().facts["class"], world.alert().severity) == ("unassigned", Severity.MODERATE)
    world.report("q3", **QUIET | {"class_": DefectClass.II})
    assert world.alert().facts["class"] == "ii"


def test_a_falsification_found_later_hands_over_and_back_without_an_all_clear() -> None:
    world = World()
    world.report()
    outs = world.report(step=UPDATE, received_at=NOW + HOURS, falsified=Falsified.SUSPECTED)
    assert [(a.kind, str(a.step)) for a in alerts(outs)] == [
        (AlertKind.DEFECT, "superseded"),
        (AlertKind.FALSIFIED, "raised"),
        (AlertKind.FALSIFIED, "held"),
    ]
    assert alerts(outs)[1].replaces == alerts(outs)[0].alert_id
    assert "falsification" in world.alert().facts["sentence_fr"]
    outs = world.report(step=UPDATE, received_at=NOW + 2 * HOURS)
    assert alerts(outs)[0].reason == "no_longer_falsified"
    assert {(s.rule, str(s.state)) for s in signals(outs)} == {("falsified", "cleared"), ("defect", "raised")}


def test_an_update_may_carry_its_own_number_and_name_the_one_before() -> None:
    world = World()
    first = alerts(world.report())[0].alert_id
    outs = world.report("q1-b", previous_id="q1", step=UPDATE, received_at=NOW + HOURS, details="more")
    assert {a.alert_id for a in alerts(outs)} == {first}
    assert steps(world.report("q1-c", previous_id="q1-b", step=CLOSED, received_at=NOW + 2 * HOURS)) == ["resolved"]


def test_an_update_that_arrives_before_its_first_record_stays_the_newer() -> None:
    world = World()
    world.report("q1-b", previous_id="q1", step=UPDATE, received_at=NOW + HOURS, details="newer")
    assert world.report("q1", details="older") == []
    assert world.alert().facts["details"] == "newer"


def test_the_same_record_again_and_an_older_one_change_nothing() -> None:
    world = World()
    world.report(received_at=NOW + HOURS)
    assert world.report(received_at=NOW + HOURS) == []
    assert world.report(received_at=NOW) == []


def test_sixteen_records_of_a_thread_are_remembered_and_what_older_ones_said() -> None:
    world = World()
    world.report("q00", recall_number="R-7", reached_patients=YesNo.YES, reached_patients_at=NOW)
    for n in range(1, 20):
        said = {"received_at": NOW + n * HOURS, "serious_risk_at": NOW + n * HOURS, "reached_patients": YesNo.YES}
        world.report(f"q{n:02}", previous_id=f"q{n - 1:02}", step=UPDATE, details=str(n), **said)
    ((_, told),) = world.shell.view().items("defect-told/")
    assert len(told.records) == 16
    assert (world.alert().facts["recall_number"], world.alert().facts["details"]) == ("R-7", "19")
    assert {d.duty: d.due for d in world.alert().deadlines}["public_announcement"] == NOW + 24 * HOURS


@pytest.mark.parametrize(
    ("fields", "kind", "id_"),
    [
        ({}, SubjectKind.CIS, CIS),
        ({"product": DefectProduct(name="X")}, SubjectKind.LOT, "A1"),
        (
            {"product": DefectProduct(name="X"), "batches": (), "ma_holder": Org(id="f", scheme=OrgScheme.AGENCY, country="FR")},
            SubjectKind.COMPANY,
            "f",
        ),
        ({"product": DefectProduct(name="X"), "batches": ()}, SubjectKind.LOT, "q1"),
    ],
)
def test_the_subject_is_the_medicine_else_the_lot_else_the_firm(fields: dict[str, Any], kind: SubjectKind, id_: str) -> None:
    alert = alerts(World().report(**fields))[0]
    assert (alert.subject.kind, alert.subject.id) == (kind, id_)


def test_a_cancelled_alert_is_corrected_and_a_new_fact_raises_a_new_one() -> None:
    world = World()
    first = alerts(world.report())[0].alert_id
    world.order("release")
    outs = world.order("cancel", by="officer-9")
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("cancelled", "cancelled_by_officer")]
    release = alerts(outs)[0].release
    assert release is not None
    assert release.by == ("officer-1", "officer-9")
    assert ends(outs) == dict.fromkeys(EVERYBODY, ("correction", first))
    new = alerts(world.report(step=UPDATE, received_at=NOW + HOURS, details="again"))[0]
    assert (new.step, new.replaces, new.reason) == (AlertStep.RAISED, first, "relapse")
    world.order("release", target=new.alert_id)
    assert {r.message_no for r in rapid(world.last)} == {3}


def test_a_defect_that_came_from_an_authority_says_from_whom_and_goes_back_to_nobody() -> None:
    world = World()
    outs = world.report(foreign=Foreign(reference="BE/I/4/01", authority="authority-be"))
    alert = alerts(outs)[0]
    assert alert.labels["foreign"] == "authority-be"
    assert alert.deadlines == ()
    assert rapid(world.order("release")) == []


def test_instructions_follow_the_action() -> None:
    given: tuple[dict[str, Any], ...] = (
        {"actions": (DefectAction.WITHDRAWAL,)},
        {"actions": (DefectAction.QUARANTINE,)},
        {},
        QUIET | {"actions": (DefectAction.USER_ALERT,), "batches": ()},
    )
    said = [alerts(World().report(**fields))[0].facts["instruction_en"] for fields in given]
    assert ["return them" in t for t in said] == [True, False, False, False]
    assert ["until further notice" in t for t in said] == [False, True, True, False]
    assert said[3].startswith("Tell those to whom the product was given")


def test_what_was_recalled_stays_recalled_when_the_matter_is_closed() -> None:
    world = World()
    world.report(actions=(DefectAction.RECALL,))
    told = notices(world.report(step=CLOSED, received_at=NOW + HOURS))[0].params
    assert told["instruction_en"] == "This matter is closed. What was recalled stays withdrawn: do not dispense it."
    assert "take it back" in told["patient_instruction_en"]


def test_a_quarantine_is_lifted_when_the_matter_is_closed() -> None:
    world = World()
    world.report(actions=(DefectAction.QUARANTINE,))
    told = notices(world.report(step=CLOSED, received_at=NOW + HOURS))[0].params
    assert told["instruction_en"] == "This matter is closed; earlier instructions are lifted."
    assert "nothing left to check" in told["patient_instruction_en"]
