"""A floor that is lowered while an alert is open, through stages supply and cases: what is ended, who is told how, and what opens again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alertcore.agency import Agency
from alertcore.cases.stage import CasesStage
from alertcore.records.alert import Alert, AlertKind, Signal, SignalState
from alertcore.records.notice import Notice, Purpose
from alertcore.records.shared import SubjectKind
from alertcore.rules.safety_stock_breach import FLAGS, Lowered
from alertcore.sharding import CASES_LOG
from streams.local import LocalShell
from tests.unit.alertcore import cases_world
from tests.unit.alertcore.cases_world import signal
from tests.unit.alertcore.stock_world import CIP, CIS, NOON, company_report, known_world, lab, line, product, setting, sheet

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
DEROGATION = {"cis": CIS, "months": 1.0, "from": "2026-03-12", "to": "2026-03-12", "reason": "short shelf life"}
BEGINS, ENDS = datetime(2026, 3, 11, 23, tzinfo=UTC), datetime(2026, 3, 12, 23, tzinfo=UTC)
"""Midnights in Paris."""
MINUTES = timedelta(minutes=10)


class Hub:
    """A lab's stock of 150 packs against a floor of 200, through supply and cases, whose clocks go together."""

    def __init__(self, packs: int = 150) -> None:
        self.world, self.heard = known_world(), 0
        self.cases = LocalShell(CasesStage(Agency(id="agency", name="Agence", program="test")), durable=True)
        lab(self.world, packs)
        self.until(NOON + HOUR)

    def until(self, at: datetime) -> None:
        """Time goes by in small steps; what supply says reaches the cases."""
        while self.world.at < at:
            self.world.advance(min(MINUTES, at - self.world.at).total_seconds())
            self.hear()

    def hear(self) -> None:
        for out in self.world.supply.outs[self.heard :]:
            if out.topic == CASES_LOG and out.entry is not None:
                self.cases.feed(0, out.entry)
        self.heard = len(self.world.supply.outs)
        self.cases.advance(self.world.at)

    def report_again(self) -> None:
        """The same stock, counted now: nobody falls silent."""
        self.world.report(company_report(150, report_id=f"r-{self.world.at}", at=self.world.at))
        for name in ("p1", "p2"):
            self.world.report(sheet(name, [line(CIP, CIS, 10, 1.0)], report_id=f"r-{self.world.at}", at=self.world.at))

    def versions(self, kind: AlertKind = AlertKind.SAFETY_STOCK) -> list[Alert]:
        return [o.value for o in self.cases.outs if isinstance(o.value, Alert) and o.value.kind is kind]

    def told(self, since: int = 0) -> list[Notice]:
        return [o.value for o in self.cases.outs[since:] if isinstance(o.value, Notice) and o.value.params["kind"] == "safety_stock"]


def said(alert: Alert) -> str:
    return alert.facts["sentence_en"]


@pytest.mark.parametrize("restart", [False, True])
def test_when_a_derogation_begins_the_alert_ends_without_an_all_clear_and_when_it_is_over_opens_again(restart: bool) -> None:
    hub = Hub()
    hub.world.tell(setting("policy", {"safety_stock": {"periods": [DEROGATION]}}))
    hub.until(BEGINS - HOUR)
    hub.report_again()
    hub.until(BEGINS - timedelta(seconds=1))
    assert [str(a.step) for a in hub.versions()] == ["raised", "released"]
    if restart:
        hub.world.reopen()
        hub.cases.reopen()
    before = len(hub.cases.outs)
    hub.until(BEGINS + HOUR)
    over = hub.versions()[-1]
    assert (str(over.step), over.reason) == ("resolved", "floor_lowered")
    assert "the agency has granted a lower floor of 1 month of sales until 2026-03-12, instead of 2 months" in said(over)
    assert over.facts["headline_fr"].endswith(" : alerte close, stock non reconstitué")
    assert over.facts["instruction_en"].startswith("Your stock is not rebuilt: go on rebuilding it")
    assert {n.purpose for n in hub.told(before)} == {Purpose.UPDATE}
    assert {n.receiver for n in hub.told(before)} == {n.receiver for n in hub.told()}
    hub.report_again()
    hub.until(ENDS - timedelta(seconds=1))
    assert hub.versions()[-1] == over
    hub.until(ENDS + timedelta(seconds=2))
    again = hub.versions()[-1]
    assert (str(again.step), again.kind, again.subject, again.replaces) == ("released", over.kind, over.subject, over.alert_id)
    assert hub.versions()[-2].reason == "relapse"
    assert again.decided_at - ENDS < timedelta(seconds=2)
    assert not [n for n in hub.told() if n.purpose is Purpose.ALL_CLEAR]


def test_a_stock_that_comes_back_during_a_derogation_is_told_as_recovered() -> None:
    hub = Hub()
    lab(hub.world, 220)
    before = len(hub.cases.outs)
    hub.until(NOON + 2 * HOUR)
    assert hub.versions()[-1].reason == "floor_recovered"
    assert {n.purpose for n in hub.told(before)} == {Purpose.ALL_CLEAR}


@pytest.mark.parametrize("mitm", [True, False])
def test_a_medicine_that_leaves_the_list_of_mitm_ends_its_alert_without_an_all_clear_and_one_that_joins_it_opens_one(mitm: bool) -> None:
    hub = Hub()
    before = len(hub.cases.outs)
    hub.world.tell(product(mitm=False))
    hub.until(NOON + 2 * HOUR)
    over = hub.versions()[-1]
    assert (str(over.step), over.reason) == ("resolved", "floor_lowered")
    assert "its floor goes from 2 months to 1 week of sales" in said(over)
    assert {n.purpose for n in hub.told(before)} == {Purpose.UPDATE}
    hub.world.tell(product(mitm=mitm))
    hub.until(NOON + 3 * HOUR)
    assert hub.versions()[-1].facts.get("floor_months") == ("2" if mitm else f"{12 / 52:g}")
    assert (str(hub.versions()[-1].step), hub.versions()[-1].alert_id == over.alert_id) == (
        ("released", False) if mitm else ("resolved", True)
    )


def test_a_policy_that_grants_the_derogation_at_once_closes_as_changed_by_it() -> None:
    hub = Hub()
    before = len(hub.cases.outs)
    hub.world.tell(setting("policy", {"safety_stock": {"periods": [DEROGATION | {"from": "2026-03-10"}]}}))
    hub.until(NOON + 2 * HOUR)
    over = hub.versions()[-1]
    assert (str(over.step), over.reason) == ("cancelled", "policy_changed")
    assert "the agency has granted a lower floor of 1 month of sales until 2026-03-12, instead of 2 months" in said(over)
    assert Purpose.ALL_CLEAR not in {n.purpose for n in hub.told(before)}


@pytest.mark.parametrize(
    ("flag", "reason", "purpose"), [(FLAGS[Lowered.FLOOR], "floor_lowered", "update"), ("other_flag", "facts_gone", "all_clear")]
)
def test_a_duty_that_ends_with_a_lowered_floor_is_no_good_news_either(flag: str, reason: str, purpose: str) -> None:
    world = cases_world.World()

    def floor(state: SignalState, numbers: dict[str, Any]) -> Signal:
        return signal("safety_stock", SubjectKind.CIS, cases_world.CIS, state, companies=("lab-a",), numbers=numbers)

    world.feed("signal", floor(SignalState.RAISED, {"stock_packs": 1.0}))
    world.wait(4 * DAY)
    assert {f.alert.kind for f in world.files() if not f.ended} == {AlertKind.DUTY, AlertKind.SAFETY_STOCK}
    world.feed("signal", floor(SignalState.CLEARED, {flag: 1.0}))
    outs = world.soon()
    duty = [a for a in cases_world.alerts(outs) if a.kind is AlertKind.DUTY]
    assert [(str(a.step), a.reason) for a in duty] == [("resolved", reason)]
    assert {str(n.purpose) for n in cases_world.notices(outs) if n.params["kind"] == "duty"} == {purpose}


def test_a_second_company_reads_that_its_floor_was_lowered_and_not_the_figures_of_the_first() -> None:
    world = cases_world.World()
    two: dict[str, Any] = {"companies": ("lab-a", "lab-b")}
    world.feed("signal", signal("safety_stock", SubjectKind.CIS, cases_world.CIS, numbers={"stock_packs": 1.0}, **two))
    lowered = {FLAGS[Lowered.FLOOR]: 1.0, "floor_packs": 5.0}
    world.feed("signal", signal("safety_stock", SubjectKind.CIS, cases_world.CIS, SignalState.CLEARED, numbers=lowered, **two))
    over = cases_world.alerts(world.last)[-1]
    assert over.facts["sentence_others_fr"].startswith("L'alerte sur le stock de sécurité d'AMOXIDEMO 500 mg, gélule se ferme")
    assert "your stock is not rebuilt for that" in over.facts["sentence_others_en"]
    assert over.facts["floor_packs"] == "5"
