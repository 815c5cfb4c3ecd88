"""What pharmacies that cannot be supplied lead to (CSP R.5124-49-1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from alertcore.cases.disruptions import limit_hours
from alertcore.records.alert import AlertKind, Severity, SignalState
from alertcore.records.shared import Nature, OrgScheme, Subject, SubjectKind
from alertcore.records.shortage import Disruption, DisruptionState, Pharmacy
from alertcore.records.stock import Tier
from alertcore.rules.disruption_72h_words import STEPS, step
from streams.emitting import Out
from tests.unit.alertcore.cases_world import CIS, FOLLOWED, HOURS, NOW, World, alerts, groups, notices, product, signals, steps

OPEN, SERVED, ABANDONED = DisruptionState.OPEN, DisruptionState.SERVED, DisruptionState.ABANDONED
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def disruption(pharmacy: str = "p1", region: str | None = "53", **fields: Any) -> Disruption:
    """A request of a pharmacy to two distributors, open."""
    given_: dict[str, Any] = {
        "disruption_id": "x1",
        "pharmacy": Pharmacy(id=pharmacy, scheme=OrgScheme.FINESS, country="FR", region=region, tier=Tier.COMMUNITY_PHARMACY),
        "cis": CIS,
        "cip13": "3400960000001",
        "asked_at": NOW,
        "distributors": ("a", "b"),
        "state_at": NOW,
    }
    return Disruption(**given_ | fields)


def ask(world: World, *args: Any, **fields: Any) -> list[Out]:
    """Feed a request."""
    return world.feed("supply.disruptions", disruption(*args, **fields))


def after(hours: float) -> datetime:
    """An instant after the request."""
    return NOW + timedelta(hours=hours)


def only(world: World) -> Any:
    """The file of the only alert."""
    found = world.files()
    assert len(found) == 1
    return found[0]


def test_it_fires_at_72_hours_and_not_a_second_before() -> None:
    world = World()
    assert ask(world) == []
    assert world.wait(72 * HOURS - SECOND) == []
    outs = world.wait(SECOND)
    assert steps(outs) == ["raised", "released"]
    alert = alerts(outs)[0]
    assert (alert.kind, alert.reason, alert.subject) == (
        AlertKind.DISRUPTION,
        "pharmacies_without",
        Subject(kind=SubjectKind.CIS, id=CIS),
    )
    assert (alert.severity, alert.numbers) == (Severity.MODERATE, {"pharmacies_count": 1.0, "regions_count": 1.0})
    assert groups(outs) == {"companies:lab-a": "alert"}
    assert [(s.rule, s.state, s.companies) for s in signals(outs)] == [("disruption_72h", SignalState.RAISED, ("lab-a",))]
    assert alert.facts["sentence_fr"] == (
        "AMOXIDEMO 500 mg, gélule : une pharmacie (Bretagne) attend depuis plus de 72\u00a0heures, malgré sa demande à deux distributeurs"
        " ; connu le 29/01/2026."
    )
    assert alert.facts["sentence_en"] == (
        "AMOXIDEMO 500 mg, gélule: one pharmacy (Bretagne) has waited for more than 72 hours although it asked two distributors;"
        " known on 2026-01-29."
    )


@pytest.mark.parametrize(
    ("hours", "reason", "counted"),
    [
        (72, None, 72),
        (24, "insulin", 24),
        (24, None, 72),
        (24, "  ", 72),
        (96, "slow", 72),
        (96, None, 72),
        (71, "x", 71),
        (1, "x", 1),
    ],
)
def test_only_a_reason_shortens_the_limit_and_nothing_lengthens_it(hours: int, reason: str | None, counted: int) -> None:
    asked = disruption(limit_hours=hours, limit_reason=reason)
    assert limit_hours(asked, 72) == counted
    world = World()
    world.feed("supply.disruptions", asked)
    assert world.wait(counted * HOURS - SECOND) == []
    assert steps(world.wait(SECOND)) == ["raised", "released"]
    shortened = f"a réduit le délai à {counted} h pour" in only(world).alert.facts["sentence_fr"]
    assert shortened is (counted < 72)


@pytest.mark.parametrize(
    ("distributors", "fires"),
    [
        (("a", "b"), True),
        (("a",), False),
        (("a", "a"), False),
        (("a", " a "), False),
        (("OCP", "ocp"), False),
        (("CERP  Rouen", "cerp rouen "), False),
        (("CERP Rouen", "CERP Bretagne"), True),
        (("a", ""), False),
        ((), False),
        (("a", "b", "c"), True),
    ],
)
def test_two_distinct_distributors_must_have_been_asked(distributors: tuple[str, ...], fires: bool) -> None:
    world = World()
    ask(world, distributors=distributors)
    assert bool(world.wait(73 * HOURS)) is fires


def test_one_distributor_is_taken_and_the_second_counts_from_when_the_pharmacy_asked() -> None:
    world = World()
    ask(world, distributors=("a",))
    world.wait(80 * HOURS)
    outs = ask(world, distributors=("a", "b"), state_at=after(80))
    assert steps(outs) == ["raised", "released"]
    assert "arrivé 8 h après ce délai" in alerts(outs)[0].facts["sentence_fr"]


def test_a_request_that_comes_too_late_fires_at_once_and_says_so() -> None:
    world = World()
    outs = ask(world, asked_at=NOW - 10 * DAY, state_at=NOW - 10 * DAY)
    assert steps(outs) == ["raised", "released"]
    assert "The report came 168 h after that limit." in alerts(outs)[0].facts["sentence_en"]
    exact = ask(World(), asked_at=NOW - 72 * HOURS)
    assert "came" not in alerts(exact)[0].facts["sentence_en"]


@pytest.mark.parametrize("state", [SERVED, ABANDONED])
@pytest.mark.parametrize("hours", [0, 71, 72])
def test_what_ends_within_the_limit_never_fires(state: DisruptionState, hours: int) -> None:
    world = World()
    ask(world)
    world.now = after(min(hours, 71))
    ask(world, state=state, state_at=after(hours))
    assert world.wait(100 * HOURS) == []


def test_served_too_late_ends_it_with_an_all_clear() -> None:
    world = World()
    ask(world)
    world.wait(73 * HOURS)
    outs = ask(world, state=SERVED, state_at=after(73))
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("resolved", "all_pharmacies_served")]
    assert [str(n.purpose) for n in notices(outs)] == ["all_clear"]
    assert alerts(outs)[0].facts["sentence_en"] == "AMOXIDEMO 500 mg, gélule: every pharmacy concerned has been supplied."
    assert [s.state for s in signals(outs)] == [SignalState.CLEARED]


def test_what_is_told_of_one_and_of_several_pharmacies_has_its_headline_and_each_end_what_to_do() -> None:
    world = World()
    (signal,) = signals(ask(world, asked_at=NOW - 72 * HOURS))
    assert signal.numbers == {"pharmacies_count": 1.0, "regions_count": 1.0}
    assert only(world).alert.also == FOLLOWED
    facts = only(world).alert.facts
    assert (facts["regions"], facts["since"]) == ("53", "2026-01-26")
    assert facts["headline_fr"] == "AMOXIDEMO 500 mg, gélule : rupture d'approvisionnement en pharmacie"
    assert facts["headline_en"] == "AMOXIDEMO 500 mg, gélule: supply disruption at a pharmacy"
    ask(world, "p2", region="11", disruption_id="x2", asked_at=NOW - 72 * HOURS)
    facts = only(world).alert.facts
    assert facts["headline_fr"] == "AMOXIDEMO 500 mg, gélule : ruptures d'approvisionnement en pharmacie"
    assert facts["headline_en"] == "AMOXIDEMO 500 mg, gélule: supply disruptions at pharmacies"
    assert facts["regions"] == "11,53"
    assert "2 pharmacies (Île-de-France and Bretagne) were not supplied within 72 hours" in facts["sentence_en"]
    for number, pharmacy, region in (("x1", "p1", "53"), ("x2", "p2", "11")):
        outs = ask(world, pharmacy, region=region, disruption_id=number, asked_at=NOW - 72 * HOURS, state=SERVED, state_at=NOW + SECOND)
    facts = alerts(outs)[0].facts
    assert facts["headline_fr"] == "AMOXIDEMO 500 mg, gélule : toutes les pharmacies concernées ont été servies"
    assert facts["headline_en"] == "AMOXIDEMO 500 mg, gélule: every pharmacy concerned has been supplied"
    assert (facts["instruction_fr"], facts["instruction_en"]) == ("Aucune action n'est plus attendue.", "Nothing more is awaited.")


def test_pharmacies_of_no_known_region_are_told_without_a_place_and_five_are_five() -> None:
    world = World()
    asked_by(world, 5, (None,))
    facts = only(world).alert.facts
    assert "2026, 5 pharmacies n'ont pas été servies" in facts["sentence_fr"]
    assert ", 5 pharmacies were not supplied" in facts["sentence_en"]


def test_news_that_it_was_served_in_time_ends_it_too() -> None:
    world = World()
    ask(world)
    world.wait(73 * HOURS)
    outs = ask(world, state=SERVED, state_at=after(71))
    assert [a.reason for a in alerts(outs)] == ["all_pharmacies_served"]


def test_a_request_that_was_given_up_is_no_all_clear() -> None:
    world = World()
    ask(world)
    world.wait(73 * HOURS)
    outs = ask(world, state=ABANDONED, state_at=after(73))
    assert [(str(a.step), a.reason) for a in alerts(outs)] == [("resolved", "no_longer_reported")]
    assert [str(n.purpose) for n in notices(outs)] == ["update"]
    facts = alerts(outs)[0].facts
    assert facts["sentence_fr"] == (
        "AMOXIDEMO 500 mg, gélule : plus aucune pharmacie ne signale de demande en attente, sans que toutes aient dit avoir été servies."
    )
    assert facts["headline_fr"] == facts["sentence_fr"].rstrip(".")
    assert facts["instruction_en"] == "Check with your distributors that pharmacies receive this medicine again."


def test_seven_days_without_news_are_no_all_clear() -> None:
    world = World()
    ask(world)
    world.wait(72 * HOURS)
    assert world.wait(7 * DAY - SECOND) == []
    outs = world.wait(SECOND)
    assert [a.reason for a in alerts(outs)] == ["no_longer_reported"]


def test_news_that_it_still_waits_begins_the_seven_days_anew() -> None:
    world = World()
    ask(world)
    world.wait(72 * HOURS + 6 * DAY)
    assert ask(world, state_at=world.now) == []
    assert world.wait(7 * DAY - SECOND) == []
    assert [a.reason for a in alerts(world.wait(SECOND))] == ["no_longer_reported"]


def test_given_up_and_then_served_after_all_is_an_all_clear_again() -> None:
    world = World()
    ask(world, "p1")
    ask(world, "p2")
    world.wait(73 * HOURS)
    ask(world, "p1", state=ABANDONED, state_at=after(73))
    ask(world, "p1", state=SERVED, state_at=after(74))
    assert [a.reason for a in alerts(ask(world, "p2", state=SERVED, state_at=after(74)))] == ["all_pharmacies_served"]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_reports_of_one_request_in_any_order_come_to_the_same(order: tuple[int, ...]) -> None:
    reports = (
        disruption(),
        disruption(state=ABANDONED, state_at=after(80)),
        disruption(state=SERVED, state_at=after(90)),
    )
    world = World()
    world.now = after(100)
    for n in (*order, order[0]):
        world.feed("supply.disruptions", reports[n])
    assert [f for f in world.files() if not f.ended] == []
    assert [v.state for _, v in world.shell.view().items("ask/")] == [SERVED]


def test_an_open_report_after_its_end_opens_nothing() -> None:
    world = World()
    world.now = after(80)
    ask(world, state=SERVED, state_at=after(79))
    assert ask(world, state_at=after(1)) == []
    world.wait(20 * DAY)
    assert ask(world, state_at=after(2)) == []


def test_at_one_instant_served_goes_before_given_up_before_open() -> None:
    for given_ in permutations((OPEN, ABANDONED, SERVED)):
        world = World()
        for state in given_:
            ask(world, state=state, state_at=after(1))
        assert [v.state for _, v in world.shell.view().items("ask/")] == [SERVED]


def asked_by(world: World, count: int, regions: tuple[str | None, ...] = ("53",)) -> list[Out]:
    """Requests of so many pharmacies, at once."""
    outs: list[Out] = []
    for n in range(count):
        outs += ask(world, f"p{n}", regions[n % len(regions)], asked_at=NOW - 72 * HOURS)
    return outs


@pytest.mark.parametrize(
    ("count", "regions", "cluster"),
    [
        (4, ("53",), False),
        (5, ("53",), True),
        (2, ("53", "11"), False),
        (3, ("53", "11", "84"), True),
        (3, ("53", "11", None), False),
        (4, (None,), False),
        (5, (None,), True),
    ],
)
def test_five_pharmacies_or_three_regions_go_to_the_agency(count: int, regions: tuple[str | None, ...], cluster: bool) -> None:
    world = World()
    asked_by(world, count, regions)
    alert = only(world).alert
    assert alert.labels["cluster"] == str(cluster).lower()
    assert alert.severity is (Severity.SEVERE if cluster else Severity.MODERATE)
    assert ("officers" in {t.group for t in only(world).told}) is cluster
    assert notices(world.outs, "companies:lab-a")[0].params["instruction_en"].startswith("Answer the pharmacists")
    assert all(n.params["instruction_en"].startswith("Ask the company") for n in notices(world.outs, "officers"))
    assert ("Le seuil de l'agence est atteint : 5 pharmacies ou 3 régions en 7 jours." in alert.facts["sentence_fr"]) is cluster


def test_a_medicine_of_less_interest_is_one_step_milder_and_a_policy_sets_the_numbers() -> None:
    world = World(products=False, policy={"disruption": {"cluster_pharmacies": 2}})
    world.feed("reference.products", product(mitm=False))
    asked_by(world, 1)
    assert only(world).alert.severity is Severity.MINOR
    asked_by(world, 2)
    assert only(world).alert.severity is Severity.MODERATE


def test_pharmacies_eight_days_apart_are_no_cluster() -> None:
    world = World()
    for n in range(8):
        ask(world, f"p{n}", asked_at=world.now - 72 * HOURS)
        world.wait(2 * DAY)
        ask(world, f"p{n}", asked_at=world.now - 74 * HOURS, state=SERVED, state_at=world.now)
    assert not [a for a in alerts(world.outs) if a.labels.get("cluster") == "true"]


def test_pharmacies_that_were_served_count_for_seven_days() -> None:
    world = World()
    for n in range(5):
        ask(world, f"p{n}", asked_at=NOW - 72 * HOURS)
        if n < 4:
            ask(world, f"p{n}", asked_at=NOW - 72 * HOURS, state=SERVED, state_at=NOW + SECOND)
    assert world.alert().labels["cluster"] == "true"


def test_one_pharmacy_with_two_requests_is_one_pharmacy_that_waits_until_both_are_served() -> None:
    world = World()
    ask(world, asked_at=NOW - 72 * HOURS)
    assert ask(world, asked_at=NOW - 72 * HOURS, disruption_id="x2") == []
    assert ask(world, asked_at=NOW - 72 * HOURS, state=SERVED, state_at=NOW + SECOND) == []
    outs = ask(world, asked_at=NOW - 72 * HOURS, state=SERVED, state_at=NOW + SECOND, disruption_id="x2")
    assert steps(outs) == ["resolved"]


def test_many_pharmacies_are_told_by_steps_and_not_one_by_one() -> None:
    world = World()
    outs = asked_by(world, 60, ("53", "11"))
    told = [a.numbers["pharmacies_count"] for a in alerts(outs) if str(a.step) in ("raised", "updated")]
    assert told == [1, 2, 3, 4, 5, 10, 20, 50]
    sentence = only(world).alert.facts["sentence_fr"]
    assert "au moins 50 pharmacies (Île-de-France et Bretagne)" in sentence
    assert "at least 50 pharmacies" in only(world).alert.facts["sentence_en"]


@pytest.mark.parametrize(("count", "told"), [(0, 0), (1, 1), (5, 5), (6, 5), (9, 5), (10, 10), (19, 10), (20, 20), (21_000, 20_000)])
def test_a_step_is_the_last_number_reached(count: int, told: int) -> None:
    assert step(count) == told
    assert list(STEPS) == sorted(STEPS)


def test_where_no_company_is_known_the_agency_is_told_to_find_it() -> None:
    world = World(products=False)
    outs = ask(world, asked_at=NOW - 72 * HOURS)
    assert groups(outs) == {"officers": "alert"}
    assert "n'est pas connue : prévenez-la" in alerts(outs)[0].facts["sentence_fr"]
    assert alerts(outs)[0].facts["name"] == f"CIS {CIS}"
    end = ask(world, asked_at=NOW - 72 * HOURS, state=SERVED, state_at=NOW + SECOND)
    assert alerts(end)[0].facts["headline_en"] == f"CIS {CIS}: every pharmacy concerned has been supplied"


def test_another_policy_finds_a_cluster_in_what_is_open() -> None:
    world = World()
    asked_by(world, 3)
    outs = world.settings("policy", {"disruption": {"cluster_pharmacies": 3}})
    assert [a.labels["cluster"] for a in alerts(outs)][-1] == "true"


def test_a_request_whose_time_is_corrected_waits_for_its_new_limit() -> None:
    world = World()
    ask(world, asked_at=NOW - 72 * HOURS)
    outs = ask(world, asked_at=NOW, state_at=NOW + SECOND)
    assert [a.reason for a in alerts(outs)] == ["no_longer_reported"]
    assert steps(world.wait(72 * HOURS)) == ["raised", "released"]
    assert alerts(world.last)[0].reason == "relapse"


def test_an_exercise_is_counted_apart() -> None:
    world = World()
    asked_by(world, 4)
    outs = ask(world, "p9", nature=Nature.EXERCISE, asked_at=NOW - 72 * HOURS)
    assert [(a.nature, a.numbers["pharmacies_count"]) for a in alerts(outs)] == [(Nature.EXERCISE, 1.0)] * 2


def test_an_alert_an_officer_cancelled_comes_back_only_with_news() -> None:
    world = World()
    ask(world, asked_at=NOW - 72 * HOURS)
    world.order("cancel")
    assert ask(world, asked_at=NOW - 72 * HOURS) == []
    outs = ask(world, asked_at=NOW - 72 * HOURS, state=SERVED, state_at=NOW + SECOND)
    assert alerts(outs) == []


def test_everything_is_forgotten_in_time_and_nothing_before() -> None:
    world = World()
    ask(world, asked_at=NOW - 72 * HOURS)
    ask(world, "p2", asked_at=NOW - 72 * HOURS, state=SERVED, state_at=NOW)
    ask(world, "p/3", distributors=("a",))
    world.wait(35 * DAY - SECOND)
    assert len(list(world.shell.view().items("ask/"))) == 3
    world.wait(SECOND)
    kept = [k for prefix in ("ask/", "without/", "disrupted/", "timer/disruption") for k, _ in world.shell.view().items(prefix)]
    assert kept == []


def test_a_restart_in_between_changes_nothing() -> None:
    world = World()
    asked_by(world, 3)
    ask(world, "p9", asked_at=NOW)
    world.shell.reopen()
    outs = world.wait(72 * HOURS)
    assert [a.numbers["pharmacies_count"] for a in alerts(outs)][-1] == 4
    for key, value in world.shell.view().items("ask/"):
        assert world.shell.stage.load(key, world.shell.stage.dump(key, value)) == value


REPORTS = tuple(
    replace(
        disruption(f"p{n % 4}", ("53", "11", "84", None)[n % 4], disruption_id=f"x{n % 2}", asked_at=NOW - 80 * HOURS),
        state=state,
        state_at=NOW - 10 * HOURS + n * SECOND + rank * HOURS,
    )
    for n in range(6)
    for rank, state in enumerate((OPEN, SERVED if n % 3 else ABANDONED))
)


def counted(world: World) -> tuple[Any, ...]:
    """What the counts come to, without what an alert remembers of its life."""
    view = world.shell.view()
    asks = [(k, v.state, v.counts) for k, v in view.items("ask/")]
    return asks, list(view.items("without/")), [(k, v.regions, v.open) for k, v in view.items("disrupted/")]


@settings(max_examples=40, deadline=None)
@given(some.permutations(range(len(REPORTS))), some.integers(0, len(REPORTS) - 1))
def test_the_order_of_arrival_and_repeats_change_no_count(order: list[int], twice: int) -> None:
    first, other = World(), World()
    for n in range(len(REPORTS)):
        first.feed("supply.disruptions", REPORTS[n])
    for n in [*order, order[twice]]:
        other.feed("supply.disruptions", REPORTS[n])
    assert counted(first) == counted(other)
    assert [f for f in first.files() if not f.ended] == [f for f in other.files() if not f.ended] == []
