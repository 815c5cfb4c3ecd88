"""What declarations of shortage lead to."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from alertcore.records.alert import AlertKind, AlertStep, Severity
from alertcore.records.shared import Certainty, Measure, MeasureStatus, Nature, Subject, SubjectKind, When
from alertcore.records.shortage import Alternative, Cause, CircuitState, DeclarationStep, DeclaredNature, Stop, StopKind
from alertcore.records.stock import Circuit
from tests.unit.alertcore.cases_world import (
    CIS,
    HOURS,
    NOW,
    World,
    alerts,
    declaration,
    ends,
    groups,
    notices,
    product,
    published,
    signals,
    steps,
)

RETURN, WITHDRAWN, UPDATE = DeclarationStep.RETURN, DeclarationStep.WITHDRAWN, DeclarationStep.UPDATE
DAY = timedelta(days=1)
KEEPS = {
    "stop": Stop(kind=StopKind.STOP, notified_on=date(2026, 1, 26), effect_on=date(2027, 6, 1), reasons="fin de production"),
    "alternatives": (Alternative(text="magistral"),),
}
"""What a stop says that keeps every duty."""


@pytest.mark.parametrize(
    ("nature", "kind", "severity", "reason"),
    [
        (DeclaredNature.RUPTURE, AlertKind.SHORTAGE, Severity.SEVERE, "declared_rupture"),
        (DeclaredNature.RISQUE, AlertKind.SHORTAGE, Severity.MODERATE, "declared_risk"),
        (DeclaredNature.ARRET, AlertKind.STOP, Severity.MODERATE, "declared_stop"),
    ],
)
def test_each_nature_declared_raises_its_own_kind_of_alert(nature: Any, kind: Any, severity: Any, reason: str) -> None:
    found = alerts(World().declare(nature_declared=nature, **(KEEPS if nature is DeclaredNature.ARRET else {})))
    assert [(a.version, str(a.step)) for a in found] == [(1, "raised"), (2, "released")]
    assert {(a.kind, a.severity, a.subject.id) for a in found} == {(kind, severity, CIS)}
    assert found[0].reason == reason
    assert found[0].opened_by == "evt_3"


def test_an_open_alert_follows_what_the_reference_data_say_of_its_medicine() -> None:
    world = World()
    world.declare()
    for mitm in (False, True):
        (told,) = alerts(world.feed("reference.products", product(mitm=mitm)))
        assert (str(told.step), told.reason) == ("updated", "mitm_changed")
        assert (told.labels["mitm"], told.labels["rule"]) == (str(mitm).lower(), "declared")
        assert world.feed("reference.products", product(mitm=mitm, company="lab-b")) == []


def test_followers_companies_and_officers_are_told_at_once_and_the_public_reads_it() -> None:
    outs = World().declare()
    assert groups(outs) == {"officers": "alert", "companies:lab-a": "alert", "followers": "alert", "patients": "alert"}
    assert [(p.sequence, p.subject.id) for p in published(outs)] == [(1, CIS)]
    assert {n.template for n in notices(outs)} == {"declared"}


def test_a_follower_of_the_substance_the_atc_class_or_the_pack_is_a_follower() -> None:
    told = notices(World().declare(), "patients")[0]
    assert told.audience.filter is not None
    followed = {f"{s.kind}:{s.id}" for s in told.audience.filter.subjects}
    assert followed == {
        f"cis:{CIS}",
        "cip13:3400960000001",
        "substance:00123",
        "atc:J",
        "atc:J01",
        "atc:J01C",
        "atc:J01CA",
        "atc:J01CA04",
    }


def test_a_medicine_that_the_reference_data_does_not_know_is_told_under_its_code() -> None:
    alert = alerts(World(products=False).declare(atc="J01", cip13s=("3400960000001",)))[-1]
    assert alert.facts["name"] == f"CIS {CIS}"
    assert [f"{s.kind}:{s.id}" for s in alert.also] == ["cip13:3400960000001", "atc:J", "atc:J01"]


def test_both_circuits_and_the_delay_from_knowing_to_declaring_are_in_the_numbers() -> None:
    alert = alerts(World().declare(known_at=NOW - 5 * HOURS))[-1]
    assert alert.numbers == {
        "companies": 1.0,
        "declaration_delay_hours": 5.0,
        "ville_stock_packs": 250.0,
        "ville_monthly_sales_packs": 1000.0,
        "ville_coverage_months": 0.25,
        "hopital_stock_packs": 50.0,
        "hopital_monthly_sales_packs": 100.0,
        "hopital_coverage_months": 0.5,
    }
    assert alert.facts["expected_return"] == "2026-04-01"


def test_without_a_return_date_for_every_circuit_none_is_promised() -> None:
    one = CircuitState(circuit=Circuit.VILLE, expected_return=When(date=date(2026, 3, 1), certainty=Certainty.ESTIMATED))
    alert = alerts(World().declare(circuits=(one, CircuitState(circuit=Circuit.HOPITAL))))[-1]
    assert "expected_return" not in alert.facts


def test_a_stop_names_the_day_it_takes_effect_and_a_suspension_is_called_one() -> None:
    stop = Stop(kind=StopKind.SUSPENSION, notified_on=date(2026, 1, 26), effect_on=date(2027, 1, 26))
    alert = alerts(World().declare(nature_declared=DeclaredNature.ARRET, stop=stop))[0]
    assert alert.facts["start"] == "2027-01-26"
    assert "suspension" in alert.facts["sentence_fr"]
    assert "suspension" in alert.facts["sentence_en"]


def test_figures_of_a_company_go_to_itself_and_to_officers_only() -> None:
    world = World()
    world.declare()
    world.declare("e1", "lab-b", nature_declared=DeclaredNature.RISQUE)
    outs = world.soon()
    stock = {n.reason.rule: {row["stock"] for row in json.loads(n.params["circuits"])} for n in notices(outs)}
    assert stock == {
        "officers": {250, 50},
        "companies:lab-a": {250, 50},
        "companies:lab-b": {None},
        "followers": {None},
        "patients": {None},
    }


def test_a_companys_texts_and_measures_wait_for_the_agencys_agreement() -> None:
    measures = (
        Measure(measure_id="m1", code="import", status=MeasureStatus.PROPOSED),
        Measure(measure_id="m2", code="quota", status=MeasureStatus.AGREED),
    )
    other = Subject(kind=SubjectKind.CIS, id="60000002")
    outs = World().declare(
        measures=measures,
        alternatives=(Alternative(subject=other), Alternative(text="magistral"), Alternative()),
        causes=(Cause(code="production"),),
        context="usine",
        risk="perte de chance",
    )
    officers, followers = notices(outs, "officers")[0].params, notices(outs, "followers")[0].params
    assert [m["code"] for m in json.loads(officers["measures"])] == ["import", "quota"]
    assert [m["status"] for m in json.loads(officers["measures"])] == ["proposed", "proposed"]
    assert "measures" not in followers, "a company's word that the agency agreed is no agreement"
    assert officers["alternatives"] == "60000002; magistral; "
    assert {"alternatives", "context", "risk"} & set(followers) == set()
    assert followers["causes"] == "production"


def test_the_same_declaration_again_changes_nothing() -> None:
    world = World()
    world.declare()
    assert world.declare() == []
    assert world.feed("shortage.declarations", declaration(), event="evt_3") == []


def test_a_second_company_is_a_version_of_the_open_alert() -> None:
    world = World()
    first = alerts(world.declare())[0]
    outs = world.declare("e1", "lab-b", nature_declared=DeclaredNature.RISQUE)
    assert [(a.alert_id, a.version, str(a.step), a.reason) for a in alerts(outs)] == [(first.alert_id, 3, "updated", "another_company")]
    assert groups(world.soon()) == {
        "officers": "update",
        "companies:lab-a": "update",
        "companies:lab-b": "alert",
        "followers": "update",
        "patients": "update",
    }
    assert "et 1 autre" in alerts(outs)[0].facts["sentence_fr"]


def test_an_update_that_says_nothing_new_makes_no_version() -> None:
    world = World()
    world.declare()
    before = len(world.outs)
    world.declare(declaration_id="d1", declared_at=NOW, contact_ref="other")
    assert steps(world.outs[before:]) == []


def test_the_all_clear_comes_only_when_every_company_has_returned() -> None:
    world = World()
    world.declare()
    world.declare("e1", "lab-b")
    outs = world.declare("d2", step=RETURN, previous_id="d1", declared_at=NOW + DAY)
    assert steps(outs) == ["updated"]
    assert alerts(outs)[0].reason == "company_returned"
    outs = world.declare("e2", "lab-b", step=RETURN, previous_id="e1", declared_at=NOW + DAY)
    assert steps(outs) == ["resolved"]
    over = ("all_clear", alerts(outs)[0].alert_id)
    whom = ("officers", "companies:lab-a", "companies:lab-b", "followers", "patients")
    outs = world.soon()
    assert ends(outs) == dict.fromkeys(whom, over)
    assert all("de nouveau" in n.params["sentence_fr"] for n in notices(outs))
    assert [str(p.step) for p in published(outs)] == ["resolved"]
    assert [str(s.state) for s in signals(outs)] == ["cleared"]


def test_a_return_without_an_alert_tells_nobody() -> None:
    assert World().declare(step=RETURN) == []


def test_a_withdrawn_declaration_is_corrected_and_not_cleared() -> None:
    world = World()
    world.declare()
    outs = world.declare("d2", step=WITHDRAWN, previous_id="d1", declared_at=NOW + DAY)
    assert steps(outs) == ["cancelled"]
    outs = world.soon()
    over = ("correction", world.files()[0].alert.alert_id)
    assert ends(outs) == dict.fromkeys(("officers", "companies:lab-a", "followers", "patients"), over)


def test_one_withdrawn_and_one_returned_is_an_all_clear() -> None:
    world = World()
    world.declare()
    world.declare("e1", "lab-b")
    assert alerts(world.declare("d2", step=WITHDRAWN, declared_at=NOW + DAY))[0].reason == "company_withdrew"
    assert steps(world.declare("e2", "lab-b", step=RETURN, declared_at=NOW + DAY)) == ["resolved"]


def test_a_shortage_that_becomes_a_stop_is_handed_over_without_an_all_clear() -> None:
    world = World()
    first = alerts(world.declare())[0].alert_id
    outs = world.declare("d2", step=UPDATE, previous_id="d1", nature_declared=DeclaredNature.ARRET, declared_at=NOW + DAY, **KEEPS)
    assert steps(outs) == ["superseded", "raised", "released"]
    assert {str(n.purpose) for n in notices(outs)} == {"alert"}
    assert alerts(outs)[1].replaces == first
    back = world.declare("d3", step=UPDATE, previous_id="d2", declared_at=NOW + 2 * DAY)
    assert next((a.kind, str(a.step), a.reason) for a in alerts(back)) == (AlertKind.STOP, "superseded", "became_shortage")


def test_a_return_while_another_companys_stop_goes_on_is_an_end_of_the_shortage_only() -> None:
    world = World()
    world.declare()
    world.declare("e1", "lab-b", nature_declared=DeclaredNature.ARRET, **KEEPS)
    outs = world.declare("d2", step=RETURN, declared_at=NOW + DAY)
    ended = [(a.kind, str(a.step)) for a in alerts(outs) if a.kind is AlertKind.SHORTAGE]
    assert ended == [(AlertKind.SHORTAGE, "resolved")]
    assert world.alert().kind is AlertKind.STOP


@pytest.mark.parametrize(("days", "reason"), [(7, "relapse"), (7 + 1 / 86400, "declared_rupture")])
def test_a_new_alert_within_seven_days_of_the_end_is_a_relapse_and_always_names_the_old(days: float, reason: str) -> None:
    world = World()
    old = alerts(world.declare())[0].alert_id
    world.declare("d2", step=RETURN, declared_at=NOW + HOURS)
    world.now += timedelta(days=days)
    new = alerts(world.declare("d3", declared_at=NOW + 10 * DAY))[0]
    assert (new.reason, new.replaces) == (reason, old)
    assert new.alert_id != old


def test_an_older_declaration_that_comes_late_changes_nothing() -> None:
    world = World()
    world.declare("d2", step=UPDATE, previous_id="d1", nature_declared=DeclaredNature.RISQUE, declared_at=NOW + DAY)
    outs = world.declare("d1")
    assert outs == []
    assert world.alert().facts["nature"] == "risque"


def test_an_older_content_under_the_same_number_does_not_replace_the_newer() -> None:
    world = World()
    world.declare(declared_at=NOW + DAY)
    assert world.declare(declared_at=NOW, context="older") == []


def test_what_follows_a_record_is_newer_than_it_whatever_its_clock_says() -> None:
    world = World()
    world.declare(declared_at=NOW + DAY)
    outs = world.declare("d2", step=RETURN, previous_id="d1", declared_at=NOW)
    assert steps(outs) == ["resolved"]


def test_records_that_follow_each_other_in_a_circle_are_taken_by_their_time() -> None:
    world = World()
    world.declare("d1", previous_id="d2")
    world.declare("d2", step=RETURN, previous_id="d1", declared_at=NOW + DAY)
    assert [f.alert.step for f in world.files()] == [AlertStep.RESOLVED]


def test_sixteen_declarations_of_a_company_are_remembered_and_the_rest_is_let_go() -> None:
    world = World()
    for n in range(20):
        world.declare(f"d{n:02}", step=UPDATE, declared_at=NOW + n * HOURS, context=str(n))
    kept = [key for key, _ in world.shell.view().items("declaration/")]
    assert [k.rsplit("/", 1)[1] for k in kept] == ["d00", *[f"d{n:02}" for n in range(5, 20)]], "and the one it began with"
    assert world.declare("too-old", declared_at=NOW + HOURS) == []
    assert world.shell.view().get("declaration/actual/60000001/lab-a/too-old") is None


def facts_of(world: World) -> Any:
    """The final alerts as anybody cares for them: no versions, no ids of events."""
    return [
        (f.alert.kind, f.alert.severity, f.alert.facts, f.alert.numbers, f.alert.labels, f.alert.measures, f.ended) for f in world.files()
    ]


@settings(max_examples=40, deadline=None)
@given(
    some.lists(
        some.tuples(some.sampled_from(["rupture", "risque"]), some.sampled_from([0, 1, 2]), some.integers(0, 3)),
        min_size=2,
        max_size=4,
    ),
    some.randoms(use_true_random=False),
)
def test_the_order_in_which_companies_declare_does_not_matter(drawn: list[tuple[str, int, int]], chance: Any) -> None:
    records = [
        declaration(
            f"d{n}", f"lab-{n}", nature_declared=DeclaredNature(nature), declared_at=NOW + hours * HOURS, known_at=NOW - delay * HOURS
        )
        for n, (nature, hours, delay) in enumerate(drawn)
    ]
    shuffled = list(records)
    chance.shuffle(shuffled)
    worlds = (World(), World())
    for world, order in zip(worlds, (records, shuffled), strict=True):
        for record in order:
            world.feed("shortage.declarations", record)
            world.feed("shortage.declarations", record)
    assert facts_of(worlds[0]) == facts_of(worlds[1])


def test_three_records_of_one_company_come_to_the_same_in_any_order_once_it_is_open() -> None:
    records = [
        declaration("d1"),
        declaration("d2", step=UPDATE, previous_id="d1", declared_at=NOW + DAY, context="b"),
        declaration("d3", step=UPDATE, previous_id="d2", declared_at=NOW + DAY, context="c", nature_declared=DeclaredNature.RISQUE),
    ]
    found = []
    for order in permutations(records):
        world = World()
        for record in order:
            world.feed("shortage.declarations", record)
        found.append(facts_of(world))
    assert all(f == found[0] for f in found)
    assert found[0][0][2]["nature"] == "risque"


LIFE = {
    "returned": (RETURN, None),
    "withdrawn": (RETURN, WITHDRAWN),
    "updated": (UPDATE, None),
    "back again": (RETURN, UPDATE),
}


@pytest.mark.parametrize("life", LIFE)
def test_the_steps_of_a_declaration_come_to_the_same_in_whatever_order_they_arrive(life: str) -> None:
    third, fourth = LIFE[life]
    records = [
        declaration("d1", causes=(Cause(code="production"),)),
        declaration("d2", step=UPDATE, previous_id="d1", declared_at=NOW + DAY, nature_declared=DeclaredNature.RISQUE, context="b"),
        declaration("d3", step=third, previous_id="d2", declared_at=NOW + 2 * DAY, context="c"),
        *([declaration("d4", step=fourth, previous_id="d3", declared_at=NOW + 3 * DAY, context="d")] if fourth else []),
    ]
    found = []
    for order in permutations(records):
        world = World()
        for record in order:
            world.feed("shortage.declarations", record)
            world.feed("shortage.declarations", record)
        open_ = [f.alert for f in world.files() if not f.ended and f.alert.kind is AlertKind.SHORTAGE]
        found.append([(a.severity, a.facts, a.numbers, a.labels, a.measures, a.deadlines) for a in open_])
    assert all(f == found[0] for f in found)
    assert len(found[0]) == (1 if life in ("updated", "back again") else 0)


def test_an_exercise_lives_beside_the_real_thing() -> None:
    world = World()
    world.declare()
    outs = world.declare(nature=Nature.EXERCISE)
    assert steps(outs) == ["raised", "released"]
    assert {n.nature for n in notices(outs)} == {Nature.EXERCISE}
    assert len({f.alert.alert_id for f in world.files()}) == 2
