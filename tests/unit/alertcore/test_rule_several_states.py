"""One substance short in several states: who counts, who informs, and what ends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertcore.cases.stage import CasesStage
from alertcore.records.alert import Alert, AlertKind
from alertcore.records.product import Substance
from alertcore.records.rapid import MessageKind, RapidAlert, RapidShortage
from alertcore.records.shared import Certainty, Nature, When
from alertcore.records.shortage import DeclarationStep, DeclaredNature, PublishedStatus, SubstanceName
from tests.unit.alertcore.cases_world import CIS, HOURS, NOW, World, alerts, declaration, notices, product, signals, status

RULE = "several_states"


def abroad(country: str, code: int = 1, name: str = "amoxicillin", number: str = "1", **fields: Any) -> PublishedStatus:
    """A row of another country's list."""
    row = replace(status("", code, f"{country}:{number}"), country=country, name="BRAND", substances=(SubstanceName(name=name),))
    return replace(row, **fields)


def found(world: World) -> list[Alert]:
    """Open alerts of the rule."""
    return [f.alert for f in world.files() if f.alert.labels["rule"] == RULE and not f.ended]


def only(world: World) -> Alert:
    """The one that is open."""
    [alert] = found(world)
    return alert


def short(*states: str, name: str = "amoxicillin") -> World:
    """A world in which these states call a substance short."""
    world = World()
    for country in states:
        if country == "FR":
            world.declare()
        else:
            world.snapshot("s0", abroad(country, name=name), sender=country.lower())
    return world


@pytest.mark.parametrize(
    ("states", "fires"),
    [
        (("FR",), False),
        (("FR", "BE"), True),
        (("BE", "DE"), True),
        (("BE",), False),
        (("FR", "NO"), True),
        (("FR", "IS"), True),
        (("FR", "LI"), True),
        (("FR", "CH"), False),
        (("FR", "GB"), False),
        (("FR", "US", "TW"), False),
        (("FR", "EU"), True),
        (("EU",), False),
        (("FR", "XI"), False),
    ],
)
def test_two_states_of_the_union_or_the_eea_are_enough_and_others_do_not_count(states: tuple[str, ...], *, fires: bool) -> None:
    assert bool(found(short(*states))) is fires


@pytest.mark.parametrize(("least", "fires"), [(2, True), (3, True), (4, False)])
def test_the_number_of_states_is_the_agencys(least: int, *, fires: bool) -> None:
    world = World(policy={"states": {"least": least}})
    world.declare()
    for country in ("BE", "DE"):
        world.snapshot("s0", abroad(country), sender=country)
    assert bool(found(world)) is fires


@pytest.mark.parametrize(("worth", "fires"), [(0, False), (1, True), (2, True)])
def test_an_entry_of_emas_catalogue_counts_for_as_many_states_as_the_agency_says(worth: int, *, fires: bool) -> None:
    world = World(policy={"states": {"union_list": worth}})
    world.declare()
    world.snapshot("s0", abroad("EU"), sender="ema")
    assert bool(found(world)) is fires


def test_the_alert_says_where_how_many_of_ours_and_who_else_for_officers_alone() -> None:
    world = short("FR", "BE", "US")
    alert = only(world)
    assert (alert.kind, alert.subject.kind.value, alert.subject.id) == (AlertKind.SEVERAL_STATES, "substance", "00123")
    assert alert.facts["sentence_fr"] == (
        "Amoxicilline est en pénurie dans 2 États de l'UE ou de l'EEE (Belgique et France) ; le seuil est de 2."
        " France : 1 médicament sur 1 avec cette substance. Pour information, sans compter : États-Unis."
    )
    world.snapshot("s0", abroad("DE"), sender="de")
    alert = only(world)
    assert alert.facts["sentence_en"] == (
        "Amoxicillin is short in 3 EU or EEA states (Belgium, France and Germany); the threshold is 2."
        " France: 1 of 1 medicine with this substance. For information, not counted: United States."
    )
    assert alert.numbers == {"states_count": 3.0, "short_here_count": 1.0, "known_here_count": 1.0, "other_countries_count": 1.0}
    assert (alert.facts["states"], alert.facts["medicines"]) == ("BE,DE,FR", CIS)
    assert (alert.facts["other_countries"], alert.facts["name"]) == ("US", "Amoxicilline")
    assert [(s.kind.value, s.id) for s in alert.also] == [("cis", CIS)]
    assert alert.facts["headline_fr"] == "Amoxicilline : pénurie dans 3 États de l'UE ou de l'EEE"
    assert alert.facts["headline_en"] == "Amoxicillin: short in 3 EU or EEA states"
    (raised,) = [s for s in signals(world.outs) if s.rule == RULE]
    assert raised.numbers == {"states_count": 2.0, "short_here_count": 1.0, "known_here_count": 1.0, "other_countries_count": 0.0}
    assert [(c.value, c.threshold, c.unit.value) for c in raised.cells] == [(2.0, 2.0, "count")]
    assert (raised.severity, raised.sentence.en[:39]) == (alert.severity, "Amoxicillin is short in 2 EU or EEA sta")
    mine = [n for n in notices(world.outs) if n.alerts[0].alert_id == alert.alert_id]
    assert {n.reason.rule for n in mine} == {"officers"}
    assert {n.template for n in mine} == {"finding"}


def test_it_is_milder_and_no_question_while_ours_is_not_among_them() -> None:
    world = short("BE", "DE")
    assert (only(world).severity.value, only(world).facts["instruction_fr"][:16]) == ("minor", "Pour information")
    world.declare()
    assert (only(world).severity.value, only(world).facts["instruction_fr"][:8]) == ("moderate", "Vérifiez")


def test_what_stands_in_the_first_publication_counts_though_it_is_no_news() -> None:
    world = World()
    world.snapshot("s0", status("", 2))
    world.snapshot("s0", abroad("BE"), sender="be")
    assert only(world).facts["states"] == "BE,FR"
    assert [a for a in alerts(world.outs) if a.labels["rule"] == "published"] == []


@pytest.mark.parametrize(("code", "counts"), [(1, True), (2, True), (3, False), (4, False), (9, False)])
def test_out_of_stock_and_tension_count_and_the_end_of_marketing_does_not(code: int, *, counts: bool) -> None:
    world = World()
    world.declare()
    world.snapshot("s0", abroad("BE", code), sender="be")
    assert bool(found(world)) is counts


@pytest.mark.parametrize(
    ("nature", "counts"), [(DeclaredNature.RUPTURE, True), (DeclaredNature.RISQUE, True), (DeclaredNature.ARRET, False)]
)
def test_a_declared_risk_counts_and_a_declared_stop_does_not(nature: DeclaredNature, *, counts: bool) -> None:
    world = short("BE")
    world.declare(nature_declared=nature)
    assert bool(found(world)) is counts


@pytest.mark.parametrize("name", ["Amoxicillin", "AMOXICILLINE TRIHYDRATÉE", "amoxicillin sodium"])
def test_names_match_across_languages_and_salts(name: str) -> None:
    assert found(short("FR", "BE", "DE", name=name))[0].facts["states"] == "BE,DE,FR"


def test_a_code_of_the_reference_data_matches_whatever_the_name_also_when_it_becomes_known_later() -> None:
    coded = (SubstanceName(code="00777", name="an older name"),)
    world = World()
    world.feed("reference.products", product("60000009", cip13="3400960000099", substances=(Substance(code="00777", name="ZZZ"),)))
    world.snapshot("s0", abroad("BE", substances=coded), sender="be")
    world.declare("z", cis="60000009")
    assert only(world).subject.id == "00777"
    later = World()
    later.snapshot("s0", abroad("BE", substances=coded), sender="be")
    later.declare("z", cis="60000009")
    assert found(later) == []
    later.feed("reference.products", product("60000009", cip13="3400960000099", substances=(Substance(code="00777", name="ZZZ"),)))
    assert only(later).facts["states"] == "BE,FR"


def test_a_coded_row_that_came_back_before_its_code_was_known_waits_for_nothing() -> None:
    coded = (SubstanceName(code="00777", name="an older name"),)
    world = World()
    for n, code in enumerate((1, 1, 4)):
        world.snapshot(f"s{n}", abroad("BE", code, substances=coded), sender="be")
    world.snapshot("s0", abroad("DE", substances=coded), sender="de")
    world.snapshot("s1", abroad("DE", 2, substances=coded), sender="de")
    world.declare("z", cis="60000009")
    world.feed("reference.products", product("60000009", cip13="3400960000099", substances=(Substance(code="00777", name="ZZZ"),)))
    assert only(world).facts["states"] == "DE,FR"


def test_a_coded_row_that_is_gone_still_waits_for_its_code() -> None:
    coded = abroad("BE", substances=(SubstanceName(code="00777", name="an older name"),))
    other = abroad("BE", number="2", name="ibuprofen")
    world = World()
    world.snapshot("s0", coded, sender="be")
    for n in range(1, 4):
        world.snapshot(f"s{n}", other, sender="be")
    world.snapshot("s0", abroad("DE", name="zzz"), sender="de")
    world.declare("z", cis="60000009")
    world.feed("reference.products", product("60000009", cip13="3400960000099", substances=(Substance(code="00777", name="ZZZ"),)))
    assert only(world).facts["states"] == "DE,FR"
    assert "Belgique" in only(world).facts["sentence_fr"]


def test_a_row_of_which_only_the_names_change_is_counted_under_them() -> None:
    world = short("FR", "BE", name="ibuprofen")
    assert found(world) == []
    world.snapshot("s1", abroad("BE"), sender="be")
    assert only(world).facts["states"] == "BE,FR"
    world.snapshot("s2", abroad("BE", substances=()), sender="be")
    assert only(world).facts["states"] == "BE,FR"


def test_what_was_back_and_then_leaves_the_list_was_counted_nowhere() -> None:
    world = World()
    world.declare()
    other = abroad("BE", number="2", name="ibuprofen")
    world.snapshot("s0", abroad("BE", 4), other, sender="be")
    for n in range(1, 4):
        world.snapshot(f"s{n}", other, sender="be")
    world.snapshot("s4", other, abroad("BE", 9), sender="be")
    assert found(world) == []


def test_a_combination_matches_as_a_set_and_not_by_one_of_its_parts() -> None:
    both = (Substance(code="00123", name="AMOXICILLINE"), Substance(code="00456", name="CLAVULANATE DE POTASSIUM"))
    world = World(products=False)
    world.feed("reference.products", product(substances=both))
    world.declare()
    world.snapshot("s0", abroad("BE"), sender="be")
    assert found(world) == []
    names = (SubstanceName(name="clavulanic acid"), SubstanceName(name="amoxicillin"))
    world.snapshot("s1", abroad("BE", substances=names), sender="be")
    assert only(world).subject.id == "00123+00456"
    assert only(world).facts["name"] == "Amoxicilline / clavulanate de potassium"


def test_a_medicine_whose_substances_change_is_counted_where_it_belongs_now() -> None:
    world = short("FR", "BE")
    [first] = found(world)
    world.feed("reference.products", product(substances=(Substance(code="00999", name="IBUPROFÈNE"),)))
    assert found(world) == []
    assert [a.reason for a in alerts(world.last) if a.alert_id == first.alert_id] == ["fewer_states"]
    world.snapshot("s0", abroad("DE", name="ibuprofen"), sender="de")
    assert only(world).subject.id == "00999"


def test_a_substance_that_the_reference_data_lack_is_known_by_its_name() -> None:
    world = short("BE", "DE", name="Unheardofine hydrochloride")
    assert (only(world).subject.id, only(world).facts["name"]) == ("unheardofin", "Unheardofine hydrochloride")


def test_a_row_without_substances_is_known_by_its_product() -> None:
    world = World()
    for country in ("BE", "DE"):
        world.snapshot("s0", abroad(country, substances=()), sender=country)
    assert only(world).facts["name"] == "BRAND"


def test_a_published_return_ends_it_and_only_it() -> None:
    world = short("FR", "BE")
    outs = world.snapshot("s1", abroad("BE", 4), sender="be")
    assert [(str(a.step), a.reason) for a in alerts(outs) if a.labels["rule"] == RULE] == [("resolved", "fewer_states")]
    assert [str(s.state) for s in signals(outs) if s.rule == RULE] == ["cleared"]
    (over,) = [a.facts for a in alerts(outs) if a.labels["rule"] == RULE]
    assert over["sentence_fr"] == (
        "Amoxicilline n'est plus en pénurie dans 2 États de l'UE ou de l'EEE, d'après les retours publiés ou déclarés."
    )
    assert (over["headline_fr"], over["headline_en"]) == (over["sentence_fr"].rstrip("."), over["sentence_en"].rstrip("."))
    assert [f.alert.kind for f in world.files() if not f.ended] == [AlertKind.SHORTAGE]


def test_a_declared_return_ends_it_too() -> None:
    world = short("FR", "BE")
    outs = world.declare("d2", step=DeclarationStep.RETURN, previous_id="d1", declared_at=NOW + HOURS)
    assert "fewer_states" in [a.reason for a in alerts(outs)]
    assert found(world) == []


def test_a_row_that_is_gone_ends_nothing_and_raises_nothing() -> None:
    world = short("FR", "BE")
    other = abroad("BE", number="2", name="ibuprofen")
    for n in range(1, 4):
        world.snapshot(f"s{n}", other, sender="be")
    assert "Plus sur la liste, sans retour annoncé, à vérifier : Belgique." in only(world).facts["sentence_fr"]
    fresh = World()
    fresh.snapshot("s0", abroad("BE"), sender="be")
    for n in range(1, 4):
        fresh.snapshot(f"s{n}", other, sender="be")
    fresh.declare()
    assert found(fresh) == []


def test_a_return_that_is_only_announced_ends_nothing() -> None:
    world = short("FR", "BE")
    world.snapshot("s1", abroad("BE", 4, returned=date(2026, 3, 1)), sender="be")
    assert only(world).facts["states"] == "BE,FR"
    world.snapshot("s2", abroad("BE", 7), sender="be")
    assert only(world).facts["states"] == "BE,FR"


def test_what_an_officer_cancelled_comes_back_only_by_what_is_said_now_and_ends_without_a_word() -> None:
    world = short("FR", "BE")
    world.order("cancel", only(world).alert_id)
    other = abroad("BE", number="2", name="ibuprofen")
    for n in range(1, 4):
        world.snapshot(f"s{n}", other, sender="be")
    assert found(world) == []
    assert [str(s.state) for s in signals(world.outs) if s.rule == RULE] == ["raised", "cleared"]
    world.snapshot("s0", abroad("DE"), sender="de")
    assert only(world).facts["states"] == "DE,FR"


def test_a_row_that_an_officer_accepts_as_over_no_longer_counts_and_a_refused_one_does() -> None:
    for action, left in (("held.accept", []), ("held.refuse", ["BE,FR"])):
        world = short("FR", "BE")
        other = abroad("BE", number="2", name="ibuprofen")
        for n in range(1, 3):
            world.snapshot(f"s{n}", other, sender="be")
        gone = next(s.signal_id for s in signals(world.outs) if s.numbers.get("absent_publications_count"))
        world.order(action, gone)
        assert [a.facts["states"] for a in found(world)] == left


def test_what_an_officer_cancelled_comes_back_with_another_state() -> None:
    world = short("FR", "BE")
    first = only(world).alert_id
    world.order("cancel", first)
    world.snapshot("s0", abroad("DE"), sender="de")
    assert (only(world).reason, only(world).replaces) == ("gate_automatic", first)


def told(states: tuple[str, ...] = ("DE",), no: int = 1, **fields: Any) -> RapidAlert:
    """A shortage that another authority tells of."""
    given_shortage = fields.pop("shortage", RapidShortage(substance="amoxicillin", states=states))
    plain: dict[str, Any] = {
        "message_kind": MessageKind.SHORTAGE,
        "authority": "ansm-demo",
        "sequence": no,
        "previous_hash": bytes(32),
        "reference": f"BE/_/7/{no:02d}",
        "country": "BE",
        "message_no": no,
        "issued_at": NOW,
        "shortage": given_shortage,
    }
    return RapidAlert(**plain | fields)


@pytest.mark.parametrize(
    ("states", "expected"), [(("DE",), "DE,FR"), ((), "BE,FR"), (("BE", "DE", "FR"), "BE,DE,FR"), (("US",), None), (("FR",), None)]
)
def test_what_another_authority_tells_counts_for_the_states_it_names_besides_ours(states: tuple[str, ...], expected: str | None) -> None:
    world = World()
    world.declare()
    world.feed("rapidalerts", told(states), sender="authority-be")
    assert [a.facts["states"] for a in found(world)] == ([expected] if expected else [])


def test_its_follow_ups_take_the_place_of_what_it_told_before_and_an_older_one_changes_nothing() -> None:
    world = World()
    world.declare()
    world.feed("rapidalerts", told(("DE",), 2), sender="authority-be")
    world.feed("rapidalerts", told(("IT",), 1), sender="authority-be")
    assert only(world).facts["states"] == "DE,FR"
    ended = RapidShortage(substance="amoxicillin", states=("DE",), end=When(date=NOW.date(), certainty=Certainty.ACTUAL))
    world.feed("rapidalerts", told(no=3, shortage=ended), sender="authority-be")
    assert found(world) == []


def test_a_follow_up_that_names_no_state_takes_none_back() -> None:
    world = World()
    world.declare()
    world.feed("rapidalerts", told(("DE", "IT")), sender="authority-be")
    world.feed("rapidalerts", told((), 2), sender="authority-be")
    assert only(world).facts["states"] == "DE,FR,IT"


@pytest.mark.parametrize(
    ("day", "certainty", "ended"),
    [
        (NOW.date(), Certainty.ACTUAL, True),
        (NOW.date() + timedelta(days=1), Certainty.ACTUAL, False),
        (NOW.date(), Certainty.ESTIMATED, False),
    ],
)
def test_an_end_counts_from_its_day_on_where_it_is_sure(day: date, certainty: Certainty, *, ended: bool) -> None:
    world = World()
    world.declare()
    end = RapidShortage(substance="amoxicillin", states=("DE",), end=When(date=day, certainty=certainty))
    world.feed("rapidalerts", told(shortage=end), sender="authority-be")
    assert (found(world) == []) is ended


def test_another_kind_of_message_is_no_shortage() -> None:
    world = World()
    world.declare()
    world.feed("rapidalerts", told(message_kind=MessageKind.NON_URGENT), sender="authority-be")
    world.feed("rapidalerts", told(no=2, shortage=None), sender="authority-be")
    assert found(world) == []


def test_a_name_that_only_looks_alike_is_suggested_and_not_counted_until_the_agency_says_so() -> None:
    world = World()
    world.declare()
    outs = world.snapshot("s0", abroad("BE", name="amoxicilina"), sender="be")
    [hint] = [s for s in signals(outs) if s.rule == RULE]
    assert (hint.subject.id, hint.severity.value, str(hint.state)) == ("BE:amoxicilina", "info", "changed")
    assert hint.sentence.fr.startswith("« amoxicilina » (Belgique) n'est pas une substance connue ; ce nom ressemble à « Amoxicilline ».")
    assert hint.sentence.en.startswith("“amoxicilina” (Belgium) is no known substance; the name looks like “Amoxicillin”.")
    assert found(world) == []
    world.settings("policy", {"states": {"synonyms": {"amoxicilina": "amoxicilline"}}})
    assert only(world).facts["states"] == "BE,FR"
    world.settings("policy", {})
    assert found(world) == []


@pytest.mark.parametrize(("country", "name"), [("US", "amoxicilina"), ("BE", "amoxicillin"), ("BE", "zzzzzz"), ("BE", "")])
def test_nothing_is_suggested_for_countries_that_do_not_count_or_names_that_are_known_or_like_none(country: str, name: str) -> None:
    world = World()
    outs = world.snapshot("s0", abroad(country, name=name), sender="x")
    assert [s for s in signals(outs) if s.rule == RULE] == []


def test_an_exercise_is_counted_apart() -> None:
    world = short("FR")
    world.snapshot("s0", abroad("BE"), sender="be")
    marker = PublishedStatus(nature=Nature.EXERCISE, snapshot_id="e0", rows=1)
    world.feed("shortage.statuses", abroad("DE", nature=Nature.EXERCISE, snapshot_id="e0"), sender="de")
    world.feed("shortage.statuses", marker, sender="de")
    assert only(world).facts["states"] == "BE,FR"


def test_an_alert_keeps_its_subject_when_a_smaller_code_becomes_known() -> None:
    world = short("FR", "BE")
    world.feed(
        "reference.products", product("60000009", cip13="3400960000099", substances=(Substance(code="00001", name="AMOXICILLINE BASE"),))
    )
    world.snapshot("s0", abroad("DE"), sender="de")
    assert only(world).subject.id == "00123"


def test_a_restart_in_between_changes_nothing() -> None:
    plain, restarted = short("FR"), short("FR")
    restarted.shell.reopen()
    for world in (plain, restarted):
        world.snapshot("s0", abroad("BE"), sender="be")
    assert only(plain) == only(restarted)


FACTS = [("list", c) for c in ("BE", "DE", "US", "EU")] + [("declare", ""), ("rapid", "IT")]


@settings(max_examples=40, deadline=None)
@given(st.permutations(FACTS))
def test_the_order_of_arrival_and_repeats_change_nothing(order: list[tuple[str, str]]) -> None:
    ends = []
    for facts in (FACTS, order, order + order):
        world = World()
        for what, country in facts:
            event = f"evt_{what}_{country}"
            if what == "list":
                row = abroad(country, snapshot_id="s0")
                world.feed("shortage.statuses", row, event=event, sender=country)
                world.feed("shortage.statuses", PublishedStatus(snapshot_id="s0", rows=1), event=f"{event}_end", sender=country)
            elif what == "declare":
                world.feed("shortage.declarations", declaration(), event=event)
            else:
                world.feed("rapidalerts", told((country,)), event=event, sender="authority-be")
        [alert] = found(world)
        ends.append((alert.facts, alert.numbers, alert.severity, alert.also))
    assert ends[0] == ends[1] == ends[2]


def test_every_state_value_comes_back_from_its_bytes() -> None:
    world = short("FR", "BE", "US")
    stage = world.shell.stage
    assert isinstance(stage, CasesStage)
    kept = {k: v for k, v in world.shell.view().items("") if k.startswith("short")}
    assert {k.split("/", 1)[0] for k in kept} == {"short", "short-product", "short-of", "short-alert"}
    assert all(stage.load(k, stage.dump(k, v)) == v for k, v in kept.items())
