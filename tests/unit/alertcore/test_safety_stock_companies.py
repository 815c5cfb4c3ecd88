"""Several companies under their floor of one medicine: each hears of its own breach alone, and once that its own is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alertcore.policy import Policy
from alertcore.records.alert import Signal
from alertcore.records.notice import Notice
from alertcore.rules.safety_stock import FloorState, Look, look
from alertcore.rules.safety_stock_floor import Floor, Standing
from tests.unit.alertcore.cases_world import CIS, World, ends, groups, notices

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NAME = "AMOXIDEMO 500 mg, gélule"


class Floors:
    """The rule on the stocks of companies, a floor of 1000 packs each, and stage cases behind it."""

    def __init__(self) -> None:
        self.state, self.cases = FloorState(), World()
        self.signal: Signal | None = None

    def stocks(self, after: timedelta = HOUR, **packs: float | None) -> list[Notice]:
        """What people are told when the companies have so many packs."""
        self.cases.wait(after)
        standings = tuple(
            Standing(floor=Floor(company=f"lab-{c}", months=2.0, mean_month=500.0, kept=12), stock=stock) for c, stock in packs.items()
        )
        now = Look(cis=CIS, name=NAME, mitm=True, at=self.cases.now, policy=Policy(), policy_version=0, standings=standings)
        self.state, self.signal = look(self.state, now)
        return notices(self.cases.feed("signal", self.signal)) if self.signal else []


def told(found: list[Notice], company: str) -> dict[str, str]:
    (notice,) = [n for n in found if n.reason.rule == f"companies:lab-{company}"]
    return notice.params


def test_who_is_back_while_another_is_not_hears_that_its_own_is_over_as_news_and_once() -> None:
    floors = Floors()
    assert {n.reason.rule for n in floors.stocks(a=100, b=600)} == {"officers", "companies:lab-a", "companies:lab-b"}
    found = floors.stocks(a=100, b=1200)
    said = told(found, "b")
    assert said["headline_fr"] == f"{NAME} : votre stock n'est plus sous son plancher légal"
    assert said["headline_en"] == f"{NAME}: your stock is no longer below its legal floor"
    assert said["sentence_fr"].startswith(
        "Votre stock vendable d'AMOXIDEMO 500 mg, gélule n'est plus sous un plancher légal : l'alerte est"
    )
    assert said["sentence_en"].startswith(f"Your saleable stock of {NAME} is no longer below a legal floor: the alert is closed for you.")
    assert (said["instruction_fr"][:20], said["instruction_en"][:25]) == ("Signalez à l'agence ", "Tell the agency of any ri")
    assert {k for k in said if k.endswith(("_packs", "_months"))} == set()
    assert ends(floors.cases.last) == {"companies:lab-b": ("update", floors.cases.alert().alert_id)}
    assert "sous le plancher légal" in told(found, "a")["sentence_fr"]
    assert told(found, "a")["stock_packs"] == "100"
    found = floors.stocks(after=DAY, a=50, b=1200)
    assert {n.reason.rule for n in found} == {"officers", "companies:lab-a"}


def test_who_is_under_its_floor_again_is_told_anew_and_hears_the_end() -> None:
    floors = Floors()
    floors.stocks(a=100, b=600)
    floors.stocks(a=100, b=1200)
    found = floors.stocks(a=100, b=700)
    assert told(found, "b")["sentence_en"] == (
        f"Your saleable stock of {NAME} is below its legal floor. The agency gives you the figures when you ask."
    )
    assert told(found, "b")["headline_en"] == f"{NAME}: safety stock below its floor"
    floors.stocks(a=5000, b=5000)
    assert {receiver: purpose for receiver, (purpose, _) in ends(floors.cases.last).items()} == {
        "officers": "all_clear",
        "companies:lab-a": "all_clear",
        "companies:lab-b": "all_clear",
    }


def test_who_is_out_of_it_hears_no_all_clear_of_the_others() -> None:
    floors = Floors()
    floors.stocks(a=100, b=600)
    floors.stocks(a=100, b=1200)
    floors.stocks(a=5000, b=5000)
    assert set(ends(floors.cases.last)) == {"officers", "companies:lab-a"}


def test_when_the_one_whose_figures_were_told_is_back_the_next_reads_its_own_and_the_first_no_figures() -> None:
    floors = Floors()
    floors.stocks(a=100, b=600)
    found = floors.stocks(a=1200, b=600)
    assert told(found, "b")["stock_packs"] == "600"
    assert "le stock de lab-b est de 600" in told(found, "b")["sentence_fr"]
    assert {k for k in told(found, "a") if k.endswith(("_packs", "_months"))} == set()
    assert "l'alerte est close pour vous" in told(found, "a")["sentence_fr"]
    assert told(found, "a")["since"] == ""


@pytest.mark.parametrize(("packs", "back"), [(999.0, False), (1000.0, True), (1099.0, True)])
def test_who_is_at_its_floor_again_and_not_clear_reads_so(packs: float, back: bool) -> None:
    floors = Floors()
    floors.stocks(a=100, b=600)
    found = floors.stocks(after=DAY, a=300, b=packs)
    assert floors.signal is not None
    assert floors.signal.numbers["others_below_count"] == float(not back)
    assert ("Autres entreprises sous leur plancher : 1." in floors.signal.sentence.fr) is not back
    assert ("companies:lab-b" in groups(floors.cases.last)) is back
    if back:
        assert "is no longer below its legal floor, but not yet far enough" in told(found, "b")["sentence_en"]
    assert ends(floors.cases.last) == {}


def test_that_another_is_at_its_floor_again_is_told_once_a_day_at_most() -> None:
    floors = Floors()
    floors.stocks(a=100, b=600)
    assert floors.stocks(after=DAY - timedelta(seconds=1), a=100, b=1000) == []
    assert {n.reason.rule for n in floors.stocks(after=timedelta(seconds=1), a=100, b=1000)} == {
        "officers",
        "companies:lab-a",
        "companies:lab-b",
    }
    assert floors.stocks(after=DAY, a=100, b=1010) == []


def test_news_of_one_company_is_none_for_another() -> None:
    floors = Floors()
    floors.stocks(a=500, b=600)
    assert {n.reason.rule for n in floors.stocks(after=DAY, a=300, b=600)} == {"officers", "companies:lab-a"}
    assert {n.reason.rule for n in floors.stocks(after=DAY, a=300, b=200)} == {"officers", "companies:lab-a", "companies:lab-b"}
    floors.stocks(a=5000, b=5000)
    assert set(ends(floors.cases.last)) == {"officers", "companies:lab-a", "companies:lab-b"}


def test_another_order_of_those_behind_the_first_is_no_news() -> None:
    floors = Floors()
    floors.stocks(a=100, b=600, c=700)
    floors.stocks(after=DAY, a=100, b=1000, c=700)
    assert floors.signal is not None
    assert floors.signal.companies == ("lab-a", "lab-c", "lab-b")
    assert floors.stocks(after=timedelta(minutes=1), a=100, b=990, c=700) == []


def test_while_the_news_waits_for_a_person_a_company_that_is_back_hears_nothing_yet() -> None:
    gates = [{"kind": "safety_stock", "audience": "companies", "gate": "one"}]
    floors = Floors()
    floors.cases = World(gates=gates)
    floors.stocks(a=100, b=600)
    floors.cases.order("release", audience="companies")
    found = floors.stocks(a=100, b=1200)
    assert {n.reason.rule for n in found} == {"officers"}
    found = notices(floors.cases.order("release", audience="companies"))
    assert "the alert is closed for you" in told(found, "b")["sentence_en"]
    assert ends(floors.cases.last) == {"companies:lab-b": ("update", floors.cases.alert().alert_id)}
