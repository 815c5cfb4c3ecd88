"""Alerts posted from outside: one for each set of labels, until their end, told when they begin and end and not in between."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from alertcore.cases import external
from alertcore.dispatch.fingerprint import fingerprint
from alertcore.dispatch.posted import Posted, merged, read, written
from alertcore.records.alert import Alert, AlertKind, Severity
from alertcore.records.hub import Command
from alertcore.records.shared import Nature
from streams.emitting import Out
from tests.unit.alertcore.cases_world import NOW, World, alerts, notices, steps

MINUTE = timedelta(minutes=1)
LABELS = {"alertname": "RoleDown", "instance": "door:9100", "severity": "critical"}
SAID = {"summary": "door does not answer", "description": "the door has not answered for a minute"}


def post(world: World, *posts: Posted, nature: Nature = Nature.ACTUAL, by: str = "prometheus", text: str | None = None) -> list[Out]:
    """Alerts as the console hands them on."""
    given = written(list(posts)) if text is None else text
    order = Command(
        command_id=f"c{world.count}", by=by, action=external.ACTION, target="", at=world.now, params={"alerts": given}, nature=nature
    )
    return world.feed("command", order)


def posted(since: datetime = NOW, minutes: float = 5, **fields: Any) -> Posted:
    """An alert that stands for some minutes."""
    given: dict[str, Any] = {"labels": LABELS, "annotations": SAID, "since": since, "until": since + minutes * MINUTE, "timeout": True}
    return Posted(**given | fields)


def open_alerts(world: World) -> list[Alert]:
    return [f.alert for f in world.files() if not f.ended]


def test_it_is_an_alert_of_the_hub_for_officers_in_the_words_it_came_in() -> None:
    world = World()
    outs = post(world, posted(generator="http://prometheus/graph"))
    assert steps(outs) == ["raised", "released"]
    alert = alerts(outs)[-1]
    assert (alert.kind, alert.severity, alert.reason) == (AlertKind.HUB, Severity.CRITICAL, "gate_automatic")
    assert alert.release is not None
    assert alert.release.audiences == ("officers",)
    assert {(n.params["headline_fr"], n.params["headline_en"]) for n in notices(outs)} == {("door does not answer", "door does not answer")}
    assert {n.params["sentence_fr"] for n in notices(outs)} == {"the door has not answered for a minute"}
    assert {k for n in notices(outs) if n.audience.filter for k in n.audience.filter.kinds} == {"officer"}
    assert alert.facts["generator"] == "http://prometheus/graph"


def test_labels_of_the_hubs_own_cannot_be_set_outside() -> None:
    world = World()
    theirs = {"alertname": "x", "kind": "defect", "audience": "patients", "companies": "lab-a", "template": "defect", "severity": "warning"}
    alert = alerts(post(world, posted(labels=theirs | {"posted_kind": "y"})))[-1]
    assert alert.labels == {
        "alertname": "x",
        "posted_posted_kind": "defect",
        "posted_kind": "y",
        "posted_audience": "patients",
        "posted_companies": "lab-a",
        "posted_template": "defect",
        "posted_severity": "warning",
        "template": "hub",
        "rule": "external",
    }
    assert alert.severity is Severity.MODERATE


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("critical", "critical"),
        ("PAGE", "critical"),
        ("error", "severe"),
        ("warning", "moderate"),
        ("", "moderate"),
        ("odd", "moderate"),
        ("minor", "minor"),
        ("info", "info"),
        ("none", "info"),
    ],
)
def test_severities_of_others_are_mapped(given: str, found: str) -> None:
    assert alerts(post(World(), posted(labels={"alertname": "x", "severity": given})))[-1].severity == found


def test_the_same_again_moves_its_end_and_nothing_else() -> None:
    world = World()
    post(world, posted())
    for _ in range(4):
        world.now += MINUTE
        assert post(world, posted(until=world.now + 5 * MINUTE)) == []
    assert world.wait(4.9 * MINUTE) == []
    assert steps(world.wait(0.2 * MINUTE)) == ["resolved"]


def test_what_nobody_posts_again_ends_at_its_end_and_officers_hear_it() -> None:
    world = World()
    post(world, posted())
    assert world.wait(5 * MINUTE - timedelta(milliseconds=1)) == []
    outs = world.wait(timedelta(milliseconds=1))
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("resolved", "external_over")]
    assert {str(n.purpose) for n in notices(outs)} == {"all_clear"}
    assert world.wait(timedelta(days=1)) == []


def test_a_post_that_is_over_ends_it_and_means_nothing_where_none_is_open() -> None:
    world = World()
    assert post(world, posted(until=NOW, timeout=False)) == []
    post(world, posted())
    assert steps(post(world, posted(until=NOW, timeout=False))) == ["resolved"]
    assert world.wait(timedelta(hours=1)) == []


@pytest.mark.parametrize(("said", "told"), [({}, "door does not answer"), ({"summary": "door is back"}, "door is back")])
def test_an_end_says_its_own_words_or_those_that_were_told(said: dict[str, str], told: str) -> None:
    world = World()
    post(world, posted())
    (ended,) = notices(post(world, posted(until=NOW, annotations=said)))
    assert (str(ended.purpose), ended.params["headline_en"]) == ("all_clear", told)


def test_it_comes_back_as_a_relapse_under_another_id() -> None:
    world = World()
    first = alerts(post(world, posted()))[0]
    world.wait(10 * MINUTE)
    second = alerts(post(world, posted(since=world.now)))[0]
    assert (second.reason, second.replaces) == ("relapse", first.alert_id)
    assert second.alert_id != first.alert_id


def test_another_label_is_another_alert_and_one_order_may_carry_many() -> None:
    world = World()
    post(world, posted(), posted(labels=LABELS | {"instance": "relay:9100"}), posted())
    assert sorted(a.labels["instance"] for a in open_alerts(world)) == ["door:9100", "relay:9100"]
    assert len({a.subject.id for a in open_alerts(world)}) == 2


def test_other_annotations_alone_are_kept_once_an_hour_and_told_to_nobody() -> None:
    world = World()
    post(world, posted(minutes=600))
    world.now += 59 * MINUTE
    assert post(world, posted(minutes=600, annotations={"summary": "92 %"})) == []
    world.now += MINUTE
    outs = post(world, posted(minutes=600, annotations={"summary": "93 %"}))
    assert [(str(a.step), a.reason, a.facts["headline_en"]) for a in alerts(outs)] == [("updated", "external_changed", "93 %")]
    assert notices(outs) == []
    world.now += 59 * MINUTE
    assert post(world, posted(minutes=600, annotations={"summary": "94 %"})) == []


def test_an_exercise_is_another_alert_than_the_real_thing_and_a_test_is_none() -> None:
    world = World()
    post(world, posted())
    post(world, posted(), nature=Nature.EXERCISE)
    assert post(world, posted(), nature=Nature.TEST) == []
    assert sorted(a.nature for a in open_alerts(world)) == ["actual", "exercise"]
    assert steps(world.wait(5 * MINUTE)) == ["resolved", "resolved"]


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"labels": {}}]', '[{"labels": {"a": 1}, "annotations": {}}]', "[" * 50])
def test_what_is_no_post_changes_nothing(text: str) -> None:
    world = World()
    assert post(world, text=text) == []
    assert open_alerts(world) == []


def test_nobody_posts_without_a_name() -> None:
    world = World()
    assert post(world, posted(), by=" ") == []
    assert open_alerts(world) == []


def test_orders_that_come_each_minute_are_not_remembered_one_by_one() -> None:
    world = World()
    post(world, posted())
    before = {key for key, _ in world.shell.view().items("seen/")}
    post(world, posted(minutes=6))
    assert {key for key, _ in world.shell.view().items("seen/")} == before
    world.order("unknown", target="x")
    assert len({key for key, _ in world.shell.view().items("seen/")}) == len(before) + 1


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ((0, 5, True), (0, 6, True), (0, 6, True)),
        ((0, 60, False), (1, 6, True), (0, 60, False)),
        ((0, 60, True), (1, 6, True), (0, 6, True)),
        ((0, 60, False), (1, 70, True), (0, 70, True)),
        ((0, 60, False), (61, 70, True), (61, 70, True)),
        ((5, 60, False), (0, 10, True), (0, 60, False)),
    ],
)
def test_two_posts_of_the_same_labels_are_joined_as_in_alertmanager(old: Any, new: Any, expected: Any) -> None:
    def made(span: tuple[int, int, bool]) -> Posted:
        return Posted(labels=LABELS, since=NOW + span[0] * MINUTE, until=NOW + span[1] * MINUTE, timeout=span[2])

    assert merged(made(old), made(new)) == made(expected)
    assert merged(None, made(new)) == made(new)


def test_what_was_written_is_read_the_same() -> None:
    found = [posted(), posted(labels={"a": "é\n\"'"}, annotations={}, timeout=False, generator="g")]
    assert read(written(found)) == found


def test_the_fingerprint_is_alertmanagers() -> None:
    assert fingerprint({}) == "cbf29ce484222325"
    assert fingerprint({"name": "garland, briggs", "fear": "love is not enough"}) == "507a62d79ee76c9a"
    assert fingerprint({"b": "1", "a": "2"}) == fingerprint({"a": "2", "b": "1"})
    assert fingerprint({"a": "12"}) != fingerprint({"a1": "2"})
