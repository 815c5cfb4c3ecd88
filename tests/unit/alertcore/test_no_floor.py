"""Medicines of major therapeutic interest without a floor: officers hear of them by company, and nobody else does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alertcore.records.alert import AlertKind, Severity, Signal, SignalState
from alertcore.records.shared import Nature, SubjectKind
from alertcore.records.stock import Circuit, Tier
from alertcore.rules.no_floor import Look, NoFloorState, Without, look
from streams.emitting import Out
from tests.unit.alertcore import cases_world
from tests.unit.alertcore.stock_world import (
    CIP,
    CIS,
    LAB,
    NOON,
    World,
    cip,
    cis,
    company_report,
    known_world,
    last,
    line,
    months,
    positions,
    product,
    register,
    setting,
    sheet,
    sold,
)

DAY = timedelta(days=1)
COMPANY = SubjectKind.COMPANY


def found(outs: list[Out]) -> list[Signal]:
    """What stage cases is told."""
    return [o.value for o in outs if o.topic == "cases.log" and isinstance(o.value, Signal) and o.value.rule == "no_floor"]


def night(world: World) -> list[Signal]:
    """What the next midnight tells."""
    return found(world.advance(DAY.total_seconds()))


def without(*sales: Any, **more: Any) -> World:
    """A company whose only MITM has these sales, with its stock told."""
    world = World()
    world.tell(register({"p1": "community_pharmacy"}), product(**more), *sales)
    world.report(company_report(50, report_id="a", at=NOON))
    world.advance()
    return world


@pytest.mark.parametrize(
    ("sales", "untold"),
    [
        ([], 1.0),
        ([sold("2024-02", 100)], 1.0),
        ([sold(month, 0) for month in months()], 0.0),
        ([sold("2026-02", -5)], 0.0),
        ([sold("2026-02", 90, exceptional=True)], 0.0),
    ],
)
def test_a_mitm_without_sales_is_told_at_midnight_and_once(sales: list[Any], untold: float) -> None:
    world = without(*sales)
    (signal,) = night(world)
    assert (signal.state, signal.severity) == (SignalState.RAISED, Severity.MINOR)
    assert (signal.subject.kind, signal.subject.id) == (COMPANY, LAB)
    assert signal.numbers == {"medicines_count": 1.0, "medicines_untold_count": untold}
    assert night(world) == []
    world.reopen()
    assert night(world) == []
    position = last(world.supply.outs)
    assert (position.floor_packs, position.floor_months) == (None, 2.0)


def test_it_is_over_once_there_are_sales() -> None:
    world = without()
    (raised,) = night(world)
    assert raised.sentence.fr == (
        "MITM de lab-1 sans plancher de stock de sécurité, faute de ventes connues sur les 12 derniers mois :"
        " EXEMPLE 500 mg, comprimé (CIS 60000001)."
    )
    world.tell(sold("2026-02", 100))
    (cleared,) = night(world)
    assert (cleared.state, cleared.since, cleared.numbers["medicines_count"]) == (SignalState.CLEARED, raised.since, 0.0)
    assert (
        cleared.sentence.fr == "Tous les MITM de Laboratoire lab-1 ont de nouveau un plancher de stock de sécurité, ou n’en relèvent plus."
    )
    assert cleared.sentence.en == "All MITM of Laboratoire lab-1 have a safety-stock floor again, or need none any more."
    assert night(world) == []


def test_a_medicine_with_sales_that_is_no_mitm_or_is_not_marketed_is_not_told() -> None:
    assert night(known_world()) == []
    assert night(without(marketed=False)) == []
    assert night(without(sold("2026-02", 0), marketed=False)) == []
    assert night(without(mitm=False)) == []


def test_of_several_companies_those_whose_packs_are_on_sale_are_told() -> None:
    world = without()
    names: dict[str, Any] = {"p1": "community_pharmacy", "lab-2": ("manufacturer", "both", None), "lab-3": ("manufacturer", "both", None)}
    world.tell(register(names), product(cip(2), company="lab-2", marketed=False), product(cip(3), company="lab-3"))
    assert [s.subject.id for s in night(world)] == [LAB, "lab-3"]


def test_a_company_whose_stock_nobody_tells_or_awaits_is_not_told() -> None:
    world = World()
    world.tell(register({"p1": "community_pharmacy"}), product())
    world.report(sheet("p1", [line(CIP, CIS, 10, 1.0)]))
    assert night(world) == []
    world.tell(register({"p1": "community_pharmacy", LAB: ("manufacturer", "both", None)}))
    assert [s.subject.id for s in night(world)] == [LAB]


def test_who_only_makes_what_another_markets_needs_no_floor() -> None:
    world = known_world()
    world.report(company_report(50, report_id="m", at=NOON, lab="maker"))
    assert night(world) == []


def test_stock_at_a_depositary_tells_of_who_markets_it() -> None:
    world = World()
    world.tell(register({"p1": "community_pharmacy"}), product())
    world.report(sheet("d1", [line(CIP, CIS, 60)], tier=Tier.DEPOSITARY, circuit=Circuit.BOTH, region=None))
    world.advance()
    assert [s.subject.id for s in night(world)] == [LAB]


def test_a_company_that_told_sales_of_nought_and_one_that_told_none_are_each_told_by_their_name() -> None:
    world = without(sold("2026-02", 0))
    world.tell(product(cip(2), cis(2), company="lab-2", name="AUTRE"))
    world.report(company_report(5, report_id="b", at=NOON, code=cip(2), medicine=cis(2), lab="lab-2"))
    world.advance()
    one, two = night(world)
    assert "MITM of Laboratoire lab-1 without" in one.sentence.en
    assert two.sentence.en.endswith(
        f"MITM of lab-2 without a safety-stock floor, for want of known sales in the last 12 months: AUTRE (CIS {cis(2)})."
    )


def test_a_policy_is_named() -> None:
    world = without()
    world.tell(setting("policy", {"safety_stock": {"months": {CIS: 3.0}}}))
    (signal,) = night(world)
    assert signal.policy_version == 1


def test_positions_of_a_medicine_with_sales_are_as_before() -> None:
    world = known_world()
    world.advance()
    assert {(p.floor_packs, p.floor_months) for p in positions(world.supply.outs) if p.floor_packs} == {(200.0, 2.0)}


# -- the rule


def medicines(n: int, first: int = 0) -> tuple[Without, ...]:
    return tuple(Without(cis=cis(i), name=f"M{i}") for i in range(first, first + n))


def seen(of: tuple[Without, ...], **more: Any) -> Look:
    return replace(Look(company=LAB, name="Arrow", shard=0, medicines=of, at=NOON, policy_version=4), **more)


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (medicines(10), medicines(10), False),
        (medicines(11), medicines(10), False),
        (medicines(10), medicines(9), True),
        (medicines(10), medicines(10, 1), True),
        (medicines(10), medicines(11), True),
        (medicines(1), (), True),
        ((), (), False),
    ],
)
def test_what_comes_is_told_and_what_goes_when_it_is_a_tenth_or_all(
    before: tuple[Without, ...], now: tuple[Without, ...], told: bool
) -> None:
    state, _ = look(NoFloorState(), seen(before))
    after, signal = look(state, seen(now, at=NOON + DAY))
    assert (signal is not None) is told
    if not told:
        assert after is state


def test_five_are_named_and_the_rest_counted() -> None:
    ends = {n: look(NoFloorState(), seen(medicines(n)))[1] for n in (1, 2, 5, 6, 7)}
    said = {n: (s.sentence.fr.split(" : ")[1], s.sentence.en.split(": ")[1]) for n, s in ends.items() if s}
    assert said[1] == (f"M0 (CIS {cis(0)}).", f"M0 (CIS {cis(0)}).")
    assert said[2] == (f"M0 (CIS {cis(0)}) et M1 (CIS {cis(1)}).", f"M0 (CIS {cis(0)}) and M1 (CIS {cis(1)}).")
    assert said[5][0].endswith(f"M3 (CIS {cis(3)}) et M4 (CIS {cis(4)}).")
    assert (said[6][0].endswith(" et 1 autre."), said[6][1].endswith(" and 1 other.")) == (True, True)
    assert (said[7][0].endswith(" et 2 autres."), said[7][1].endswith(" and 2 others.")) == (True, True)


def test_the_signal_of_each_shard_is_its_own() -> None:
    ids = {s.signal_id for n in (0, 1) if (s := look(NoFloorState(), seen(medicines(1), shard=n))[1])}
    assert len(ids) == 2


# -- stage cases


def told(shard: int, n: int, **more: Any) -> Signal:
    _, signal = look(NoFloorState(), seen(medicines(n, 10 * shard), shard=shard, **more))
    assert signal is not None
    return signal


def gone(shard: int) -> Signal:
    state, _ = look(NoFloorState(), seen(medicines(1, 10 * shard), shard=shard))
    _, signal = look(state, seen((), shard=shard))
    assert signal is not None
    return signal


def test_officers_and_nobody_else_get_one_alert_a_company_from_all_shards() -> None:
    world = cases_world.World()
    first = told(0, 1)
    outs = world.feed("signal", first)
    assert cases_world.groups(outs) == {"officers": "alert"}
    assert cases_world.signals(outs) == [first]
    alert = world.alert()
    assert (alert.kind, alert.severity, alert.labels["rule"]) == (AlertKind.HUB, Severity.MINOR, "no_floor")
    assert alert.facts["headline_fr"] == "un médicament sans plancher de stock de sécurité"
    assert alert.facts["headline_en"] == "a medicine without a safety-stock floor"
    outs = world.feed("signal", told(1, 2, medicines=(*medicines(1, 10), Without(cis=cis(11), name="M11", untold=True)), at=NOON - DAY))
    assert cases_world.groups(outs) == {"officers": "update"}
    alert = world.alert()
    assert alert.numbers == {"medicines_count": 3.0, "medicines_untold_count": 1.0}
    assert alert.facts["headline_fr"] == "3 médicaments sans plancher de stock de sécurité"
    assert alert.facts["headline_en"] == "3 medicines without a safety-stock floor"
    assert alert.facts["since"] == "2026-03-09"
    assert alert.facts["sentence_fr"].count("MITM d'Arrow sans plancher") == 2
    assert alert.facts["sentence_fr"].endswith(" Chiffres de ventes nuls ou exceptionnels : 2 ; aucun chiffre : 1.")
    assert alert.facts["sentence_en"].endswith(" Figures of sales nought or exceptional: 2; no figures: 1.")


def test_it_ends_when_no_shard_has_any() -> None:
    world = cases_world.World()
    world.feed("signal", told(0, 1))
    world.feed("signal", told(1, 1))
    outs = world.feed("signal", gone(0))
    assert cases_world.steps(outs) == ["updated"]
    outs = world.feed("signal", gone(1))
    assert [(str(a.step), a.reason) for a in cases_world.alerts(outs)] == [("resolved", "hub_trouble_over")]
    assert cases_world.ends(outs)["officers"][0] == "all_clear"
    assert world.shell.view().get(f"no_floor/{Nature.ACTUAL}/{LAB}") is None


def test_an_end_of_what_was_never_told_is_nothing() -> None:
    assert cases_world.steps(cases_world.World().feed("signal", gone(0))) == []
