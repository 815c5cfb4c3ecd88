"""What the public list of statuses leads to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest

from alertcore.records.alert import AlertKind
from alertcore.records.shortage import DeclarationStep, PublishedStatus
from tests.unit.alertcore.cases_world import (
    CIS,
    HOURS,
    NOW,
    World,
    alerts,
    ends,
    groups,
    notices,
    product,
    published,
    signals,
    status,
    steps,
)

OTHER = "60000002"
EVERYBODY = dict.fromkeys(("officers", "companies:lab-a", "followers", "patients"), "all_clear")


def told_of_the_end(world: World) -> dict[str, str]:
    """Receiver to how it heard the end that came last, with those who hear of it after their interval."""
    return {name: how for name, (how, _) in ends(world.soon()).items()}


def listed(*codes: int) -> World:
    """A world whose medicine had these codes, one snapshot after the other; 0 leaves it out."""
    world = World()
    for n, code in enumerate(codes):
        rows = [status("", 1, OTHER)] + ([status("", code)] if code else [])
        world.snapshot(f"s{n}", *rows)
    return world


def test_the_first_snapshot_is_known_and_told_to_nobody() -> None:
    world = listed(1)
    assert world.outs == []
    assert world.snapshot("s1", status("", 1, OTHER), status("", 1)) == []


@pytest.mark.parametrize(
    ("before", "now", "reason", "step", "kind"),
    [
        (0, 1, "status_appeared", "raised", AlertKind.SHORTAGE),
        (0, 2, "status_appeared", "raised", AlertKind.SHORTAGE),
        (0, 3, "status_appeared", "raised", AlertKind.STOP),
        (2, 1, "status_changed", "raised", AlertKind.SHORTAGE),
        (1, 3, "status_changed", "raised", AlertKind.STOP),
        (4, 1, "status_relapsed", "raised", AlertKind.SHORTAGE),
    ],
)
def test_after_the_baseline_each_change_of_code_is_news(before: int, now: int, reason: str, step: str, kind: AlertKind) -> None:
    world = listed(before, now)
    first = alerts(world.last)[0]
    assert (first.reason, str(first.step), first.kind, first.subject.id) == (reason, step, kind, CIS)
    assert first.facts["status_code"] == str(now)
    assert first.facts["url"] == f"https://agency.example/{CIS}"
    assert set(groups(world.last)) == {"officers", "companies:lab-a", "followers", "patients"}
    assert {n.template for n in notices(world.last)} == {"published"}
    assert [(s.rule, str(s.state)) for s in signals(world.last)] == [("published", "raised")]


@pytest.mark.parametrize("before", [0, 1, 4])
def test_a_return_of_what_was_never_told_is_no_news(before: int) -> None:
    assert listed(before, 4).last == []


def test_the_label_the_dates_and_the_address_are_no_change_of_status() -> None:
    world = listed(0, 1)
    row = replace(status("", 1), raw_label="RUPTURE DE STOCK", updated=date(2026, 1, 25), start=None)
    assert world.snapshot("s2", status("", 1, OTHER), row) == []


def test_a_return_ends_what_was_told_with_an_all_clear() -> None:
    world = listed(0, 1, 2, 4)
    assert [(str(a.step), a.reason) for a in alerts(world.last)] == [("resolved", "status_returned")]
    assert told_of_the_end(world) == EVERYBODY
    assert [str(p.step) for p in published(world.last)] == ["resolved"]


def test_an_open_alert_follows_what_the_reference_data_say_of_its_medicine() -> None:
    world = listed(0, 1)
    for mitm in (False, True):
        outs = world.feed("reference.products", product(mitm=mitm))
        told = [(str(a.step), a.reason, a.labels["mitm"], a.labels["rule"]) for a in alerts(outs) if a.kind is AlertKind.SHORTAGE]
        assert told == [("updated", "mitm_changed", str(mitm).lower(), "published")]
        assert [
            a for a in alerts(world.feed("reference.products", product(mitm=mitm, name=f"NAMED {mitm}"))) if a.reason == "mitm_changed"
        ] == []


def test_a_stop_after_a_shortage_is_a_hand_over() -> None:
    world = listed(0, 1, 3)
    assert steps(world.last) == ["superseded", "raised", "released"]


def test_absence_from_one_snapshot_is_nothing_and_from_two_a_question_for_nobody_outside() -> None:
    world = listed(0, 1, 0)
    assert world.last == []
    outs = world.snapshot("s3", status("", 1, OTHER))
    assert [(s.rule, str(s.state), str(s.severity)) for s in signals(outs)] == [("published", "changed", "minor")]
    assert (notices(outs), alerts(outs), published(outs)) == ([], [], [])
    assert str(world.alert().step) == "released"
    assert world.snapshot("s4", status("", 1, OTHER)) == []


def test_what_was_only_in_the_baseline_is_asked_about_too_when_it_is_gone() -> None:
    world = listed(1, 0, 0)
    assert [str(s.state) for s in signals(world.last)] == ["changed"]
    assert alerts(world.last) == []


def test_a_name_of_the_list_serves_where_the_reference_data_has_none() -> None:
    world = World(products=False)
    world.snapshot("s0", replace(status("", 1), name="NOM DE LA LISTE"))
    world.snapshot("s1", status("", 1, OTHER))
    outs = world.snapshot("s2", status("", 1, OTHER))
    assert signals(outs)[0].sentence.fr.startswith("NOM DE LA LISTE ")


def test_what_was_back_and_disappears_is_no_question() -> None:
    assert listed(4, 0, 0).last == []


def test_what_comes_back_to_the_list_after_two_absences_is_told_again() -> None:
    world = listed(0, 1, 0, 0, 1)
    assert steps(world.last) == []
    assert steps(listed(0, 1, 0, 0, 2).last) == ["updated"]


def test_a_grave_row_that_falls_away_beside_a_returned_one_is_a_question_and_no_return() -> None:
    world = World()
    back = replace(status("", 4), url="https://agency.example/other")
    world.snapshot("s0", status("", 1, OTHER))
    world.snapshot("s1", status("", 1), back)
    world.snapshot("s2", back)
    outs = world.snapshot("s3", back)
    assert [str(s.state) for s in signals(outs)] == ["changed"]
    assert alerts(outs) == []
    assert world.alert().step != "resolved"
    assert world.snapshot("s4", back) == []


def test_the_gravest_row_of_a_medicine_speaks_for_it() -> None:
    world = World()
    rows = [status("", 2), replace(status("", 1), url="https://agency.example/b", cip13="3400960000001")]
    world.snapshot("s0", status("", 1, OTHER))
    outs = world.snapshot("s1", *rows)
    alert = alerts(outs)[0]
    assert (alert.facts["status_code"], [s.id for s in alert.also if s.kind == "cip13"]) == ("1", ["3400960000001"])


def test_of_rows_with_one_key_the_latest_update_wins_and_of_equals_the_graver_in_any_order() -> None:
    rows = [status("", 4), replace(status("", 1), updated=date(2026, 1, 21)), replace(status("", 2), updated=date(2026, 1, 21))]
    rows.append(replace(status("", 3), updated=None))
    found = set()
    for order in permutations(rows):
        world = World()
        world.snapshot("s0")
        found.add(alerts(world.snapshot("s1", *order))[0].facts["status_code"])
    assert found == {"1"}


def test_a_row_without_dates_is_told_without_them() -> None:
    world = World()
    world.snapshot("s0")
    alert = alerts(world.snapshot("s1", replace(status("", 1), start=None, updated=None)))[0]
    assert {"since", "start"} & set(alert.facts) == set()


def test_other_countries_inform_but_raise_no_alert() -> None:
    world = World()
    row = replace(status("", 1, "US:77"), country="US", name="AMOXICILLIN", url="")
    world.snapshot("s0", sender="fda")
    outs = world.snapshot("s1", row, sender="fda")
    assert [(s.rule, s.subject.id, str(s.state)) for s in signals(outs)] == [("published", "US:77", "raised")]
    assert alerts(outs) == []
    assert [str(s.state) for s in signals(world.snapshot("s2", replace(row, code=4), sender="fda"))] == ["cleared"]
    assert world.snapshot("s3", sender="fda") == []
    assert world.snapshot("s4", sender="fda") == []


def test_a_foreign_row_that_is_gone_touches_no_case_of_ours() -> None:
    world = World()
    row = replace(status("", 1), country="BE")
    world.snapshot("s0", row, sender="be")
    world.snapshot("s1", sender="be")
    assert [str(s.state) for s in signals(world.snapshot("s2", sender="be"))] == ["changed"]


@pytest.mark.parametrize("code", [1, 2])
def test_what_was_gone_and_stands_there_again_under_another_address_is_told(code: int) -> None:
    world = listed(1, 0, 0)
    row = replace(status("", code), url="https://agency.example/new")
    outs = world.snapshot("s3", status("", 1, OTHER), row)
    assert [(a.reason, str(a.step)) for a in alerts(outs)][:1] == [("status_appeared", "raised")]


def test_a_return_under_another_address_after_the_row_was_gone_ends_the_alert() -> None:
    world = listed(0, 1, 0, 0)
    outs = world.snapshot("s4", status("", 1, OTHER), replace(status("", 4), url="https://agency.example/new"))
    assert steps(outs) == ["resolved"]


def test_a_tension_that_is_left_when_a_stock_out_fell_away_is_a_question_and_keeps_the_alert_as_it_was() -> None:
    world = World()
    left = replace(status("", 2), url="https://agency.example/other")
    world.snapshot("s0", status("", 1, OTHER))
    world.snapshot("s1", status("", 1), left)
    world.snapshot("s2", left)
    outs = world.snapshot("s3", left)
    assert ([str(s.state) for s in signals(outs)], alerts(outs)) == (["changed"], [])
    assert world.alert().facts["status_code"] == "1"
    world.declare()
    world.declare("d2", step=DeclarationStep.RETURN, previous_id="d1", declared_at=NOW + HOURS)
    assert world.alert().step != "resolved"
    assert steps(world.snapshot("s4", replace(left, code=4))) == ["resolved"]


@pytest.mark.parametrize("code", [5, 7, 99])
def test_a_code_that_nobody_knows_is_a_question_and_changes_nothing(code: int) -> None:
    world = listed(0, 1, code)
    assert alerts(world.last) == []
    assert [(str(s.state), str(s.severity)) for s in signals(world.last)] == [("changed", "minor")]
    assert f"statut {code}" in signals(world.last)[0].sentence.fr
    assert world.snapshot("s3", status("", 1, OTHER), status("", code)) == []
    assert steps(world.snapshot("s4", status("", 1, OTHER), status("", 4))) == ["resolved"]


def test_a_question_of_a_code_or_of_a_return_to_come_names_the_medicine() -> None:
    (asked,) = signals(listed(0, 1, 7).last)
    assert (asked.rule, asked.sentence.en) == (
        "published",
        "AMOXIDEMO 500 mg, gélule: the public list has status 7, which the hub does not know: to be checked; nothing was changed.",
    )
    world = listed(0, 1)
    (asked,) = signals(world.snapshot("s2", status("", 1, OTHER), replace(status("", 4), returned=date(2026, 3, 1))))
    assert (str(asked.state), asked.sentence.en) == (
        "changed",
        "AMOXIDEMO 500 mg, gélule: return to supply announced for 2026-03-01 on the public list; the alert stays open until then.",
    )
    assert asked.sentence.fr.startswith("AMOXIDEMO 500 mg, gélule : remise à disposition annoncée pour le 01/03/2026")
    first = listed(0, 7)
    assert [(s.rule, str(s.state)) for s in signals(first.last)] == [("published", "changed")]


@pytest.mark.parametrize(("code", "en"), [(2, "supply tension on the public list"), (3, "marketing stop on the public list")])
@pytest.mark.parametrize("country", ["FR", "BE"])
def test_what_a_list_still_says_is_said_and_not_called_back_when_a_graver_row_is_accepted_as_over(country: str, code: int, en: str) -> None:
    world = World()
    graver = replace(status("", 1), url="https://agency.example/a", country=country)
    left = replace(status("", code), url="https://agency.example/other", country=country)
    other = replace(status("", 1, OTHER), country=country)
    world.snapshot("s0", other)
    world.snapshot("s1", other, graver, left)
    world.snapshot("s2", other, left)
    world.snapshot("s3", other, left)
    outs = world.order("held.accept", question(world))
    (told,) = [s for s in signals(outs) if s.rule == "published"]
    assert (str(told.state), en in told.sentence.en) == ("changed", True)


def test_a_row_of_another_country_that_is_accepted_as_over_is_said_to_be_back() -> None:
    world = World(products=False)
    abroad, other = replace(status("", 1), country="BE", name="MARQUE"), replace(status("", 1, OTHER), country="BE")
    world.snapshot("s0", other)
    (told,) = signals(world.snapshot("s1", other, abroad))
    assert told.sentence.en == "MARQUE (Belgium): out of stock on the public list, since 2026-01-10."
    world.snapshot("s2", other)
    (asked,) = signals(world.snapshot("s3", other))
    assert asked.sentence.en.startswith("MARQUE (Belgium) has been absent from two publications")
    assert asked.numbers == {"absent_publications_count": 2.0}
    (over,) = signals(world.order("held.accept", question(world)))
    assert (str(over.state), over.sentence.en) == ("cleared", "MARQUE (Belgium): back in supply.")
    assert over.sentence.fr == "MARQUE (Belgique) : de nouveau à disposition."


@pytest.mark.parametrize("left", [status("", 9), replace(status("", 4), returned=date(2026, 3, 1))])
def test_an_officers_word_goes_before_a_code_that_nobody_knows_and_a_return_to_come(left: PublishedStatus) -> None:
    world = World()
    left = replace(left, url="https://agency.example/other")
    world.snapshot("s0", status("", 1, OTHER))
    world.snapshot("s1", status("", 1, OTHER), status("", 1), left)
    world.snapshot("s2", status("", 1, OTHER), left)
    world.snapshot("s3", status("", 1, OTHER), left)
    outs = world.order("held.accept", question(world))
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("resolved", "status_returned")]
    assert [str(s.state) for s in signals(outs) if s.rule == "published"] == ["cleared"]


@pytest.mark.parametrize(("code", "shown"), [(1, "1"), (2, "2"), (3, "3")])
def test_a_known_shortage_speaks_before_a_code_that_nobody_knows(code: int, shown: str) -> None:
    world = World()
    world.snapshot("s0", status("", 1, OTHER))
    outs = world.snapshot("s1", replace(status("", 9), url="https://agency.example/b"), status("", code))
    assert alerts(outs)[0].facts["status_code"] == shown


@pytest.mark.parametrize(("returned", "ends"), [(date(2026, 1, 26), True), (date(2026, 1, 27), False)])
def test_a_return_ends_the_alert_from_its_day_on_and_not_before(returned: date, *, ends: bool) -> None:
    """The world's present day is 2026-01-26."""
    world = listed(0, 1)
    row = replace(status("", 4), returned=returned)
    outs = world.snapshot("s2", status("", 1, OTHER), row)
    assert steps(outs) == (["resolved"] if ends else [])
    if not ends:
        assert "27/01/2026" in signals(outs)[0].sentence.fr
        assert world.snapshot("s3", status("", 1, OTHER), row) == []
        world.now += timedelta(days=1)
        assert steps(world.snapshot("s4", status("", 1, OTHER), row)) == ["resolved"]


def test_a_day_is_the_agencys_day() -> None:
    world = listed(0, 1)
    world.now = datetime(2026, 1, 26, 23, 30, tzinfo=UTC)
    outs = world.snapshot("s2", status("", 1, OTHER), replace(status("", 4), returned=date(2026, 1, 27)))
    assert steps(outs) == ["resolved"]


def test_a_promised_return_that_is_taken_back_is_a_change_and_no_relapse() -> None:
    world = listed(0, 1)
    world.snapshot("s2", status("", 1, OTHER), replace(status("", 4), returned=date(2026, 3, 1)))
    world.snapshot("s3", status("", 1, OTHER), status("", 2))
    assert [a.reason for a in alerts(world.last)][:1] == ["status_changed"]


def test_a_promised_return_of_what_was_never_short_is_no_news() -> None:
    world = listed(0)
    assert world.snapshot("s1", status("", 1, OTHER), replace(status("", 4), returned=date(2026, 3, 1))) == []


def test_two_lists_of_one_sender_do_not_make_each_others_rows_absent() -> None:
    world = World()
    ours, theirs = status("", 1), replace(status("", 1, "TW:1/a"), country="TW", name="甲")
    for n in range(3):
        world.snapshot(f"a{n}", ours)
        world.snapshot(f"b{n}", theirs)
    assert signals(world.outs) == []
    world.snapshot("a3", status("", 1, OTHER))
    outs = world.snapshot("a4", status("", 1, OTHER))
    assert [(s.subject.id, str(s.state)) for s in signals(outs)] == [(CIS, "changed")]
    outs = world.snapshot("b3", replace(theirs, code=4))
    world.snapshot("b4", replace(theirs, code=1))
    assert [(s.subject.id, str(s.state)) for s in signals(world.last)] == [("TW:1/a", "raised")]


def test_the_first_publication_of_a_second_list_is_its_baseline() -> None:
    world = listed(1)
    assert world.snapshot("b0", replace(status("", 1, "TW:1"), country="TW")) == []


def test_an_empty_publication_counts_for_the_only_list_and_for_none_of_several() -> None:
    one = World()
    one.snapshot("a0", status("", 1))
    one.snapshot("a1")
    assert [s.subject.id for s in signals(one.snapshot("a2"))] == [CIS]
    two = World()
    two.snapshot("a0", status("", 1))
    two.snapshot("b0", replace(status("", 1, "TW:1"), country="TW"))
    for n in range(4):
        assert two.snapshot(f"e{n}") == []


def test_a_list_of_several_countries_stays_one_list_when_a_country_leaves_it() -> None:
    world = World()
    be, de = (replace(status("", 1, f"{c}:1"), country=c, name=c) for c in ("BE", "DE"))
    world.snapshot("a0", be, de, sender="net")
    world.snapshot("a1", be, sender="net")
    assert [s.subject.id for s in signals(world.snapshot("a2", be, sender="net"))] == ["DE:1"]


def test_lists_of_two_senders_are_two_lists() -> None:
    world = listed(1)
    assert world.snapshot("x0", status("", 1, "60000003"), sender="second-list") == []


def test_a_public_status_and_a_declaration_are_one_alert_that_ends_when_both_have() -> None:
    world = listed(0, 1)
    outs = world.declare()
    assert steps(outs) == ["updated"]
    assert world.alert().facts["status_code"] == "1"
    outs = world.declare("d2", step=DeclarationStep.RETURN, previous_id="d1", declared_at=NOW + HOURS)
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("updated", "company_returned")]
    world.snapshot("s2", status("", 1, OTHER), status("", 4))
    assert steps(world.last) == ["resolved"]


def test_a_row_that_is_gone_does_not_hold_up_the_end_that_a_company_declares() -> None:
    world = listed(0, 1, 0, 0)
    world.declare()
    outs = world.declare("d2", step=DeclarationStep.RETURN, previous_id="d1", declared_at=NOW + HOURS)
    assert steps(outs) == ["resolved"]


def test_a_snapshot_read_twice_is_one_snapshot() -> None:
    world = listed(0, 1)
    marker = PublishedStatus(snapshot_id="s2", rows=0)
    world.feed("shortage.statuses", marker, event="evt_marker", sender="demo-list")
    assert world.feed("shortage.statuses", marker, event="evt_marker", sender="demo-list") == []
    world.now += timedelta(days=7)
    assert world.snapshot("s3", status("", 1, OTHER), status("", 1)) == []


def question(world: World) -> str:
    """The signal of the row that is gone."""
    return [s.signal_id for s in signals(world.outs) if s.numbers.get("absent_publications_count")][-1]


def test_an_officer_accepts_that_what_is_gone_is_over_and_the_alert_ends_with_an_all_clear() -> None:
    world = listed(0, 1, 0, 0)
    outs = world.order("held.accept", question(world))
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("resolved", "status_returned")]
    assert told_of_the_end(world) == EVERYBODY
    (over,) = [s for s in signals(outs) if s.rule == "published"]
    assert (str(over.state), over.sentence.fr) == ("cleared", "AMOXIDEMO 500 mg, gélule : de nouveau à disposition.")
    assert over.sentence.en == "AMOXIDEMO 500 mg, gélule: back in supply."
    assert world.order("held.accept", question(world)) == []
    assert steps(world.snapshot("s9", status("", 1, OTHER), status("", 1)))[:1] == ["raised"]


def test_an_officer_refuses_it_and_the_alert_stays() -> None:
    world = listed(0, 1, 0, 0)
    outs = world.order("held.refuse", question(world))
    assert (alerts(outs), [str(s.state) for s in signals(outs)]) == ([], ["changed"])
    assert "un agent a constaté que la pénurie continue" in signals(outs)[0].sentence.fr
    assert world.alert().step == "released"
    assert world.order("held.accept", question(world)) == []


def test_what_the_list_still_says_goes_on_when_a_graver_row_is_accepted_as_over() -> None:
    world = World()
    left = replace(status("", 2), url="https://agency.example/other")
    world.snapshot("s0", status("", 1, OTHER))
    world.snapshot("s1", status("", 1), left)
    world.snapshot("s2", left)
    world.snapshot("s3", left)
    world.order("held.accept", question(world))
    assert (world.alert().facts["status_code"], world.alert().reason) == ("2", "status_changed")


def test_nobody_and_nothing_else_answers_it() -> None:
    world = listed(0, 1, 0, 0)
    assert world.order("held.accept", question(world), by="") == []
    assert world.order("release", question(world)) == []
    assert world.order("held.accept", "hld_of_the_door") == []


def test_a_foreign_row_accepted_as_over_is_over_too() -> None:
    world = World()
    row = replace(status("", 1, "BE:77"), country="BE", name="B")
    world.snapshot("s0", row, sender="be")
    world.snapshot("s1", sender="be")
    world.snapshot("s2", sender="be")
    outs = world.order("held.accept", question(world))
    assert [(s.subject.id, str(s.state)) for s in signals(outs)] == [("BE:77", "cleared")]
    assert alerts(outs) == []
