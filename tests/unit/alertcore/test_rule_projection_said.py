"""What rule projection says of how fast stock falls, over what, and of a floor that is reached already."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from alertcore.policy import Policy
from alertcore.records.alert import Signal, SignalState
from alertcore.rules.projection import Look, ProjectionState, look
from alertcore.rules.projection_burn import Burn
from tests.unit.alertcore.stock_world import CIS, NOON

NBSP = "\u00a0"


def seen(stock: float, falls: float, changes: int = 28, **more: Any) -> Look:
    burn = Burn(median=-falls, least=None, most=None, changes=changes)
    fields: dict[str, Any] = {"cis": CIS, "name": "EXEMPLE", "mitm": True, "at": NOON, "day": NOON.date(), "policy": Policy()}
    return Look(**fields, policy_version=0, stock=stock, burn=burn, **more)


def said(now: Look, state: ProjectionState | None = None) -> tuple[ProjectionState, Signal]:
    after, signal = look(state or ProjectionState(), now)
    assert signal is not None
    return after, signal


@pytest.mark.parametrize(
    ("falls", "fr", "en"),
    [
        (0.05, "de moins d’une boîte par jour", "by less than one pack a day"),
        (0.999, "de moins d’une boîte par jour", "by less than one pack a day"),
        (1.0, "de 1 boîte par jour", "by 1 pack a day"),
        (1.5, "de 1,5 boîte par jour", "by 1.5 packs a day"),
        (1.96, "de 2 boîtes par jour", "by 2 packs a day"),
        (9.9, "de 9,9 boîtes par jour", "by 9.9 packs a day"),
        (9.96, "de 10 boîtes par jour", "by 10 packs a day"),
        (10.5, "de 10 boîtes par jour", "by 10 packs a day"),
        (1234.6, "de 1 235 boîtes par jour", "by 1,235 packs a day"),
    ],
)
def test_a_rate_is_never_nought_and_a_slow_one_has_a_decimal(falls: float, fr: str, en: str) -> None:
    sentence = said(seen(falls * 20, falls))[1].sentence
    assert f" baisse {fr} (" in sentence.fr.replace(NBSP, " ")
    assert f" falls {en} (" in sentence.en


@pytest.mark.parametrize(
    ("changes", "fr", "en"),
    [
        (28, "(médiane des 28 derniers jours)", "(median of the last 28 days)"),
        (
            27,
            "(médiane de 27 variations d’un jour à l’autre, les seules connues des 28 derniers jours)",
            "(median of 27 changes from day to day, the only ones known of the last 28 days)",
        ),
    ],
)
def test_a_median_over_fewer_changes_says_so(changes: int, fr: str, en: str) -> None:
    sentence = said(seen(200, 10, changes))[1].sentence
    assert fr in sentence.fr
    assert en in sentence.en


def test_a_floor_that_is_reached_has_no_day_and_a_stock_that_rises_no_rate() -> None:
    both = seen(200, 10, reserve=110.0, floor=100.0)
    state, _ = said(both)
    _, signal = said(replace(both, reserve=90.0, stock=2000), state)
    assert signal.state is SignalState.CHANGED
    assert signal.sentence.fr.replace(NBSP, " ") == (
        "EXEMPLE (CIS 60000001) : le stock national de 2 000 boîtes baisse de 10 boîtes par jour (médiane des 28 derniers jours)."
        " Le stock des entreprises n’est pas au-dessus de leur plancher légal."
    )
    _, signal = said(replace(seen(2000, -3, reserve=90.0, floor=100.0)), state)
    assert signal.sentence.en == (
        "EXEMPLE (CIS 60000001): the national stock of 2,000 packs no longer falls (median of the last 28 days)."
        " The companies' stock is not above their legal floor."
    )
    assert " ne baisse plus (médiane des 28 derniers jours). Le stock des" in signal.sentence.fr


def test_beside_a_floor_that_is_reached_the_day_of_nought_is_told() -> None:
    state, _ = said(seen(200, 10, reserve=110.0, floor=100.0))
    _, signal = said(seen(100, 10, reserve=90.0, floor=100.0), state)
    assert signal.sentence.en.endswith("At this rate it is gone about 2026-03-20. The companies' stock is not above their legal floor.")
