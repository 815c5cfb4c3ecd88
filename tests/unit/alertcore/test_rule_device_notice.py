"""What notices of devices lead to (Article 10a MDR and IVDR)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from alertcore.cases.device_law import judge
from alertcore.cases.devices import newest, placed
from alertcore.cases.rapid_device import recipients
from alertcore.cases.threads import Link
from alertcore.policy import Policy
from alertcore.records.alert import AlertKind, AlertStep, Severity, SignalState
from alertcore.records.device import (
    Criticality,
    NoticeBasis,
    NoticeReport,
    Reason,
    ReceivedFrom,
    SeriousHarm,
    SupplyEvent,
)
from alertcore.records.rapid import MessageKind, RapidAlert, RapidClass
from alertcore.records.shared import Measure, MeasureStatus, Nature, Subject, SubjectKind
from alertcore.register import read_authorities
from tests.unit.alertcore.cases_world import HOURS, NOW, World, alerts, groups, notices, published, rapid, signals, steps
from tests.unit.alertcore.device_world import BASIC, DEVICE_AUTHORITIES, TOLD, UDI, device, firm, notice, notify, on, world

RECEIVED = date(2026, 1, 26)
FOLLOW_UP, FINAL = NoticeReport.FOLLOW_UP, NoticeReport.FINAL
OVER: dict[str, Any] = {"report": FINAL, "start": on(2025, 9, 1), "end": on(2026, 1, 26)}
"""A final report on the day on which the interruption ends."""
VOLUNTARY: dict[str, Any] = {"basis": NoticeBasis.VOLUNTARY_FR, "serious_harm": SeriousHarm()}
EVERYONE = read_authorities({"authorities": DEVICE_AUTHORITIES}).authorities


@pytest.mark.parametrize(
    ("received", "start", "in_time"),
    [
        (date(2026, 1, 26), (2026, 7, 26), True),
        (date(2026, 1, 26), (2026, 7, 25), False),
        (date(2026, 8, 31), (2027, 2, 28), True),
        (date(2026, 8, 31), (2027, 2, 27), False),
        (date(2026, 1, 26), (2026, 1, 26), False),
        (date(2026, 1, 26), (2025, 12, 1), False),
    ],
)
def test_six_months_by_the_calendar_are_long_enough(received: date, start: tuple[int, int, int], in_time: bool) -> None:
    assert judge(notice(start=on(*start)), received, "FR", Policy()).in_time is in_time


@pytest.mark.parametrize(
    ("fields", "in_time", "unnamed"),
    [
        ({"exceptional": True, "exceptional_reason": "flood"}, None, False),
        ({"exceptional": True, "exceptional_reason": "  "}, False, True),
        ({"exceptional": True}, False, True),
        ({"exceptional_reason": "flood"}, False, False),
        (VOLUNTARY, None, False),
    ],
)
def test_exceptional_circumstances_lift_the_period_only_where_they_are_named(
    fields: dict[str, Any], in_time: bool | None, unnamed: bool
) -> None:
    law = judge(notice(**{"start": on(2026, 3, 1)} | fields), RECEIVED, "FR", Policy())
    assert (law.in_time, law.unnamed_circumstances) == (in_time, unnamed)


@pytest.mark.parametrize(("received", "legal"), [(date(2025, 1, 9), False), (date(2025, 1, 10), True)])
def test_the_duty_applies_from_10_january_2025(received: date, legal: bool) -> None:
    law = judge(notice(), received, "FR", Policy())
    assert (law.legal, law.relay, law.in_time is None) == (legal, legal, not legal)


@pytest.mark.parametrize(
    ("event", "end", "days", "short"),
    [
        (SupplyEvent.INTERRUPTION, on(2026, 8, 31), -1, False),
        (SupplyEvent.INTERRUPTION, on(2026, 9, 1), 0, True),
        (SupplyEvent.INTERRUPTION, on(2026, 10, 31), 60, True),
        (SupplyEvent.INTERRUPTION, on(2026, 11, 1), 61, False),
        (SupplyEvent.INTERRUPTION, None, None, False),
        (SupplyEvent.DISCONTINUATION, on(2026, 9, 2), None, False),
    ],
)
def test_an_interruption_of_more_than_60_days_is_the_articles(event: SupplyEvent, end: Any, days: int | None, short: bool) -> None:
    law = judge(notice(event=event, end=end), RECEIVED, "FR", Policy())
    assert (law.days, law.short, law.duty) == (days, short, not short)


@pytest.mark.parametrize(("end", "asked"), [(on(2026, 4, 30), False), (on(2026, 5, 1), True)])
def test_nothing_is_asked_of_a_notice_so_short_that_it_is_voluntary(end: Any, asked: bool) -> None:
    """From 1 March 2026: 60 days, and 61."""
    bare: dict[str, Any] = {"reason": Reason(code=""), "serious_harm": SeriousHarm(), "exceptional": True}
    outs = notify(world(), start=on(2026, 3, 1), end=end, **bare)
    alert = alerts(outs)[-1]
    assert ("device_notice" in {d.duty for d in alert.deadlines}) is asked
    assert ("by_company" in alert.labels) is asked
    words = ("il en faut 6 mois", "Le motif manque", "ne dit rien d'un préjudice grave", "ne sont pas précisées")
    assert [w in alert.facts["sentence_fr"] for w in words] == [asked] * 4
    assert ("volontaire" in alert.facts["sentence_fr"]) is not asked
    assert [r.authority for r in rapid(outs)] == TOLD


@pytest.mark.parametrize(
    ("sent_by", "fr", "en"),
    [
        ("device-be", "(Belgique)", "(Belgium)"),
        ("commission", "(european-commission)", "(european-commission)"),
        ("elsewhere", "(elsewhere)", "(elsewhere)"),
    ],
)
def test_another_authority_is_named_by_its_country_or_as_it_is_known(sent_by: str, fr: str, en: str) -> None:
    facts = alerts(notify(world(), from_authority=sent_by))[0].facts
    assert fr in facts["sentence_fr"]
    assert en in facts["sentence_en"]


@pytest.mark.parametrize(("code", "fr"), [("EL", "Grèce"), ("GR", "Grèce"), ("UK", "Royaume-Uni"), ("XI", "Irlande du Nord"), ("ZZ", "ZZ")])
def test_countries_are_named_also_by_the_codes_the_union_uses(code: str, fr: str) -> None:
    facts = alerts(notify(world(), serious_harm=SeriousHarm(states=(code,))))[0].facts
    assert f"Préjudice grave prévisible : {fr}." in facts["sentence_fr"]


@pytest.mark.parametrize(
    ("fields", "relay"),
    [
        ({}, True),
        ({"manufacturer": firm("DE")}, False),
        ({"manufacturer": firm("US"), "authorised_rep": firm("FR")}, True),
        ({"manufacturer": firm("US"), "authorised_rep": firm("IE")}, False),
        ({"received_from": ReceivedFrom.AUTHORITY}, False),
        ({"from_authority": "device-be"}, False),
        ({"basis": NoticeBasis.VOLUNTARY_FR}, False),
        ({"received_from": ReceivedFrom.OTHER}, True),
    ],
)
def test_it_is_passed_on_only_where_the_firm_is_ours_and_no_authority_sent_it(fields: dict[str, Any], relay: bool) -> None:
    assert judge(notice(**fields), RECEIVED, "FR", Policy()).relay is relay
    found = world()
    notify(found, **fields)
    assert [r.authority for r in rapid(found.last)] == (TOLD if relay else [])


@pytest.mark.parametrize(
    ("fields", "sender", "told"),
    [
        ({}, "demo", TOLD),
        ({}, "device-es", ["device-be", "commission"]),
        ({"from_authority": "commission"}, "demo", ["device-be", "device-es"]),
        ({"nature": Nature.EXERCISE}, "demo", ["device-es"]),
        ({"nature": Nature.TEST}, "demo", []),
    ],
)
def test_recipients_are_the_other_member_states_and_the_commission(fields: dict[str, Any], sender: str, told: list[str]) -> None:
    assert [a.id for a in recipients(EVERYONE, notice(**fields), sender, "FR")] == told


@pytest.mark.parametrize(
    ("body", "is_told"),
    [("commission", True), ("European_Commission", True), ("ec", True), ("who", False), ("edqm", False), (None, False)],
)
def test_the_commission_is_known_by_its_name_in_the_register(body: str | None, is_told: bool) -> None:
    register = read_authorities({"authorities": [{"id": "a", "body": body, "domains": ["device"]}]}).authorities
    assert bool(recipients(register, notice(), "demo", "FR")) is is_told


def test_a_notice_is_passed_on_at_once_and_everybody_else_waits_for_a_person() -> None:
    found = world()
    outs = notify(found, contact_ref="con_1")
    assert steps(outs) == ["raised", "held"]
    alert = alerts(outs)[-1]
    assert (alert.kind, alert.reason, alert.severity) == (AlertKind.DEVICE, "awaits_release", Severity.SEVERE)
    assert alert.subject == Subject(kind=SubjectKind.BASIC_UDI_DI, id=BASIC)
    assert groups(outs) == {"officers": "alert"}
    assert {(d.duty, d.met_at, str(d.basis)) for d in alert.deadlines} == {
        ("device_notice", NOW, "law"),
        ("device_relay", NOW, "law"),
        ("device_relay_target", NOW, "internal"),
    }
    assert alert.deadlines[0].article == "Reg. (EU) 2024/1860, art. 10a"
    sent = rapid(outs)
    assert [(r.authority, r.sequence, r.reference, r.message_no) for r in sent] == [(a, 1, "FR/_/1/01", 1) for a in TOLD]
    first = sent[0]
    assert (first.message_kind, first.class_, first.product) == (MessageKind.DEVICE_SUPPLY, RapidClass.NONE, "Cathéter X")
    assert first.device == notice()
    assert first.defect_details == "Cathéter X: Fabricant Exemple announces an interruption of supply from 2026-09-01 to 2027-01-01."
    assert (first.issued_at_text, str(first.ack_wanted), first.ack_due) == ("2026-01-26T10:00:00+01:00", "received", None)
    found.order("release")
    assert groups(found.last) == {"followers": "alert"}
    assert len(published(found.last)) == 1


def test_professionals_and_the_public_read_what_happens_and_not_what_is_wrong_with_the_notice() -> None:
    found = world()
    notify(found, start=on(2026, 3, 1), alternatives="Cathéter Y", market_share_pct=40.0)
    officer = notices(found.last, "officers")[0].params
    assert "Préavis de 34\u00a0jours : il en faut 6 mois" in officer["sentence_fr"]
    assert officer["context"] == "component: resin out of stock"
    found.order("release")
    told = notices(found.last, "followers")[0].params
    plain = "Cathéter X : Fabricant Exemple annonce une interruption de la fourniture du 01/03/2026 au 01/01/2027."
    assert told["sentence_fr"] == plain
    assert not {"context", "risk", "alternatives", "market_share_pct"} & set(told)
    assert published(found.last)[0].text.fr == plain


def test_what_a_notice_says_is_in_the_facts_of_its_alert_by_name() -> None:
    found = world()
    alert = alerts(notify(found, alternatives="other catheters", states_concerned=("FR", "BE")))[0]
    told = notice()
    expected = {
        "start": "2026-09-01",
        "expected_return": "2027-01-01",
        "event": str(told.event),
        "report": str(told.report),
        "origin": str(told.origin),
        "harm_states": "FR,BE",
        "states": "FR,BE",
        "alternatives": "other catheters",
        "company_id": firm().id,
    }
    assert {name: alert.facts.get(name) for name in expected} == expected


def test_followers_are_those_of_the_device_its_group_its_kind_and_its_maker() -> None:
    found = world()
    other = device("4006381333931", basic_udi_di="12345_ABCDEFGHIJKLMCP", emdn="C0199")
    alert = alerts(notify(found, devices=(device(), other)))[0]
    assert [(str(s.kind), s.id) for s in alert.also] == [
        ("basic_udi_di", "12345_ABCDEFGHIJKLMCP"),
        ("udi_di", UDI),
        ("udi_di", "4006381333931"),
        ("emdn", "C"),
        ("emdn", "C01"),
        ("emdn", "C0101"),
        ("emdn", "C010101"),
        ("emdn", "C0199"),
        ("company", "FR-MF-000000001"),
    ]
    assert "et 1 autre dispositif :" in alert.facts["sentence_fr"]
    assert [row["udi_di"] for row in json.loads(alert.facts["devices"])] == [UDI, "4006381333931"]


@pytest.mark.parametrize(
    ("devices", "kind", "id_"),
    [
        ((device(),), SubjectKind.BASIC_UDI_DI, BASIC),
        ((device("x", basic_udi_di=None), device()), SubjectKind.BASIC_UDI_DI, BASIC),
        ((device(basic_udi_di=None),), SubjectKind.UDI_DI, UDI),
        ((), SubjectKind.COMPANY, "FR-MF-000000001"),
    ],
)
def test_the_subject_is_the_group_else_the_device_else_the_maker(devices: Any, kind: SubjectKind, id_: str) -> None:
    alert = alerts(notify(world(), devices=devices))[0]
    assert alert.subject == Subject(kind=kind, id=id_)


def test_names_and_kinds_come_from_the_reference_list_where_the_notice_has_none() -> None:
    found = world()
    known = device(trade_name="Cathéter de la liste", emdn="C0102", model="M1")
    found.feed("reference.devices", known)
    found.feed("reference.devices", known)
    alert = alerts(notify(found, devices=(device(trade_name="", emdn="", basic_udi_di=None),)))[0]
    assert alert.facts["name"] == "Cathéter de la liste"
    assert ("emdn", "C0102") in {(str(s.kind), s.id) for s in alert.also}
    bare = alerts(notify(world(), devices=(device(trade_name="", emdn="c!", basic_udi_di=None),)))[0]
    assert bare.facts["name"] == f"UDI-DI {UDI}"
    assert not [s for s in bare.also if s.kind is SubjectKind.EMDN]
    model = alerts(notify(world(), devices=(device(trade_name="", model="M2"),)))[0]
    assert model.facts["name"] == "M2"


@pytest.mark.parametrize(
    ("fields", "severity"),
    [
        ({}, Severity.SEVERE),
        ({"serious_harm": SeriousHarm(rationale="x")}, Severity.SEVERE),
        ({"serious_harm": SeriousHarm(states=("BE",))}, Severity.MODERATE),
        ({"serious_harm": SeriousHarm(), "states_concerned": ("BE",)}, Severity.MODERATE),
        (VOLUNTARY | {"serious_harm": SeriousHarm(states=("FR",))}, Severity.MODERATE),
        (VOLUNTARY | {"serious_harm": SeriousHarm(states=("BE",))}, Severity.MINOR),
        (VOLUNTARY, Severity.MINOR),
    ],
)
def test_a_duty_with_harm_here_is_severe(fields: dict[str, Any], severity: Severity) -> None:
    assert alerts(notify(world(), **fields))[0].severity is severity


@pytest.mark.parametrize(
    ("fields", "fr", "en"),
    [
        ({}, "au titre de l'article 10 bis", "under Article 10a"),
        ({}, "Préjudice grave prévisible : Belgique et France.", "Serious harm is foreseeable: Belgium and France."),
        ({}, "À relayer sans délai aux autres États membres et à la Commission.", "To be passed on without undue delay"),
        (VOLUNTARY, "Notification volontaire reçue le 26/01/2026.", "Voluntary notice received on 2026-01-26."),
        ({"start": on(2026, 1, 27)}, "Préavis de 1\u00a0jour : il en faut 6 mois", "Notice of 1 day: 6 months are needed"),
        ({"start": on(2026, 1, 26)}, "Aucun préavis : il en faut 6 mois", "No notice in advance: 6 months are needed"),
        ({"exceptional": True, "exceptional_reason": "flood"}, "Des circonstances exceptionnelles sont invoquées.", "are invoked"),
        ({"exceptional": True}, "Les circonstances exceptionnelles ne sont pas précisées.", "circumstances are not named"),
        ({"end": on(2026, 10, 31)}, "Interruption de 60\u00a0jours : le signalement", "An interruption of 60 days: reporting"),
        ({"end": None}, "sans date de fin annoncée", "with no end announced"),
        ({"reason": Reason(code="")}, "Le motif manque.", "The reason is missing."),
        ({"serious_harm": SeriousHarm()}, "ne dit rien d'un préjudice grave", "says nothing of serious harm"),
        ({"manufacturer": firm("DE")}, "leur pays", "their own authority passes it on"),
        ({"from_authority": "device-be"}, "Reçue d'une autre autorité (Belgique)", "It came from another authority (Belgium)"),
        ({"received_from": ReceivedFrom.AUTHORITY}, "Reçue d'une autre autorité :", "It came from another authority:"),
        ({"event": SupplyEvent.DISCONTINUATION}, "l'arrêt définitif de la fourniture à partir du 01/09/2026", "ends for good from"),
        ({"serious_harm": SeriousHarm(states=("FR",))}, "prévisible : France.", "foreseeable: France."),
    ],
)
def test_the_sentence_says_what_the_article_makes_of_it(fields: dict[str, Any], fr: str, en: str) -> None:
    facts = alerts(notify(world(), **fields))[0].facts
    assert fr in facts["sentence_fr"]
    assert en in facts["sentence_en"]


def test_before_the_article_applied_a_notice_is_for_information() -> None:
    found = World(products=False, at=datetime(2025, 1, 9, 22, tzinfo=UTC))
    found.settings("authorities", {"authorities": DEVICE_AUTHORITIES})
    outs = notify(found)
    assert rapid(outs) == []
    assert "avant le 10/01/2025" in alerts(outs)[0].facts["sentence_fr"]


def test_where_no_authority_is_registered_the_officer_is_told_and_the_duty_stays_open() -> None:
    found = World(products=False)
    outs = notify(found)
    alert = alerts(outs)[-1]
    assert rapid(outs) == []
    assert "prenez une autre voie" in alert.facts["sentence_fr"]
    assert {d.duty for d in alert.deadlines if d.met_at is None} == {"device_relay", "device_relay_target"}
    target = next(d for d in alert.deadlines if d.duty == "device_relay_target")
    assert target.due == datetime(2026, 1, 27, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, []),
        ({"start": on(2026, 3, 1)}, ["FR-MF-000000001"]),
        ({"reason": Reason(code=" ")}, ["FR-MF-000000001"]),
        ({"exceptional": True}, ["FR-MF-000000001"]),
        ({"serious_harm": SeriousHarm()}, ["FR-MF-000000001"]),
        ({"start": on(2026, 3, 1), "received_from": ReceivedFrom.AUTHORISED_REP, "authorised_rep": firm("IE")}, ["IE-MF-000000001"]),
        ({"start": on(2026, 3, 1), "received_from": ReceivedFrom.AUTHORISED_REP}, ["FR-MF-000000001"]),
        ({"start": on(2026, 3, 1), "from_authority": "device-be"}, []),
        (VOLUNTARY | {"start": on(2026, 3, 1)}, []),
    ],
)
def test_the_notifier_reads_what_is_wrong_with_its_notice(fields: dict[str, Any], told: list[str]) -> None:
    outs = notify(world(), **fields)
    firm_reads = [n.params["instruction_en"] for n in notices(outs) if n.reason.rule.startswith("companies:")]
    assert firm_reads == ["Complete or justify your notice to the agency."] * len(told)
    assert notices(outs, "officers")[0].params["instruction_en"].startswith("Check the notice")
    assert [n.audience.filter.facilities[0] for n in notices(outs) if n.audience.filter and n.audience.filter.facilities] == told


def test_a_late_notice_misses_the_period_and_one_in_exceptional_circumstances_has_none() -> None:
    late = alerts(notify(world(), start=on(2026, 7, 25)))[-1]
    missed = next(d for d in late.deadlines if d.duty == "device_notice")
    assert (missed.met_at, missed.to, missed.due) == (None, "FR-MF-000000001", datetime(2026, 1, 25, 23, tzinfo=UTC))
    spared = alerts(notify(world(), start=on(2026, 3, 1), exceptional=True, exceptional_reason="flood"))[-1]
    assert {d.duty for d in spared.deadlines} == {"device_relay", "device_relay_target"}
    foreign = alerts(notify(world(), from_authority="device-be"))[-1]
    assert foreign.deadlines == ()


def test_the_period_is_reckoned_to_the_first_report() -> None:
    found = world()
    notify(found, start=on(2026, 7, 26))
    found.now += timedelta(days=30)
    outs = notify(found, "n2", previous_id="n1", report=FOLLOW_UP, start=on(2026, 8, 1))
    assert next(d for d in alerts(outs)[0].deadlines if d.duty == "device_notice").met_at == NOW


def test_a_follow_up_goes_to_those_who_were_told_and_cites_what_it_follows() -> None:
    found = world()
    notify(found)
    outs = notify(found, "n2", previous_id="n1", report=FOLLOW_UP, end=on(2027, 2, 1))
    assert next((str(a.step), a.reason) for a in alerts(outs)) == ("updated", "device_notice_updated")
    sent = rapid(outs)
    assert [(r.authority, r.sequence, r.reference) for r in sent] == [(a, 2, "FR/_/1/02") for a in TOLD]
    assert sent[0].follows is not None
    assert sent[0].follows.reference == "FR/_/1/01"
    assert sent[0].defect_details.startswith("In addition to our message FR/_/1/01 of 2026-01-26. ")
    moved = notify(found, "n3", previous_id="n2", report=FOLLOW_UP, end=on(2027, 2, 1), manufacturer=firm("DE"))
    assert [r.authority for r in rapid(moved)] == TOLD


def test_the_final_report_ends_it_for_everyone_who_was_told() -> None:
    found = world()
    notify(found)
    found.order("release")
    outs = notify(found, "n2", previous_id="n1", **OVER)
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("resolved", "device_notice_over")]
    assert [str(n.purpose) for n in notices(outs)] == ["all_clear"]
    said = notices(outs)[0].params
    assert said["sentence_en"] == "Cathéter X: the final report has come, the interruption of supply ended on 2026-01-26."
    assert said["instruction_en"] == "Return to your usual orders."
    ended = alerts(outs)[0].facts
    assert ended["headline_en"] == "Cathéter X: the final report has come, the interruption of supply ended on 2026-01-26"
    assert (ended["headline_fr"], ended["sentence_others_fr"]) == (ended["sentence_fr"].rstrip("."), ended["sentence_fr"])
    assert ended["report"] == "final"
    assert [(r.authority, r.action_taken) for r in rapid(outs)] == [(a, "Closed by the issuing authority") for a in TOLD]
    assert [s.state for s in signals(outs)] == [SignalState.CLEARED]
    assert notify(found, "n2", previous_id="n1", **OVER) == []


@pytest.mark.parametrize(
    ("fields", "reason", "said", "do"),
    [
        (
            {"event": SupplyEvent.DISCONTINUATION, "start": on(2026, 1, 26)},
            "device_gone",
            "supply has ended for good",
            "no longer supplied",
        ),
        ({"end": None}, "no_longer_reported", "does not say whether supply has resumed", "Check with your supplier"),
        ({"end": on(2026, 1, 26)}, "device_notice_over", "the interruption of supply ended on 2026-01-26", "usual orders"),
    ],
)
def test_an_end_says_whether_the_device_is_back_or_gone_or_that_nobody_said_so(
    fields: dict[str, Any], reason: str, said: str, do: str
) -> None:
    found = world()
    notify(found, **fields)
    outs = notify(found, "n2", previous_id="n1", report=FINAL, **fields)
    alert = alerts(outs)[-1]
    assert (alert.reason, str(notices(outs)[0].purpose)) == (reason, "all_clear" if reason == "device_notice_over" else "update")
    assert said in alert.facts["sentence_en"]
    assert do in alert.facts["instruction_en"]


def _moved(outs: list[Any]) -> list[tuple[str, str]]:
    """Versions beside the calls to release it."""
    return [(str(a.step), a.reason) for a in alerts(outs) if a.step is not AlertStep.ESCALATED]


@pytest.mark.parametrize(
    ("first", "last", "said", "ends"),
    [
        ({}, {"end": on(2026, 2, 10)}, "l'interruption est annoncée jusqu'au 10/02/2026", "device_notice_over"),
        ({"end": on(2026, 2, 10)}, {"end": None}, "l'interruption est annoncée jusqu'au 10/02/2026", "device_notice_over"),
        (
            {"event": SupplyEvent.DISCONTINUATION, "start": on(2026, 2, 10), "end": None},
            {"event": SupplyEvent.DISCONTINUATION, "start": on(2026, 2, 10), "end": None},
            "le dispositif reste fourni jusqu'au 10/02/2026",
            "device_gone",
        ),
    ],
)
def test_what_a_final_report_says_is_still_to_come_ends_when_it_has_come(
    first: dict[str, Any], last: dict[str, Any], said: str, ends: str
) -> None:
    found = world()
    notify(found, **first)
    outs = notify(found, "n2", previous_id="n1", report=FINAL, **last)
    assert next((str(a.step), a.reason) for a in alerts(outs)) == ("updated", "device_notice_updated")
    assert said in alerts(outs)[0].facts["sentence_fr"]
    assert {r.action_taken for r in rapid(outs)} == {"Information under Article 10a MDR/IVDR"}
    assert _moved(found.wait(datetime(2026, 2, 9, 22, 59, 59, tzinfo=UTC) - found.now)) == []
    outs = found.wait(timedelta(seconds=1))
    assert _moved(outs) == [("resolved", ends)]
    assert [r.action_taken for r in rapid(outs)] == ["Closed by the issuing authority"] * 3


def test_a_notice_that_runs_out_beside_another_leaves_the_alert_to_the_other() -> None:
    found = world()
    notify(found, "a")
    notify(found, "b")
    notify(found, "a", report=FINAL, end=on(2026, 2, 10))
    outs = found.wait(timedelta(days=20))
    assert _moved(outs) == [("updated", "one_device_notice_over"), ("held", "awaits_release")]
    assert found.alert().facts["notice_ids"] == "b"


def test_of_two_threads_that_become_one_only_the_ones_day_is_waited_for() -> None:
    found = world()
    other = device("4006381333931", basic_udi_di=None)
    notify(found, "i")
    found.now += HOURS
    notify(found, "f2", previous_id="f1", report=FINAL, devices=(other,), end=on(2026, 2, 10))
    notify(found, "f1", previous_id="i", report=FOLLOW_UP)
    timers = [key for key, _ in found.shell.view().items("timer/device_notice/")]
    assert len(timers) == 1
    assert _moved(found.wait(timedelta(days=20))) == [("resolved", "device_notice_over")]


def test_a_cancelled_alert_is_taken_back_from_the_authorities_too() -> None:
    found = world()
    notify(found)
    outs = found.order("cancel")
    assert [r.action_taken for r in rapid(outs)] == ["Closed by the issuing authority"] * 3
    assert alerts(outs)[-1].facts["sentence_others_fr"] == "Cathéter X : l'agence annule son alerte."


def test_a_final_report_without_a_beginning_raises_nothing() -> None:
    found = world()
    assert notify(found, **OVER) == []
    assert notify(found, "n0", report=NoticeReport.INITIAL)[0] is not None


def test_two_notices_on_one_device_are_one_alert_that_ends_with_the_last() -> None:
    found = world()
    notify(found, "a")
    outs = notify(found, "b", sender="device-be", received_from=ReceivedFrom.AUTHORITY, from_authority="device-be")
    assert (alerts(outs)[0].reason, alerts(outs)[0].facts["notice_ids"]) == ("another_device_notice", "a,b")
    assert "1 autre notification en cours." in alerts(outs)[0].facts["sentence_fr"]
    one = notify(found, "a", **OVER)
    assert alerts(one)[0].reason == "one_device_notice_over"
    assert [r.action_taken for r in rapid(one)] == ["Closed by the issuing authority"] * 3
    last = notify(found, "b", sender="device-be", **OVER)
    assert steps(last) == ["resolved"]
    assert rapid(last) == []
    notify(found, "c")
    board = dict(found.shell.view().items("devices/"))
    assert [len(b.threads) for b in board.values()] == [1]


def test_a_notice_passed_on_by_another_authority_is_for_information() -> None:
    found = world()
    message = RapidAlert(
        message_kind=MessageKind.DEVICE_SUPPLY,
        authority="fr",
        sequence=1,
        previous_hash=bytes(32),
        issued_at=NOW,
        device=notice(),
    )
    outs = found.feed("rapidalerts", message, sender="device-be")
    assert alerts(outs)[0].facts["from_authority"] == "device-be"
    assert rapid(outs) == []
    assert found.feed("rapidalerts", replace(message, device=None), sender="device-be") == []


def test_an_exercise_stays_an_exercise() -> None:
    found = world()
    outs = notify(found, nature=Nature.EXERCISE)
    assert {a.nature for a in alerts(outs)} == {Nature.EXERCISE}
    assert [(r.authority, r.nature) for r in rapid(outs)] == [("device-es", Nature.EXERCISE)]


def test_the_withdrawn_french_procedure_is_kept_as_it_was_sent() -> None:
    grid = Criticality(score=12.0, grid="ansm-2024 grid v1, step 2", rationale="sole supplier")
    alert = alerts(notify(world(), **VOLUNTARY, criticality=grid))[0]
    assert alert.facts["context"] == "component: resin out of stock; ansm-2024 grid v1, step 2: 12; sole supplier"
    bare = alerts(notify(world(), **VOLUNTARY, criticality=Criticality(grid="step 1")))[0]
    assert bare.facts["context"].endswith("; step 1")


@pytest.mark.parametrize(
    ("step", "fr", "en"),
    [
        (1, "étape 1, le fabricant gère seul", "step 1, the manufacturer manages alone"),
        (2, "étape 2, déclaration à l'agence", "step 2, declared to the agency"),
        (3, "étape 3", "step 3"),
    ],
)
def test_the_step_of_the_withdrawn_procedure_is_told_to_officers_as_history_and_goes_abroad_with_the_notice(
    step: int, fr: str, en: str
) -> None:
    outs = notify(world(), procedure_step=step)
    facts = alerts(outs)[0].facts
    assert f"Procédure française en deux étapes de 2021 (retirée le 10/01/2025) : {fr}." in facts["sentence_fr"]
    assert f"French two-step procedure of 2021 (withdrawn on 2025-01-10): {en}." in facts["sentence_en"]
    assert (facts["procedure_step"], "Procédure" in facts["sentence_others_fr"]) == (str(step), False)
    assert [r.device.procedure_step for r in rapid(outs) if r.device is not None] == [step] * 3
    assert "procedure_step" not in alerts(notify(world()))[0].facts


@pytest.mark.parametrize("said", [MeasureStatus.PROPOSED, MeasureStatus.AGREED, MeasureStatus.IN_FORCE, MeasureStatus.ENDED])
def test_a_measure_of_the_firm_goes_outside_only_when_an_officer_has_agreed_whatever_the_firm_says(said: MeasureStatus) -> None:
    found = world()
    notify(found, mitigation=(Measure(measure_id="m1", code="stock_build"), Measure(measure_id="m2", code="import", status=said)))
    inside = json.loads(notices(found.last, "officers")[0].params["measures"])
    assert [(m["code"], m["status"]) for m in inside] == [("stock_build", "proposed"), ("import", "proposed")]
    found.order("release")
    assert "measures" not in notices(found.last, "followers")[0].params
    subject = found.alert().subject
    case = f"{subject.kind}:{subject.id}"
    found.order("measure.propose", case, id="m2", code="import", detail="from Spain")
    found.order("measure.agree", case, id="m2")
    found.order("release")
    found.wait(timedelta(minutes=5))
    (outside,) = json.loads(notices(found.outs, "followers")[-1].params["measures"])
    assert (outside["code"], outside["status"], outside["detail"]) == ("import", "agreed", "from Spain")


def test_a_measure_the_firm_gave_up_stays_refused() -> None:
    found = world()
    notify(found, mitigation=(Measure(measure_id="m1", code="import", status=MeasureStatus.REFUSED),))
    assert [m.status for m in alerts(found.last)[-1].measures] == [MeasureStatus.REFUSED]


def test_the_same_report_again_and_an_earlier_step_change_nothing() -> None:
    found = world()
    notify(found)
    assert notify(found) == []
    notify(found, "n1", report=FOLLOW_UP, end=on(2027, 2, 1))
    assert notify(found, "n1", report=NoticeReport.INITIAL, end=on(2027, 3, 1)) == []
    assert notify(found, "n0", report=NoticeReport.INITIAL, end=on(2027, 4, 1)) != []


CHAIN = (
    {"number": "i", "report": NoticeReport.INITIAL},
    {"number": "f1", "previous_id": "i", "report": FOLLOW_UP, "end": on(2027, 2, 1)},
    {"number": "f2", "previous_id": "f1", "report": FOLLOW_UP, "end": on(2027, 3, 1)},
    {"number": "x", "previous_id": "f2", "report": FINAL, "end": on(2027, 3, 2)},
)


@settings(max_examples=30, deadline=None)
@given(some.permutations(range(3)), some.integers(0, 2))
def test_the_order_of_arrival_of_a_chain_changes_nothing(order: list[int], twice: int) -> None:
    found = world()
    for n in [*order, order[twice]]:
        found.now += HOURS
        notify(found, **CHAIN[n])
    alert = found.alert()
    assert (alert.facts["expected_return"], alert.facts["report"]) == ("2027-03-01", "follow_up")
    assert len([f for f in found.files() if not f.ended]) == 1


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_chain_with_its_final_report_is_over_in_every_order(order: tuple[int, ...]) -> None:
    found = world()
    for n in order:
        found.now += HOURS
        notify(found, **CHAIN[n])
    assert len([f for f in found.files() if not f.ended]) == 1
    found.wait(datetime(2027, 3, 1, 23, tzinfo=UTC) - found.now)
    assert [f for f in found.files() if not f.ended] == []


def _link(id_: str, rank: int = 0, previous: str | None = None, minutes: int = 0) -> Link:
    return Link(id=id_, previous=previous, at=NOW + timedelta(minutes=minutes), rank=rank)


@pytest.mark.parametrize(
    ("links", "head"),
    [
        ((_link("i", minutes=9), _link("f", 1, "i")), "f"),
        ((_link("i"), _link("f", 1, "i", 1), _link("g", 1, "i", 2)), "g"),
        ((_link("i"), _link("x", 2, "i", 1), _link("f", 1, "i", 2)), "x"),
        ((_link("i"), _link("x", 2, "i", 1), _link("f", 1, "x", 2)), "f"),
        ((_link("a", 0, "b"), _link("b", 0, "a", 1)), "b"),
        ((_link("a", 0, "a"),), "a"),
    ],
)
def test_what_follows_goes_before_what_came_later(links: tuple[Link, ...], head: str) -> None:
    assert newest(links).id == head
    assert newest(tuple(reversed(links))).id == head


def test_sixteen_reports_are_remembered_and_never_the_one_that_holds_is_lost() -> None:
    links: tuple[Link, ...] = (_link("x", 2),)
    for n in range(1, 30):
        links = placed(links, _link(f"f{n}", 1, None, n))
    assert len(links) == 16
    assert newest(links).id == "x"
    found = world()
    for n in range(20):
        notify(found, f"f{n:02}", previous_id=f"f{n - 1:02}" if n else None, report=FOLLOW_UP, end=on(2027, 2, 1 + n))
    assert len(list(found.shell.view().items("device-fact/"))) == 16
    assert found.alert().facts["expected_return"] == "2027-02-20"


def test_a_name_for_a_firm_that_has_none_is_its_number() -> None:
    alert = alerts(notify(world(), manufacturer=replace(firm(), name=None), devices=()))[0]
    assert alert.facts["name"] == "FR-MF-000000001"


def test_a_restart_keeps_every_notice() -> None:
    found = world()
    notify(found)
    for key, value in found.shell.view().items("dev"):
        assert found.shell.stage.load(key, found.shell.stage.dump(key, value)) == value


def test_two_threads_that_turn_out_to_be_one_are_one_alert() -> None:
    """The report that links them names neither device, and the second had an alert of its own."""
    found = world()
    other = device("4006381333931", basic_udi_di=None)
    first = alerts(notify(found, "i"))[0].alert_id
    found.now += HOURS
    second = alerts(notify(found, "f2", previous_id="f1", report=FOLLOW_UP, devices=(other,)))[0].alert_id
    assert first != second
    outs = notify(found, "f1", previous_id="i", report=FOLLOW_UP)
    assert next((a.alert_id, str(a.step)) for a in alerts(outs)) == (second, "superseded")
    assert found.alert().alert_id == first
    assert found.alert().facts["notice_ids"] == "f2"
    assert [(k.split("/")[1], len(v.links)) for k, v in found.shell.view().items("device/")] == [("actual", 3)]
    assert notify(found, "f1", previous_id="i", report=FOLLOW_UP) == []


def test_a_linking_report_leaves_the_other_device_with_its_own_notice() -> None:
    found = world()
    other = device("4006381333931", basic_udi_di=None)
    notify(found, "i")
    found.now += HOURS
    notify(found, "f2", previous_id="f1", report=FOLLOW_UP, devices=(other,))
    notify(found, "own", devices=(other,))
    outs = notify(found, "f1", previous_id="i", report=FOLLOW_UP)
    assert "autre notification" not in alerts(outs)[0].facts["sentence_fr"]
    assert sorted(str(f.alert.subject.kind) for f in found.files() if not f.ended) == ["basic_udi_di", "udi_di"]


def test_the_same_report_in_two_threads_is_one() -> None:
    """A report under a known number that names another one it follows: both threads hold the number of one of them."""
    found = world()
    notify(found, "a")
    found.now += HOURS
    notify(found, "b")
    found.now += HOURS
    notify(found, "b", previous_id="a", report=FOLLOW_UP)
    assert [len(v.links) for _, v in found.shell.view().items("device/")] == [2]


def test_a_linking_report_of_a_device_whose_alert_is_over_moves_nothing_of_it() -> None:
    found = world()
    other = device("4006381333931", basic_udi_di=None)
    notify(found, "i")
    found.now += HOURS
    notify(found, "f2", previous_id="f1", report=FOLLOW_UP, devices=(other,))
    second = next(f.alert.alert_id for f in found.files() if f.alert.subject.kind is SubjectKind.UDI_DI)
    found.order("cancel", target=second)
    outs = notify(found, "f1", previous_id="i", report=FOLLOW_UP)
    assert {a.alert_id for a in alerts(outs)} == {f.alert.alert_id for f in found.files() if not f.ended}


def test_a_final_report_nobody_was_told_the_beginning_of_is_not_passed_on() -> None:
    found = world()
    notify(found, "x", **OVER)
    outs = notify(found, "a")
    assert {r.reference for r in rapid(outs)} == {"FR/_/1/01"}
    assert [r.action_taken for r in rapid(notify(found, "y", **OVER))] == []


def test_another_policy_looks_at_open_notices_again() -> None:
    found = world()
    notify(found, start=on(2026, 8, 1))
    outs = found.settings("policy", {"duty": {"device_notice_months": 7}})
    assert "il en faut 7 mois" in alerts(outs)[-1].facts["sentence_fr"]
    assert alerts(outs)[-1].reason != "device_notice"
    notify(found, **OVER)
    assert found.settings("policy", {"duty": {"device_notice_months": 8}}) == []
