"""Messages about several alerts: those that dispatch makes, and those that a limit merges."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from alertcore.records.notice import AckMode, AlertRef, Lane, Notice, Purpose
from alertcore.records.shared import Nature
from notifiers.merging import merged
from notifiers.rendering import House, Renderer
from notifiers.samples import sample
from notifiers.several import standing

RENDERER = Renderer(House("Agence", "https://tocsin.example"))
AUDIENCES = ["professional", "company", "officer", "patient"]
WORDS = {"fr": "Pour ne pas vous écrire trop souvent, ce message en réunit 2.", "en": "this message brings 2 together."}


def one(template: str, alert: str, version: int = 1, purpose: Purpose = Purpose.ALERT, **params: str) -> Notice:
    made = sample(template, purpose)
    refs = (AlertRef(alert_id=alert, version=version),)
    return replace(made, notice_id=f"ntc_{alert}_{version}", alerts=refs, params=made.params | {"alert_id": alert} | params)


def flat(text: str) -> str:
    return " ".join(text.split())


def items(notice: Notice) -> list[dict[str, Any]]:
    return json.loads(notice.params["items"])  # type: ignore[no-any-return]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("audience", AUDIENCES)
def test_each_alert_is_there_whole_and_the_message_says_that_it_is_several(audience: str, language: str) -> None:
    said = merged([one("declared", "alr_a", 3, name="UNOMYCINE"), one("defect", "alr_b", 2, name="DUOMYCINE")])
    written = RENDERER.render(said, audience, language)
    for text in (flat(written.text), flat(written.html)):
        for wanted in ("UNOMYCINE", "DUOMYCINE", "AB1234", "ab1235/X", "alr_a, version 3", "alr_b, version 2", WORDS[language]):
            assert wanted in text


def test_the_gravest_comes_first_and_the_message_has_its_lane() -> None:
    said = merged(
        [
            replace(one("declared", "alr_a", severity="minor"), lane=Lane.BULK),
            one("declared", "alr_b", severity="severe"),
            one("declared", "alr_c", severity="info"),
        ]
    )
    assert [i["alert_id"] for i in items(said)] == ["alr_b", "alr_a", "alr_c"]
    assert (said.lane, said.purpose, said.params["merged"]) == (Lane.NORMAL, Purpose.DIGEST, "3")


def test_of_one_alert_the_last_version_counts_and_an_update_of_what_was_not_told_is_news() -> None:
    said = merged([one("declared", "alr_a", 1), one("declared", "alr_a", 2, Purpose.UPDATE, name="LATER"), one("declared", "alr_b")])
    assert {i["alert_id"]: (i["version"], i["purpose"]) for i in items(said)} == {"alr_a": ("2", "alert"), "alr_b": ("1", "alert")}
    assert [r.version for r in said.alerts] == [2, 1]
    ended = merged([one("declared", "alr_a", 1), one("declared", "alr_a", 2, Purpose.ALL_CLEAR), one("declared", "alr_b")])
    assert {i["alert_id"]: i["purpose"] for i in items(ended)}["alr_a"] == "all_clear"


def test_several_about_one_alert_alone_are_its_last_message() -> None:
    said = merged([one("declared", "alr_a", 1), one("declared", "alr_a", 2, Purpose.ALL_CLEAR)])
    assert (said.template, said.purpose, said.alerts[0].version) == ("declared", Purpose.ALL_CLEAR, 2)


def test_a_digest_merges_alert_by_alert() -> None:
    digest = replace(
        sample("digest", Purpose.ALERT),
        alerts=(AlertRef(alert_id="alr_x", version=5), AlertRef(alert_id="alr_y", version=1)),
        params={"items": json.dumps([{"alert_id": "alr_x", "name": "X"}, {"alert_id": "alr_y", "name": "Y"}])},
    )
    said = merged([digest, one("declared", "alr_x", 6, Purpose.UPDATE, name="X NOW"), one("declared", "alr_z")])
    assert {i["alert_id"]: i["version"] for i in items(said)} == {"alr_x": "6", "alr_y": "1", "alr_z": "1"}


def test_who_must_acknowledge_and_until_when_it_is_worth_sending_hold_for_the_whole() -> None:
    first = replace(one("declared", "alr_a"), expires=datetime(2026, 11, 23, tzinfo=UTC))
    second = replace(one("declared", "alr_b"), ack=AckMode.EACH, expires=datetime(2026, 11, 25, tzinfo=UTC))
    said = merged([first, second])
    assert (said.ack, said.expires) == (AckMode.EACH, datetime(2026, 11, 25, tzinfo=UTC))
    assert merged([first, replace(second, expires=None)]).expires is None


def test_an_exercise_stays_one() -> None:
    both = [replace(one("declared", alert), nature=Nature.EXERCISE) for alert in ("alr_a", "alr_b")]
    assert "EXERCICE" in RENDERER.render(merged(both), "professional", "fr").text


def test_what_stands_is_named_once_and_not_beside_its_own_news() -> None:
    rows = json.dumps([{"alert_id": "alr_b", "headline_fr": "B"}, {"alert_id": "alr_s", "headline_fr": "S", "headline_en": "S."}])
    first = one("declared", "alr_a", standing=rows, standing_more="2")
    said = merged([first, one("declared", "alr_b", standing=rows, standing_more="5")])
    assert standing(said, "en").lines == ("S",)
    assert standing(said, "fr").more == 5


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("template", ["declared", "digest"])
def test_a_message_says_in_a_last_line_what_still_stands(template: str, audience: str) -> None:
    rows = json.dumps([{"alert_id": "alr_s", "headline_fr": "SEXTOMYCINE : tension."}, {"alert_id": "alr_t", "sentence_en": "T stands."}])
    made = sample(template)
    written = RENDERER.render(replace(made, params=made.params | {"standing": rows, "standing_more": "3"}), audience, "fr")
    for text in (written.text, written.html):
        assert "Toujours en cours : SEXTOMYCINE : tension ; T stands et 3 autres." in flat(text)
    assert "Toujours en cours" not in RENDERER.render(sample("declared"), audience, "fr").text


def test_a_digest_with_broken_items_is_about_itself() -> None:
    made = sample("digest")
    written = RENDERER.render(replace(made, params={"items": "[1, {", "name": "NOMYCINE"}), "professional", "fr")
    assert "NOMYCINE" in written.text


def test_an_authors_silence_says_what_it_holds_back_and_when_it_ends() -> None:
    written = RENDERER.render(sample("silence_ending", Purpose.REMINDER), "officer", "fr")
    assert written.subject == "Rappel – Un de vos silences prend bientôt fin : 22 novembre 2026 à 22:00"
    for wanted in ("sil_example", '{kind="shortage",severity=~"minor|info"}', "Arrêt annuel de l’usine", "22 novembre 2026 à 22:00"):
        assert wanted in flat(written.text)


@pytest.mark.parametrize(("purpose", "mark"), [(Purpose.REMINDER, "Rappel – "), (Purpose.ESCALATION, "Relance – ")])
def test_a_reminder_and_a_call_are_seen_as_such_in_the_subject(purpose: Purpose, mark: str) -> None:
    for template in ("declared", "defect", "finding", "device", "hub", "safety_stock", "digest"):
        assert RENDERER.render(sample(template, purpose), "officer", "fr").subject.startswith(mark)
