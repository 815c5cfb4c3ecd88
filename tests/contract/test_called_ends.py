"""Whom the roster or a duty called hears the end of it, once, though the routing file tells officers nothing; and nobody else does."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from alertcore.records.defect import DefectClass, DefectProduct, DefectStep, SeriousRisk
from alertcore.records.notice import Notice, Purpose
from streams.emitting import Out
from tests.contract.test_person_promises import PEOPLE, delivered
from tests.unit.alertcore.cases_world import NOW, notices, of, steps
from tests.unit.alertcore.routed_world import MINUTE, OTHERS, Routed, each, everybody

OFFICERS = {str(n + 1): line["ref"] for n, line in enumerate(PEOPLE) if line["kind"] == "officer"}
ROSTER = {"director": "o-2", "shifts": [{"name": "all", "turns": ["o-1"], "starts": "2026-01-26"}]}
AT_ONCE = {"group_by": ["alert"], "group_wait": "0s", "group_interval": "0s", "repeat_interval": "1y"}
TOLD = AT_ONCE | {"routes": each("officers")}
MILD: dict[str, Any] = {"class_": DefectClass.II, "serious_risk": SeriousRisk.EXCLUDED, "serious_risk_at": None}


def world(root: dict[str, Any] | None = None, *, roster: bool = True, restart: bool = False) -> Routed:
    """A serious defect that nobody has released, under a file that tells officers nothing unless `root` does."""
    made = Routed(root or AT_ONCE, {"name": "nobody"} if root is None else everybody("officers", "officer"))
    if roster:
        made.settings("duty", ROSTER)
    made.report()
    if restart:
        made.shell.reopen()
    return made


def ends(outs: list[Out]) -> list[Notice]:
    """What is told to those who were told before."""
    return [n for n in notices(outs) if n.audience.recipients_of is not None]


async def heard(made: Routed, purpose: Purpose) -> Counter[str]:
    """How often each person is sent a message of a purpose."""
    found = await delivered(of(made.outs, Notice))
    return Counter(OFFICERS.get(one.who, one.who) for one in found if one.sent and one.notice.purpose is purpose)


@pytest.mark.parametrize("restart", [False, True])
async def test_who_was_called_hears_the_all_clear_once_and_who_was_not_hears_nothing(restart: bool) -> None:
    made = world(restart=restart)
    assert await heard(made, Purpose.ESCALATION) == {"o-1": 1}
    made.report(step=DefectStep.CLOSED, received_at=NOW + MINUTE)
    (end,) = ends(made.last)
    assert (end.receiver, end.follows) == ("", tuple(n.notice_id for n in notices(made.outs) if n.purpose is Purpose.ESCALATION))
    assert await heard(made, Purpose.ALL_CLEAR) == {"o-1": 1}


async def test_who_was_called_and_reminded_again_and_again_hears_one_end() -> None:
    made = world()
    made.wait(timedelta(hours=5))
    assert (await heard(made, Purpose.REMINDER))["o-1"] > 2
    made.order("cancel", reason="by mistake")
    assert await heard(made, Purpose.CORRECTION) == {"o-1": 1, "o-2": 1}


async def test_without_a_roster_all_officers_are_reminded_and_hear_the_end() -> None:
    made = world(roster=False)
    made.wait(16 * MINUTE)
    made.order("cancel", reason="by mistake")
    assert await heard(made, Purpose.CORRECTION) == {"o-1": 1, "o-2": 1}


async def test_whom_a_route_tells_the_end_too_hears_it_once() -> None:
    made = world(TOLD)
    made.wait(16 * MINUTE)
    made.report(step=DefectStep.CLOSED, received_at=made.now)
    assert [n.receiver for n in ends(made.last)] == ["officers", ""]
    assert await heard(made, Purpose.ALL_CLEAR) == {"o-1": 1, "o-2": 1}


async def test_what_another_took_the_place_of_is_over_for_who_was_called_and_says_so() -> None:
    made = Routed(AT_ONCE, {"name": "nobody"}, gates=[{"gate": "one"}])
    made.settings("duty", ROSTER)
    made.report("q1", **MILD)
    made.wait(16 * MINUTE)
    assert (await heard(made, Purpose.ESCALATION)) == {"o-1": 1}
    made.report("q1", product=DefectProduct(name="OTHER", cis=OTHERS[0]), received_at=made.now, step=DefectStep.UPDATE, **MILD)
    assert "superseded" in steps(made.last)
    (end,) = ends(made.last)
    assert (end.purpose, end.params["sentence_en"].startswith("Another alert has taken over from this one")) == (Purpose.UPDATE, True)
    assert await heard(made, Purpose.UPDATE) == {"o-1": 1}


async def test_where_nobody_was_called_nobody_is_told_an_end() -> None:
    made = Routed(AT_ONCE, {"name": "nobody"}, gates=[{"gate": "automatic"}])
    made.report(**MILD)
    made.report(step=DefectStep.CLOSED, received_at=NOW + MINUTE, **MILD)
    assert ends(made.outs) == []


async def test_a_correction_reaches_who_was_called_though_no_route_told_anybody() -> None:
    made = world()
    made.order("correct", reason="a slip", text_fr="C'est autre chose.", text_en="It is something else.")
    assert await heard(made, Purpose.CORRECTION) == {"o-1": 1}
