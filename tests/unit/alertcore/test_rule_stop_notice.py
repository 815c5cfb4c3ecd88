"""Rule `stop_notice`: both sides of every notice, reasons, alternatives, and what an officer says of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from alertcore.records.alert import AlertKind, Severity
from alertcore.records.shared import Nature, Subject, SubjectKind
from alertcore.records.shortage import Alternative, DeclarationStep, DeclaredNature, Stop, StopKind
from tests.unit.alertcore.cases_world import CIS, NOW, World, alerts, declaration, notices, product, signals

DAY = timedelta(days=1)
OTHER = (Alternative(subject=Subject(kind=SubjectKind.CIS, id="60000002")),)


def stop(notified: str = "2026-01-26", effect: str = "2027-01-26", **fields: Any) -> Stop:
    """A stop notified a year before, with its reasons."""
    given: dict[str, Any] = {"kind": StopKind.STOP, "reasons": "fin de production"}
    return Stop(notified_on=date.fromisoformat(notified), effect_on=date.fromisoformat(effect), **given | fields)


def told(number: str = "d1", company: str = "lab-a", **fields: Any) -> dict[str, Any]:
    """Fields of a declaration of a stop that keeps every duty."""
    given = {"nature_declared": DeclaredNature.ARRET, "stop": stop(), "alternatives": OTHER, "circuits": ()}
    return {"number": number, "company": company} | given | fields


def world(*, mitm: bool = True, **fields: Any) -> World:
    found = World(products=False, **fields)
    found.feed("reference.products", product(mitm=mitm))
    return found


def declare(of: World, **fields: Any) -> list[str]:
    """Declare a stop; what the rule then finds, by key."""
    of.declare(**told(**fields))
    return found(of)


def matters(of: World) -> list[Any]:
    board = of.shell.view().get(f"duties/actual/{CIS}")
    return [m for m in board.matters if m.rule == "stop_notice"] if board else []


def found(of: World) -> list[str]:
    return [m.key for m in matters(of)]


@pytest.mark.parametrize(
    ("mitm", "notified", "effect", "short"),
    [
        (True, "2026-01-26", "2027-01-25", True),
        (True, "2026-01-26", "2027-01-26", False),
        (True, "2024-02-29", "2025-02-27", True),
        (True, "2024-02-29", "2025-02-28", False),
        (False, "2026-01-26", "2026-03-25", True),
        (False, "2026-01-26", "2026-03-26", False),
        (False, "2025-12-31", "2026-02-27", True),
        (False, "2025-12-31", "2026-02-28", False),
    ],
)
def test_a_notice_runs_to_the_same_day_number_and_that_is_long_enough(mitm: bool, notified: str, effect: str, short: bool) -> None:
    assert declare(world(mitm=mitm), stop=stop(notified, effect)) == (["lab-a/notice"] if short else [])


@pytest.mark.parametrize(
    ("effect", "keys"),
    [("2026-03-25", ["lab-a/notice"]), ("2026-03-26", ["lab-a/mitm"]), ("2027-01-25", ["lab-a/mitm"]), ("2027-01-26", [])],
)
def test_where_nobody_knows_whether_it_is_a_mitm_a_notice_too_short_for_one_is_a_question_to_officers(effect: str, keys: list[str]) -> None:
    of = World(products=False)
    assert declare(of, stop=stop(effect=effect)) == keys
    assert [m.company for m in matters(of)] == [None if "mitm" in key else "lab-a" for key in keys], "no company is accused by a question"


def test_the_question_whether_it_is_a_mitm_reads_well() -> None:
    of = World(products=False)
    outs = of.declare(**told(stop=stop(effect="2027-01-25")))
    (said,) = [n.params for n in notices(outs) if n.params["kind"] == "duty"]
    assert said["sentence_fr"] == (
        "CIS 60000001 : les données de référence ne connaissent pas ce médicament ; s'il s'agit d'un MITM, il manque 1 jour au préavis d'un"
        " an pour l'arrêt par Laboratoire lab-a au 25/01/2027 (CSP L.5124-6)."
    )
    assert said["sentence_en"] == (
        "CIS 60000001: the reference data do not know this medicine; if it is a MITM, the stop by Laboratoire lab-a on 2027-01-25 is 1 day"
        " short of the notice of one year (CSP L.5124-6)."
    )
    assert said["instruction_fr"].startswith("Vérifiez s'il s'agit d'un MITM")


def test_a_medicine_the_reference_data_do_not_know_is_judged_as_any_other_until_they_do() -> None:
    of = World(products=False)
    assert declare(of, stop=stop(effect="2026-06-01")) == ["lab-a/mitm"]
    of.feed("reference.products", product(mitm=True))
    assert found(of) == ["lab-a/notice"]
    alert = next(f.alert for f in of.files() if f.alert.kind is AlertKind.STOP)
    assert [d.duty for d in alert.deadlines] == ["stop_notice_mitm"]
    of.feed("reference.products", product(mitm=False))
    assert found(of) == []
    assert [(a.kind, str(a.step), a.reason) for a in alerts(of.last)] == [
        (AlertKind.STOP, "updated", "mitm_changed"),
        (AlertKind.DUTY, "resolved", "duty_kept"),
    ]


@pytest.mark.parametrize(
    ("fields", "keys"),
    [
        ({}, []),
        ({"stop": stop(reasons=" ")}, ["lab-a/reasons"]),
        ({"stop": stop(effect="2026-01-27", emergency=True)}, []),
        ({"stop": stop(effect="2026-01-27", emergency=True, reasons="")}, ["lab-a/reasons"]),
        ({"alternatives": ()}, ["lab-a/alternatives"]),
        ({"alternatives": (Alternative(),)}, ["lab-a/alternatives"]),
        ({"alternatives": (Alternative(text=" "),)}, ["lab-a/alternatives"]),
        ({"alternatives": (Alternative(subject=Subject(kind=SubjectKind.CIS, id=" ")),)}, ["lab-a/alternatives"]),
        ({"alternatives": (Alternative(), Alternative(text="magistral"))}, []),
        ({"alternatives": (), "stop": stop(emergency=True)}, ["lab-a/alternatives"]),
        ({"stop": stop(effect="2026-01-26", emergency=True)}, []),
        ({"stop": stop(effect="2026-01-25", emergency=True)}, ["lab-a/notice"]),
        ({"alternatives": (), "stop": stop(effect="2026-02-01", reasons="")}, ["lab-a/alternatives", "lab-a/notice", "lab-a/reasons"]),
        ({"stop": None}, ["lab-a/stop"]),
        ({"nature_declared": DeclaredNature.RUPTURE, "stop": stop(reasons="")}, ["lab-a/reasons/rupture"]),
        ({"nature_declared": DeclaredNature.RISQUE, "stop": stop(effect="2027-01-25")}, ["lab-a/notice/risque"]),
        ({"nature_declared": DeclaredNature.RISQUE, "stop": None}, []),
    ],
)
def test_what_a_declared_stop_of_a_mitm_does_not_keep(fields: dict[str, Any], keys: list[str]) -> None:
    assert declare(world(), **fields) == keys


def test_alternatives_are_asked_for_a_mitm_alone() -> None:
    assert declare(world(mitm=False), alternatives=()) == []


def test_the_finding_is_told_to_officers_and_to_the_company_with_its_signal() -> None:
    of = world()
    outs = of.declare(**told(stop=stop(effect="2026-12-26", kind=StopKind.SUSPENSION)))
    alert = next(a for a in alerts(outs) if a.kind is AlertKind.DUTY)
    assert (alert.severity, alert.subject.id, alert.labels["rule"], alert.reason) == (Severity.SEVERE, CIS, "stop_notice", "duty_not_kept")
    said = {n.reason.rule: n.params for n in notices(outs) if n.params["kind"] == "duty"}
    assert set(said) == {"officers", "companies:lab-a"}
    assert said["officers"]["sentence_fr"] == (
        "AMOXIDEMO 500 mg, gélule : Laboratoire lab-a a annoncé le 26/01/2026 la suspension au 26/12/2026 ; il manque 31 jours au préavis"
        " d'un an (CSP L.5124-6)."
    )
    assert said["officers"]["sentence_en"] == (
        "AMOXIDEMO 500 mg, gélule: Laboratoire lab-a gave notice on 2026-01-26 of the suspension on 2026-12-26; 31 days short of the"
        " notice of one year asked for (CSP L.5124-6)."
    )
    assert said["companies:lab-a"]["instruction_en"].startswith("Put off the day of effect")
    signal = next(s for s in signals(outs) if s.rule == "stop_notice")
    assert (str(signal.state), signal.numbers) == ("raised", {"notice_missing_days": 31.0})


@pytest.mark.parametrize(
    ("mitm", "effect", "severity", "days"), [(True, "2025-12-01", Severity.SEVERE, 56), (False, "2026-01-25", Severity.MODERATE, 1)]
)
def test_an_emergency_told_after_it_took_effect_is_told_too_late(mitm: bool, effect: str, severity: Severity, days: int) -> None:
    of = world(mitm=mitm)
    of.declare(**told(stop=stop(effect=effect, emergency=True, reasons="x")))
    (matter,) = matters(of)
    assert (matter.severity, matter.numbers, matter.company) == (severity, {"notice_late_days": float(days)}, "lab-a")
    day = date.fromisoformat(effect)
    assert matter.sentence.fr == (
        f"AMOXIDEMO 500 mg, gélule : Laboratoire lab-a a annoncé le 26/01/2026 l'arrêt en urgence au {day:%d/%m/%Y}, soit"
        f" {days} jour{'s' if days > 1 else ''} après sa prise d'effet ; une urgence s'annonce aussitôt (CSP L.5124-6)."
    )
    assert f"as an emergency, {days} day{'s' if days > 1 else ''} after it took effect" in matter.sentence.en
    assert "aussitôt" in matter.do.fr


def test_an_emergency_stop_of_a_mitm_still_wants_alternatives_and_is_not_asked_to_wait() -> None:
    of = world()
    of.declare(**told(alternatives=(), stop=stop(effect="2026-01-28", emergency=True, reasons="x")))
    (matter,) = matters(of)
    assert (matter.key, matter.severity) == ("lab-a/alternatives", Severity.MODERATE)
    assert "sans attendre" in matter.do.fr
    alert = next(f.alert for f in of.files() if f.alert.kind is AlertKind.STOP)
    assert [d.duty for d in alert.deadlines] == ["alternatives"]
    of.wait(timedelta(days=2))
    assert [m.severity for m in matters(of)] == [Severity.SEVERE]


@pytest.mark.parametrize(("mitm", "severity"), [(True, Severity.MODERATE), (False, Severity.MINOR)])
def test_a_stop_that_says_nothing_of_itself_is_asked_for_what_the_law_wants(mitm: bool, severity: Severity) -> None:
    of = world(mitm=mitm)
    outs = of.declare(**told(stop=None))
    assert [m.severity for m in matters(of)] == [severity]
    said = {n.reason.rule: n.params for n in notices(outs) if n.params["kind"] == "duty"}
    assert said["officers"]["sentence_fr"] == (
        "AMOXIDEMO 500 mg, gélule : Laboratoire lab-a déclare un arrêt de commercialisation sans dire quand il prend effet, quand il a été"
        " annoncé ni pourquoi ; le préavis ne peut pas être vérifié (CSP L.5124-6)."
    )
    assert "when it takes effect, when notice was given or why" in said["officers"]["sentence_en"]
    assert said["companies:lab-a"]["instruction_en"].startswith("Tell the agency the day on which the stop takes effect")
    of.declare(**told("d2", step=DeclarationStep.UPDATE, previous_id="d1", declared_at=NOW + DAY))
    assert found(of) == []


def test_a_suspension_declared_as_a_risk_has_its_limits_on_that_alert() -> None:
    of = world()
    of.declare(**told(nature_declared=DeclaredNature.RISQUE, stop=stop(kind=StopKind.SUSPENSION), alternatives=()))
    alert = next(f.alert for f in of.files() if f.alert.kind is AlertKind.SHORTAGE)
    assert [d.duty for d in alert.deadlines] == ["stop_notice_mitm", "alternatives"]


def taker(of: World) -> list[datetime]:
    return [d.due for f in of.files() if not f.ended for d in f.alert.deadlines if d.duty == "taker"]


def test_an_update_gives_the_agency_no_more_time_to_name_a_taker() -> None:
    of = world()
    of.declare(**told(stop=stop(effect="2027-06-01", off_patent=True)))
    of.declare(**told("d2", step=DeclarationStep.UPDATE, previous_id="d1", declared_at=NOW + 50 * DAY, stop=stop(off_patent=True)))
    assert taker(of) == [datetime(2026, 3, 26, 23, tzinfo=UTC)]


@pytest.mark.parametrize("first", [stop(off_patent=True, reasons=" "), stop(), None])
def test_the_agencys_two_months_run_from_the_declaration_that_is_complete(first: Stop | None) -> None:
    of = world()
    of.declare(**told(stop=first))
    of.declare(**told("d2", step=DeclarationStep.UPDATE, previous_id="d1", declared_at=NOW + 5 * DAY, stop=stop(off_patent=True)))
    of.declare(
        **told("d3", step=DeclarationStep.UPDATE, previous_id="d2", declared_at=NOW + 9 * DAY, stop=stop(off_patent=True), context="x")
    )
    assert taker(of) == [datetime(2026, 3, 31, 22, tzinfo=UTC)]


def test_an_off_patent_stop_that_is_not_complete_yet_runs_from_its_first_word() -> None:
    of = world()
    of.declare(**told(stop=stop(off_patent=True, reasons="")))
    of.declare(
        **told("d2", step=DeclarationStep.UPDATE, previous_id="d1", declared_at=NOW + 5 * DAY, stop=stop(off_patent=True, reasons=""))
    )
    assert taker(of) == [datetime(2026, 3, 26, 23, tzinfo=UTC)]


def test_sixteen_updates_do_not_forget_when_the_stop_was_complete() -> None:
    of = world()
    of.declare(**told(stop=stop()))
    for n in range(2, 25):
        of.declare(
            **told(f"d{n}", step=DeclarationStep.UPDATE, previous_id=f"d{n - 1}", declared_at=NOW + n * DAY, stop=stop(off_patent=True))
        )
    assert taker(of) == [datetime(2026, 3, 28, 23, tzinfo=UTC)]


def test_one_day_short_and_two_months_read_well() -> None:
    of = world(mitm=False)
    of.declare(**told(stop=stop(effect="2026-03-25")))
    sentence = next(s for s in signals(of.last) if s.rule == "stop_notice").sentence
    assert sentence.fr.endswith("l'arrêt au 25/03/2026 ; il manque 1 jour au préavis de 2 mois (CSP L.5124-6).")
    assert sentence.en.endswith("of the stop on 2026-03-25; 1 day short of the notice of 2 months asked for (CSP L.5124-6).")


@pytest.mark.parametrize(
    ("emergency", "fr", "en"),
    [
        (False, "sans en donner les motifs", "without reasons"),
        (True, "en urgence sans la justifier", "as an emergency without justifying it"),
    ],
)
def test_missing_reasons_are_named_for_what_they_are(emergency: bool, fr: str, en: str) -> None:
    of = world(mitm=False)
    of.declare(**told(stop=stop(reasons="", emergency=emergency)))
    signal = next(s for s in signals(of.last) if s.rule == "stop_notice")
    assert (fr in signal.sentence.fr, en in signal.sentence.en, signal.severity) == (True, True, Severity.MINOR)


def test_the_limits_of_a_stop_stand_on_its_alert_and_calls_come_for_the_alternatives() -> None:
    of = world()
    outs = of.declare(**told(alternatives=(), stop=stop(off_patent=True)))
    alert = next(a for a in alerts(outs) if a.kind is AlertKind.STOP)
    assert [(d.duty, d.to, d.due, str(d.basis), str(d.mark), d.met_at) for d in alert.deadlines] == [
        ("stop_notice_mitm", "lab-a", datetime(2026, 1, 26, 23, tzinfo=UTC), "law", "c", datetime(2026, 1, 25, 23, tzinfo=UTC)),
        ("alternatives", "lab-a", datetime(2027, 1, 25, 23, tzinfo=UTC), "law", "c", None),
        ("taker", "agency", datetime(2026, 3, 26, 23, tzinfo=UTC), "law", "c", None),
    ]
    calls = of.wait(timedelta(days=183))
    assert [(n.reason.rule, str(n.purpose)) for n in notices(calls)] == [
        ("officers", "reminder"),
        ("officers", "reminder"),
        ("officers", "duty"),
        ("officers", "reminder"),
        ("companies:lab-a", "reminder"),
    ]
    assert "demande de recherche d'un repreneur" in notices(calls)[0].params["sentence_fr"]
    assert notices(calls)[0].params["sentence_fr"].startswith("À faire jusqu'au 26/03/2026 inclus : ")


def test_a_stop_whose_day_has_come_without_alternatives_is_graver_from_that_local_day() -> None:
    of = world()
    of.declare(**told(alternatives=(), stop=stop("2025-01-26", "2026-02-01")))
    assert [m.severity for m in matters(of)] == [Severity.MODERATE]
    of.wait(datetime(2026, 1, 31, 23, tzinfo=UTC) - NOW - timedelta(seconds=1))
    assert [m.severity for m in matters(of)] == [Severity.MODERATE]
    of.wait(timedelta(seconds=1))
    assert [m.severity for m in matters(of)] == [Severity.SEVERE]
    sentence = matters(of)[0].sentence
    assert sentence.fr.endswith(
        "l'arrêt par Laboratoire lab-a a pris effet le 01/02/2026 et aucune alternative n'est indiquée (CSP L.5124-6)."
    )
    assert sentence.en.endswith("the stop by Laboratoire lab-a took effect on 2026-02-01 and no alternative is named (CSP L.5124-6).")


def stop_alert(of: World) -> str:
    return next(f.alert.alert_id for f in of.files() if f.alert.kind is AlertKind.STOP)


def test_alternatives_cover_until_an_officer_says_otherwise_and_only_an_officers_word_spares_the_search_for_a_taker() -> None:
    of = world()
    assert declare(of, stop=stop(off_patent=True)) == []
    of.order("alternatives", stop_alert(of), cover="no")
    assert found(of) == ["lab-a/alternatives"]
    sentence = next(s for s in signals(of.last) if s.rule == "stop_notice").sentence
    assert "l'agence juge que les alternatives ne couvrent pas les besoins" in sentence.fr
    of.order("alternatives", stop_alert(of), cover="yes")
    assert found(of) == []
    assert [d.duty for d in next(f.alert for f in of.files() if f.alert.kind is AlertKind.STOP).deadlines] == ["stop_notice_mitm"]
    of.order("alternatives", stop_alert(of), cover="unknown")
    assert [d.duty for d in next(f.alert for f in of.files() if f.alert.kind is AlertKind.STOP).deadlines] == ["stop_notice_mitm", "taker"]


@pytest.mark.parametrize("params", [{}, {"cover": "perhaps"}, {"cover": "no", "reason": " "}])
def test_a_word_on_alternatives_that_says_nothing_or_has_no_reason_changes_nothing(params: dict[str, str]) -> None:
    of = world()
    declare(of)
    assert of.order("alternatives", stop_alert(of), **params) == []


def test_a_word_on_alternatives_is_taken_on_an_open_stop_alone() -> None:
    of = world()
    of.declare()
    shortage = of.alert().alert_id
    assert of.order("alternatives", shortage, cover="no") == []
    of.declare(**told("e1", "lab-b"))
    ended = stop_alert(of)
    of.declare(**told("e2", "lab-b", step=DeclarationStep.WITHDRAWN, previous_id="e1", declared_at=NOW + DAY))
    assert of.order("alternatives", ended, cover="no") == []


def test_an_officer_may_say_that_the_agencys_own_step_is_done_and_nothing_that_the_facts_say() -> None:
    of = world()
    declare(of, stop=stop(effect="2026-06-01", off_patent=True))
    target = stop_alert(of)
    outs = of.order("duty_met", target, duty="taker", by="officer-3")
    assert [(d.duty, d.by) for d in alerts(outs)[-1].deadlines if d.met_at == NOW] == [("taker", "officer-3")]
    assert of.order("duty_met", target, duty="taker") == []
    assert of.order("duty_met", target, duty="stop_notice_mitm", to="lab-a") == []
    assert of.order("duty_met", target, duty="nothing") == []
    of.declare(
        **told("d2", step=DeclarationStep.UPDATE, previous_id="d1", declared_at=NOW + DAY, context="more", stop=stop(off_patent=True))
    )
    kept = next(f.alert for f in of.files() if f.alert.kind is AlertKind.STOP)
    assert [(d.duty, d.by) for d in kept.deadlines if d.duty == "taker"] == [("taker", "officer-3")]
    of.order("cancel", target)
    assert of.order("duty_met", target, duty="taker") == []


def test_a_day_put_off_keeps_the_notice_and_a_return_or_withdrawal_ends_the_matter() -> None:
    of = world()
    assert declare(of, stop=stop(effect="2026-06-01")) == ["lab-a/notice"]
    outs = of.declare(**told("d2", step=DeclarationStep.UPDATE, previous_id="d1", declared_at=NOW + DAY))
    assert [(a.kind, str(a.step), a.reason) for a in alerts(outs) if a.kind is AlertKind.DUTY] == [
        (AlertKind.DUTY, "resolved", "duty_kept")
    ]
    assert [str(s.state) for s in signals(outs) if s.rule == "stop_notice"] == ["cleared"]
    assert found(of) == []
    of.declare(**told("d3", step=DeclarationStep.UPDATE, previous_id="d2", declared_at=NOW + 2 * DAY, stop=stop(effect="2026-06-01")))
    assert found(of) == ["lab-a/notice"]
    of.declare(**told("d4", step=DeclarationStep.WITHDRAWN, previous_id="d3", declared_at=NOW + 3 * DAY))
    assert found(of) == []


def test_two_companies_read_their_own_and_nothing_of_the_other() -> None:
    of = world()
    declare(of, stop=stop(effect="2026-06-01"))
    outs = of.declare(**told("e1", "lab-b", stop=stop(reasons="")))
    assert found(of) == ["lab-a/notice", "lab-b/reasons"]
    said = {n.reason.rule: n.params["sentence_fr"] for n in notices(outs) if n.params["kind"] == "duty"}
    assert "lab-b" not in said["companies:lab-a"]
    assert "lab-a" not in said["companies:lab-b"]
    assert "lab-a" in said["officers"]
    assert "lab-b" in said["officers"]
    outs = of.declare(**told("d2", declared_at=NOW + DAY, previous_id="d1", step=DeclarationStep.UPDATE))
    said = {n.reason.rule: n.params["sentence_fr"] for n in notices(outs) if n.params["kind"] == "duty"}
    assert said["companies:lab-a"] == "AMOXIDEMO 500 mg, gélule : plus aucune obligation n'est en attente de votre part."


def test_of_two_off_patent_stops_the_first_sets_the_agencys_step() -> None:
    of = world()
    of.declare(**told(stop=stop(off_patent=True), declared_at=NOW + DAY))
    of.declare(**told("e1", "lab-b", stop=stop(off_patent=True)))
    alert = next(f.alert for f in of.files() if f.alert.kind is AlertKind.STOP)
    assert [(d.duty, d.due) for d in alert.deadlines if d.to == "agency"] == [("taker", datetime(2026, 3, 26, 23, tzinfo=UTC))]


def test_an_exercise_is_judged_beside_the_real_thing() -> None:
    of = world()
    outs = of.declare(**told(nature=Nature.EXERCISE, stop=stop(effect="2026-06-01")))
    assert {n.nature for n in notices(outs)} == {Nature.EXERCISE}
    assert found(of) == []


def test_three_records_of_one_company_come_to_the_same_in_any_order() -> None:
    records = [
        declaration(**told("d1", stop=stop(effect="2026-06-01"))),
        declaration(**told("d2", previous_id="d1", step=DeclarationStep.UPDATE, declared_at=NOW + DAY, alternatives=())),
        declaration(**told("d3", previous_id="d2", step=DeclarationStep.UPDATE, declared_at=NOW + 2 * DAY, stop=stop(reasons=""))),
    ]
    seen = []
    for order in permutations(records):
        of = world()
        for record in order:
            of.feed("shortage.declarations", record)
            of.feed("shortage.declarations", record)
        seen.append([(f.alert.kind, f.alert.facts, f.alert.deadlines, f.ended) for f in of.files() if not f.ended])
    assert all(s == seen[0] for s in seen)
    assert [kind for kind, *_ in seen[0]].count(AlertKind.DUTY) == 1
