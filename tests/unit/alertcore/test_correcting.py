"""Corrections, contests and what persons have seen: what they change, who is told, and what they leave alone."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertcore.records.shortage import DeclarationStep
from tests.unit.alertcore.cases_world import HOURS, NOW, World, alerts, notices, published, rapid, status, steps
from tests.unit.alertcore.test_case_orders import reason_of

RIGHT = {"text_fr": "C'est le lot B.", "text_en": "It is lot B."}
TWO = [{"kind": "defect", "audience": "professionals", "gate": "two"}, {"kind": "defect", "gate": "automatic"}]


def test_a_correction_goes_to_exactly_those_who_were_told_with_the_officers_words() -> None:
    of = World()
    of.declare()
    outs = of.order("correct", **RIGHT, reason="a slip")
    (version,) = alerts(outs)
    assert (str(version.step), version.reason, version.facts["sentence_en"]) == ("corrected", "corrected_by_officer", "It is lot B.")
    (told,) = notices(outs)
    assert told.audience.recipients_of == version.alert_id
    assert (str(told.purpose), told.params["sentence_fr"]) == ("correction", "C'est le lot B.")
    assert "a slip" not in json.dumps(told.params)
    (public,) = published(outs)
    assert (public.text.en, str(public.step)) == ("It is lot B.", "corrected")


def test_authorities_who_were_told_of_a_defect_read_the_correction_and_no_other_does() -> None:
    of = World(gates=[{"kind": "defect", "gate": "automatic"}])
    of.report()
    before = {r.authority for r in rapid(of.outs)}
    of.settings("authorities", {"authorities": [{"id": a, "country": "BE"} for a in (*sorted(before), "authority-new")]})
    outs = of.order("correct", **RIGHT)
    assert {r.authority for r in rapid(outs)} == before
    assert all(r.defect_details.startswith("It is lot B.") and r.message_no == 2 and r.follows is not None for r in rapid(outs))


def test_what_waits_for_a_release_is_corrected_too_and_nobody_hears_of_it_who_had_not_heard() -> None:
    of = World()
    of.report()
    outs = of.order("correct", **RIGHT)
    assert rapid(outs) == []
    assert published(outs) == []
    outs = of.order("release")
    assert {n.params["sentence_en"] for n in notices(outs)} == {"It is lot B."}


def test_a_correction_stays_while_the_rule_says_the_same_and_goes_when_it_says_something_else() -> None:
    of = World()
    of.declare()
    wrong = of.alert().facts["sentence_en"]
    of.order("correct", **RIGHT)
    assert of.order("measure", code="police_import") != []
    assert of.alert().facts["sentence_en"] == "It is lot B."
    assert of.order("measure", code="police_import") == []
    of.declare("e1", "lab-b", declared_at=NOW + HOURS)
    assert of.alert().facts["sentence_en"] not in ("It is lot B.", wrong)
    assert not [k for k in of.alert().facts if k.startswith("original/sentence")]


def test_the_same_facts_again_do_not_undo_a_correction() -> None:
    of = World()
    of.snapshot("s0")
    of.snapshot("s1", status("s1", 1))
    of.order("correct", **RIGHT)
    assert steps(of.snapshot("s2", status("s2", 1))) == []
    assert of.alert().facts["sentence_en"] == "It is lot B."


def test_the_end_of_a_corrected_alert_reads_as_every_end() -> None:
    of = World()
    of.declare()
    of.order("correct", **RIGHT)
    outs = of.declare("d2", previous_id="d1", step=DeclarationStep.RETURN, declared_at=NOW + HOURS)
    assert notices(outs)[0].params["sentence_en"] != "It is lot B."


@pytest.mark.parametrize(
    "params",
    [
        {"text_fr": "x"},
        {"text_fr": "x", "text_en": " "},
        {"headline_fr": "x", "headline_en": "x"},
        {**RIGHT, "headline_fr": "x"},
        {**RIGHT, "colour_fr": "x", "colour_en": "x"},
        {"text_fr": "x", "text_en": "x" * 4001},
    ],
)
def test_a_correction_that_is_not_whole_changes_nothing(params: dict[str, str]) -> None:
    of = World()
    of.declare()
    assert reason_of(of, "correct", of.alert().alert_id, **params) == "unknown_value"


def test_a_correction_needs_a_reason_and_an_open_alert() -> None:
    of = World()
    of.declare()
    alert = of.alert().alert_id
    assert reason_of(of, "correct", alert, reason=" ", **RIGHT) == "no_reason"
    of.order("cancel")
    assert reason_of(of, "correct", alert, **RIGHT) == "alert_ended"


def test_where_two_persons_had_to_release_two_must_say_the_same_correction() -> None:
    of = World(gates=TWO)
    of.report()
    assert [n for n in notices(of.order("correct", **RIGHT)) if str(n.purpose) == "correction"] != []
    of = World(gates=TWO)
    of.report()
    of.order("release")
    of.order("release", by="officer-2")
    outs = of.order("correct", **RIGHT)
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("updated", "awaits_second_person")]
    assert {n.reason.rule for n in notices(outs)} == {"officers"}
    assert reason_of(of, "correct", of.alert().alert_id, **RIGHT) == "same_person"
    other = {**RIGHT, "text_en": "It is lot C."}
    assert steps(of.order("correct", by="officer-2", **other)) == ["updated"]
    assert steps(of.order("correct", by="officer-1", **other)) == ["corrected"]


def test_a_company_that_contests_is_heard_by_officers_alone_and_the_alert_stays() -> None:
    of = World()
    of.declare()
    outs = of.order("contest", company="lab-a", text="we have stock")
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("contested", "contested_by_company")]
    assert {n.reason.rule for n in notices(outs)} == {"officers"}
    assert notices(outs)[0].params["sentence_en"].startswith("lab-a contests this alert: “we have stock”")
    of.declare("e1", "lab-b", declared_at=NOW + HOURS)
    assert json.loads(of.alert().facts["contest/lab-a"])["text"] == "we have stock"
    assert not [n for n in notices(of.last) if "contest/lab-a" in n.params]
    assert reason_of(of, "contest", of.alert().alert_id, company="lab-z", text="no") == "not_its_company"
    assert reason_of(of, "contest", of.alert().alert_id, company="lab-a", text=" ") == "unknown_value"


def test_a_person_acknowledges_a_content_once_and_the_next_anew() -> None:
    of = World()
    of.declare()
    outs = of.order("ack")
    assert steps(outs) == ["acknowledged"]
    assert notices(outs) == []
    assert of.order("ack") == []
    assert steps(of.order("ack", by="officer-2")) == ["acknowledged"]
    of.declare("e1", "lab-b", declared_at=NOW + HOURS)
    assert steps(of.order("ack")) == ["acknowledged"]


def test_an_acknowledgement_stops_no_call_for_a_release() -> None:
    of = World()
    of.report()
    of.order("ack")
    assert [a.reason for a in alerts(of.wait(timedelta(minutes=15)))] == ["release_limit_passed"]


ACTS = st.lists(st.sampled_from(["release_professionals", "release_patients", "release_all", "update", "correct", "wait"]), max_size=7)


@settings(max_examples=40, deadline=None)
@given(ACTS)
def test_however_an_alert_went_before_a_correction_reaches_those_told_and_no_group_by_name(acts: list[str]) -> None:
    of = World()
    of.report()
    for n, act in enumerate(acts):
        of.now += HOURS
        if act == "update":
            of.report(received_at=of.now, details=f"more {n}")
        elif act == "wait":
            of.wait(HOURS)
        elif act == "correct":
            of.order("correct", text_fr=f"v{n}", text_en=f"v{n}")
        else:
            audience = act.removeprefix("release_")
            of.order("release", **({} if audience == "all" else {"audience": audience}))
    told = {n.reason.rule for n in notices(of.outs) if n.audience.filter is not None}
    outs = of.order("correct", text_fr="v", text_en="v")
    assert {(n.audience.recipients_of, n.audience.filter) for n in notices(outs)} == {(of.alert().alert_id, None)}
    *own, rest = [n.receiver for n in notices(outs)]
    assert rest == ""
    assert own == [] or set(own) == {n.receiver for n in notices(of.outs) if n.receiver}
    assert {t.group for f in of.files() for t in f.told} == told - {"recipients"}
    assert bool(rapid(outs)) == any(
        str(a.step) == "released" and "authorities" in (a.release.audiences if a.release else ()) for a in alerts(of.outs)
    )


def test_what_has_ended_is_neither_acknowledged_nor_contested() -> None:
    of = World()
    of.declare()
    target = of.alert().alert_id
    of.order("cancel", target)
    assert reason_of(of, "ack", target) == "alert_ended"
    assert reason_of(of, "contest", target, company="lab-a", text="we have stock") == "alert_ended"
