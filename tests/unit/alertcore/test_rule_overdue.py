"""Rule `overdue`: returns that pass without news, by circuit, and shortage management plans that are missing or a year old."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from alertcore.records.alert import AlertKind, Severity
from alertcore.records.shared import Certainty, Nature, When
from alertcore.records.shortage import CircuitState, DeclarationStep, DeclaredNature, Plan
from alertcore.records.stock import Circuit
from tests.unit.alertcore.cases_world import CIS, NOW, World, alerts, declaration, groups, notices, org, product, signals

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
MARCH_END = datetime(2026, 3, 1, 23, tzinfo=UTC)
"""The end of 1 March in Paris, the day on which the return is expected in community pharmacies; in hospitals it is 1 April."""


def matters(of: World, nature: str = "actual") -> list[Any]:
    board = of.shell.view().get(f"duties/{nature}/{CIS}")
    return [m for m in board.matters if m.rule == "overdue"] if board else []


def found(of: World) -> list[str]:
    return [m.key for m in matters(of)]


def until(of: World, at: datetime) -> None:
    of.wait(at - of.now)


def circuits(ville: str | None, hopital: str | None) -> tuple[CircuitState, ...]:
    days = {Circuit.VILLE: ville, Circuit.HOPITAL: hopital}
    back = {c: When(date=date.fromisoformat(d), certainty=Certainty.ESTIMATED) if d else None for c, d in days.items()}
    return tuple(CircuitState(circuit=c, expected_return=w) for c, w in back.items())


def update(number: str = "d2", **fields: Any) -> dict[str, Any]:
    return {"number": number, "step": DeclarationStep.UPDATE, "previous_id": "d1", "declared_at": NOW + DAY} | fields


def test_a_return_is_overdue_from_the_end_of_its_local_day() -> None:
    world = World()
    world.declare()
    until(world, MARCH_END - SECOND)
    assert found(world) == []
    outs = world.wait(SECOND)
    assert found(world) == ["lab-a/return"]
    alert = next(a for a in alerts(outs) if a.kind is AlertKind.DUTY)
    assert (alert.severity, alert.labels["rule"]) == (Severity.MODERATE, "overdue")
    assert [(d.duty, d.to, d.due, str(d.basis)) for d in alert.deadlines] == [("overdue", "lab-a", MARCH_END, "internal")]
    said = {n.reason.rule: n.params for n in notices(outs)}
    assert set(said) == {"officers", "companies:lab-a"}
    name = "AMOXIDEMO 500 mg, gélule"
    assert said["officers"]["sentence_fr"] == (
        f"{name} : Laboratoire lab-a attendait le retour le 01/03/2026 en ville ; ce jour est passé sans nouvelle."
    )
    assert said["officers"]["sentence_en"] == (
        f"{name}: Laboratoire lab-a expected the return on 2026-03-01 in community pharmacies; that day has passed without news."
    )
    assert [(s.rule, str(s.state), s.numbers) for s in signals(outs)] == [("overdue", "raised", {"circuits_count": 1.0})]


def test_each_circuit_has_its_own_day() -> None:
    world = World()
    world.declare()
    until(world, datetime(2026, 4, 1, 22, tzinfo=UTC))
    (matter,) = matters(world)
    assert matter.since == MARCH_END
    assert matter.sentence.fr.endswith("le 01/03/2026 en ville et le 01/04/2026 à l'hôpital ; ces jours sont passés sans nouvelle.")
    assert matter.sentence.en.endswith("and on 2026-04-01 in hospitals; these days have passed without news.")


def test_a_start_and_how_long_it_lasts_give_the_day_too_and_a_day_that_is_said_goes_before() -> None:
    start = When(date=date(2026, 2, 1), certainty=Certainty.ACTUAL)
    (one,) = circuits("2026-06-01", None)[:1]
    world = World()
    world.declare(
        circuits=(replace(one, start=start, duration_days=28), CircuitState(circuit=Circuit.HOPITAL, start=start, duration_days=28))
    )
    until(world, MARCH_END - SECOND)
    assert found(world) == []
    world.wait(SECOND)
    (matter,) = matters(world)
    assert "attendait le retour le 01/03/2026 à l'hôpital ; ce jour est passé" in matter.sentence.fr
    for part in (CircuitState(circuit=Circuit.HOPITAL, start=start), CircuitState(circuit=Circuit.HOPITAL, duration_days=28)):
        world = World()
        world.declare(circuits=(part,))
        until(world, MARCH_END + 100 * DAY)
        assert found(world) == []


def test_two_declarations_of_one_company_are_overdue_each_by_itself() -> None:
    world = World()
    world.declare(cip13s=("3400960000001",))
    world.declare("d2", cip13s=("3400960000018",), nature_declared=DeclaredNature.RISQUE, circuits=circuits("2026-02-01", None))
    until(world, MARCH_END)
    assert found(world) == ["lab-a/return", "lab-a/return/rupture"]
    world.declare("e1", "lab-b", declared_at=NOW)
    assert found(world) == ["lab-a/return", "lab-a/return/rupture", "lab-b/return"]


def test_one_day_for_both_circuits_is_said_once() -> None:
    world = World()
    world.declare(circuits=circuits("2026-03-01", "2026-03-01"))
    until(world, MARCH_END)
    (matter,) = matters(world)
    assert "attendait le retour le 01/03/2026 en ville et à l'hôpital ; ce jour" in matter.sentence.fr
    assert "expected the return on 2026-03-01 in community pharmacies and in hospitals; that day" in matter.sentence.en


@pytest.mark.parametrize(
    ("fields", "overdue"),
    [
        ({"circuits": circuits("2026-06-01", "2026-06-01")}, []),
        ({"circuits": circuits(None, None)}, []),
        ({"circuits": circuits("2026-06-01", "2026-03-01")}, ["lab-a/return"]),
        ({"context": "same day"}, ["lab-a/return"]),
        ({"step": DeclarationStep.RETURN}, []),
        ({"step": DeclarationStep.WITHDRAWN}, []),
    ],
)
@pytest.mark.parametrize("before", [True, False])
def test_only_a_word_that_moves_or_drops_the_day_or_closes_the_declaration_is_news(
    fields: dict[str, Any], overdue: list[str], before: bool
) -> None:
    world = World()
    world.declare()
    if before:
        world.declare(**update(**fields))
        until(world, MARCH_END)
    else:
        until(world, MARCH_END)
        assert found(world) == ["lab-a/return"]
        world.declare(**update(**fields))
    assert found(world) == overdue
    assert bool([f for f in world.files() if f.alert.kind is AlertKind.DUTY and not f.ended]) is bool(overdue)


def test_the_agency_may_give_days_of_grace() -> None:
    world = World(policy={"duty": {"overdue_days": 2}})
    world.declare()
    until(world, MARCH_END + 2 * DAY - SECOND)
    assert found(world) == []
    world.wait(SECOND)
    assert found(world) == ["lab-a/return"]


@pytest.mark.parametrize("known", [True, False])
def test_a_medicine_that_is_no_mitm_or_not_known_is_milder(known: bool) -> None:
    world = World(products=False)
    if known:
        world.feed("reference.products", product(mitm=False))
    world.declare()
    until(world, MARCH_END)
    assert [m.severity for m in matters(world)] == [Severity.MINOR]


def test_a_return_that_is_overdue_when_the_declaration_comes_is_told_at_once() -> None:
    world = World()
    world.now = NOW + 100 * DAY
    world.declare()
    assert found(world) == ["lab-a/return"]


def plan(received: str = "2025-06-30", company: str = "lab-a", **fields: Any) -> Plan:
    given: dict[str, Any] = {"cis": CIS, "company": org(company), "received_on": date.fromisoformat(received), "version": "1"}
    return Plan(**given | fields)


def test_a_plan_is_late_when_its_year_has_ended_and_a_new_one_ends_the_matter() -> None:
    world = World()
    world.feed("plans", plan())
    end = datetime(2026, 6, 30, 22, tzinfo=UTC)
    until(world, end - SECOND)
    assert found(world) == []
    outs = world.wait(SECOND)
    assert found(world) == ["lab-a/plan"]
    assert set(groups(outs)) == {"officers", "companies:lab-a"}
    (limit,) = next(a for a in alerts(outs) if a.kind is AlertKind.DUTY).deadlines
    assert (limit.duty, limit.to, limit.due, str(limit.basis), limit.article, str(limit.mark), limit.met_at) == (
        "plan",
        "lab-a",
        end,
        "law",
        "CSP L.5121-31, R.5124-49-5",
        "c",
        None,
    )
    assert signals(outs)[0].sentence.fr == (
        "AMOXIDEMO 500 mg, gélule : le plan de gestion des pénuries de Laboratoire lab-a, reçu le 30/06/2025, a plus d'un an"
        " (CSP R.5124-49-5)."
    )
    assert signals(outs)[0].sentence.en.endswith("received on 2025-06-30, is more than a year old (CSP R.5124-49-5).")
    outs = world.feed("plans", plan("2026-07-01"))
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("resolved", "duty_kept")]


@pytest.mark.parametrize("late", [plan("2025-06-29", version="9"), plan()])
def test_an_older_plan_or_the_same_again_changes_nothing(late: Plan) -> None:
    world = World()
    world.feed("plans", plan())
    assert world.feed("plans", late) == []
    assert world.shell.view().get(f"plans/actual/{CIS}").plans == (plan(),)  # type: ignore[union-attr]


def test_plans_come_to_the_same_in_any_order() -> None:
    records = (plan("2024-01-01"), plan("2025-01-01"), plan("2025-01-01", version="2"), plan("2025-03-01", "lab-b"))
    seen = []
    for order in permutations(records):
        world = World()
        for record in order:
            world.feed("plans", record)
        seen.append((found(world), world.shell.view().get(f"plans/actual/{CIS}")))
    assert all(s == seen[0] for s in seen)
    assert seen[0][0] == ["lab-a/plan"]


def test_another_age_reads_well() -> None:
    world = World(policy={"duty": {"plan_months": 6}})
    world.feed("plans", plan())
    (matter,) = matters(world)
    assert matter.sentence.fr.endswith("a plus de 6 mois (CSP R.5124-49-5).")
    assert matter.sentence.en.endswith("is more than 6 months old (CSP R.5124-49-5).")


def test_a_medicine_that_is_neither_mitm_nor_a_listed_vaccine_needs_no_plan_until_it_becomes_one() -> None:
    world = World(products=False)
    world.feed("reference.products", product(mitm=False))
    world.feed("plans", plan("2020-01-01"))
    assert found(world) == []
    world.feed("reference.products", product(mitm=True))
    assert found(world) == ["lab-a/plan"]
    world.feed("reference.products", product(mitm=False))
    assert found(world) == []
    vaccine = World(products=False, policy={"duty": {"vaccines_with_plan": [CIS]}})
    vaccine.feed("reference.products", product(mitm=False, vaccine=True))
    vaccine.feed("plans", plan("2020-01-01"))
    assert found(vaccine) == ["lab-a/plan"]


def test_a_plan_that_never_came_is_missed_only_where_the_policy_lists_the_medicine() -> None:
    assert found(World()) == []
    world = World(policy={"duty": {"plans_expected": [CIS]}})
    assert found(world) == ["lab-a/plan"]
    (matter,) = matters(world)
    assert (
        matter.sentence.fr
        == "AMOXIDEMO 500 mg, gélule : aucun plan de gestion des pénuries de l'entreprise lab-a n'a été reçu (CSP L.5121-31)."
    )
    assert matter.sentence.en == "AMOXIDEMO 500 mg, gélule: no shortage management plan of company lab-a has been received (CSP L.5121-31)."
    world.feed("plans", plan("2026-01-20"))
    assert found(world) == []


def test_a_company_is_called_by_the_name_that_it_gave_anywhere_on_the_medicine() -> None:
    policy = {"duty": {"plans_expected": [CIS]}}
    world = World(products=False, policy=policy)
    world.feed("reference.products", product(company="lab-a"))
    world.declare(company="arrow")
    world.feed("reference.products", product(company="arrow"))
    assert [m.sentence.fr.partition(" : ")[2] for m in matters(world)] == [
        "aucun plan de gestion des pénuries de Laboratoire arrow n'a été reçu (CSP L.5121-31).",
        "aucun plan de gestion des pénuries de l'entreprise lab-a n'a été reçu (CSP L.5121-31).",
    ]
    world.feed("plans", replace(plan("2025-01-01", company="arrow"), company=replace(org("arrow"), name="Arrow")))
    late = next(m for m in matters(world) if m.key == "arrow/plan")
    assert "le plan de gestion des pénuries de Laboratoire arrow, reçu" in late.sentence.fr
    alone = World()
    alone.feed("plans", replace(plan("2025-01-01", company="arrow"), company=replace(org("arrow"), name="Arrow")))
    assert "le plan de gestion des pénuries d'Arrow, reçu" in matters(alone)[0].sentence.fr


def test_a_listed_medicine_that_the_reference_data_do_not_know_is_missed_from_nobody_by_name() -> None:
    world = World(products=False, policy={"duty": {"plans_expected": [CIS]}})
    (matter,) = matters(world)
    assert (matter.key, matter.company, matter.sentence.en) == (
        "/plan",
        None,
        f"CIS {CIS}: no shortage management plan has been received (CSP L.5121-31).",
    )
    assert [n.reason.rule for n in notices(world.outs)] == ["officers"]
    world.feed("plans", plan("2026-01-20"))
    assert found(world) == []


def test_another_policy_looks_at_all_plans_again_and_what_it_ends_is_no_all_clear() -> None:
    world = World()
    world.settings("policy", {"duty": {"plans_expected": [CIS]}})
    assert found(world) == ["lab-a/plan"]
    outs = world.settings("policy", {})
    assert found(world) == []
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("cancelled", "policy_changed")]


def test_an_exercise_plan_is_kept_apart_and_a_list_is_about_the_real_thing() -> None:
    world = World(policy={"duty": {"plans_expected": [CIS]}})
    world.feed("plans", plan("2020-01-01", nature=Nature.EXERCISE))
    assert [m.key for m in matters(world, "exercise")] == ["lab-a/plan"]
    assert [m.sentence.en for m in matters(world)] != [m.sentence.en for m in matters(world, "exercise")]


def test_a_return_and_a_plan_of_one_company_are_one_alert_with_both_sentences() -> None:
    world = World()
    world.feed("plans", plan("2025-01-01"))
    world.declare()
    until(world, MARCH_END)
    alert = next(f.alert for f in world.files() if f.alert.kind is AlertKind.DUTY)
    assert found(world) == ["lab-a/plan", "lab-a/return"]
    assert "plan de gestion" in alert.facts["sentence_fr"]
    assert "sans nouvelle" in alert.facts["sentence_fr"]
    assert alert.facts["since"] == "2026-01-26"


def test_declarations_and_time_in_any_order_of_arrival_come_to_the_same() -> None:
    records = [
        declaration(),
        declaration(**update()),
        declaration(**update("d3", previous_id="d2", declared_at=NOW + 2 * DAY, circuits=circuits("2026-02-10", None))),
    ]
    seen = []
    for order in permutations(records):
        world = World()
        for record in order:
            world.feed("shortage.declarations", record)
        until(world, NOW + 60 * DAY)
        seen.append([(m.key, m.sentence, m.since) for m in matters(world)])
    assert all(s == seen[0] for s in seen)
    assert len(seen[0]) == 1
