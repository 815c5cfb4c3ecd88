"""Corrections at other authorities: of a device notice and of a shortage report, to exactly those who were told."""

from __future__ import annotations

from alertcore.cases.rapid_shortage import recipients
from alertcore.records.device import NoticeReport
from alertcore.records.shared import Nature
from alertcore.register import read_authorities
from tests.unit.alertcore.cases_world import AUTHORITIES, alerts, rapid
from tests.unit.alertcore.device_world import DEVICE_AUTHORITIES, TOLD, notify, on, world
from tests.unit.alertcore.test_correcting import RIGHT
from tests.unit.alertcore.test_rule_major_event import BODIES, answered, asked, only


def test_a_corrected_device_alert_is_told_as_a_follow_up_to_those_who_were_told_and_no_other() -> None:
    found = world()
    notify(found)
    found.settings("authorities", {"authorities": [*DEVICE_AUTHORITIES, {"id": "device-new", "member_state": True, "domains": ["device"]}]})
    outs = found.order("correct", **RIGHT)
    assert [str(a.step) for a in alerts(outs)] == ["corrected"]
    assert [(r.authority, r.message_no) for r in rapid(outs)] == [(a, 2) for a in TOLD]
    assert all(r.follows is not None and r.action_taken != "Closed by the issuing authority" for r in rapid(outs))


def test_a_device_notice_that_is_closed_at_the_authorities_is_not_told_again_by_a_correction() -> None:
    found = world()
    notify(found, devices=())
    notify(found, "n2", devices=())
    first = {r.serial for r in rapid(found.outs)}
    notify(found, "n3", previous_id="n2", report=NoticeReport.FINAL, end=on(2026, 1, 26), devices=())
    outs = found.order("correct", **RIGHT)
    assert len(first) == 2
    assert {r.serial for r in rapid(outs)} == {min(first)}


def test_a_corrected_report_of_a_shortage_is_told_with_the_officers_words_to_those_who_were_told() -> None:
    found = asked()
    first = answered(found)
    new = {"id": "authority-later", "domains": ["shortage"]}
    found.settings("authorities", {"authorities": [*AUTHORITIES, *BODIES, new]})
    outs = found.order("correct", only(found).alert_id, **RIGHT)
    assert [(r.authority, r.message_no) for r in rapid(outs)] == [(r.authority, 2) for r in first]
    assert all(r.defect_details == f"In addition to our message FR/_/1/01 of 2026-01-26. {RIGHT['text_en']}" for r in rapid(outs))


def test_a_correction_of_a_question_that_was_reported_to_nobody_tells_no_authority() -> None:
    found = asked()
    assert rapid(found.order("correct", only(found).alert_id, **RIGHT)) == []


def test_a_contact_test_has_no_authorities_and_an_exercise_those_who_take_part() -> None:
    able = [
        {"id": "a", "domains": ["shortage"]},
        {"id": "b", "domains": ["shortage"], "exercises": True},
        {"id": "c", "domains": ["defect"]},
    ]
    everyone = read_authorities({"authorities": able}).authorities
    told = {nature: [a.id for a in recipients(everyone, nature)] for nature in (Nature.ACTUAL, Nature.EXERCISE, Nature.TEST)}
    assert told == {Nature.ACTUAL: ["a", "b"], Nature.EXERCISE: ["b"], Nature.TEST: []}
