"""Rule coverage where daily use is known of fewer than 28 days: of how many reporters is said, until it is known."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alertcore.heard import reporter_hash
from alertcore.policy import Policy
from alertcore.records.alert import Signal
from alertcore.records.stock import Tier
from alertcore.rules.coverage import CoverageState, Look, look
from tests.unit.alertcore.stock_world import CIP, CIS, NOON, World, last, line, product, register, sheet, signals

DAY = timedelta(days=1)
PLACES = {"p1": "community_pharmacy", "p2": "community_pharmacy", "h1": "hospital_pharmacy", "w1": "wholesaler"}


def hub() -> World:
    world = World()
    world.tell(register(PLACES), product())
    return world


def tell(world: World, period: int, packs: int = 100, names: tuple[str, ...] = ("p1", "p2", "h1")) -> None:
    """Everybody reports; those named tell 10 packs a day, counted over `period` days, the others over 28."""
    for name, tier in PLACES.items():
        days = period if name in names else 28
        daily = -1.0 if tier == "wholesaler" else 10.0
        rows = [line(CIP, CIS, packs, daily)]
        world.report(sheet(name, rows, report_id=f"{name}{world.at}", at=world.at, tier=Tier(tier), periods=[days] if days < 28 else ()))
    world.advance()


def after(world: World, days: int, period: int = 1, **more: object) -> World:
    for _ in range(days):
        world.advance(86_400)
        tell(world, period, **more)  # type: ignore[arg-type]
    return world


def short(world: World) -> list[Signal]:
    return [s for s in signals(world.supply.outs) if s.rule == "coverage"]


@pytest.mark.parametrize(("names", "pct"), [(("p1", "p2", "h1"), 100.0), (("p1",), 100 / 3), ((), None), (("p1", "w1"), 100 / 3)])
def test_it_is_said_of_how_many_reporters_that_dispense_less_is_known(names: tuple[str, ...], pct: float | None) -> None:
    world = after(hub(), 3, names=names)
    (raised,) = short(world)
    assert raised.numbers.get("brief_history_pct") == (pct and pytest.approx(pct))
    assert last(world.supply.outs).daily_use == 30.0
    said = f"Pour {pct:.0f} % des pharmacies à jour, la consommation n’est connue que sur moins de 28 jours." if pct else "10/03/2026."
    assert raised.sentence.fr.endswith(said.replace("10/03/2026", f"{raised.since:%d/%m/%Y}"))
    if pct:
        assert raised.sentence.en.endswith(
            f" Of {pct:.0f} % of the pharmacies that are up to date, use is known of fewer than 28 days only."
        )


def test_once_28_days_are_known_nothing_is_said_any_more_though_the_hub_was_restarted() -> None:
    world = after(hub(), 14, packs=1000)
    world.reopen()
    after(world, 13, packs=1000)
    keys = [key for key, _ in world.supply.view().items("brief/")]
    assert keys == ["brief/1/0"]
    after(world, 1, packs=1000)
    assert list(world.supply.view().items("brief/")) == []
    after(world, 2, packs=100)
    assert "brief_history_pct" not in short(world)[-1].numbers


def test_one_of_many_is_at_least_one_per_cent() -> None:
    def seen(days: int) -> Look:
        readings: dict[str | None, float | None] = {None: 20.0}
        at = NOON + days * DAY
        return Look(cis=CIS, name="EXEMPLE", mitm=True, at=at, policy=Policy(), policy_version=0, readings=readings, brief=0.001)

    state, _ = look(CoverageState(), seen(0))
    _, signal = look(state, seen(1))
    assert signal is not None
    assert "Of 1 % of the pharmacies" in signal.sentence.en


def test_reporters_are_known_by_their_hashes_also_after_a_new_register() -> None:
    world = after(hub(), 2, names=("p1",))
    assert {int(n) for _, block in world.supply.view().items("brief/") for n in block.rows[:, 0]} == {reporter_hash("p1")}
    world.tell(register({"p2": "community_pharmacy"}))
    after(world, 2, names=("p1",), packs=50)
    assert short(world)[-1].version == 3
    assert "brief_history_pct" not in short(world)[-1].numbers


def test_another_generation_begins_without_them() -> None:
    world = after(hub(), 2)
    newer = World(generation=2)
    newer.at = world.at
    tell(newer, 28)
    for out in newer.stock.outs:
        if out.entry is not None:
            world.supply.feed(0, out.entry)
    assert list(world.supply.view().items("brief/")) == []
