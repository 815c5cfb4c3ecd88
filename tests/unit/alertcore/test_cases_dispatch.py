"""Who is told through a routing file, by the whole stage: when it comes into force, what waits for a person, escalation, verdicts, ends."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from alertcore.agency import Agency
from alertcore.cases import covering
from alertcore.cases.desk import Desk, Moved
from alertcore.dispatch.shipped import SHIPPED
from alertcore.dispatch.state import ROUTING, RoutingState
from alertcore.policy import Policy
from alertcore.records.alert import AlertKind, CellUnit, Severity, SignalCell, SignalState
from alertcore.records.dispatch import Silence, Verdicts
from alertcore.records.notice import Receipt
from alertcore.records.shared import Nature, Subject, SubjectKind
from alertcore.records.shortage import DeclarationStep, DeclaredNature
from alertcore.stage import Message
from alertcore.statejson import json_text
from streams.emitting import Out
from tests.unit.alertcore.cases_world import CIS, HOURS, NOW, World, alerts, ends, notices, of, product, signal, steps
from tests.unit.alertcore.routed_world import MINUTE, Routed, concerned, each, everybody, fates, followers, heard

RETURN, UPDATE = DeclarationStep.RETURN, DeclarationStep.UPDATE
OFFICERS = everybody("officers", "officer")
AT_ONCE = {"group_by": ["alert"], "group_wait": "0s", "group_interval": "0s", "repeat_interval": "1y"}
NIGHTS = {
    "time_intervals": [
        {
            "name": "nights",
            "time_intervals": [{"times": [{"start_time": "20:00", "end_time": "24:00"}, {"start_time": "00:00", "end_time": "06:00"}]}],
        }
    ]
}


def back(world: World, number: str = "d9", company: str = "lab-a", **fields: Any) -> list[Out]:
    """A company's medicine is back in supply."""
    return world.declare(number, company, step=RETURN, declared_at=world.now, **fields)


def test_another_routing_file_tells_nothing_again_and_a_new_receiver_hears_what_stands() -> None:
    world = Routed(AT_ONCE | {"routes": each("officers", "companies", "readers")}, OFFICERS, concerned(), followers("readers", "physician"))
    world.declare()
    assert heard(world.last) == [("companies:lab-a", "alert"), ("officers", "alert"), ("readers", "alert")]
    depots = everybody("depots", "wholesaler")
    outs = world.routes(AT_ONCE | {"group_by": ["kind"], "routes": each("depots", "officers", "companies")}, OFFICERS, concerned(), depots)
    assert heard(outs + world.wait(MINUTE)) == [("depots", "alert")]
    outs = world.declare("e1", "lab-b") + world.wait(MINUTE)
    now = [("companies:lab-a", "update"), ("companies:lab-b", "alert"), ("depots", "update"), ("officers", "update"), ("readers", "update")]
    assert heard(outs) == now, "who is no receiver any more hears how it goes on"
    (gone,) = notices(outs, "readers")
    assert gone.audience.recipients_of == world.alert().alert_id
    back(world)
    outs = back(world, "e9", "lab-b") + world.wait(MINUTE)
    assert set(ends(outs)) == {name for name, _ in now}
    assert [v for v in of(world.outs, Verdicts) if any(c.routing not in ("1", "2") for c in v.chains)] == []


def test_who_is_muted_at_night_hears_in_the_morning_what_was_released_to_them_and_not_what_waits() -> None:
    root = AT_ONCE | {"routes": each("officers") + each("pharmacies", mute_time_intervals=["nights"])}
    gates = [{"kind": "shortage", "audience": "professionals", "gate": "one"}]
    pharmacies = everybody("pharmacies", "community_pharmacy")
    world = Routed(root, OFFICERS, pharmacies, more=NIGHTS, gates=gates, at=NOW + 12 * HOURS)
    world.declare()
    released = alerts(world.order("release"))[-1].version
    world.declare("e1", "lab-b", declared_at=world.now)
    assert world.alert().version > released
    assert [n for n in notices(world.outs) if n.receiver == "pharmacies"] == []
    (told,) = [n for n in notices(world.wait(10 * HOURS)) if n.receiver == "pharmacies"]
    assert (told.not_before, str(told.purpose)) == (datetime.fromisoformat("2026-01-27T06:00:00+00:00"), "alert")
    assert [(r.alert_id, r.version) for r in told.alerts] == [(world.alert().alert_id, released)]
    assert ("et 1 autre" in told.params["sentence_fr"], "et 1 autre" in world.alert().facts["sentence_fr"]) == (False, True)
    (told,) = [n for n in notices(world.order("release")) if n.receiver == "pharmacies"]
    assert (str(told.purpose), "et 1 autre" in told.params["sentence_fr"]) == ("update", True)


def escalated(until: str = "any", **step: Any) -> Routed:
    """Officers are told; a quarter of an hour later one of them is called, unless that was acknowledged."""
    calls = [{"wait": "15m", "audience": {"kinds": ["officer"], "facilities": ["o-17"]}, "channels": ["sms"], "until": until, **step}]
    world = Routed(AT_ONCE, OFFICERS | {"escalation": calls})
    world.declare()
    return world


def test_nobody_acknowledges_so_the_next_is_called() -> None:
    world = escalated()
    (told,) = notices(world.last)
    assert (str(told.ack), told.ack_due) == ("any", NOW + 15 * MINUTE)
    assert notices(world.wait(14 * MINUTE)) == []
    (call,) = notices(world.wait(MINUTE))
    whom = call.audience.filter
    assert whom is not None
    assert (call.receiver, str(call.purpose), whom.facilities, [str(c) for c in call.channels]) == (
        "officers",
        "escalation",
        ("o-17",),
        ["sms"],
    )
    assert fates(world.last, world.alert().alert_id)[0][:2] == ("officers#1", ("routed", "escalated"))


@pytest.mark.parametrize(
    ("until", "step", "acknowledged", "called"),
    [
        ("any", {}, 0, True),
        ("any", {}, 1, False),
        ("n_of_m", {"n": 2}, 1, True),
        ("n_of_m", {"n": 2}, 2, False),
        ("each", {}, 2, True),
        ("each", {}, 3, False),
    ],
)
def test_so_many_acknowledgements_end_the_calls(until: str, step: dict[str, Any], acknowledged: int, called: bool) -> None:
    world = escalated(until, **step)
    (told,) = notices(world.last)
    world.feed("receipt", Receipt(notice_id=told.notice_id, version=1, total=3, acknowledged=acknowledged))
    world.shell.reopen()
    assert bool(notices(world.wait(15 * MINUTE))) is called


def test_an_officer_who_takes_an_alert_on_ends_its_calls() -> None:
    world = escalated()
    outs = world.order("ack", by="officer-2")
    assert [f for f in fates(outs, world.alert().alert_id) if "acknowledged" in f[1]] == [
        ("officers", ("routed", "acknowledged"), "officer-2")
    ]
    assert notices(world.wait(HOURS)) == []


def regional(world: World, state: SignalState = SignalState.RAISED) -> list[Out]:
    """A region lacks the medicine."""
    cells = (SignalCell(region="11", value=2.0, threshold=3.0, unit=CellUnit.DAYS),)
    given: dict[str, Any] = {"severity": Severity.SEVERE, "cells": cells, "numbers": {"least_days": 2.0}}
    return world.feed("signal", signal("coverage", SubjectKind.CIS, CIS, state, **given))


def test_what_is_covered_or_silenced_says_by_what_and_until_when() -> None:
    world = Routed(AT_ONCE | {"routes": each("officers", "readers")}, OFFICERS, followers("readers", "physician"))
    world.declare()
    shortage = world.alert().alert_id
    coverage = alerts(regional(world))[0].alert_id
    assert heard(world.last) == []
    assert fates(world.last, coverage) == [("officers", ("routed", "grouped", "covered"), shortage)]
    world.silence('kind="defect"', NOW + 8 * HOURS)
    (silence,) = of(world.last, Silence)
    world.report()
    defect = next(f.alert.alert_id for f in world.files() if f.alert.kind is AlertKind.DEFECT)
    assert heard(world.last) == []
    assert fates(world.last, defect) == [("officers", ("routed", "grouped", "silenced"), silence.silence_id)]
    (held,) = [v for v in of(world.last, Verdicts) if v.alert_id == defect]
    assert (held.chains[0].verdicts[-1].until, held.at, held.chains[0].audience) == (NOW + 8 * HOURS, NOW, "officers")
    back(world, previous_id="d1")
    outs = world.wait(timedelta(milliseconds=1))
    assert [f for f in fates(outs, coverage) if f[0] == "officers"] == [
        ("officers", ("routed", "grouped", "told"), notices(outs)[0].notice_id)
    ]


def test_what_waits_for_its_group_is_covered_by_what_was_told_meanwhile() -> None:
    root = {"group_by": ["kind", "subject"], "group_wait": "30s", "group_interval": "5m", "repeat_interval": "1y"}
    world = Routed(root, OFFICERS)
    world.declare()
    world.now += timedelta(seconds=10)
    coverage = alerts(regional(world))[0].alert_id
    outs = world.wait(10 * MINUTE)
    assert [(n.params["kind"], n.not_before) for n in notices(outs)] == [("shortage", NOW + timedelta(seconds=30))]
    assert [words[-1] for _, words, _ in fates(outs, coverage)] == ["covered"]


def test_every_notice_has_its_chain_with_the_line_that_led_to_it() -> None:
    world = World()
    world.declare()
    world.declare("e1", "lab-b")
    regional(world)
    world.report()
    world.order("release", next(f.alert.alert_id for f in world.files() if f.alert.kind is AlertKind.DEFECT))
    back(world)
    back(world, "e9", "lab-b")
    world.wait(HOURS)
    chains = [(v.alert_id, v.nature, c) for v in of(world.outs, Verdicts) for c in v.chains]
    told = [(n, ref) for n in notices(world.outs) for ref in n.alerts if n.receiver]
    assert len(told) > 20
    for notice, ref in told:
        name, _, company = notice.receiver.partition(":")
        mine = [
            c for i, _, c in chains if (i, c.version, c.receiver, c.verdicts[-1].by) == (ref.alert_id, ref.version, name, notice.notice_id)
        ]
        assert [(c.audience.partition("/")[2], c.verdicts[0].word, c.verdicts[0].by) for c in mine] == [
            (company, "routed", notice.reason.text)
        ]
    assert {c.verdicts[-1].word for _, _, c in chains} == {"told", "ended", "covered"}


def test_an_all_clear_is_told_though_a_silence_and_a_restart_came_between() -> None:
    world = Routed(AT_ONCE | {"routes": each("officers", "readers")}, OFFICERS, followers("readers", "physician"))
    world.declare()
    assert heard(world.last) == [("officers", "alert"), ("readers", "alert")]
    world.silence('kind="shortage"', NOW + 8 * HOURS)
    world.shell.reopen()
    world.declare("e1", "lab-b")
    assert (steps(world.last), heard(world.last)) == (["updated"], [])
    world.shell.reopen()
    back(world)
    back(world, "e9", "lab-b")
    over = ("all_clear", world.files()[0].alert.alert_id)
    assert ends(world.last) == {"officers": over, "readers": over}
    follows = [n.follows for n in notices(world.last)]
    assert follows == [(n.notice_id,) for n in notices(world.outs)[:2]], "it waits until the ledger has who was told"
    assert {n.template for n in notices(world.wait(24 * HOURS))} == {"silence_ending"}


def test_what_took_the_place_of_an_alert_tells_and_nobody_hears_an_end() -> None:
    world = World()
    world.declare()
    first = world.alert().alert_id
    world.declare("d2", step=UPDATE, previous_id="d1", nature_declared=DeclaredNature.ARRET, declared_at=NOW + HOURS)
    assert "superseded" in steps(world.last)
    outs = world.last + world.wait(24 * HOURS)
    assert {str(n.purpose) for n in notices(outs)} == {"alert"}
    assert first not in {r.alert_id for n in notices(outs) for r in n.alerts}
    assert {(name, words[-1], by) for name, words, by in fates(outs, first)} == {
        (name, "ended_unsaid", "superseded") for name in ("officers", "companies", "followers", "patients")
    }


def test_what_was_told_before_a_routing_file_was_known_ends_for_all_who_were_told() -> None:
    world = World()
    world.declare()
    (file,) = world.files()
    world.shell.view().change(f"alert/{file.alert.alert_id}", replace(file, units=()))  # type: ignore[attr-defined]
    back(world)
    assert ends(world.last) == {"": ("all_clear", file.alert.alert_id)}


def test_another_program_version_brings_its_own_shipped_routing_and_tells_nothing_again() -> None:
    world = World()
    world.declare()
    only_officers = {"route": AT_ONCE | {"receiver": "officers"}, "receivers": [OFFICERS]}
    world.shell.view().change(ROUTING, RoutingState(version="0", content=json.dumps(only_officers), lines={}))  # type: ignore[attr-defined]
    world.shell.view().memo.clear()
    world.feed("reference.products", product())
    told = [n for n in notices(world.last) if n.receiver == "officers"]
    assert told == []
    assert world.shell.view().get(ROUTING).content == json_text(SHIPPED)  # type: ignore[union-attr]


def test_a_receiver_may_be_the_recipients_of_another_alert() -> None:
    them = {"name": "them", "audience": {"recipients_of": "alr_before"}, "release": "professionals"}
    world = Routed(AT_ONCE | {"routes": each("officers", "them")}, OFFICERS, them)
    world.declare()
    (notice,) = [n for n in notices(world.last) if n.receiver == "them"]
    assert notice.audience.recipients_of == "alr_before"
    assert [t.group for t in world.files()[0].told] == ["officers", "them"]


def test_a_correction_of_what_nobody_was_told_is_told_to_nobody() -> None:
    world = Routed(AT_ONCE, {"name": "nobody"})
    world.declare()
    assert notices(world.last) == []
    world.order("correct", reason="a slip", text_fr="C'est autre chose.", text_en="It is something else.")
    assert steps(world.last) == ["corrected"]
    assert notices(world.last) == []


def test_an_alert_that_was_over_before_it_was_heard_of_covers_nothing() -> None:
    world = World()
    message = Message(value=None, kind="tick", key="a", at=world.now, partition=0, offset=999)
    desk = Desk(world.shell.view(), message, Agency(id="agency", name="Agence"), Policy(), 0)
    covering.follow(desk, Moved(AlertKind.SHORTAGE, Subject(kind=SubjectKind.CIS, id=CIS), Nature.ACTUAL, "raised"))
    assert desk.changes == {}
