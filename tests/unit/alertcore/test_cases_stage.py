"""The stage as a whole: repeats, settings, restarts, time, and what it leaves alone."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from alertcore.cases.reasons import Outcome
from alertcore.records.defect import DefectProduct, DefectStep, YesNo
from alertcore.records.hub import SettingName, SettingsFile, Tick
from alertcore.records.notice import Receipt
from alertcore.records.rapid import AckLevel
from alertcore.stage import Message
from tests.unit.alertcore.cases_world import CIS, HOURS, NOW, World, alerts, declaration, notices, product, rapid, status, steps

DAY = timedelta(days=1)


def a_day(world: World, restart: bool) -> list[tuple[str, str, bytes]]:
    """Some of everything; with a restart before every step. What was written, to the byte."""
    acts: list[Any] = [
        lambda: world.declare(),
        lambda: world.declare("e1", "lab-b"),
        lambda: world.report(reached_patients=YesNo.YES),
        lambda: world.wait(15 * timedelta(minutes=1)),
        lambda: world.order("release", target=next(f.alert.alert_id for f in world.files() if f.alert.kind == "defect")),
        lambda: world.snapshot("s0", status("", 1)),
        lambda: world.snapshot("s1", status("", 2)),
        lambda: world.report("q2", details="other"),
        lambda: world.wait(2 * DAY),
        lambda: world.report(step=DefectStep.CLOSED, received_at=NOW + HOURS),
        lambda: world.declare("e1", "lab-b"),
    ]
    for act in acts:
        if restart:
            world.shell.reopen()
        act()
    return [(o.topic, o.key, o.wire.value) for o in world.outs]


def test_a_restart_at_any_point_gives_the_same_to_the_byte() -> None:
    assert a_day(World(), restart=True) == a_day(World(), restart=False)


def reason(world: World, kind: str, value: Any, event: str = "evt_new") -> str:
    """The reason the stage itself gives."""
    message = Message(value=value, kind=kind, key="a", at=world.now, partition=0, offset=999, event_id=event)
    found = world.shell.stage.decide(world.shell.view(), message).reason
    world.shell.view().memo.clear()
    return found


def test_the_same_event_id_is_a_repeat_whatever_it_says_until_it_is_forgotten() -> None:
    world = World()
    world.feed("shortage.declarations", declaration(), event="evt_one")
    assert reason(world, "shortage.declarations", declaration("d2"), "evt_one") == Outcome.REPEAT
    world.now += timedelta(days=399)
    world.feed("shortage.declarations", declaration("d3", declared_at=world.now), event="evt_two")
    assert reason(world, "shortage.declarations", declaration("d2"), "evt_one") == Outcome.REPEAT
    world.now += timedelta(days=2)
    world.feed("shortage.declarations", declaration("d4", declared_at=world.now), event="evt_three")
    assert reason(world, "shortage.declarations", declaration("d5", declared_at=world.now), "evt_one") == "declaration_updated"
    assert [k for k, _ in world.shell.view().items("seen/") if k.endswith("evt_one")] == []


def test_an_event_without_an_id_is_never_a_repeat() -> None:
    world = World()
    assert reason(world, "shortage.declarations", declaration(), "") == "declared_rupture"


def test_settings_rise_by_one_with_each_new_content_and_not_with_the_same() -> None:
    world = World()
    for content, version in (({"fresh_share": 0.5}, 1), ({"fresh_share": 0.5}, 1), ({"fresh_share": 0.7}, 2), ({}, 3)):
        world.settings("policy", content)
        assert world.shell.view().get("setting/policy").version == version  # type: ignore[union-attr]


def test_settings_that_cannot_be_read_leave_those_in_force() -> None:
    world = World()
    world.settings("policy", {"fresh_share": 7})
    world.settings("policy", "no json")
    assert world.shell.view().get("setting/policy") is None
    officers = {"route": {"receiver": "desk"}, "receivers": [{"name": "desk", "audience": {"kinds": ["officer"], "mandatory": True}}]}
    world.settings("routes", officers | {"lines": {"route": 1}})
    for wrong in ({"anything": True}, officers | {"lines": 7}, officers | {"receivers": []}):
        world.settings("routes", wrong)
        assert world.shell.view().get("setting/routes").version == 1  # type: ignore[union-attr]
        file = SettingsFile(name=SettingName.ROUTES, content=json.dumps(wrong), sha256="other", by="operator", at=world.now)
        assert reason(world, "routes", file) == Outcome.SETTINGS_UNUSABLE
    world.declare()
    assert [n.receiver for n in notices(world.wait(timedelta(seconds=30)))] == ["desk"]


def test_reference_data_of_a_medicine_is_gathered_from_its_packs() -> None:
    world = World()
    world.feed("reference.products", product(cip13="3400960000002", company="lab-b", atc=None, substances=(), form=""))
    found = world.shell.view().get(f"medicine/{CIS}")
    assert found is not None
    assert (found.packs, found.companies, found.atc, found.form) == (
        ("3400960000001", "3400960000002"),
        ("lab-a", "lab-b"),
        "J01CA04",
        "gélule",
    )
    assert reason(world, "reference.products", product(cip13="3400960000002", company="lab-b")) == Outcome.NOTHING_NEW


def test_what_has_no_rule_is_left_alone_and_what_nobody_waits_for_changes_nothing() -> None:
    world = World()
    assert reason(world, "nothing.known", Tick(at=NOW)) == Outcome.KIND_WITHOUT_RULE
    receipt = Receipt(notice_id="ntc_x", version=1, total=3, acknowledged=3)
    assert reason(world, "receipt", receipt) == Outcome.RECEIPT_COUNTED
    assert world.feed("receipt", receipt) == []
    assert reason(world, "tick", Tick(at=NOW)) == Outcome.TICK


def test_due_is_the_earliest_of_all_alerts() -> None:
    world = World()
    world.report("q1", reached_patients=YesNo.YES, reached_patients_at=NOW)
    world.now += timedelta(minutes=5)
    world.report("q2", product=other_product("60000002"), received_at=world.now)
    assert world.shell.head().due == NOW + timedelta(minutes=15)
    first = next(f.alert.alert_id for f in world.files() if f.alert.subject.id == CIS)
    world.order("release", target=first)
    assert world.shell.head().due == NOW + timedelta(minutes=20)
    outs = world.wait(timedelta(minutes=15))
    assert [a.subject.id for a in alerts(outs)] == ["60000002"]


def other_product(cis: str) -> Any:
    """A defect's product."""
    return DefectProduct(name="OTHER", cis=cis)


def test_two_alerts_due_at_one_instant_are_rung_in_one_tick() -> None:
    world = World()
    world.report("q1")
    world.report("q2", product=other_product("60000002"))
    assert sorted(a.subject.id for a in alerts(world.wait(timedelta(minutes=15)))) == [CIS, "60000002"]


def test_an_alert_version_names_the_message_that_decided_it_and_the_program() -> None:
    world = World()
    world.declare()
    found = world.alert()
    assert (found.origin.topic, found.origin.partition, found.origin.offset, found.program) == ("cases.log", 0, 2, "test")


def test_the_all_clear_never_goes_out_before_the_alert() -> None:
    world = World()
    world.report()
    world.order("release")
    world.acknowledge("authority-be", AckLevel.READ)
    world.report(step=DefectStep.CLOSED, received_at=NOW + HOURS)
    told = [(o.value.receiver, str(o.value.purpose)) for o in world.outs if o.topic == "notices"]
    whom = ("officers", "companies:lab-a", "supply_chain", "recall_followers", "recall_patients")
    assert sorted(told[:5]) == sorted((name, "alert") for name in whom)
    assert sorted(told[5:]) == sorted((name, "all_clear") for name in whom)
    assert steps(world.last) == ["resolved"]
    assert len(rapid(world.last)) == 3
