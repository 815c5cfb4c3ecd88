"""Orders that change nothing leave their reason in the state; those that are done leave none, and only the last are kept."""

from __future__ import annotations

import pytest

from alertcore.cases.answers import KEPT, KEY, Answers
from tests.unit.alertcore.cases_world import CIS, World
from tests.unit.alertcore.test_correcting import RIGHT

CASE = f"cis:{CIS}"


def refused(world: World) -> list[tuple[str, str]]:
    found: Answers | None = world.shell.view().get(KEY)
    return [(r.command, r.reason) for r in found.refused] if found is not None else []


def short() -> World:
    world = World()
    world.declare()
    return world


@pytest.mark.parametrize(
    ("action", "params", "reason"),
    [
        ("case.evaluate", {"market_share_pct": "150"}, "unknown_value"),
        ("case.close", {"reason": "done"}, "alerts_open"),
        ("case.close", {"reason": " "}, "no_reason"),
        ("case.answer", {"id": "c7", "of": "x", "text": "y"}, "unknown_value"),
        ("case.reopen", {}, "nothing_new"),
        ("measure.start", {"id": "nix"}, "unknown_value"),
        ("case.note", {"text": "x", "target": "cis:69999999"}, "unknown_subject"),
        ("case.dance", {}, "unknown_action"),
        ("correct", {**RIGHT, "reason": ""}, "no_reason"),
        ("contest", {"company": "lab-z", "text": "no"}, "not_its_company"),
        ("release", {}, "nothing_to_release"),
        ("ack", {"by": "two words"}, "no_person"),
    ],
)
def test_a_refused_order_leaves_its_reason(action: str, params: dict[str, str], reason: str) -> None:
    world = short()
    target = params.get("target", CASE if "." in action else world.alert().alert_id)
    command = f"c{world.count}"
    assert world.order(action, target, **{k: v for k, v in params.items() if k != "target"}) == []
    assert refused(world) == [(command, reason)]


def test_what_is_done_or_only_begun_leaves_none() -> None:
    world = World(gates=[{"kind": "shortage", "gate": "two"}])
    world.declare()
    world.order("case.note", CASE, text="x")
    world.order("release")
    world.order("release", by="officer-2")
    world.order("correct", **RIGHT)
    world.order("ack")
    assert refused(world) == []
    world.order("correct", **RIGHT)
    assert [reason for _, reason in refused(world)] == ["same_person"]


def test_the_last_refusals_are_kept_after_a_restart_too() -> None:
    world = short()
    for _ in range(KEPT + 3):
        world.order("case.reopen", CASE)
    world.shell.reopen()
    world.order("case.close", CASE)
    found = refused(world)
    assert len(found) == KEPT
    assert [reason for _, reason in found] == ["nothing_new"] * (KEPT - 1) + ["alerts_open"]
