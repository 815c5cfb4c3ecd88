"""Rule season: sentinel medicines, weekly indicators by actor, the season's first and last Monday, and the positions behind them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertcore.cases.positions import Stocked, TierStock
from alertcore.records.alert import Alert, AlertKind, AlertStep, Severity, Signal, SignalState
from alertcore.records.product import Substance
from alertcore.records.shared import Nature, Text
from alertcore.records.stock import Circuit, Position, PositionCell, Tier
from alertcore.rules.season import ACTORS, RULE, assess, indicator, next_monday, subject_of
from alertcore.rules.season_words import Assessed, Indicator, headline, named, over, sentence
from alertcore.sentinels import in_season, is_sentinel, matches
from alertcore.thresholds import HEAT, WINTER, Molecule, SeasonPlan, SeasonPolicy
from tests.unit.alertcore import stock_world
from tests.unit.alertcore.cases_world import CIS, NOW, World, alerts, groups, product, signals

WEEK, HOUR = timedelta(days=7), timedelta(hours=1)
POLICY = SeasonPolicy()
PARIS = "Europe/Paris"
SATISFACTORY, ACCEPTABLE, UNSATISFACTORY = Indicator.SATISFACTORY, Indicator.ACCEPTABLE, Indicator.UNSATISFACTORY
NOT_RELEVANT, NOT_KNOWN = Indicator.NOT_RELEVANT, Indicator.NOT_KNOWN
X = Text(fr="x", en="x")
AMOXICILLIN = Molecule(name="amoxicilline", atc="J01CA04")
SALBUTAMOL = Molecule(name="salbutamol", atc="R03AC02")
AUGMENTIN = Molecule(name="amoxicilline/acide clavulanique", atc="J01CR02")
FOURTEENTH = Molecule(name="amoxicilline/acide clavulanique 1000 mg/125 mg", atc="J01CR02", strength="1000 mg/125 mg")
REGISTERED = frozenset({"community_pharmacy", "wholesaler", "manufacturer"})


def substances(*rows: tuple[str, str | None]) -> tuple[Substance, ...]:
    return tuple(Substance(code=f"{n:05}", name=name, strength=strength) for n, (name, strength) in enumerate(rows))


# -- sentinel medicines


@pytest.mark.parametrize(
    ("molecule", "atc", "of", "name", "expected"),
    [
        (AMOXICILLIN, "J01CA04", (), "", True),
        (AMOXICILLIN, "J01CA", (), "", False),
        (AMOXICILLIN, "J01CR02", (), "", False),
        (AMOXICILLIN, None, substances(("AMOXICILLINE TRIHYDRATÉE", "500 mg")), "", True),
        (AMOXICILLIN, None, substances(("AMOXICILLINE", None), ("ACIDE CLAVULANIQUE", None)), "", False),
        (AMOXICILLIN, None, (), "AMOXICILLINE", False),
        (SALBUTAMOL, None, substances(("SULFATE DE SALBUTAMOL", "0,12 mg")), "VENTOLINE 100 microgrammes/dose", True),
        (SALBUTAMOL, "R03CC02", substances(("SULFATE DE SALBUTAMOL", None)), "SALBUTAMOL, solution injectable", False),
        (SALBUTAMOL, None, substances(("SALMÉTÉROL", None)), "", False),
        (Molecule(name="fluticasone", atc="R03BA05"), None, substances(("PROPIONATE DE FLUTICASONE", None)), "", True),
        (AUGMENTIN, None, substances(("CLAVULANATE DE POTASSIUM", None), ("AMOXICILLINE TRIHYDRATÉE", None)), "", True),
        (AUGMENTIN, None, substances(("AMOXICILLINE TRIHYDRATÉE", None)), "", False),
        (Molecule(name="paracétamol", atc="N02BE01"), None, substances(("PARACÉTAMOL", None)), "", True),
        (Molecule(name="paracétamol", atc="N02BE01"), None, substances(("PARACETAMOL", None), ("CODÉINE", None)), "", False),
        (FOURTEENTH, "J01CR02", substances(("AMOXICILLINE", "1 g"), ("ACIDE CLAVULANIQUE", "125 mg")), "", True),
        (FOURTEENTH, "J01CR02", substances(("AMOXICILLINE", "500 mg"), ("ACIDE CLAVULANIQUE", "62,5 mg")), "", False),
        (FOURTEENTH, "J01CR02", substances(("AMOXICILLINE", None)), "AUGMENTIN 1 g/125 mg, poudre", True),
        (FOURTEENTH, "J01CR02", (), "AUGMENTIN 500 mg/62,5 mg", False),
        (FOURTEENTH, None, substances(("AMOXICILLINE", "1000 mg"), ("ACIDE CLAVULANIQUE", "125 mg")), "", True),
    ],
)
def test_a_medicine_belongs_to_a_molecule_by_atc_or_substances_and_by_strength(
    molecule: Molecule, atc: str | None, of: tuple[Substance, ...], name: str, expected: bool
) -> None:
    assert matches(molecule, atc, of, name) is expected


def test_the_shipped_plans_name_fourteenth_and_devices_and_the_heat_plan_is_empty() -> None:
    assert POLICY.plans == (WINTER, HEAT)
    assert FOURTEENTH in WINTER.molecules
    assert len(WINTER.without_figures) == 2
    assert HEAT.molecules == ()
    assert is_sentinel(POLICY, "R03AC02", (), "VENTOLINE")
    assert not is_sentinel(POLICY, "C09AA02", (), "")


@pytest.mark.parametrize(
    ("plan", "day", "expected"),
    [
        (WINTER, "09-30", False),
        (WINTER, "10-01", True),
        (WINTER, "01-15", True),
        (WINTER, "03-31", True),
        (WINTER, "04-01", False),
        (HEAT, "05-31", False),
        (HEAT, "06-01", True),
        (HEAT, "09-15", True),
        (HEAT, "09-16", False),
    ],
)
def test_a_plan_runs_from_its_first_to_its_last_day(plan: SeasonPlan, day: str, expected: bool) -> None:
    assert in_season(plan, day) is expected


# -- indicators


@pytest.mark.parametrize(
    ("days", "expected"), [(30.0, SATISFACTORY), (29.999, ACCEPTABLE), (15.0, ACCEPTABLE), (14.999, UNSATISFACTORY), (0.0, UNSATISFACTORY)]
)
def test_at_a_level_is_that_level(days: float, expected: Indicator) -> None:
    assert indicator(days, POLICY) is expected


def stocked(packs: int = 300, use: float | None = 10.0, **more: Any) -> Stocked:
    tiers = (TierStock(tier=Tier.COMMUNITY_PHARMACY, packs=packs, share=more.pop("tier_share", 1.0)),)
    fields: dict[str, Any] = {"version": 1, "as_of": NOW, "saleable": packs, "daily_use": use, "share": 1.0, "tiers": tiers}
    return Stocked(**fields | more)


@pytest.mark.parametrize(
    ("stocks", "registered", "expected", "days"),
    [
        ([stocked(300)], REGISTERED, SATISFACTORY, 30.0),
        ([stocked(299)], REGISTERED, ACCEPTABLE, 29.9),
        ([stocked(150), stocked(0)], REGISTERED, UNSATISFACTORY, 7.5),  # 150 packs over 10 + 10 a day
        ([stocked(150), stocked(0, None)], REGISTERED, ACCEPTABLE, 15.0),  # nobody uses the second
        ([stocked(100, weight=2.0)], REGISTERED, ACCEPTABLE, 20.0),  # a pack counts two
        ([stocked(300, share=0.59)], REGISTERED, NOT_KNOWN, None),
        ([stocked(300, share=0.6)], REGISTERED, SATISFACTORY, 30.0),
        ([stocked(300, tier_share=0.59)], REGISTERED, NOT_KNOWN, None),
        ([stocked(300, tier_share=0.6)], REGISTERED, SATISFACTORY, 30.0),
        ([stocked(300, as_of=NOW - 8 * timedelta(days=1))], REGISTERED, SATISFACTORY, 30.0),
        ([stocked(300, as_of=NOW - 8 * timedelta(days=1) - HOUR)], REGISTERED, NOT_KNOWN, None),
        ([stocked(300, None)], REGISTERED, NOT_KNOWN, None),
        ([stocked(9, 0.5)], REGISTERED, ACCEPTABLE, 18.0),  # less than one a day
        ([stocked(300, tier_share=0.5), stocked(300, tier_share=0.7)], REGISTERED, SATISFACTORY, 30.0),  # of 60 % in the mean
        ([stocked(300, tier_share=0.5), stocked(300, tier_share=0.69)], REGISTERED, NOT_KNOWN, None),
        ([], REGISTERED, NOT_KNOWN, None),
        ([], frozenset(), NOT_RELEVANT, None),
        ([stocked(300)], frozenset(), SATISFACTORY, 30.0),
    ],
)
def test_an_actors_days_of_supply(stocks: list[Stocked], registered: frozenset[str], expected: Indicator, days: float | None) -> None:
    found = assess(stocks, ACTORS["pharmacy"], registered, NOW, POLICY, 0.6)
    assert (found.indicator, None if found.days is None else round(found.days, 6)) == (expected, days)


@given(st.lists(st.tuples(st.integers(0, 500), st.floats(0.1, 50)), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_medicines_does_not_matter(rows: list[Any], random: Random) -> None:
    stocks = [stocked(packs, use) for packs, use in rows]
    before = assess(stocks, ACTORS["pharmacy"], REGISTERED, NOW, POLICY, 0.6)
    random.shuffle(stocks)
    after = assess(stocks, ACTORS["pharmacy"], REGISTERED, NOW, POLICY, 0.6)
    assert before.indicator is after.indicator
    assert before.days == pytest.approx(after.days)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 1, 26, 4, 59, tzinfo=UTC), datetime(2026, 1, 26, 5, tzinfo=UTC)),  # Monday, 5:59 in Paris
        (datetime(2026, 1, 26, 5, tzinfo=UTC), datetime(2026, 2, 2, 5, tzinfo=UTC)),
        (datetime(2026, 1, 25, 22, 59, tzinfo=UTC), datetime(2026, 1, 26, 5, tzinfo=UTC)),  # still Sunday
        (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 30, 4, tzinfo=UTC)),  # summer time from the 29th
        (datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 26, 5, tzinfo=UTC)),  # winter time from the 25th
    ],
)
def test_monday_at_six_is_local_time_over_both_changes_of_the_clocks(now: datetime, expected: datetime) -> None:
    assert next_monday(now, PARIS, 6) == expected


def test_the_sentence_names_every_actor() -> None:
    actors = {
        "pharmacy": Assessed(indicator=UNSATISFACTORY, days=12.0),
        "wholesaler": Assessed(indicator=NOT_RELEVANT),
        "manufacturer": Assessed(indicator=NOT_KNOWN),
    }
    found = sentence("winter", named(AMOXICILLIN), date(2026, 1, 26), actors)
    assert found.fr == (
        "Plan hiver, semaine du 26/01/2026, amoxicilline : pharmacies 12\u00a0jours (insatisfaisant), grossistes-répartiteurs (sans objet),"
        " industriels (indicateur inconnu)."
    )
    assert found.en == (
        "Winter plan, week of 2026-01-26, amoxicillin: pharmacies 12 days (unsatisfactory), wholesalers (not relevant),"
        " manufacturers (indicator not known)."
    )
    assert sentence("flood", X, date(2026, 1, 26), {}).en.startswith("Plan flood, week of 2026-01-26")


@pytest.mark.parametrize(
    ("molecule", "english"),
    [
        (AMOXICILLIN, "amoxicillin"),
        (AUGMENTIN, "amoxicillin/clavulanic acid"),
        (FOURTEENTH, "amoxicillin/clavulanic acid 1000 mg/125 mg"),
        (Molecule(name="paracétamol", atc="N02BE01"), "paracetamol"),
        (Molecule(name="eau minérale", atc="V07"), "eau minérale"),
    ],
)
def test_a_molecule_has_its_english_name_where_it_is_known(molecule: Molecule, english: str) -> None:
    assert (named(molecule).fr, named(molecule).en) == (molecule.name, english)


def test_every_molecule_of_the_winter_plan_has_an_english_name() -> None:
    accents = [m.name for m in WINTER.molecules if not named(m).en.isascii() or "ine" in named(m).en]
    assert accents == []


def test_a_plan_without_a_name_of_its_own_goes_by_what_the_policy_calls_it() -> None:
    assert headline("winter", X).en == "Winter plan: unsatisfactory cover, x"
    assert (headline("flood", X).fr, over("flood", X).en[:10]) == ("Plan flood : couverture insatisfaisante, x", "Plan flood")
    assert sentence("flood", X, date(2026, 1, 5), {}).fr.startswith("Plan flood, semaine du")


def test_one_strength_has_a_subject_of_its_own() -> None:
    assert (subject_of(AMOXICILLIN).id, subject_of(FOURTEENTH).id) == ("J01CA04", "J01CR02 1000 mg/125 mg")


# -- in the cases


def position(packs: dict[Tier, int], at: datetime, use: float | None = 10.0, cis: str = CIS, **more: Any) -> Position:
    cells = tuple(
        PositionCell(
            tier=tier, circuit=Circuit.VILLE, region="11" if tier is Tier.COMMUNITY_PHARMACY else None, saleable=n, reporters_share=1.0
        )
        for tier, n in packs.items()
    )
    total = sum(packs.values())
    days = total / use if use else None
    fields: dict[str, Any] = {
        "cis": cis,
        "version": 1,
        "as_of": at,
        "saleable": total,
        "daily_use": use,
        "days": days,
        "reporters_share": 1.0,
    }
    return Position(**fields | {"cells": cells} | more)


def register_of(*tiers: str) -> dict[str, Any]:
    rows = [{"id": t, "scheme": "agency", "tier": t, "circuit": "ville"} for t in tiers]
    return {"senders": [{"name": "one", "kinds": ["stock.reports"], "reporters": rows}]}


def winter(**more: Any) -> World:
    """Monday 26 January 2026, ten in the morning; the register has pharmacies, wholesalers and manufacturers."""
    world = World(**more)
    world.settings("senders", register_of("community_pharmacy", "wholesaler", "manufacturer"))
    return world


def hold(world: World, pharmacy: int, wholesaler: int = 400, manufacturer: int = 400, **more: Any) -> None:
    packs = {Tier.COMMUNITY_PHARMACY: pharmacy, Tier.WHOLESALER: wholesaler, Tier.MANUFACTURER: manufacturer}
    world.feed("position", position(packs, world.now, **more))


def week(world: World) -> list[Any]:
    """What the next Monday brings; the position is renewed on the Sunday before."""
    return world.wait(next_monday(world.now, PARIS, 6) - world.now)


def seasonal(outs: list[Any]) -> list[Alert]:
    return [a for a in alerts(outs) if a.kind is AlertKind.SEASON]


def indicators(outs: list[Any], atc: str = "J01CA04") -> list[Signal]:
    return [s for s in signals(outs) if s.rule == RULE and s.subject.id == atc]


def test_every_monday_of_the_plan_each_molecule_has_its_signal() -> None:
    world = winter()
    hold(world, 300)
    outs = week(world)
    assert world.now == datetime(2026, 2, 2, 5, tzinfo=UTC)
    assert len([s for s in signals(outs) if s.rule == RULE]) == len(WINTER.molecules)
    (signal,) = indicators(outs)
    assert (signal.state, signal.severity, signal.numbers) == (
        SignalState.RAISED,
        Severity.INFO,
        {"pharmacy_days": 30.0, "wholesaler_days": 40.0, "manufacturer_days": 40.0},
    )
    assert next((c.tier, c.value, c.threshold) for c in signal.cells) == (Tier.COMMUNITY_PHARMACY, 30.0, 15.0)
    assert indicators(outs, "J01CR02")[0].sentence.en.endswith(
        "pharmacies (indicator not known), wholesalers (indicator not known), manufacturers (indicator not known)."
    )
    assert seasonal(outs) == []
    hold(world, 300)
    assert [s.state for s in indicators(week(world))] == [SignalState.CHANGED]


@pytest.mark.parametrize(
    ("pharmacy", "wholesaler", "severity"),
    [(149, 400, Severity.MODERATE), (150, 149, Severity.MINOR), (150, 150, None), (0, 0, Severity.MODERATE)],
)
def test_an_unsatisfactory_indicator_is_told_to_officers(pharmacy: int, wholesaler: int, severity: Severity | None) -> None:
    world = winter()
    hold(world, pharmacy, wholesaler)
    outs = week(world)
    assert [(a.severity, a.reason) for a in seasonal(outs) if a.step is AlertStep.RAISED] == (
        [(severity, "season_unsatisfactory")] if severity else []
    )
    if severity:
        assert groups(outs) == {"officers": "alert"}
        alert = seasonal(outs)[0]
        assert alert.facts["headline_fr"] == "Plan hiver : couverture insatisfaisante, amoxicilline"
        assert alert.facts["sentence_en"].startswith("Winter plan, week of 2026-02-02, amoxicillin: pharmacies ")
        assert alert.facts["name"] == "amoxicilline"
        assert alert.numbers == indicators(outs)[0].numbers
        grades = {"pharmacy": "acceptable" if pharmacy >= 150 else "unsatisfactory", "manufacturer": "satisfactory"}
        assert {actor: alert.facts[actor] for actor in grades} == grades


def test_it_ends_when_all_are_known_and_none_is_unsatisfactory_any_more() -> None:
    world = winter()
    hold(world, 100)
    week(world)
    world.wait(9 * timedelta(days=1))
    outs = week(world)
    assert [s.sentence.en.count("not known") for s in indicators(outs)] == [3]
    assert seasonal(outs) == []
    hold(world, 200)
    (over,) = seasonal(week(world))
    assert (over.step, over.reason) == (AlertStep.RESOLVED, "season_satisfied")
    assert over.facts["sentence_en"] == indicators(world.last)[0].sentence.en
    assert over.facts["sentence_fr"] == indicators(world.last)[0].sentence.fr


def test_the_end_of_the_season_is_no_all_clear_and_the_next_one_begins_by_itself() -> None:
    world = winter()
    hold(world, 100)
    week(world)
    world.wait(datetime(2026, 3, 30, 3, tzinfo=UTC) - world.now)
    hold(world, 100)
    week(world)
    assert seasonal(world.last)[-1].step is AlertStep.UPDATED
    outs = week(world)
    assert [(a.step, a.reason) for a in seasonal(outs)] == [(AlertStep.SUPERSEDED, "season_over")]
    assert [s.state for s in indicators(outs)] == [SignalState.CLEARED]
    said = indicators(outs)[0].sentence
    assert said.fr == "Plan hiver, amoxicilline : la saison est terminée, les indicateurs ne sont plus établis."
    assert said.en.startswith("Winter plan, amoxicillin:")
    assert (seasonal(outs)[0].facts["sentence_fr"], seasonal(outs)[0].facts["sentence_en"]) == (said.fr, said.en)
    assert [s for s in signals(week(world)) if s.rule == RULE] == []
    world.wait(datetime(2026, 10, 4, 12, tzinfo=UTC) - world.now)
    hold(world, 100)
    assert [s.state for s in indicators(week(world))] == [SignalState.RAISED]


@pytest.mark.parametrize("fields", [{"atc": "J01CA04", "substances": ()}, {"atc": None}])
def test_a_medicine_is_a_sentinel_by_its_code_or_by_its_substances(fields: dict[str, Any]) -> None:
    world = winter()
    world.feed("reference.products", product(**fields))
    hold(world, 300)
    assert [s.numbers["pharmacy_days"] for s in indicators(week(world))] == [30.0]


def test_a_strength_may_stand_in_the_name_alone() -> None:
    world = winter()
    world.feed("reference.products", product(name="AUGMENTIN 1 g/125 mg, poudre", atc="J01CR02", substances=()))
    hold(world, 300)
    assert [s.numbers["pharmacy_days"] for s in indicators(week(world), "J01CR02 1000 mg/125 mg")] == [30.0]


def test_a_molecule_of_a_running_plan_is_not_put_away_by_one_that_is_over() -> None:
    plans = [
        {"name": "winter", "from": "10-01", "to": "03-31", "molecules": [{"name": "amoxicilline", "atc": "J01CA04"}]},
        {"name": "heat", "from": "06-01", "to": "09-15", "molecules": [{"name": "amoxicilline", "atc": "J01CA04"}]},
    ]
    world = winter(policy={"season": {"plans": plans}})
    hold(world, 100)
    outs = week(world)
    assert [a.step for a in seasonal(outs)] == [AlertStep.RAISED, AlertStep.RELEASED]
    assert [s.state for s in indicators(outs)] == [SignalState.RAISED]


def test_an_actor_the_register_does_not_have_is_not_relevant_and_one_nobody_of_which_has_it_not_known() -> None:
    world = World()
    world.settings("senders", register_of("community_pharmacy", "wholesaler"))
    world.feed("position", position({Tier.COMMUNITY_PHARMACY: 300}, NOW))
    (signal,) = indicators(week(world))
    assert signal.sentence.en.endswith(
        "pharmacies 30 days (satisfactory), wholesalers (indicator not known), manufacturers (not relevant)."
    )


def test_depositaries_hold_for_manufacturers() -> None:
    world = winter()
    world.feed("position", position({Tier.COMMUNITY_PHARMACY: 300, Tier.MANUFACTURER: 100, Tier.DEPOSITARY: 50}, NOW))
    assert indicators(week(world))[0].numbers["manufacturer_days"] == 15.0


def test_medicines_of_a_molecule_are_added_up() -> None:
    world = winter()
    world.feed("reference.products", product("60000002"))
    world.feed("reference.products", product("60000003", atc="C09AA02"))
    hold(world, 300)
    hold(world, 0, cis="60000002")
    hold(world, 9000, cis="60000003")
    hold(world, 9000, cis="60000009")
    assert indicators(week(world))[0].numbers["pharmacy_days"] == 15.0


def test_a_medicine_that_is_no_sentinel_or_not_known_starts_nothing() -> None:
    world = winter()
    world.feed("reference.products", product("60000003", atc="C09AA02", substances=()))
    hold(world, 0, cis="60000003")
    hold(world, 0, cis="60000009")
    assert list(world.shell.view().items("timer/season")) == []


def test_an_older_position_never_replaces_a_newer_and_a_pack_of_another_size_is_weighed() -> None:
    world = winter()
    hold(world, 300)
    world.feed("position", position({Tier.COMMUNITY_PHARMACY: 1}, NOW - HOUR))
    kept = world.shell.view().get(f"stocked/actual/{CIS}")
    assert kept is not None
    assert (kept.saleable, kept.weight) == (1100, 1.0)
    world.feed("position", replace(position({Tier.COMMUNITY_PHARMACY: 100}, NOW + HOUR), days=30.0))
    kept = world.shell.view().get(f"stocked/actual/{CIS}")
    assert kept is not None
    assert kept.weight == 3.0
    world.feed("position", position({Tier.COMMUNITY_PHARMACY: 0}, NOW + 2 * HOUR, None))
    kept = world.shell.view().get(f"stocked/actual/{CIS}")
    assert kept is not None
    assert kept.weight == 1.0


def test_an_exercise_has_indicators_of_its_own() -> None:
    world = winter()
    world.feed("position", position({Tier.COMMUNITY_PHARMACY: 1}, NOW, nature=Nature.EXERCISE))
    assert {a.nature for a in seasonal(week(world))} == {Nature.EXERCISE}


# -- in stage supply


def sent(outs: list[Any]) -> list[datetime]:
    return [o.value.as_of for o in outs if o.topic == "cases.log" and o.kind == "position"]


@pytest.mark.parametrize(("atc", "month", "weekly"), [("J01CA04", 3, True), ("C09AA02", 3, False), ("J01CA04", 5, False)])
def test_the_position_of_a_sentinel_medicine_goes_to_the_cases_once_a_week_of_the_season(atc: str, month: int, weekly: bool) -> None:
    at = datetime(2026, month, 11, 12, tzinfo=UTC)  # 11 March is a Wednesday, 11 May a Monday
    world = stock_world.World()
    world.at = at
    world.tell(stock_world.register({"p1": "community_pharmacy"}, interval_days=30), stock_world.product(atc=atc))
    world.report(stock_world.sheet("p1", [stock_world.line(stock_world.CIP, stock_world.CIS, 9000, 1.0)], at=at))
    world.advance()
    for _ in range(14 * 12):
        world.advance(7200)
    found = [f"{day:%A %H:%M}" for day in sent(world.supply.outs)]
    assert found == (["Wednesday 12:01", "Sunday 23:00", "Sunday 23:00"] if weekly else [])


@settings(deadline=None, max_examples=5)
@given(st.integers(0, 20))
def test_a_restart_sends_it_no_second_time(days: int) -> None:
    runs = []
    for restart in (False, True):
        world = stock_world.World()
        world.tell(stock_world.register({"p1": "community_pharmacy"}, interval_days=30), stock_world.product(atc="J01CA04"))
        world.report(stock_world.sheet("p1", [stock_world.line(stock_world.CIP, stock_world.CIS, 9000, 1.0)]))
        world.advance(days * 86400)
        if restart:
            world.reopen()
        world.advance(8 * 86400)
        runs.append([o.wire.value for o in world.supply.outs])
    assert runs[0] == runs[1]
