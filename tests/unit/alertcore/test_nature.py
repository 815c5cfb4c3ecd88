"""The nature of an alert, fixed at its birth: the real thing, an exercise, or a test that is about nothing."""

from __future__ import annotations

from typing import Any

import pytest

from alertcore.records.hub import Command
from alertcore.records.notice import AckMode, Purpose
from alertcore.records.shared import Nature
from alertcore.records.shortage import DeclarationStep
from notifiers.ports import RealPorts, RealServer, SandboxPorts, SandboxServer, Server, reaches_people, servers_for
from notifiers.rendering import House, Renderer
from tests.unit.alertcore.cases_world import HOURS, NOW, World, alerts, declaration, defect, notices, status

RENDERER = Renderer(House("Agence", "https://tocsin.example"))


def checked(of: World, nature: Nature = Nature.TEST, by: str = "officer-1", **params: str) -> list[Any]:
    order = Command(nature=nature, command_id="c", by=by, action="contact_test", target="contacts", at=of.now, params=params)
    return of.feed("command", order)


def test_an_exercise_and_the_real_thing_are_two_alerts_and_never_become_one_another() -> None:
    of = World()
    of.declare()
    of.declare("x1", nature=Nature.EXERCISE)
    of.declare("x2", nature=Nature.EXERCISE, previous_id="x1", step=DeclarationStep.RETURN, declared_at=NOW + HOURS)
    assert {(f.alert.nature, f.ended) for f in of.files()} == {(Nature.ACTUAL, False), (Nature.EXERCISE, True)}
    for alert_id in {a.alert_id for a in alerts(of.outs)}:
        assert len({a.nature for a in alerts(of.outs) if a.alert_id == alert_id}) == 1
    for notice in notices(of.outs):
        (told,) = notice.alerts
        assert notice.nature is next(a.nature for a in alerts(of.outs) if a.alert_id == told.alert_id)


@pytest.mark.parametrize(
    ("kind", "fact"),
    [
        ("shortage.declarations", declaration(nature=Nature.TEST)),
        ("quality.defects", defect(nature=Nature.TEST)),
        ("shortage.statuses", status("s1", 1, nature=Nature.TEST)),
    ],
)
def test_no_fact_of_nature_test_becomes_an_alert(kind: str, fact: Any) -> None:
    of = World()
    assert of.feed(kind, fact) == []
    assert of.files() == []


def test_a_check_of_contact_points_names_no_product_and_no_alert_and_asks_for_an_answer() -> None:
    (told,) = notices(checked(World()))
    assert (told.nature, told.purpose, told.alerts, told.ack, told.duty) == (Nature.TEST, Purpose.CONTACT_TEST, (), AckMode.EACH, False)
    assert set(told.params) == {"at", "agency"}
    assert told.audience.filter is not None
    assert told.audience.filter.mandatory
    assert "patient" not in told.audience.filter.kinds


def test_it_may_be_sent_to_some_kinds_alone() -> None:
    (told,) = notices(checked(World(), kinds="officer, wholesaler"))
    assert told.audience.filter is not None
    assert told.audience.filter.kinds == ("officer", "wholesaler")


@pytest.mark.parametrize(
    ("nature", "by", "params"),
    [(Nature.ACTUAL, "o", {}), (Nature.EXERCISE, "o", {}), (Nature.TEST, " ", {}), (Nature.TEST, "o", {"kinds": "patient"})],
)
def test_only_a_person_sends_one_as_a_test_and_never_to_patients(nature: Nature, by: str, params: dict[str, str]) -> None:
    assert checked(World(), nature, by, **params) == []


@pytest.mark.parametrize("audience", ["professional", "company", "officer"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_its_words_are_fixed_and_say_that_it_is_a_test(audience: str, language: str) -> None:
    (told,) = notices(checked(World()))
    written = RENDERER.render(told, audience, language)
    first = {"fr": "Rien à faire : ceci est un essai.", "en": "Nothing to do: this is a test."}[language]
    assert written.text.startswith(first)
    assert first in written.html
    assert "exerci" not in (written.subject + written.text).lower()
    for product in ("AMOX", "lot", "CIS"):
        assert product not in written.text


def test_an_exercise_cannot_reach_a_provider_by_type_and_a_test_only_as_a_check_of_contact_points() -> None:
    real, sandbox = (
        RealServer(Server(name="r", host="h", port=1, sender="s")),
        SandboxServer(Server(name="s", host="h", port=1, sender="s")),
    )
    assert not reaches_people(Nature.EXERCISE, Purpose.ALERT)
    assert not reaches_people(Nature.TEST, Purpose.ALERT)
    assert reaches_people(Nature.TEST, Purpose.CONTACT_TEST)
    assert servers_for(RealPorts((real,), sandbox), people=False) == (sandbox.server,)
    assert servers_for(SandboxPorts(sandbox), people=True) == (sandbox.server,)
