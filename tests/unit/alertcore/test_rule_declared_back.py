"""What is back and what is not: one company's declarations hold every presentation in both circuits."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from alertcore.records.alert import Alert, AlertKind
from alertcore.records.shared import Certainty, Measure, MeasureStatus, When
from alertcore.records.shortage import CircuitState, Declaration, DeclarationStep, DeclaredNature, Stop, StopKind
from alertcore.records.stock import Circuit
from tests.unit.alertcore.cases_world import CIS, NOW, World, alerts, declaration, ends, groups, product

INITIAL, UPDATE, RETURN, WITHDRAWN = (
    DeclarationStep.INITIAL,
    DeclarationStep.UPDATE,
    DeclarationStep.RETURN,
    DeclarationStep.WITHDRAWN,
)
DAY = timedelta(days=1)
A, B = "3400960000001", "3400960000018"
VILLE, HOPITAL = CircuitState(circuit=Circuit.VILLE), CircuitState(circuit=Circuit.HOPITAL)
BOTH = (VILLE, HOPITAL)
STOP = Stop(kind=StopKind.STOP, notified_on=date(2026, 1, 26), effect_on=date(2027, 6, 1), reasons="x")
STOPPED = {"nature_declared": DeclaredNature.ARRET, "stop": STOP, "circuits": ()}


def world(*facts: dict[str, Any], packs: int = 1) -> World:
    """A world with a declaration a day: d1, d2 …"""
    of = World()
    if packs == 2:
        of.feed("reference.products", product(cip13=B))
    for n, fact in enumerate(facts, 1):
        say(of, n, fact)
    return of


def say(of: World, n: int, fact: dict[str, Any]) -> list[Any]:
    of.now = max(of.now, NOW + (n - 1) * DAY)
    return of.declare(**{"number": f"d{n}", "declared_at": NOW + (n - 1) * DAY} | fact)


def last(of: World, kind: AlertKind = AlertKind.SHORTAGE) -> Alert:
    return [f.alert for f in of.files() if f.alert.kind is kind][-1]


def returned(**fields: Any) -> dict[str, Any]:
    return {"step": RETURN, "previous_id": "d1", "circuits": ()} | fields


def on(circuit: Circuit, day: date) -> CircuitState:
    return CircuitState(circuit=circuit, expected_return=When(date=day, certainty=Certainty.ACTUAL))


PARTLY = [
    ("one of two presentations", {"cip13s": (A, B)}, returned(cip13s=(A,)), f"présentation {A}", f"présentation {B}"),
    ("one circuit of two", {}, returned(circuits=(VILLE,)), "en ville", "à l'hôpital"),
    ("one of two circuits that were not named", {"circuits": ()}, returned(circuits=(HOPITAL,)), "à l'hôpital", "en ville"),
    (
        "one presentation in one circuit",
        {"cip13s": (A, B)},
        returned(cip13s=(A,), circuits=(VILLE,)),
        f"présentation {A} en ville",
        f"présentation {A} à l'hôpital ; présentation {B}",
    ),
    (
        "a circuit whose day is still to come",
        {},
        returned(circuits=(on(Circuit.VILLE, date(2026, 1, 27)), on(Circuit.HOPITAL, date(2026, 1, 28)))),
        "en ville",
        "à l'hôpital",
    ),
    (
        "figures of both circuits together",
        {"circuits": (CircuitState(circuit=Circuit.BOTH, stock=9),)},
        returned(circuits=(VILLE,)),
        "en ville",
        "à l'hôpital",
    ),
]


@pytest.mark.parametrize(("what", "declared", "back", "is_back", "is_not"), PARTLY, ids=[p[0] for p in PARTLY])
def test_what_a_return_does_not_name_is_not_back(what: str, declared: Any, back: Any, is_back: str, is_not: str) -> None:
    of = world(declared, back)
    alert = last(of)
    assert (str(alert.step), alert.reason) == ("updated", "company_returned"), what
    assert f"De nouveau à disposition : {is_back}. Pas encore de retour : {is_not}." in alert.facts["sentence_fr"]
    assert "all_clear" not in groups(of.soon()).values()
    say(of, 3, returned(previous_id="d2"))
    assert last(of).reason == "all_returned"
    assert {how for how, _ in ends(of.soon()).values()} == {"all_clear"}


@pytest.mark.parametrize(
    ("declared", "back"),
    [
        ({}, returned()),
        ({}, returned(previous_id=None)),
        ({}, returned(circuits=BOTH)),
        ({}, returned(circuits=(CircuitState(circuit=Circuit.BOTH),))),
        ({"circuits": (VILLE,)}, returned(circuits=(VILLE,))),
        ({"circuits": (VILLE,)}, returned()),
        ({"cip13s": (A,)}, returned()),
        ({"cip13s": (A, B)}, returned(cip13s=(B, A))),
        ({"cip13s": (A,)}, returned(cip13s=(A, B))),
        ({}, returned(circuits=(on(Circuit.VILLE, date(2026, 1, 27)), on(Circuit.HOPITAL, date(2026, 1, 26))))),
        ({}, returned(nature_declared=DeclaredNature.UNKNOWN, previous_id=None)),
        ({}, returned(previous_id="never-heard-of")),
        ({}, returned(cip13s=(A,))),
    ],
)
def test_it_is_over_when_nothing_is_left(declared: Any, back: Any) -> None:
    assert last(world(declared, back)).reason == "all_returned"


def test_a_return_by_name_ends_all_presentations_that_were_on_sale() -> None:
    of = world({}, returned(cip13s=(A,)), packs=2)
    assert last(of).facts["cip13s"] == B
    of.feed("reference.products", product(cip13="3400960000025"))
    say(of, 3, returned(cip13s=(B,)))
    assert last(of).reason == "all_returned", "what came on sale later was not concerned"


def test_where_nobody_knows_the_presentations_one_by_name_leaves_the_others() -> None:
    of = World(products=False)
    of.declare()
    of.declare("d2", declared_at=NOW + DAY, **returned(cip13s=(A,)))
    sentence = last(of).facts["sentence_fr"]
    assert f"De nouveau à disposition : présentation {A}. Pas encore de retour : les autres présentations." in sentence
    assert "the other presentations" in last(of).facts["sentence_en"]
    of.declare("d3", declared_at=NOW + 2 * DAY, **returned(previous_id=None))
    assert last(of).reason == "all_returned"


def test_two_separate_declarations_of_a_company_end_each_by_itself() -> None:
    of = world({"cip13s": (A,)}, {"cip13s": (B,)})
    assert last(of).facts["cip13s"] == f"{A},{B}"
    assert last(of).numbers["companies"] == 1.0
    say(of, 3, returned(cip13s=()))
    assert last(of).facts["cip13s"] == B, "the return follows the first, and the second goes on"
    assert last(of).facts["since"] == "2026-01-27"
    assert [s.id for s in last(of).also if s.kind == "cip13"] == [A, B], "who follows the first one hears that it is back"
    say(of, 4, returned(previous_id="d2"))
    assert last(of).reason == "all_returned"


def test_a_return_that_names_nothing_and_follows_what_nobody_knows_is_of_nothing_where_two_are_open() -> None:
    facts = {"cip13s": (A,)}, {"cip13s": (B,)}
    assert last(world(*facts, returned(previous_id="never-heard-of"))).facts["cip13s"] == f"{A},{B}"
    assert last(world(*facts, returned(previous_id="never-heard-of", cip13s=(B,)))).facts["cip13s"] == A
    assert last(world(*facts, returned(previous_id=None))).reason == "all_returned"


def test_a_circuit_nobody_understands_is_not_back() -> None:
    assert last(world({}, returned(circuits=(CircuitState(circuit=Circuit.UNKNOWN),)))).reason != "all_returned"
    assert last(world({"circuits": (CircuitState(circuit=Circuit.UNKNOWN),)}, returned(circuits=(VILLE,)))).reason != "all_returned"


def test_an_update_says_nothing_of_what_it_does_not_name() -> None:
    of = world({"cip13s": (A, B), "circuits": (VILLE,)}, {"step": UPDATE, "previous_id": "d1", "cip13s": (A,), "circuits": (HOPITAL,)})
    assert last(of).facts["cip13s"] == f"{A},{B}"
    assert {c for c in ("ville", "hopital") if f'"{c}"' in last(of).facts["circuits"]} == {"ville", "hopital"}
    say(of, 3, returned(cip13s=(A,)))
    assert last(of).facts["cip13s"] == B


def test_a_day_of_return_that_comes_is_no_return() -> None:
    of = world({}, returned(circuits=(VILLE, on(Circuit.HOPITAL, date(2026, 2, 1)))))
    assert last(of).facts["expected_return"] == "2026-02-01"
    of.wait(datetime(2026, 2, 2, 9, tzinfo=UTC) - of.now)
    assert last(of).step != "resolved"
    assert "01/02/2026 à l'hôpital" in last(of, AlertKind.DUTY).facts["sentence_fr"], "the company is asked for news"
    say(of, 3, returned(circuits=(HOPITAL,)))
    assert last(of).reason == "all_returned"


def test_the_day_of_a_return_is_the_local_one() -> None:
    midnight = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)
    for day, over in ((date(2026, 2, 1), True), (date(2026, 2, 2), False)):
        of = world({}, returned(circuits=(VILLE, on(Circuit.HOPITAL, day)), declared_at=midnight))
        assert (last(of).reason == "all_returned") is over


def test_a_return_for_later_that_nobody_had_declared_short_is_a_shortage() -> None:
    of = world(returned(circuits=(VILLE, on(Circuit.HOPITAL, date(2026, 4, 1)))))
    assert (str(last(of).step), last(of).facts["expected_return"]) == ("released", "2026-04-01")
    assert '"hopital"' in last(of).facts["circuits"]
    assert '"ville"' not in last(of).facts["circuits"]


def test_what_is_withdrawn_is_not_said_to_be_back() -> None:
    of = world({"cip13s": (A, B)}, returned(step=WITHDRAWN, cip13s=(A,)))
    assert (last(of).reason, last(of).facts["cip13s"]) == ("company_withdrew", B)
    assert "nouveau" not in last(of).facts["sentence_fr"]
    say(of, 3, returned(step=WITHDRAWN, cip13s=(B,)))
    assert str(last(of).step) == "cancelled"
    of = world({"cip13s": (A, B)}, returned(step=WITHDRAWN, cip13s=(A,)), returned(cip13s=(B,)))
    assert str(last(of).step) == "resolved", "one of them is back"


@pytest.mark.parametrize(("step", "how"), [(WITHDRAWN, "cancelled"), (RETURN, "resolved")])
@pytest.mark.parametrize("beside", [{}, {"company": "lab-b", "cip13s": (B,)}, {**STOPPED, "number": "d7", "cip13s": (B,)}])
def test_a_declaration_sent_again_under_its_number_as_its_end_is_ended_by_that_step(step: DeclarationStep, how: str, beside: Any) -> None:
    of = world({"cip13s": (A,)})
    if beside:
        of.declare(**{"number": "e1", "declared_at": NOW} | beside)
    of.declare("d1", cip13s=(A,), step=step, declared_at=NOW + DAY)
    if beside.get("company"):
        assert last(of).facts["cip13s"] == B
    else:
        assert str(last(of).step) == how


def test_a_new_shortage_says_nothing_of_a_return_before_it() -> None:
    of = world({"cip13s": (A, B)}, returned(), {"cip13s": (A,)})
    assert "nouveau" not in last(of).facts["sentence_fr"]
    assert (last(of).facts["cip13s"], last(of).facts["since"]) == (A, "2026-01-28")


def test_a_company_may_be_out_of_one_presentation_and_near_it_with_another() -> None:
    measure = Measure(measure_id="m1", code="import", status=MeasureStatus.PROPOSED)
    of = world({"cip13s": (A,), "measures": (measure,)}, {"cip13s": (B,), "nature_declared": DeclaredNature.RISQUE, "measures": (measure,)})
    alert = last(of)
    assert alert.severity == "severe"
    assert "rupture de stock déclarée" in alert.facts["sentence_fr"]
    assert f"De la même entreprise, risque de rupture de stock déclaré pour présentation {B}." in alert.facts["sentence_fr"]
    assert f"From the same company, risk of stock-out declared for presentation {B}." in alert.facts["sentence_en"]
    assert (alert.numbers["companies"], alert.facts["companies"], len(alert.measures)) == (1.0, "Laboratoire lab-a", 1)


def test_the_company_is_named_where_another_one_is_short_too() -> None:
    of = world({}, {"company": "lab-b", "circuits": BOTH}, {"company": "lab-b", **returned(previous_id="d2", circuits=(VILLE,))})
    assert "Laboratoire lab-b : de nouveau à disposition : en ville. Pas encore de retour : à l'hôpital." in last(of).facts["sentence_fr"]
    assert "Laboratoire lab-b: back in supply: in community pharmacies. Not back yet: in hospitals." in last(of).facts["sentence_en"]


def test_a_shortage_that_is_over_does_not_end_a_stop_that_was_declared_beside_it() -> None:
    for before, after in ((STOPPED, {}), ({}, STOPPED)):
        of = world(before, after)
        assert {f.alert.kind for f in of.files() if not f.ended} >= {AlertKind.SHORTAGE, AlertKind.STOP}
        say(of, 3, returned(previous_id=None))
        assert last(of).reason == "all_returned"
        assert not next(f for f in of.files() if f.alert.kind is AlertKind.STOP).ended
        say(of, 4, returned(previous_id=None))
        assert not next(f for f in of.files() if f.alert.kind is AlertKind.STOP).ended, "another return of the shortage neither"
        say(of, 5, returned(previous_id=None, nature_declared=DeclaredNature.ARRET))
        assert last(of, AlertKind.STOP).reason == "all_returned"


def test_an_update_makes_a_stop_of_a_shortage_whether_or_not_it_says_which() -> None:
    for previous in ("d1", None):
        of = world({}, {"step": UPDATE, "previous_id": previous, **STOPPED})
        assert last(of).reason == "became_stop"
        say(of, 3, returned(previous_id="d2"))
        assert last(of, AlertKind.STOP).reason == "all_returned"


def test_a_shortage_withdrawn_beside_a_stop_is_a_correction() -> None:
    of = world(STOPPED, {}, returned(step=WITHDRAWN, previous_id="d2"))
    assert (str(last(of).step), last(of).reason) == ("cancelled", "all_withdrawn")


def test_sixteen_updates_forget_neither_another_presentation_nor_when_it_began() -> None:
    of = world({"cip13s": (B,)}, {"cip13s": (A,), "known_at": NOW})
    for n in range(3, 25):
        say(of, n, {"step": UPDATE, "previous_id": f"d{n - 1}", "cip13s": (A,), "known_at": NOW + n * DAY, "context": str(n)})
    assert last(of).facts["cip13s"] == f"{A},{B}"
    assert (last(of).facts["since"], last(of).numbers["declaration_delay_hours"]) == ("2026-01-26", 24.0)
    assert len(list(of.shell.view().items("declaration/"))) == 16
    say(of, 25, returned(previous_id="d24"))
    assert last(of).facts["cip13s"] == B
    say(of, 26, returned(previous_id="d1"))
    assert last(of).reason == "all_returned"


def test_the_words_of_a_company_come_to_the_same_in_whatever_order_they_arrive() -> None:
    records: list[Declaration] = [
        declaration("d1", cip13s=(A, B)),
        declaration("d2", declared_at=NOW + DAY, **returned(cip13s=(A,), circuits=(VILLE,))),
        declaration("d3", cip13s=("3400960000025",), declared_at=NOW + 2 * DAY, nature_declared=DeclaredNature.RISQUE),
        declaration("d4", declared_at=NOW + 3 * DAY, **returned(cip13s=(B,))),
    ]
    found = []
    for order in permutations(records):
        of = World()
        for record in order:
            of.feed("shortage.declarations", record)
        found.append([(f.alert.facts, f.alert.numbers, f.alert.labels) for f in of.files() if not f.ended])
    assert all(f == found[0] for f in found)
    assert found[0][0][0]["cip13s"] == f"{A},3400960000025"


def test_a_late_record_that_changes_nothing_is_late_and_one_that_does_is_told() -> None:
    of = world({"cip13s": (A,)}, {"cip13s": (A,), "step": UPDATE, "previous_id": "d1"})
    assert of.declare("d0", cip13s=(B,), declared_at=NOW - DAY, step=WITHDRAWN) == []
    (told,) = alerts(of.declare("dx", cip13s=(B,), declared_at=NOW))
    assert told.facts["cip13s"] == f"{A},{B}"


def test_cis_is_whole_where_no_presentation_is_named() -> None:
    of = world({"cip13s": (A,)}, {})
    assert "cip13s" not in last(of).facts, "all of them"
    assert last(of).subject.id == CIS
