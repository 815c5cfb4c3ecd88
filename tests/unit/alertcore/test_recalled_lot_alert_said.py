"""What an alert on recalled lots says where several companies or no hours of grace are named, and a reach of what an officer cancelled."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alertcore.records.alert import AlertStep
from alertcore.rules.recalled_lot_text import sentence
from tests.unit.alertcore.cases_world import HOURS, NOW, alerts, product
from tests.unit.alertcore.test_recalled_lot_alert import CIP, OTHER, PHARMACIES, held, hold, of_holders, reach, recalled


def test_what_companies_read_of_their_own_stands_beside_what_everybody_reads() -> None:
    world = recalled()
    world.feed("reference.products", product("60000002", cip13=OTHER, name="AUTREDEMO", company="lab-b"))
    raised = of_holders(hold(world, held(), held("B1", cip13=OTHER, cis="60000002")))[0]
    assert raised.labels["by_company"] == "yes"
    assert (raised.facts["since"], raised.facts["holder_told"]) == ("2026-01-26", "yes")
    own = {k: v for k, v in raised.facts.items() if k.startswith("own/")}
    assert set(own) == {f"own/{firm}/sentence_{x}" for firm in ("lab-a", "lab-b") for x in ("fr", "en")}
    for firm, lot, packs in (("lab-a", "A1", CIP), ("lab-b", "B1", OTHER)):
        others = {"A1", "B1"} - {lot}
        assert all(lot in own[f"own/{firm}/sentence_{x}"] for x in ("fr", "en")), packs
        assert not [v for k, v in own.items() if f"/{firm}/" in k and others & set(v.replace(",", " ").split())]


def test_where_the_signal_names_no_hours_of_grace_there_are_none() -> None:
    soon = held(observed_at=NOW + HOURS / 2)
    assert len(of_holders(hold(recalled(), soon, numbers={"saleable_packs": 4.0}))[0].batches) == 1


def test_a_reach_of_an_alert_that_an_officer_cancelled_is_told_to_nobody() -> None:
    world = recalled()
    world.feed("reach", reach(PHARMACIES))
    assert alerts(world.order("cancel"))[-1].step is AlertStep.CANCELLED
    assert world.wait(timedelta(minutes=1)) == []


@pytest.mark.parametrize(
    ("count", "fr", "en"),
    [(5, "lot L4 (4\xa0boîtes).", "lot L4 (4 packs)."), (6, " ; et 1 autre.", "; and 1 more."), (7, " ; et 2 autres.", "; and 2 more.")],
)
def test_five_lots_are_named_and_the_others_counted(count: int, fr: str, en: str) -> None:
    found = tuple(held(f"L{n}") for n in range(count))
    said = sentence(found[0].reporter, found, found, {})
    named_fr, named_en = said.fr.split(" Relevé du")[0], said.en.split(" Report of")[0]
    assert named_fr.endswith(fr), named_fr
    assert named_en.endswith(en), named_en
