"""Release gates: who must release what, and what happens while nobody does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from alertcore.cases.gates import next_call
from alertcore.records.defect import DefectStep, YesNo
from alertcore.records.hub import Command
from alertcore.stage import Message
from tests.unit.alertcore.cases_world import HOURS, NOW, World, alerts, defect, groups, notices, rapid, steps

MINUTES = timedelta(minutes=1)
TWO = [{"kind": "defect", "audience": "professionals", "gate": "two"}]


def reason_of(world: World, action: str, **fields: str) -> str:
    """The reason of the decision on a command, from the stage itself."""
    target = fields.pop("target", "") or world.files()[0].alert.alert_id
    by = fields.pop("by", "officer-1")
    order = Command(command_id="c", by=by, action=action, target=target, at=world.now, params=fields)
    message = Message(
        value=order, kind="command", key="a", at=world.now, partition=0, offset=99, event_id=f"evt_{action}_{by}_{target}_{fields}"
    )
    return world.shell.stage.decide(world.shell.view(), message).reason


def test_one_person_releases_everything_that_waits() -> None:
    world = World()
    world.report()
    outs = world.order("release")
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("released", "released_by_officer")]
    release = world.alert().release
    assert release is not None
    assert release.audiences == ("officers", "companies", "professionals", "patients", "authorities", "public")
    assert (release.by, release.at, release.until) == (("officer-1",), NOW, None)


def test_audiences_may_be_released_one_after_the_other() -> None:
    world = World()
    world.report()
    assert groups(world.order("release", audience="authorities")) == {}
    assert len(rapid(world.outs)) == 3
    release = world.alert().release
    assert release is not None
    assert release.until == NOW + 15 * MINUTES
    assert set(groups(world.order("release", audience="professionals, patients"))) == {
        "supply_chain",
        "recall_followers",
        "recall_patients",
    }
    assert len(rapid(world.outs)) == 3


def test_two_persons_are_two_different_persons() -> None:
    world = World(gates=TWO)
    world.report()
    outs = world.order("release", audience="professionals")
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("held", "awaits_second_person")]
    assert notices(outs) == []
    assert world.order("release", audience="professionals") == []
    assert reason_of(world, "release", audience="professionals") == "same_person"
    outs = world.order("release", by="officer-2", audience="professionals")
    assert steps(outs) == ["released"]
    assert set(groups(outs)) == {"supply_chain", "recall_followers"}
    release = world.alert().release
    assert release is not None
    assert release.by == ("officer-1", "officer-2")


def test_one_order_may_complete_some_audiences_and_only_begin_others() -> None:
    world = World(gates=TWO)
    world.report()
    assert set(groups(world.order("release"))) == {"recall_patients"}
    assert set(groups(world.order("release", by="officer-2"))) == {"supply_chain", "recall_followers"}


def test_new_content_takes_the_first_persons_word_back() -> None:
    world = World(gates=TWO)
    world.report()
    world.order("release", audience="professionals")
    world.report(step=DefectStep.UPDATE, received_at=NOW + HOURS, details="worse")
    assert notices(world.order("release", by="officer-2", audience="professionals")) == []


def test_time_never_releases_anything_but_calls_the_officers_again_and_again() -> None:
    world = World()
    world.report()
    assert world.wait(15 * MINUTES - timedelta(seconds=1)) == []
    outs = world.wait(timedelta(seconds=1))
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("escalated", "release_limit_passed")]
    assert [(n.reason.rule, str(n.purpose), str(n.lane)) for n in notices(outs)] == [("officers", "reminder", "urgent")]
    assert len(notices(world.wait(15 * MINUTES))) == 1
    assert len(notices(world.wait(29 * MINUTES))) == 0
    assert len(notices(world.wait(MINUTES))) == 1
    release = world.alert().release
    assert release is not None
    assert release.audiences == ("officers", "companies")


def test_calls_double_up_to_thirty_days() -> None:
    waits = [next_call(NOW, NOW, n) - NOW for n in (0, 1, 2, 11, 12, 60)]
    assert waits == [
        15 * MINUTES,
        30 * MINUTES,
        60 * MINUTES,
        timedelta(minutes=15 * 2048),
        timedelta(days=30),
        timedelta(days=30),
    ]


def test_the_limit_falls_with_the_release_and_with_the_end() -> None:
    world = World()
    world.report()
    world.order("release")
    assert world.shell.head().due == NOW + timedelta(days=365), "what stands is told again in a year"
    other = World()
    other.report()
    other.report(step=DefectStep.CLOSED, received_at=NOW + HOURS)
    assert other.shell.head().due is None


def test_an_automatic_gate_releases_at_once_and_a_gate_may_hold_a_shortage() -> None:
    free = World(gates=[{"kind": "defect", "gate": "automatic"}])
    outs = free.report()
    assert steps(outs) == ["raised", "released"]
    assert len(rapid(outs)) == 3
    assert all(d.met_at == NOW and d.by == "hub" for d in free.alert().deadlines)
    held = World(gates=[{"kind": "shortage", "audience": "patients", "gate": "one"}])
    outs = held.declare()
    assert steps(outs) == ["raised", "held"]
    assert "patients" not in groups(outs)
    assert groups(held.order("release")) == {"patients": "alert"}


def test_the_alert_names_the_version_of_the_policy_it_was_decided_under() -> None:
    world = World(gates=TWO)
    world.report()
    assert world.alert().policy_version == 1
    world.settings("policy", {"release": []})
    world.report(step=DefectStep.UPDATE, received_at=NOW + HOURS, details="more")
    assert world.alert().policy_version == 2


def test_an_order_that_cannot_be_done_changes_nothing_and_says_why() -> None:
    world = World()
    world.report()
    assert reason_of(world, "dance") == "unknown_action"
    assert reason_of(world, "held.accept") == "held_by_the_door"
    assert reason_of(world, "release", by=" ".strip()) == "no_person"
    assert reason_of(world, "cancel") == "no_reason"
    assert reason_of(world, "release", target="alr_none") == "unknown_alert"
    assert reason_of(world, "release", audience="everybody") == "unknown_audience"
    assert reason_of(world, "release", audience="officers") == "nothing_to_release"
    world.order("cancel")
    assert reason_of(world, "release") == "alert_ended"


def test_a_cancelled_alert_takes_its_instructions_back_and_tells_officers_alone_why() -> None:
    world = World()
    world.report()
    world.order("release")
    outs = world.order("cancel", reason="wrong product")
    told = notices(outs)[0].params
    assert told["instruction_en"] == "Disregard our earlier message on this subject."
    assert told["sentence_fr"] == "AMOXIDEMO 500 mg, gélule : l'agence annule son alerte."
    assert "cancelled_because" not in told
    assert alerts(outs)[0].facts["cancelled_because"] == "wrong product"


def test_a_person_who_released_and_then_cancels_is_named_once() -> None:
    world = World()
    world.report()
    world.order("release", audience="public")
    world.order("release")
    outs = world.order("cancel")
    release = alerts(outs)[0].release
    assert release is not None
    assert release.by == ("officer-1",)


def test_what_is_saved_again_with_the_same_limit_is_rung_once() -> None:
    world = World()
    world.report()
    world.order("release", audience="authorities")
    world.acknowledge("authority-be")
    assert len(notices(world.wait(15 * MINUTES))) == 1


def test_an_instant_that_was_overtaken_and_came_back_is_rung_once() -> None:
    world = World(gates=[{"kind": "defect", "gate": "one", "limit_min": 60}])
    day_before = NOW - 24 * HOURS
    world.report("q1", reached_patients=YesNo.YES, serious_risk_at=day_before, reached_patients_at=day_before + 10 * MINUTES)
    earlier = defect("q2", reached_patients=YesNo.YES, serious_risk_at=day_before, reached_patients_at=day_before + 5 * MINUTES)
    world.feed("quality.defects", earlier)
    assert world.shell.head().due == NOW + 5 * MINUTES
    world.feed("quality.defects", replace(earlier, step=DefectStep.CLOSED))
    assert world.shell.head().due == NOW + 10 * MINUTES
    assert len(notices(world.wait(10 * MINUTES))) == 1


def test_where_even_officers_wait_for_a_person_an_end_is_told_to_nobody() -> None:
    world = World(gates=[{"kind": "defect", "gate": "one"}])
    assert notices(world.report()) == []
    outs = world.report(step=DefectStep.CLOSED, received_at=NOW + HOURS)
    assert steps(outs) == ["resolved"]
    assert notices(outs) == []
