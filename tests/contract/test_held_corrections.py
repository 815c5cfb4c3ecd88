"""A correction while another content waits for a person: in the ledger each person hears it once, of what they were released."""

from __future__ import annotations

from alertcore.records.notice import Notice, Purpose
from tests.contract.stored import person
from tests.contract.test_person_promises import PEOPLE, delivered
from tests.unit.alertcore.cases_world import World, of
from tests.unit.alertcore.test_earlier import MARK, RIGHT, held, told

ROSTER = {"director": "o-dir", "shifts": [{"name": "a", "turns": ["o-1"], "starts": "2026-01-05"}]}
NOBODY = {
    "route": {"receiver": "pharmacies"},
    "receivers": [{"name": "pharmacies", "audience": {"kinds": ["community_pharmacy"], "mandatory": True}}],
}


async def corrections(world: World) -> dict[str, list[Notice]]:
    """Number of each person to the corrections that they get."""
    found: dict[str, list[Notice]] = {}
    for one in await delivered(of(world.outs, Notice)):
        if one.sent and one.notice.purpose is Purpose.CORRECTION:
            found.setdefault(one.who, []).append(one.notice)
    return found


def kind_of(who: str) -> str:
    return str(PEOPLE[int(who) - 1]["kind"])


async def test_each_person_who_was_told_reads_one_correction_of_what_they_were_released() -> None:
    world = held(told(World()))
    world.order("correct", **RIGHT)
    heard = await corrections(world)
    assert {kind_of(who) for who in heard} == {"officer", "community_pharmacy", "physician", "patient", "wholesaler"}
    assert all(len(mine) == 1 for mine in heard.values())
    assert {kind_of(who): MARK in repr(mine) for who, mine in heard.items()} == {
        "officer": True,
        "community_pharmacy": False,
        "physician": False,
        "patient": False,
        "wholesaler": False,
    }


async def test_who_was_called_past_every_route_hears_the_correction_too() -> None:
    world = World()
    world.settings("duty", ROSTER)
    world.settings("routes", NOBODY)
    held(told(world))
    assert person("o-1", "officer") in PEOPLE
    world.order("correct", **RIGHT)
    heard = await corrections(world)
    assert {kind_of(who): [n.receiver for n in mine] for who, mine in heard.items()} == {
        "community_pharmacy": ["pharmacies"],
        "officer": [""],
    }
