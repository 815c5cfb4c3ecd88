"""Rule `equivalents`: which medicines are alike, which of them are short too, and what officers read beside a shortage."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from alertcore.agency import Agency
from alertcore.cases import alike
from alertcore.cases.desk import Desk
from alertcore.cases.medicines import take
from alertcore.cases.state import Medicine
from alertcore.policy import Policy
from alertcore.records.alert import AlertKind, Severity
from alertcore.records.hub import Tick
from alertcore.records.product import Group, Substance
from alertcore.records.shared import Nature
from alertcore.records.shortage import DeclarationStep, DeclaredNature, Stop, StopKind
from alertcore.stage import Message
from tests.unit.alertcore.cases_world import NOW, World, alerts, declaration, notices, product, published, signals, status

A, B, C, D = "60000001", "60000002", "60000003", "60000004"
GROUP = (Group(id="g1", type=1),)
DAY = timedelta(days=1)


def market(*cis: str, **fields: Any) -> World:
    """A hub that knows these medicines of one generic group, named A, B, C and D."""
    of = World(products=False)
    for one in cis or (A, B, C):
        of.feed("reference.products", product(one, **{"name": "ABCD"[int(one[-1]) - 1], "groups": GROUP} | fields))
    return of


def short(of: World, cis: str, **fields: Any) -> list[Any]:
    return of.declare(f"d-{cis}-{of.count}", cis=cis, declared_at=of.now, **fields)


def back(of: World, cis: str) -> list[Any]:
    of.now += DAY
    return short(of, cis, step=DeclarationStep.RETURN)


def notes(of: World, cis: str) -> dict[str, str]:
    """What officers read beside the open shortage of a medicine."""
    alert = next(f.alert for f in of.files() if (f.alert.kind, f.alert.subject.id, f.ended) == (AlertKind.SHORTAGE, cis, False))
    return {k.removeprefix("note/"): v for k, v in alert.facts.items() if k.startswith("note/")}


def told(outs: list[Any]) -> list[tuple[str, str, str, Severity]]:
    return [(s.subject.id, str(s.state), s.sentence.en, s.severity) for s in signals(outs) if s.rule == "equivalents"]


def test_officers_read_which_equivalents_are_able_to_replace_and_nobody_else_does() -> None:
    of = market()
    outs = short(of, A)
    said = {n.reason.rule: n.params for n in notices(outs)}
    assert said["officers"]["sentence_fr"].endswith(
        "retour prévu le 01/04/2026. Équivalents commercialisés : 2. Aussi en rupture : aucun. Pourraient remplacer : B; C."
    )
    assert said["officers"]["sentence_en"].endswith("Marketed equivalents: 2. Short too: none. Able to replace: B; C.")
    assert said["officers"]["equivalents_able"] == f"{B} B; {C} C"
    for group in ("companies:lab-a", "followers", "patients"):
        assert not [v for k, v in said[group].items() if "quivalent" in k or "quivalent" in v]
    assert "quivalent" not in published(outs)[0].text.fr


def test_a_medicine_without_a_known_equivalent_gets_no_note_and_no_signal() -> None:
    of = market(A)
    assert told(short(of, A)) == []
    assert notes(of, A) == {}
    unknown = World(products=False)
    short(unknown, A)
    assert notes(unknown, A) == {}


def test_what_is_not_on_the_market_replaces_nothing() -> None:
    of = market(A, B)
    of.feed("reference.products", product(C, name="C", groups=GROUP, marketed=False))
    short(of, A)
    assert notes(of, A)["equivalents_able"] == f"{B} B"
    of.feed("reference.products", product(C, name="C", groups=GROUP, marketed=True, cip13="3400930000999"))
    short(of, A, context="more", step=DeclarationStep.UPDATE)
    assert notes(of, A)["equivalents_able"] == f"{B} B; {C} C"


def test_a_stop_takes_a_medicine_out_of_those_able_to_replace() -> None:
    of = market()
    short(of, B, nature_declared=DeclaredNature.ARRET)
    short(of, A)
    assert (notes(of, A)["equivalents_short"], notes(of, A)["equivalents_able"]) == (f"{B} B", f"{C} C")


def test_a_mere_risk_is_neither_a_stock_out_nor_able_to_replace() -> None:
    of = market()
    short(of, B, nature_declared=DeclaredNature.RISQUE)
    outs = short(of, A)
    assert told(outs) == []
    said = notes(of, A)
    assert (said.get("equivalents_short"), said["equivalents_at_risk"], said["equivalents_able"]) == (None, f"{B} B", f"{C} C")
    short(of, C)
    found = {s.subject.id: s for s in signals(of.outs) if s.rule == "equivalents"}
    assert set(found) == {B}, "of each of the others one is out of stock and one at risk: half is not most"
    assert (found[B].sentence.en, found[B].severity) == ("B: all of its 2 marketed equivalents are short.", Severity.SEVERE)


@pytest.mark.parametrize(
    ("first", "then", "grown"),
    [
        (DeclaredNature.RISQUE, DeclaredNature.RUPTURE, True),
        (DeclaredNature.RISQUE, DeclaredNature.RISQUE, False),
    ],
)
def test_a_risk_that_becomes_a_stock_out_is_heard_by_the_others(first: DeclaredNature, then: DeclaredNature, grown: bool) -> None:
    of = market(A, B)
    short(of, A)
    of.declare("b1", cis=B, nature_declared=first, declared_at=of.now)
    assert not [cis for cis, *_ in told(of.outs) if cis == A]
    of.now += DAY
    more = {"step": DeclarationStep.UPDATE, "previous_id": "b1", "context": "more", "declared_at": of.now}
    outs = of.declare("b2", cis=B, nature_declared=then, **more)
    assert [(cis, level) for cis, _, _, level in told(outs) if cis == A] == ([(A, Severity.CRITICAL)] if grown else [])
    assert ("equivalents_short" in notes(of, A)) is grown
    of.now += DAY
    outs = of.declare("b3", cis=B, nature_declared=first, **more | {"previous_id": "b2", "declared_at": of.now, "context": "less"})
    assert [(cis, state) for cis, state, *_ in told(outs) if cis == A] == ([(A, "cleared")] if grown else [])


@pytest.mark.parametrize(("code", "out"), [(1, True), (2, False), (3, True)])
def test_our_list_says_a_stock_out_a_tension_or_a_stop(code: int, out: bool) -> None:
    of = market(A, B)
    short(of, A)
    of.snapshot("s0", status("", 4, cis=B))
    of.snapshot("s1", status("", code, cis=B))
    assert [cis for cis, *_ in told(of.last) if cis == A] == ([A] if out else [])
    assert ("equivalents_at_risk" in notes(of, A)) is not out


def test_what_the_company_calls_a_risk_is_a_stock_out_where_our_list_says_so() -> None:
    of = market(A, B)
    short(of, A)
    of.snapshot("s0", status("", 4, cis=B))
    of.snapshot("s1", status("", 1, cis=B))
    short(of, B, nature_declared=DeclaredNature.RISQUE)
    assert notes(of, A)["equivalents_short"] == f"{B} B"


def stop(on: date) -> Stop:
    return Stop(kind=StopKind.STOP, notified_on=date(2026, 1, 26), effect_on=on, reasons="x")


def test_a_stop_still_to_come_is_a_risk_until_its_day() -> None:
    of = market(A, B)
    short(of, A)
    short(of, B, nature_declared=DeclaredNature.ARRET, circuits=(), stop=stop(date(2026, 2, 10)))
    assert (notes(of, A)["equivalents_at_risk"], [cis for cis, *_ in told(of.last)]) == (f"{B} B", [B])
    assert not [cis for cis, *_ in told(of.wait(datetime(2026, 2, 9, 22, 59, 59, tzinfo=UTC) - of.now)) if cis == A]
    outs = of.wait(timedelta(seconds=1))
    assert {(cis, state, said) for cis, state, said, _ in told(outs)} == {
        (A, "raised", "A: its only marketed equivalent is short too."),
        (B, "changed", "B: its only marketed equivalent is short too."),
    }
    assert [level for cis, _, _, level in told(outs) if cis == A] == [Severity.CRITICAL]
    assert notes(of, A)["equivalents_short"] == f"{B} B"


def test_a_stop_that_is_withdrawn_is_waited_for_no_longer() -> None:
    of = market(A, B)
    short(of, B, nature_declared=DeclaredNature.ARRET, circuits=(), stop=stop(date(2026, 2, 10)))
    assert len(list(of.shell.view().items("timer/equivalents/"))) == 1
    of.now += DAY
    short(of, B, nature_declared=DeclaredNature.ARRET, step=DeclarationStep.WITHDRAWN, circuits=())
    assert list(of.shell.view().items("timer/equivalents/")) == []


def test_of_two_companies_the_one_that_does_not_say_when_it_stops_counts() -> None:
    of = market(A, B)
    short(of, A)
    short(of, B, nature_declared=DeclaredNature.ARRET, circuits=(), stop=stop(date(2026, 2, 10)))
    of.declare("other", "lab-b", cis=B, nature_declared=DeclaredNature.ARRET, circuits=(), declared_at=of.now)
    of.now += DAY
    assert notes(of, A)["equivalents_short"] == f"{B} B"


@pytest.mark.parametrize(
    ("others", "scarce", "severity"),
    [
        ((B,), (), None),
        ((B,), (B,), Severity.CRITICAL),
        ((B, C), (B,), None),  # half is not most
        ((B, C), (B, C), Severity.CRITICAL),
        ((B, C, D), (B,), None),
        ((B, C, D), (B, C), Severity.SEVERE),
    ],
)
def test_a_signal_rises_where_more_than_half_of_the_equivalents_are_short_too(
    others: tuple[str, ...], scarce: tuple[str, ...], severity: Severity | None
) -> None:
    of = market(A, *others)
    for cis in scarce:
        short(of, cis)
    found = {cis: (state, level) for cis, state, _, level in told(short(of, A))}
    assert found.get(A) == (None if severity is None else ("raised", severity))


def test_a_risk_is_one_step_graver_where_nothing_is_left_to_replace_it() -> None:
    of = market(A, B)
    short(of, B)
    found = told(short(of, A, nature_declared=DeclaredNature.RISQUE))
    assert [level for cis, _, _, level in found if cis == A] == [Severity.SEVERE]


def test_the_share_is_the_agencys_to_set() -> None:
    of = market(A, B, C, D)
    of.settings("policy", {"equivalents": {"most_pct": 33.0}})
    short(of, B)
    assert [cis for cis, *_ in told(short(of, A))] == [A, B]


def test_sentences_count_one_some_and_all() -> None:
    one = market(A, B)
    short(one, B)
    assert [en for cis, _, en, _ in told(short(one, A)) if cis == A] == ["A: its only marketed equivalent is short too."]
    of = market(A, B, C, D)
    short(of, B)
    short(of, C)
    assert [en for cis, _, en, _ in told(short(of, A)) if cis == A] == ["A: 2 of its 3 marketed equivalents are short too."]
    of.now += DAY
    assert [en for cis, _, en, _ in told(short(of, D)) if cis == A] == ["A: all of its 3 marketed equivalents are short too."]
    fr = {s.sentence.fr for s in signals(of.outs) if s.rule == "equivalents"}
    assert "A : 2 de ses 3 équivalents commercialisés sont aussi en rupture." in fr
    assert "A : ses 3 équivalents commercialisés sont tous aussi en rupture." in fr


def test_an_equivalent_that_becomes_short_changes_the_note_of_the_others_and_tells_officers_alone_when_it_matters() -> None:
    of = market()
    short(of, A)
    outs = short(of, B)
    versions = [a for a in alerts(outs) if a.subject.id == A]
    assert [(str(a.step), a.reason) for a in versions] == [("updated", "equivalents_changed")]
    assert not [n for n in notices(outs) if n.params["cis"] == A]
    outs = short(of, C)
    assert {n.reason.rule for n in notices(outs) if n.params["cis"] == A} == {"officers"}
    assert notes(of, A)["equivalents_short"] == f"{B} B; {C} C"
    assert "equivalents_able" not in notes(of, A)


def test_the_end_of_a_shortage_clears_its_own_signal_and_frees_the_others() -> None:
    of = market(A, B)
    short(of, A)
    short(of, B)
    outs = back(of, B)
    assert [(cis, state) for cis, state, *_ in told(outs)] == [(B, "cleared"), (A, "cleared")]
    assert told(outs)[1][2] == "A: its only marketed equivalent is no longer short together with it."
    assert notes(of, A)["equivalents_able"] == f"{B} B"


def test_long_lists_are_cut_and_say_how_many_more() -> None:
    of = market(A, B, C, D)
    of.settings("policy", {"equivalents": {"named": 1}})
    short(of, A)
    assert notes(of, A)["equivalents_fr"].endswith("Pourraient remplacer : B et 2 autres.")
    assert notes(of, A)["equivalents_en"].endswith("Able to replace: B and 2 more.")


def test_reference_data_that_come_while_a_medicine_is_short_are_heard() -> None:
    of = World(products=False)
    short(of, A)
    short(of, B)
    for cis in (A, B):
        of.feed("reference.products", product(cis, name=cis, groups=GROUP))
    assert notes(of, A)["equivalents_short"] == f"{B} {B}"
    assert notes(of, B)["equivalents_short"] == f"{A} {A}"
    assert of.feed("reference.products", product(A, name=A, groups=GROUP)) == []


def test_a_medicine_that_leaves_a_group_is_alike_no_more() -> None:
    of = market(A, B, substances=())
    short(of, A)
    short(of, B)
    of.feed("reference.products", product(B, name="B", groups=(Group(id="g2", type=0),), substances=()))
    keys = [k for k, _ in of.shell.view().items("alike")]
    assert keys == ["alike-short/actual/group:g1", "alike-short/actual/group:g2", "alike/group:g1", "alike/group:g2"]
    assert of.shell.view().get("alike/group:g1") == alike.Members(cis=(A,))


def medicine(**fields: Any) -> Medicine:
    given: dict[str, Any] = {"cis": A, "name": "A", "substances": (Substance(code="1", name="X", strength="500 mg"),), "form": "gélule"}
    return Medicine(**given | fields)


@pytest.mark.parametrize(
    ("fields", "keys"),
    [
        ({}, ("made:1=500 mg@gélule",)),
        ({"form": " Gélule "}, ("made:1=500 mg@gélule",)),
        ({"form": ""}, ()),
        ({"substances": ()}, ()),
        ({"substances": (Substance(code="1", name="X"),)}, ()),
        (
            {"substances": (Substance(code="2", name="Y", strength="1 g/5 ml"), Substance(code="1", name="X", strength="500 MG"))},
            ("made:1=500 mg+2=1000 mg per 5 ml@gélule",),
        ),
        ({"groups": (Group(id="7", type=0), Group(id="8", type=4))}, ("group:7", "group:8")),
        ({"groups": (Group(id="7", type=3),)}, ("made:1=500 mg@gélule",)),
    ],
)
def test_a_generic_group_decides_and_only_without_one_what_it_is_made_of(fields: dict[str, Any], keys: tuple[str, ...]) -> None:
    assert alike.decisive(medicine(**fields)) == keys


def test_without_a_group_the_same_substances_strengths_and_form_are_alike_over_the_edge_of_a_group() -> None:
    of = World(products=False)
    of.feed("reference.products", product(A, name="A"))
    of.feed("reference.products", product(B, name="B", groups=GROUP))
    of.feed("reference.products", product(C, name="C", form="comprimé"))
    short(of, A)
    assert notes(of, A)["equivalents_able"] == f"{B} B"
    short(of, B)
    assert notes(of, B) == {}
    assert notes(of, A)["equivalents_short"] == f"{B} B"


def test_an_exercise_makes_nothing_short_in_earnest() -> None:
    of = market(A, B)
    short(of, B, nature=Nature.EXERCISE)
    short(of, A)
    assert notes(of, A)["equivalents_able"] == f"{B} B"


def test_shortages_in_any_order_come_to_the_same_notes() -> None:
    seen = []
    for order in permutations((A, B, C)):
        of = market(A, B, C, D)
        for cis in order:
            of.feed("shortage.declarations", declaration(f"d-{cis}", cis=cis))
            of.feed("shortage.declarations", declaration(f"d-{cis}", cis=cis))
        seen.append([(f.alert.subject.id, f.alert.facts) for f in sorted(of.files(), key=lambda f: f.alert.subject.id)])
    assert all(s == seen[0] for s in seen)


def test_two_shortage_alerts_of_one_medicine_are_short_until_both_have_ended() -> None:
    of = market(A, B)
    short(of, A)
    short(of, B)
    of.declare("e1", "lab-b", cis=B, nature_declared=DeclaredNature.ARRET)
    of.declare("dx", cis=B, step=DeclarationStep.RETURN, declared_at=NOW + DAY)
    shortages = (AlertKind.SHORTAGE, AlertKind.STOP)
    assert [f.alert.kind for f in of.files() if f.alert.subject.id == B and not f.ended and f.alert.kind in shortages] == [AlertKind.STOP]
    assert notes(of, A)["equivalents_short"] == f"{B} B"


def test_an_update_of_a_medicine_that_is_like_no_other_moves_nothing() -> None:
    of = market(A, groups=(), substances=())
    of.declare("a1", cis=A, nature_declared=DeclaredNature.RISQUE)
    of.now += DAY
    outs = of.declare("a2", cis=A, step=DeclarationStep.UPDATE, previous_id="a1", declared_at=of.now)
    assert ([str(a.step) for a in alerts(outs)][:1], told(outs), notes(of, A)) == (["updated"], [], {})


class _Earlier:
    """The state of a hub that knows a medicine, without the index of an earlier program."""

    def __init__(self, known: Medicine) -> None:
        self.values: dict[str, Any] = {f"medicine/{known.cis}": known}
        self.memo: dict[str, Any] = {}

    def get(self, key: str) -> Any | None:
        return self.values.get(key)

    def items(self, prefix: str) -> Any:
        return iter(sorted((k, v) for k, v in self.values.items() if k.startswith(prefix)))


def test_the_same_reference_data_again_bring_the_index_of_an_earlier_program_up_to_date() -> None:
    of = market(A, groups=())
    known: Medicine | None = of.shell.view().get(f"medicine/{A}")
    assert known is not None
    message = Message(value=Tick(at=NOW), kind="tick", key="", at=NOW, partition=0, offset=0)
    desk = Desk(_Earlier(known), message, Agency(id="a", name="Agence", program="test"), Policy(), 0)
    assert take(desk, product(A, name="A", groups=())) == "nothing_new"
    assert [key for key in desk.changes if key.startswith("alike/made:")] == [f"alike/{k}" for k in alike.shared(known)]


@pytest.mark.parametrize(
    ("strength", "alike_"), [("0,5 g", True), ("500,0 mg", True), ("500mg", True), ("50 mg", False), ("500 µg", False)]
)
def test_equal_strengths_are_equal_however_they_are_written(strength: str, alike_: bool) -> None:
    of = market(A, groups=())
    of.feed(
        "reference.products", product(B, name="B", groups=(), substances=(Substance(code="00123", name="AMOXICILLINE", strength=strength),))
    )
    short(of, A)
    assert (notes(of, A).get("equivalents_able") == f"{B} B") is alike_
