"""All that an alert on a device notice holds, by name: templates, other programs and other authorities read these facts."""

from __future__ import annotations

import json

import pytest

from alertcore.records.device import Criticality, ReceivedFrom, SeriousHarm
from alertcore.records.rapid import MessageKind, RapidAlert
from alertcore.records.shared import Nature
from alertcore.rules.device_notice_words import DO_OFFICERS, announced, others
from tests.unit.alertcore.cases_world import NOW, alerts
from tests.unit.alertcore.device_world import BASIC, UDI, device, firm, notice, notify, on, world

REP = firm("DE", "Mandataire Exemple")


def test_an_alert_on_a_notice_says_all_that_the_notice_says() -> None:
    full = device(model="M1", catalogue_no="C-1", risk_class="iii")
    bare = device("4006381333931", basic_udi_di=None, emdn="", trade_name="")
    alert = alerts(
        notify(
            world(),
            devices=(full, bare),
            market_share_pct=12.5,
            exceptional=True,
            exceptional_reason="a fire",
            alternatives="other",
            states_concerned=("FR", "BE"),
        )
    )[0]
    written = {k: v for k, v in alert.facts.items() if not k.startswith(("sentence", "instruction", "note/", "devices"))}
    assert written == {
        "name": "Cathéter X",
        "headline_fr": "Cathéter X : interruption de fourniture",
        "headline_en": "Cathéter X: interruption of supply",
        "alternatives": "other",
        "basis": "article_10a",
        "company_id": "FR-MF-000000001",
        "company_name": "Fabricant Exemple",
        "context": "component: resin out of stock; a fire",
        "event": "interruption",
        "expected_return": "2027-01-01",
        "harm_states": "FR,BE",
        "notice_ids": "n1",
        "origin": "manufacture",
        "received_on": "2026-01-26",
        "report": "initial",
        "risk": "no equivalent",
        "start": "2026-09-01",
        "states": "FR,BE",
    }
    assert json.loads(alert.facts["devices"]) == [
        {
            "name": "Cathéter X",
            "udi_di": UDI,
            "basic_udi_di": BASIC,
            "emdn": "C010101",
            "model": "M1",
            "catalogue_no": "C-1",
            "risk_class": "iii",
            "status": "on_market",
        },
        {"name": "UDI-DI 4006381333931", "udi_di": "4006381333931", "status": "on_market"},
    ]
    assert (alert.facts["note/instruction_fr"], alert.facts["note/instruction_en"]) == (DO_OFFICERS.fr, DO_OFFICERS.en)


def test_its_numbers_and_labels_are_named() -> None:
    alert = alerts(notify(world(), market_share_pct=12.5))[0]
    assert alert.numbers == {"devices_count": 1.0, "interruption_days": 122.0, "market_share_pct": 12.5, "notice_days": 218.0}
    known = {"template": "device", "rule": "device_notice", "companies": "", "event": "interruption", "basis": "article_10a"}
    assert alert.labels == known
    late = alerts(notify(world(), start=on(2026, 3, 1)))[0]
    assert late.labels == known | {"companies": firm().id, "by_company": "true"}


def test_what_a_notice_does_not_say_is_not_among_the_facts() -> None:
    facts = alerts(notify(world(), end=None, serious_harm=SeriousHarm()))[0].facts
    assert not {"expected_return", "harm_states", "states", "risk", "alternatives", "from_authority"} & set(facts)


@pytest.mark.parametrize(("exceptional", "reason", "context"), [(True, None, ""), (False, "a fire", ""), (True, "a fire", "; a fire")])
def test_exceptional_circumstances_are_told_where_they_are_invoked_and_named(exceptional: bool, reason: str | None, context: str) -> None:
    facts = alerts(notify(world(), exceptional=exceptional, exceptional_reason=reason))[0].facts
    assert facts["context"] == f"component: resin out of stock{context}"


def test_a_grade_of_criticality_is_in_the_context_with_its_reasons() -> None:
    facts = alerts(notify(world(), criticality=Criticality(grid="ANSM 2023", score=7.0, rationale="no other size")))[0].facts
    assert facts["context"].startswith("component: resin out of stock; ")
    assert "ANSM 2023" in facts["context"]
    assert facts["context"].endswith("; no other size")


@pytest.mark.parametrize(
    ("received_from", "rep", "notifier"),
    [
        (ReceivedFrom.AUTHORISED_REP, REP, REP.id),
        (ReceivedFrom.AUTHORISED_REP, None, firm().id),
        (ReceivedFrom.MANUFACTURER, REP, firm().id),
    ],
)
def test_who_notified_is_the_representative_only_where_it_sent_the_notice(received_from: ReceivedFrom, rep: object, notifier: str) -> None:
    facts = alerts(notify(world(), received_from=received_from, authorised_rep=rep))[0].facts
    assert (facts["company_id"], facts["company_name"]) == (notifier, "Fabricant Exemple")


def test_of_several_notices_the_gravest_leads() -> None:
    found = world()
    notify(found, serious_harm=SeriousHarm(states=("BE",), rationale="there"), start=on(2026, 8, 1))
    alert = alerts(notify(found, "n2", start=on(2026, 10, 1)))[0]
    assert (alert.facts["start"], alert.facts["notice_ids"], alert.severity) == ("2026-10-01", "n1,n2", "severe")


def test_what_another_authority_passes_on_is_from_an_authority_and_an_exercise_where_its_message_is_one() -> None:
    found = world()
    message = RapidAlert(
        message_kind=MessageKind.DEVICE_SUPPLY,
        nature=Nature.EXERCISE,
        authority="fr",
        sequence=1,
        previous_hash=bytes(32),
        issued_at=NOW,
        device=notice(),
    )
    (kept,) = {a.nature for a in alerts(found.feed("rapidalerts", message, sender="device-be"))}
    assert kept is Nature.EXERCISE
    (fact,) = [v for k, v in found.shell.view().items("device-fact/")]
    assert (fact.received_from, fact.from_authority) == (ReceivedFrom.AUTHORITY, "device-be")


@pytest.mark.parametrize(("count", "s"), [(1, ""), (2, "s"), (3, "s")])
def test_other_notices_and_other_devices_are_counted_each_in_its_number(count: int, s: str) -> None:
    told = others(count)
    assert (told.fr, told.en) == (f" {count} autre{s} notification{s} en cours.", f" {count} more notice{s} in progress.")
    said = announced("Pompe", "Exemple SA", notice(), count + 1)
    assert said.fr.startswith(f"Pompe et {count} autre{s} dispositif{s} : Exemple SA annonce")
    assert said.en.startswith(f"Pompe and {count} more: Exemple SA announces")
    assert announced("Pompe", "Exemple SA", notice(), 1).fr.startswith("Pompe : ")
