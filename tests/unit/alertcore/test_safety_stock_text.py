"""What an officer reads of a floor that is not kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alertcore.policy import Policy
from alertcore.records.alert import Signal
from alertcore.rules.safety_stock import FloorState, Look, look
from alertcore.rules.safety_stock_floor import Floor, Standing
from alertcore.thresholds import SafetyStockPolicy

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
RULES = SafetyStockPolicy()


def standing(stock: float | None, packs: float = 1000.0, company: str = "lab-1", **more: int) -> Standing:
    """Stock against a floor of two months of sales."""
    mean = packs / 2 if packs else None
    return Standing(
        floor=Floor(company=company, months=2.0, mean_month=mean, kept=more.get("kept", 12), exceptional=more.get("exceptional", 0)),
        stock=stock,
    )


def seen(*standings: Standing, at: datetime = AT, **more: object) -> Look:
    plain = Look(cis="60000001", name="EXEMPLE 500 mg", mitm=True, at=at, policy=Policy(), policy_version=3, standings=standings)
    return replace(plain, **more)  # type: ignore[arg-type]


def run(*looks: Look) -> list[Signal | None]:
    """Signals of one look after the other."""
    state, signals = FloorState(), []
    for one in looks:
        state, signal = look(state, one)
        signals.append(signal)
    return signals


def told(signal: Signal | None) -> Signal:
    assert signal is not None
    return signal


NBSP = "\u00a0"


def test_an_officer_reads_who_has_how_much_what_the_law_asks_and_what_is_missing() -> None:
    (signal,) = run(seen(standing(1234.0, 20000.0), names={"lab-1": "Laboratoire Un"}))
    assert told(signal).sentence.fr.replace(NBSP, " ") == (
        "EXEMPLE 500 mg (CIS 60000001) : le stock de Laboratoire Un est de 1 234 boîtes, soit 0,1 mois de ventes, "
        "sous le plancher légal de 20 000 boîtes (2 mois de ventes). Il manque 18 766 boîtes."
    )
    assert told(signal).sentence.en == (
        "EXEMPLE 500 mg (CIS 60000001): Laboratoire Un holds 1,234 packs, 0.1 months of sales, "
        "under the legal floor of 20,000 packs (2 months of sales). 18,766 packs missing."
    )


def test_the_sentence_says_when_it_recovers_and_when_it_is_over() -> None:
    _, back, over = run(seen(standing(900.0)), seen(standing(1000.0), at=AT + DAY), seen(standing(1100.0), at=AT + 2 * DAY))
    assert "L’alerte reste ouverte jusqu’à 1 100 boîtes." in told(back).sentence.fr.replace(NBSP, " ")
    assert "The alert stays open until 1,100 packs." in told(back).sentence.en
    assert "Il ne l’était plus du 10/03/2026 au 11/03/2026." in told(over).sentence.fr
    assert "It was not from 2026-03-10 to 2026-03-11." in told(over).sentence.en


@pytest.mark.parametrize(
    ("months", "fr", "en"),
    [
        (12 / 52, "1 semaine", "1 week"),
        (24 / 52, "2 semaines", "2 weeks"),
        (1.0, "1 mois", "1 month"),
        (60 / 52, "1,2 mois", "1.2 months"),
        (1.5, "1,5 mois", "1.5 months"),
        (0.5, "0,5 mois", "0.5 months"),
        (0.25, "0,25 mois", "0.25 months"),
        (4.0, "4 mois", "4 months"),
    ],
)
def test_durations_read_as_people_say_them(months: float, fr: str, en: str) -> None:
    low = Standing(floor=Floor(company="lab-1", months=months, mean_month=500.0, kept=12), stock=1.0)
    (signal,) = run(seen(low, unit=30.0))
    assert f"({fr} de ventes)" in told(signal).sentence.fr
    assert f"({en} of sales)" in told(signal).sentence.en
    assert "1\u00a0boîte," in told(signal).sentence.fr
    assert "1 pack," in told(signal).sentence.en
    assert "Une boîte compte pour 30 unités." in told(signal).sentence.fr
    assert "One pack counts 30 units." in told(signal).sentence.en


def test_one_pack_is_one_and_two_are_several_and_a_company_without_a_name_goes_by_its_code() -> None:
    (one,) = run(seen(standing(999.0)))
    assert told(one).sentence.fr.replace(NBSP, " ").endswith("Il manque 1 boîte.")
    assert told(one).sentence.en.endswith("1 pack missing.")
    (two,) = run(seen(standing(2.0)))
    assert "le stock de lab-1 est de 2 boîtes, soit" in told(two).sentence.fr.replace(NBSP, " ")


def test_flags_are_said_in_words() -> None:
    (signal,) = run(seen(standing(1.0, kept=7, exceptional=2)))
    assert "Calcul au prorata de 7 mois de ventes." in told(signal).sentence.fr
    assert "Mois exceptionnels écartés : 2." in told(signal).sentence.fr
    assert "Pro rata of 7 months of sales. Exceptional months left out: 2." in told(signal).sentence.en


@pytest.mark.parametrize(("company", "said"), [("Arrow", "le stock d'Arrow est de"), ("Biogaran", "le stock de Biogaran est de")])
def test_a_company_is_named_as_french_names_it(company: str, said: str) -> None:
    (signal,) = run(seen(standing(1234.0, 20000.0), names={"lab-1": company}))
    assert said in told(signal).sentence.fr
