"""What signals of the door, the shell and stage supply lead to."""

from __future__ import annotations

import pytest

from alertcore.records.alert import AlertKind, Severity, Signal, SignalState
from alertcore.records.shared import Nature, SubjectKind, Text
from alertcore.rules.safety_stock_alert import DO_LOWERED, LOWERED_OTHERS
from alertcore.rules.safety_stock_breach import FLAGS, Lowered
from alertcore.rules.spoken import of_fr
from tests.unit.alertcore.cases_world import CIS, FOLLOWED, HOURS, NOW, World, alerts, groups, notices, signal, signals, steps

REPORTER = SubjectKind.REPORTER


@pytest.mark.parametrize("rule", ["refused_snapshot", "held", "rows_gone", "undecided", "silent_reporter"])
def test_trouble_of_the_hub_is_an_alert_for_officers_and_goes_on_to_the_console(rule: str) -> None:
    world = World()
    sent = signal(rule, REPORTER, "demo-list")
    outs = world.feed("signal", sent)
    assert [(a.kind, str(a.step), a.labels["rule"]) for a in alerts(outs)] == [
        (AlertKind.HUB, "raised", rule),
        (AlertKind.HUB, "released", rule),
    ]
    assert groups(outs) == {"officers": "alert"}
    assert notices(outs)[0].template == "hub"
    assert signals(outs) == [sent]


def test_an_undecided_event_is_urgent() -> None:
    outs = World().feed("signal", signal("undecided", REPORTER, "cases/0", severity=Severity.CRITICAL))
    assert str(notices(outs)[0].lane) == "urgent"


def test_two_troubles_of_one_sender_are_one_alert_that_ends_with_the_last() -> None:
    world = World()
    world.feed("signal", signal("refused_snapshot", REPORTER, "x"))
    outs = world.feed("signal", signal("held", REPORTER, "x", severity=Severity.SEVERE))
    assert steps(outs) == ["updated"]
    assert (alerts(outs)[0].severity, alerts(outs)[0].labels["rule"]) == (Severity.SEVERE, "held,refused_snapshot")
    outs = world.feed("signal", signal("held", REPORTER, "x", SignalState.CLEARED))
    assert steps(outs) == ["updated"]
    outs = world.feed("signal", signal("refused_snapshot", REPORTER, "x", SignalState.CLEARED))
    assert steps(outs) == ["resolved"]
    assert [str(n.purpose) for n in notices(outs)] == ["all_clear"]
    assert list(world.shell.view().items("trouble/")) == []


def test_the_alert_names_the_sender_says_both_sentences_and_leads_with_the_worst_trouble() -> None:
    world = World()
    world.feed("signal", signal("refused_snapshot", REPORTER, "x", nature=Nature.EXERCISE, numbers={"rows_count": 3.0}))
    alert = world.alert()
    assert (alert.nature, alert.numbers, alert.labels["template"]) == (Nature.EXERCISE, {"rows_count": 3.0}, "hub")
    world.feed("signal", signal("held", REPORTER, "x", nature=Nature.EXERCISE, severity=Severity.SEVERE, since=NOW - HOURS * 48))
    facts = world.alert().facts
    assert (facts["headline_fr"], facts["headline_en"]) == ("rapport retenu, à confirmer", "report held, to be confirmed")
    assert (facts["name"], facts["since"]) == ("x", "2026-01-24")
    assert (facts["sentence_fr"], facts["sentence_en"]) == ("une phrase une phrase", "a sentence a sentence")


def test_what_goes_on_to_the_console_is_kept_by_its_subject() -> None:
    world = World()
    outs = world.feed("signal", signal("held", REPORTER, "x"))
    assert [(o.topic, o.key) for o in outs if isinstance(o.value, Signal)] == [("signals", "reporter:x")]


def test_a_floor_alert_says_since_when_with_its_headline_and_what_to_do() -> None:
    world = World()
    world.feed("signal", signal("safety_stock", SubjectKind.CIS, CIS, companies=("lab-a",), nature=Nature.EXERCISE, numbers={"x_packs": 1}))
    alert = world.alert()
    assert (alert.nature, alert.also, alert.numbers) == (Nature.EXERCISE, FOLLOWED, {"x_packs": 1})
    assert (alert.facts["since"], alert.facts["cis"], alert.facts["company_id"]) == ("2026-01-26", CIS, "lab-a")
    assert alert.facts["headline_fr"] == "AMOXIDEMO 500 mg, gélule : stock de sécurité insuffisant"
    assert alert.facts["headline_en"] == "AMOXIDEMO 500 mg, gélule: safety stock below its floor"
    assert (alert.facts["instruction_fr"][:9], alert.facts["instruction_en"][:7]) == ("Complétez", "Rebuild")
    assert (alert.labels["template"], alert.labels["rule"], alert.labels["companies"]) == ("safety_stock", "safety_stock", "lab-a")


def test_what_is_cleared_without_having_been_told_is_nothing() -> None:
    assert steps(World().feed("signal", signal("held", REPORTER, "x", SignalState.CLEARED))) == []


def test_a_stock_under_its_floor_is_told_to_the_company_and_officers_with_its_numbers() -> None:
    world = World()
    numbers = {"stock_packs": 1200.4, "floor_packs": 2000.0, "floor_months": 2.0, "coverage_months": 1.2, "months_kept": 12.0}
    outs = world.feed("signal", signal("safety_stock", SubjectKind.CIS, CIS, numbers=numbers, companies=("lab-a",)))
    assert alerts(outs)[0].kind is AlertKind.SAFETY_STOCK
    assert groups(outs) == {"officers": "alert", "companies:lab-a": "alert"}
    params = notices(outs, "companies:lab-a")[0].params
    assert {k: params[k] for k in ("stock_packs", "floor_packs", "floor_months", "coverage_months", "sentence_en")} == {
        "stock_packs": "1200",
        "floor_packs": "2000",
        "floor_months": "2",
        "coverage_months": "1.2",
        "sentence_en": "a sentence",
    }
    assert "months_kept" not in params
    assert signals(outs) == []


def test_a_floor_that_is_reached_again_is_an_all_clear() -> None:
    world = World()
    world.feed("signal", signal("safety_stock", SubjectKind.CIS, CIS, numbers={"stock_packs": 10.0}))
    outs = world.feed("signal", signal("safety_stock", SubjectKind.CIS, CIS, SignalState.CHANGED, numbers={"stock_packs": 5.0}))
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("updated", "floor_changed")]
    over = signal("safety_stock", SubjectKind.CIS, CIS, SignalState.CLEARED, sentence=Text(fr="rétabli", en="recovered"))
    outs = world.feed("signal", over)
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("resolved", "floor_recovered")]
    assert notices(outs)[0].params["sentence_fr"] == "Le stock de sécurité d'AMOXIDEMO 500 mg, gélule est de nouveau suffisant."
    assert alerts(outs)[0].facts["sentence_fr"] == "rétabli"
    assert world.feed("signal", over) == []


def test_a_medicine_without_reference_data_is_told_under_its_code() -> None:
    outs = World(products=False).feed("signal", signal("safety_stock", SubjectKind.CIS, CIS))
    assert notices(outs, "officers")[0].params["name"] == f"CIS {CIS}"


def test_a_signal_that_no_alert_stands_for_is_noted() -> None:
    assert World().feed("signal", signal("equivalents", SubjectKind.CIS, CIS)) == []


def test_a_company_never_reads_the_figures_of_another() -> None:
    world = World()
    numbers = {"stock_packs": 1200.0, "floor_packs": 2000.0}
    outs = world.feed("signal", signal("safety_stock", SubjectKind.CIS, CIS, numbers=numbers, companies=("lab-a", "lab-b")))
    told = {n.reason.rule: n.params for n in notices(outs)}
    assert told["companies:lab-a"]["stock_packs"] == "1200"
    assert told["companies:lab-a"]["sentence_fr"] == "une phrase"
    assert "stock_packs" not in told["companies:lab-b"]
    assert "Votre stock vendable d'AMOXIDEMO" in told["companies:lab-b"]["sentence_fr"]
    assert {n for params in told.values() for n in params if "others" in n} == set()
    assert told["companies:lab-b"]["sentence_en"].startswith("Your saleable stock of AMOXIDEMO 500 mg, gélule is below its legal floor.")
    outs = world.feed("signal", signal("safety_stock", SubjectKind.CIS, CIS, SignalState.CLEARED, companies=("lab-a", "lab-b")))
    told = {n.reason.rule: n.params for n in notices(outs)}
    assert told["companies:lab-b"]["sentence_en"] == "The safety stock of AMOXIDEMO 500 mg, gélule is sufficient again."


def test_a_stock_under_its_floor_that_no_company_is_named_for_names_none() -> None:
    world = World()
    world.feed("signal", signal("safety_stock", SubjectKind.CIS, CIS))
    assert "company_id" not in {k for k, v in world.alert().facts.items() if v}
    assert world.alert().labels["companies"] == ""


def test_a_floor_that_is_lowered_ends_it_in_words_of_its_own_with_the_figures_as_they_stand() -> None:
    world = World()
    world.feed("signal", signal("safety_stock", SubjectKind.CIS, CIS, numbers={"stock_packs": 10.0}, companies=("lab-a",)))
    numbers = {"stock_packs": 10.4, "floor_months": 1.5, FLAGS[Lowered.FLOOR]: 1.0}
    over = signal("safety_stock", SubjectKind.CIS, CIS, SignalState.CLEARED, numbers=numbers, companies=("lab-a",))
    (alert,) = alerts(world.feed("signal", over))
    assert (str(alert.step), alert.reason) == ("resolved", "floor_lowered")
    name = "AMOXIDEMO 500 mg, gélule"
    assert {
        "headline_fr": f"{name} : alerte close, stock non reconstitué",
        "headline_en": f"{name}: alert closed, stock not rebuilt",
        "instruction_fr": DO_LOWERED[0],
        "instruction_en": DO_LOWERED[1],
        "sentence_others_fr": LOWERED_OTHERS[0].format(of_name=of_fr(name)),
        "sentence_others_en": LOWERED_OTHERS[1].format(name=name),
        "stock_packs": "10",
        "floor_months": "1.5",
    }.items() <= alert.facts.items()
