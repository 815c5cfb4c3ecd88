"""All that an alert from the public list says, and all that its end says, by name: templates and other programs read these facts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from alertcore.cases.shortages import Supply
from alertcore.cases.state import PublicPart
from alertcore.records.shared import Nature, Subject, SubjectKind
from alertcore.records.shortage import PublishedStatus
from alertcore.rules import shortage_words as words
from alertcore.rules.shortage import end_facts
from tests.unit.alertcore.cases_world import CIS, FOLLOWED, World, alerts, product, status

NAME = "AMOXIDEMO 500 mg, gélule"


def listed(code: int = 1, **fields: Any) -> World:
    of = World()
    of.snapshot("s0")
    of.snapshot("s1", status("s1", code, **fields))
    return of


def both(name: str, text: tuple[str, str]) -> dict[str, str]:
    return {f"{name}_fr": text[0], f"{name}_en": text[1]}


def test_an_alert_from_the_list_says_all_that_the_list_says_and_what_to_do() -> None:
    alert = listed().alert()
    assert alert.facts == {
        "name": NAME,
        "cis": CIS,
        "url": f"https://agency.example/{CIS}",
        "status_code": "1",
        "nature": "rupture",
        "start": "2026-01-10",
        "since": "2026-01-10",
        "headline_fr": f"{NAME} : rupture de stock",
        "headline_en": f"{NAME}: out of stock",
        "sentence_fr": f"{NAME} : rupture de stock sur la liste publique, depuis le 10/01/2026.",
        "sentence_en": f"{NAME}: out of stock on the public list, since 2026-01-10.",
        **both("instruction", words.DO_SHORTAGE),
        **both("patient_instruction", words.PATIENT),
    }
    assert alert.also == FOLLOWED
    assert alert.labels == {
        "template": "published",
        "rule": "published",
        "nature_declared": "rupture",
        "companies": "lab-a",
        "mitm": "true",
    }


def test_a_stop_on_the_list_asks_for_what_a_stop_asks_for() -> None:
    facts = listed(3).alert().facts
    assert both("instruction", words.DO_STOP).items() <= facts.items()
    assert (facts["status_code"], facts["nature"], facts["headline_fr"]) == ("3", "arret", f"{NAME} : arrêt de commercialisation")


@pytest.mark.parametrize(
    ("start", "updated", "since"),
    [(date(2026, 1, 10), None, "2026-01-10"), (None, date(2026, 1, 20), "2026-01-20"), (None, None, None)],
)
def test_it_stands_since_its_start_else_since_the_list_was_changed(start: date | None, updated: date | None, since: str | None) -> None:
    facts = listed(start=start, updated=updated).alert().facts
    assert facts.get("since") == since
    assert facts.get("start") == (start.isoformat() if start else None)
    assert ("depuis" in facts["sentence_fr"]) is (start is not None)


def test_only_the_packs_that_the_list_names_are_followed() -> None:
    of = World()
    second = "3400960000099"
    of.feed("reference.products", product(cip13=second))
    of.snapshot("s0")
    of.snapshot("s1", status("s1", 1, cip13=second))
    assert [s for s in of.alert().also if s.kind is SubjectKind.CIP13] == [Subject(kind=SubjectKind.CIP13, id=second)]


def test_an_exercise_on_the_list_is_an_exercise() -> None:
    of = World()
    for number, rows in (("s0", ()), ("s1", (status("s1", 1, nature=Nature.EXERCISE),))):
        for row in rows:
            of.feed("shortage.statuses", row, sender="exercise-list")
        of.feed("shortage.statuses", PublishedStatus(snapshot_id=number, rows=len(rows), nature=Nature.EXERCISE), sender="exercise-list")
    assert {a.nature for a in alerts(of.outs)} == {Nature.EXERCISE}


def test_the_end_says_that_it_is_back_and_what_to_do() -> None:
    of = listed()
    of.snapshot("s2", status("s2", 4, returned=date(2026, 1, 25)))
    facts = alerts(of.last)[-1].facts
    said = {
        "headline_fr": f"{NAME} : de nouveau à disposition",
        "headline_en": f"{NAME}: back in supply",
        "sentence_fr": f"{NAME} : de nouveau à disposition.",
        "sentence_en": f"{NAME}: back in supply.",
        **both("instruction", words.DO_END),
        **both("patient_instruction", words.PATIENT_END),
    }
    assert said.items() <= facts.items()
    assert facts.keys() - said.keys() == {"name", "cis", "url", "status_code", "nature", "start", "since"}


def test_a_declaration_withdrawn_ends_in_other_words_than_a_return() -> None:
    supply = Supply(cis=CIS, nature=Nature.ACTUAL, heads=(), public=PublicPart(code=4), medicine=None)
    back, gone = end_facts(supply, withdrawn=False), end_facts(supply, withdrawn=True)
    names = ("sentence", "headline", "instruction", "patient_instruction")
    assert set(back) == set(gone) == {f"{name}_{x}" for name in names for x in ("fr", "en")}
    fr, en = f"CIS {CIS} : la déclaration a été retirée", f"CIS {CIS}: the declaration was withdrawn"
    assert (gone["sentence_fr"], gone["headline_fr"]) == (f"{fr}.", fr)
    assert (gone["sentence_en"], gone["headline_en"]) == (f"{en}.", en)
    assert (back["sentence_en"], back["headline_en"]) == (f"CIS {CIS}: back in supply.", f"CIS {CIS}: back in supply")
