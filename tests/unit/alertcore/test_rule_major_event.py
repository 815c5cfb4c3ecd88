"""A shortage that may become a major event: a question to an officer, the answer, and whom it reaches."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from alertcore.records.alert import Alert, AlertKind, Severity
from alertcore.records.product import Group
from alertcore.records.rapid import AckLevel, MessageKind, RapidAlert
from alertcore.records.shared import Certainty, Nature, When
from alertcore.records.shortage import Cause, CircuitState, DeclarationStep, DeclaredNature, Stop, StopKind, SubstanceName
from alertcore.records.stock import Circuit
from tests.unit.alertcore.cases_world import AUTHORITIES, CIS, FOLLOWED, HOURS, NOW, World, alerts, notices, product, rapid, signals, status

RULE = "major_event"
OTHER = "60000009"
BODIES = [
    {"id": "ema", "body": "ema", "domains": ["shortage"], "exercises": True},
    {"id": "spoc-vet", "domains": ["shortage"], "species": ["veterinary"]},
]


def circuit(pct: float | None) -> tuple[CircuitState, ...]:
    """One circuit with this market share."""
    return (CircuitState(circuit=Circuit.VILLE, market_share_pct=pct),)


def found(world: World, rule: str = RULE) -> list[Alert]:
    """Open alerts of the rule."""
    return [f.alert for f in world.files() if f.alert.labels["rule"] == rule and not f.ended]


def only(world: World) -> Alert:
    """The one that is open."""
    [alert] = found(world)
    return alert


def with_equivalent(**fields: Any) -> World:
    """A medicine and one other of its generic group."""
    world = World(products=False, **fields)
    for cis, name in ((CIS, "AMOXIDEMO 500 mg, gélule"), (OTHER, "AMOXIBIS 500 mg, gélule")):
        world.feed("reference.products", product(cis, cip13=f"34009{cis}", name=name, groups=(Group(id="7", type=1),)))
    return world


@pytest.mark.parametrize(("pct", "asked"), [(None, False), (49.9, False), (50.0, True), (100.0, True)])
def test_a_stock_out_of_what_nothing_known_replaces_is_asked_about_from_a_share_of_the_market(pct: float | None, *, asked: bool) -> None:
    world = World()
    world.declare(circuits=circuit(pct))
    assert bool(found(world)) is asked


@pytest.mark.parametrize(("limit", "asked"), [(62.5, True), (62.6, False), (0.0, True)])
def test_the_share_is_the_agencys_and_no_share_is_none(limit: float, *, asked: bool) -> None:
    world = World(policy={"major_event": {"market_share_pct": limit}})
    world.declare(circuits=circuit(62.5))
    assert bool(found(world)) is asked
    nothing = World(policy={"major_event": {"market_share_pct": 0.0}})
    nothing.declare(circuits=circuit(0.0))
    assert found(nothing) == []


def test_the_question_names_its_reasons_for_officers_alone() -> None:
    world = World()
    world.declare(circuits=circuit(62.5))
    alert = only(world)
    assert (alert.kind, alert.subject.id, alert.severity) == (AlertKind.SEVERAL_STATES, CIS, Severity.SEVERE)
    assert alert.facts["headline_fr"] == "AMOXIDEMO 500 mg, gélule : événement majeur possible ?"
    assert alert.facts["sentence_fr"] == (
        "AMOXIDEMO 500 mg, gélule, médicament d'intérêt thérapeutique majeur, est en rupture de stock et n'a pas d'équivalent connu"
        " pour 62,5 % du marché (seuil 50 %)."
    )
    assert alert.facts["sentence_en"].endswith("is out of stock and has no known equivalent for 62.5 % of the market (threshold 50 %).")
    mine = [n for n in notices(world.outs) if n.alerts[0].alert_id == alert.alert_id]
    assert [n.reason.rule for n in mine] == ["officers"]
    assert alert.facts["headline_en"] == "AMOXIDEMO 500 mg, gélule: a possible major event?"
    assert (alert.also, alert.numbers) == (FOLLOWED, {"market_share_pct": 62.5})
    assert (alert.facts["substance"], alert.facts["states"], alert.facts["medicines"]) == ("Amoxicilline", "FR", CIS)


def test_the_question_carries_what_the_shortage_told() -> None:
    world = World()
    when = When(date=date(2026, 3, 1), certainty=Certainty.ESTIMATED)
    one = CircuitState(circuit=Circuit.VILLE, market_share_pct=80.0, start=replace(when, date=date(2026, 1, 20)), expected_return=when)
    world.declare(circuits=(one,), causes=(Cause(code="production", raw="x"),), nature=Nature.EXERCISE)
    alert, short = only(world), next(f.alert for f in world.files() if f.alert.kind is AlertKind.SHORTAGE)
    assert alert.nature is Nature.EXERCISE
    for name in ("start", "expected_return", "causes"):
        assert (name, alert.facts[name]) == (name, short.facts[name])
    assert [str(s.state) for s in signals(world.outs) if s.rule == RULE] == ["raised"]


@pytest.mark.parametrize(
    ("mitm", "nature", "asked"),
    [
        (True, DeclaredNature.RUPTURE, True),
        (False, DeclaredNature.RUPTURE, False),
        (True, DeclaredNature.RISQUE, False),
        (True, DeclaredNature.ARRET, False),
    ],
)
def test_only_stock_outs_of_major_medicines_are_asked_about(nature: DeclaredNature, *, mitm: bool, asked: bool) -> None:
    world = World(products=False)
    world.feed("reference.products", product(mitm=mitm))
    world.declare(nature_declared=nature, circuits=circuit(90.0))
    assert bool(found(world)) is asked


def test_a_stock_out_of_which_nothing_was_asked_is_asked_about_once_an_update_gives_a_large_share() -> None:
    world = World()
    world.declare(circuits=circuit(10.0))
    for number, (pct, asked) in enumerate(((20.0, False), (20.0, False), (90.0, True))):
        world.now += HOURS
        following = f"d1-{number - 1}" if number else "d1"
        world.declare(f"d1-{number}", previous_id=following, step=DeclarationStep.UPDATE, declared_at=world.now, circuits=circuit(pct))
        assert bool(found(world)) is asked


def test_it_is_asked_when_the_last_equivalent_is_short_too_and_ends_when_one_is_back() -> None:
    world = with_equivalent()
    world.declare(circuits=circuit(90.0))
    assert found(world) == []
    world.declare("b1", cis=OTHER, nature_declared=DeclaredNature.RISQUE)
    assert only(world).facts["sentence_fr"].endswith("est en rupture de stock et son seul équivalent est à risque de rupture.")
    world.now += 1 * HOURS
    world.declare("b2", cis=OTHER, step=DeclarationStep.RETURN, previous_id="b1", declared_at=world.now)
    assert found(world) == []
    assert "major_event_over" in [a.reason for a in alerts(world.last)]
    ended = next(a.facts for a in alerts(world.last) if a.reason == "major_event_over")
    assert ended["sentence_fr"] == "AMOXIDEMO 500 mg, gélule : les raisons d'y voir un événement majeur possible ont cessé."
    assert ended["headline_fr"] == ended["sentence_fr"].rstrip(".")
    assert ended["headline_en"] == "AMOXIDEMO 500 mg, gélule: the reasons to see a possible major event in it have ended"
    assert [str(s.state) for s in signals(world.last) if s.rule == RULE] == ["cleared"]


@pytest.mark.parametrize(
    ("nature", "fr", "en", "numbers"),
    [
        (
            DeclaredNature.RISQUE,
            "à risque de rupture",
            "at risk",
            {"equivalents_short_count": 0.0, "equivalents_at_risk_count": 2.0},
        ),
        (
            DeclaredNature.RUPTURE,
            "aussi en rupture (1) ou à risque (1)",
            "short too (1) or at risk (1)",
            {"equivalents_short_count": 1.0, "equivalents_at_risk_count": 1.0},
        ),
    ],
)
def test_all_of_several_equivalents_must_be_short_or_at_risk_and_are_told_as_what_they_are(
    nature: DeclaredNature, fr: str, en: str, numbers: dict[str, float]
) -> None:
    world = with_equivalent()
    world.feed("reference.products", product("60000010", cip13="3400960000010", name="AMOXITER", groups=(Group(id="7", type=1),)))
    world.declare()
    world.declare("b1", cis=OTHER, nature_declared=DeclaredNature.RISQUE)
    assert found(world) == []
    world.declare("c1", cis="60000010", nature_declared=nature)
    alert = next(a for a in found(world) if a.subject.id == CIS)
    assert alert.facts["sentence_en"].endswith(f"is out of stock and its 2 equivalents are {en}.")
    assert alert.facts["sentence_fr"].endswith(f"est en rupture de stock et ses 2 équivalents sont {fr}.")
    assert alert.numbers == numbers


def test_the_day_of_a_stop_makes_of_a_risk_a_stock_out_in_the_question_too() -> None:
    world = with_equivalent()
    world.declare(circuits=circuit(90.0))
    effect = Stop(kind=StopKind.STOP, notified_on=NOW.date(), effect_on=date(2026, 2, 10), reasons="x")
    world.declare("b1", cis=OTHER, nature_declared=DeclaredNature.ARRET, circuits=(), stop=effect)
    assert only(world).facts["sentence_en"].endswith("its only equivalent is at risk.")
    world.wait(timedelta(days=20))
    assert only(world).facts["sentence_en"].endswith("its only equivalent is short too.")


def test_all_equivalents_out_of_stock_are_told_as_such() -> None:
    world = with_equivalent()
    world.feed("reference.products", product("60000010", cip13="3400960000010", name="AMOXITER", groups=(Group(id="7", type=1),)))
    for number, cis in (("a1", CIS), ("b1", OTHER), ("c1", "60000010")):
        world.declare(number, cis=cis)
    alert = next(a for a in found(world) if a.subject.id == CIS)
    assert alert.facts["sentence_fr"].endswith("est en rupture de stock et ses 2 équivalents sont aussi en rupture.")
    assert (alert.facts["sentence_en"].endswith("its 2 equivalents are short too."), alert.numbers) == (
        True,
        {"equivalents_short_count": 2.0},
    )


def abroad(country: str, code: int = 1) -> Any:
    """A row of another country's list."""
    return replace(status("", code, f"{country}:1"), country=country, substances=(SubstanceName(name="amoxicillin"),))


def test_it_is_asked_when_the_substance_is_short_in_several_states_and_ends_with_that() -> None:
    world = with_equivalent()
    world.declare()
    world.snapshot("s0", abroad("BE"), sender="be")
    assert only(world).facts["sentence_en"].endswith("and its substance is short in 2 EU or EEA states.")
    assert only(world).facts["states"] == "BE,FR"
    world.snapshot("s1", abroad("BE", 4), sender="be")
    assert found(world) == []


def test_a_public_stock_out_is_one_and_its_return_ends_the_question() -> None:
    world = World()
    world.snapshot("s0", abroad("BE"), sender="be")
    world.snapshot("s0")
    world.snapshot("s1", status("", 2))
    assert found(world) == []
    world.snapshot("s2", status("", 1))
    assert len(found(world)) == 1
    world.snapshot("s3", status("", 4))
    assert found(world) == []


def test_several_reasons_are_one_question() -> None:
    world = with_equivalent()
    world.declare()
    world.declare("b1", cis=OTHER)
    world.snapshot("s0", abroad("BE"), sender="be")
    alert = next(a for a in found(world) if a.subject.id == CIS)
    assert alert.facts["sentence_fr"].endswith(
        "est en rupture de stock, son seul équivalent est aussi en rupture et sa substance est en pénurie dans 2 États de l'UE ou de l'EEE."
    )
    assert alert.numbers == {"equivalents_short_count": 1.0, "states_count": 2.0}


def test_another_policy_asks_anew_and_takes_back_without_an_all_clear() -> None:
    world = World()
    world.declare(circuits=circuit(40.0))
    world.settings("policy", {"major_event": {"market_share_pct": 40}})
    assert len(found(world)) == 1
    world.settings("policy", {})
    assert found(world) == []
    assert [a.reason for a in alerts(world.last) if a.labels["rule"] == RULE] == ["policy_changed"]


def asked(**fields: Any) -> World:
    """A world with one open question, and bodies to tell."""
    world = World(**fields)
    world.settings("authorities", {"authorities": [*AUTHORITIES, *BODIES]})
    world.declare(circuits=circuit(90.0))
    return world


def answered(world: World, answer: str = "yes", reason: str = "stock abroad is low too", **params: Any) -> list[RapidAlert]:
    """The messages that an answer leads to."""
    return rapid(world.order(RULE, only(world).alert_id, reason=reason, answer=answer, **params))


def test_yes_tells_the_authorities_for_shortages_and_stands_on_the_alert_with_its_reason() -> None:
    world = asked()
    sent = answered(world)
    assert [(m.authority, m.sequence, m.message_kind, m.reference) for m in sent] == [
        ("authority-shortage", 1, MessageKind.SHORTAGE, "FR/_/1/01"),
        ("ema", 1, MessageKind.SHORTAGE, "FR/_/1/01"),
    ]
    told = sent[0].shortage
    assert told is not None
    assert (told.substance, told.cis, told.states, told.alternatives) == ("amoxicillin", (CIS,), ("FR",), "")
    alert = only(world)
    assert (alert.step.value, alert.reason, sent[0].alert_id, sent[0].version) == ("released", "reported", alert.alert_id, alert.version)
    assert alert.release is not None
    assert (alert.release.audiences, alert.release.by) == (("officers", "authorities"), ("officer-1",))
    assert alert.facts["note/decision_fr"] == (
        "Décision du 26/01/2026 : transmis au réseau européen des pénuries (SPOC) et à l'EMA. Motif : stock abroad is low too"
    )


def test_no_tells_nobody_and_stands_on_the_alert_too() -> None:
    world = asked()
    assert answered(world, "no") == []
    assert (only(world).reason, only(world).facts["note/decision"]) == ("not_reported", "no")
    [mail] = notices(world.last)
    assert "non transmis" in mail.params["decision_fr"]


def test_the_answer_stays_on_the_alert_when_it_says_something_new() -> None:
    world = asked()
    answered(world)
    world.declare("d2", step=DeclarationStep.UPDATE, previous_id="d1", declared_at=NOW + HOURS, circuits=circuit(95.0))
    assert (only(world).numbers["market_share_pct"], only(world).facts["note/decision"]) == (95.0, "yes")
    assert rapid(world.last) == []
    again = answered(world)
    assert {(m.reference, m.message_no, m.sequence) for m in again} == {("FR/_/1/02", 2, 2)}
    assert again[0].follows is not None
    assert again[0].follows.reference == "FR/_/1/01"


def test_the_end_is_told_to_those_who_were_told_and_to_nobody_else() -> None:
    world = asked()
    answered(world)
    world.now += HOURS
    outs = world.declare("d2", step=DeclarationStep.RETURN, previous_id="d1", declared_at=world.now)
    closing = rapid(outs)
    assert {(m.authority, m.message_no, m.action_taken) for m in closing} == {
        ("authority-shortage", 2, "Closed by the issuing authority"),
        ("ema", 2, "Closed by the issuing authority"),
    }
    assert closing[0].shortage is not None
    assert closing[0].shortage.end is not None
    assert closing[0].shortage.end.certainty is Certainty.ACTUAL
    silent = asked()
    answered(silent, "no")
    silent.now += HOURS
    assert rapid(silent.declare("d2", step=DeclarationStep.RETURN, previous_id="d1", declared_at=silent.now)) == []


def test_a_cancelled_question_is_closed_for_those_who_were_told() -> None:
    world = asked()
    answered(world)
    outs = world.order("cancel", only(world).alert_id)
    assert {m.authority for m in rapid(outs)} == {"authority-shortage", "ema"}
    assert rapid(world.order("cancel", rapid(outs)[0].alert_id or "")) == []


def test_those_who_were_told_acknowledge_and_others_cannot() -> None:
    world = asked()
    answered(world)
    alert_id = only(world).alert_id
    world.acknowledge("ema", AckLevel.READ, alert_id)
    assert "ack/ema/read" in only(world).facts
    assert world.acknowledge("authority-be", alert=alert_id) == []


@pytest.mark.parametrize(("answer", "reason"), [("", "why"), ("perhaps", "why"), ("YES", "why"), ("yes", " ")])
def test_an_answer_that_is_none_or_has_no_reason_changes_nothing(answer: str, reason: str) -> None:
    world = asked()
    assert world.order(RULE, only(world).alert_id, reason=reason, answer=answer) == []


def test_only_such_a_question_can_be_answered_and_only_while_it_is_open() -> None:
    world = asked()
    question = only(world).alert_id
    shortage = next(f.alert.alert_id for f in world.files() if f.alert.kind is AlertKind.SHORTAGE)
    assert world.order(RULE, shortage, answer="yes") == []
    world.order("cancel", question)
    assert world.order(RULE, question, answer="yes") == []


def test_where_the_register_names_nobody_yes_changes_nothing() -> None:
    world = asked()
    world.settings("authorities", {"authorities": []})
    alert = only(world)
    assert answered(world) == []
    assert only(world) == alert


def test_an_exercise_reaches_only_those_who_take_part() -> None:
    world = World()
    world.settings("authorities", {"authorities": [*AUTHORITIES, *BODIES]})
    world.declare(nature=Nature.EXERCISE, circuits=circuit(90.0))
    assert {m.authority for m in answered(world)} == {"ema"}


def test_a_contact_check_reaches_nobody() -> None:
    world = World()
    world.declare(nature=Nature.TEST, circuits=circuit(90.0))
    assert [m for a in found(world) for m in rapid(world.order(RULE, a.alert_id, answer="yes"))] == []


def test_a_substance_short_in_several_states_is_reported_with_its_states() -> None:
    world = asked()
    world.snapshot("s0", abroad("BE"), sender="be")
    [alert] = found(world, "several_states")
    sent = rapid(world.order(RULE, alert.alert_id, reason="two states", answer="yes"))
    assert sent[0].shortage is not None
    assert (sent[0].shortage.states, sent[0].shortage.cis) == (("BE", "FR"), (CIS,))
    world.snapshot("s0", abroad("DE"), sender="de")
    [alert] = found(world, "several_states")
    assert (alert.facts["states"], alert.facts["note/decision"]) == ("BE,DE,FR", "yes")


def surging(count: int, **fields: Any) -> World:
    """Ten weeks with hardly a declaration, then so many major medicines of one class out of stock on one day."""
    world = World(products=False, policy={"surge": {"threshold": 1, "ratio": 2}, **fields})
    world.feed("reference.products", product("60000200", cip13="3400960000200", atc="A10BA02", mitm=False, substances=()))
    world.declare("old", cis="60000200")
    world.wait(timedelta(weeks=10))
    for n in range(count):
        cis = f"6000010{n}"
        world.feed("reference.products", product(cis, cip13=f"34009{cis}", name=f"MEDICINE {n}", substances=()))
        world.declare(f"s{n}", cis=cis, declared_at=world.now)
    return world


@pytest.mark.parametrize(("count", "asked"), [(4, False), (5, True), (6, True)])
def test_many_stock_outs_of_a_class_with_a_surge_of_declarations_are_asked_about(count: int, *, asked: bool) -> None:
    world = surging(count)
    assert [f for f in world.files() if f.alert.kind is AlertKind.SURGE]
    classes = {a.subject.id for a in found(world)}
    assert classes == ({"J", "J01", "J01C"} if asked else set())


def test_the_number_of_stock_outs_in_a_class_is_the_agencys_and_the_question_names_it() -> None:
    world = surging(4, major_event={"class_ruptures": 4})
    alert = next(a for a in found(world) if a.subject.id == "J01C")
    assert alert.facts["sentence_fr"] == (
        "Classe ATC J01C : 4 médicaments d'intérêt thérapeutique majeur sont en rupture de stock (seuil 4) alors que"
        " les déclarations de cette classe dépassent nettement leur rythme habituel."
    )
    assert alert.facts["sentence_en"].startswith("ATC class J01C: 4 medicines of major therapeutic interest are out of stock (threshold 4)")
    assert (alert.facts["name"], alert.facts["states"], alert.facts["medicines"]) == (
        "ATC J01C",
        "FR",
        "60000100,60000101,60000102,60000103",
    )
    assert (alert.severity, alert.numbers) == (Severity.SEVERE, {"class_ruptures_count": 4.0})
    assert [(s.kind.value, s.id) for s in alert.also] == [("cis", f"6000010{n}") for n in range(4)]
    assert alert.facts["headline_fr"] == "ATC J01C : événement majeur possible ?"
    assert alert.facts["instruction_fr"].startswith("Décidez s'il faut saisir")
    told = [s for s in signals(world.outs) if s.rule == RULE and s.subject.id == "J01C"]
    assert [(str(s.state), s.numbers) for s in told] == [("raised", {"class_ruptures_count": 4.0})]


def test_a_class_is_no_longer_asked_about_when_a_stock_out_of_it_ends() -> None:
    world = surging(5)
    world.now += HOURS
    world.declare("r0", cis="60000100", step=DeclarationStep.RETURN, previous_id="s0", declared_at=world.now)
    assert found(world) == []


def test_another_policy_asks_about_classes_too() -> None:
    world = surging(4)
    world.settings("policy", {"surge": {"threshold": 1, "ratio": 2}, "major_event": {"class_ruptures": 4}})
    assert {a.subject.id for a in found(world)} == {"J", "J01", "J01C"}


def test_a_medicine_that_nobody_knows_is_not_asked_about() -> None:
    world = World(products=False)
    world.declare(circuits=circuit(90.0))
    assert found(world) == []


def test_state_comes_back_from_its_bytes() -> None:
    world = asked()
    answered(world)
    world.shell.reopen()
    stage = world.shell.stage
    names = ("ruptures", "shortage-report", "report-answer")
    kept = {k: v for k, v in world.shell.view().items("") if k.split("/", 1)[0] in names}
    assert {k.split("/", 1)[0] for k in kept} == set(names)
    assert all(stage.load(k, stage.dump(k, v)) == v for k, v in kept.items())
