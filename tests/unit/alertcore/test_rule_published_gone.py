"""A row that is gone from the public list: what keeps its alert open, an officer's answer, and what the list still says beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from alertcore.records.shared import SubjectKind
from alertcore.records.shortage import SubstanceName
from tests.unit.alertcore.cases_world import World, alerts, product, signals, status, steps
from tests.unit.alertcore.test_rule_published import OTHER, listed, question

ELSEWHERE = "https://agency.example/other"


def test_other_news_of_a_medicine_whose_row_is_gone_is_no_end_of_its_alert() -> None:
    world = listed(0, 1, 0, 0)
    world.feed("reference.products", product(mitm=False))
    assert world.alert().facts["status_code"] == "1"
    assert world.alert().step not in ("resolved", "superseded")


def test_an_officers_no_is_told_as_the_same_question_under_the_medicines_name() -> None:
    world = listed(0, 1, 0, 0)
    asked = question(world)
    (told,) = signals(world.order("held.refuse", asked))
    assert (told.signal_id, told.rule, str(told.severity)) == (asked, "published", "minor")
    assert told.sentence.fr.startswith("AMOXIDEMO 500 mg, gélule ne figure plus sur la liste publique ; un agent")
    assert told.sentence.en.startswith("AMOXIDEMO 500 mg, gélule is absent from the public list; an officer")
    world = listed(0, 1, 0, 0)
    world.order("held.refuse", question(world))
    assert steps(world.snapshot("s9", status("", 1, OTHER), status("", 4))) == ["resolved"]


def test_what_the_list_still_said_when_an_officer_answered_is_no_news_in_the_next_publication() -> None:
    world = World()
    left = replace(status("", 2), url=ELSEWHERE)
    world.snapshot("s0", status("", 1, OTHER))
    world.snapshot("s1", status("", 1), left)
    world.snapshot("s2", left)
    world.snapshot("s3", left)
    world.order("held.accept", question(world))
    assert world.snapshot("s4", left) == []
    assert world.alert().facts["status_code"] == "2"


def test_substances_and_a_name_that_a_later_row_leaves_out_are_those_it_had() -> None:
    world = World(products=False)
    row = replace(status("", 2, "BE:77"), country="BE", name="MARQUE", substances=(SubstanceName(name="amoxicillin"),))
    world.snapshot("s0", row, sender="be")
    bare = replace(row, name=None, substances=(), code=1)
    (told,) = [s for s in signals(world.snapshot("s1", bare, sender="be")) if s.rule == "published"]
    assert told.sentence.en.startswith("MARQUE (Belgium): out of stock")
    (kept,) = [v for k, v in world.shell.view().items("status/be/")]
    assert (kept.name, kept.substances) == ("MARQUE", row.substances)


def test_only_packs_of_the_gravest_rows_are_followed_and_all_where_one_names_none() -> None:
    packs = ("3400960000001", "3400960000002", "3400960000003")
    rows = [replace(status("", code), cip13=pack, url=f"{ELSEWHERE}/{pack}") for code, pack in zip((1, 1, 2), packs, strict=True)]
    world = World()
    for pack in packs[1:]:
        world.feed("reference.products", product(cip13=pack))
    world.snapshot("s0", status("", 1, OTHER))
    world.snapshot("s1", *rows)
    assert [s.id for s in world.alert().also if s.kind is SubjectKind.CIP13] == list(packs[:2])
    world.snapshot("s2", *rows, status("", 1))
    assert [s.id for s in world.alert().also if s.kind is SubjectKind.CIP13] == list(packs)


def test_another_date_alone_is_no_other_status_and_stands_in_the_next_version() -> None:
    world = listed(0, 1)
    assert world.snapshot("s2", status("", 1, OTHER), status("", 1, updated=date(2026, 1, 25))) == []
    (told,) = alerts(world.snapshot("s3", status("", 1, OTHER), status("", 2, updated=date(2026, 1, 26), start=None)))[:1]
    assert (told.facts["since"], told.facts["status_code"]) == ("2026-01-26", "2")
