"""Strengths: one spelling for the same one, and the masses in a text."""

from __future__ import annotations

from decimal import Decimal

import pytest

from alertcore.strengths import masses, plain


@pytest.mark.parametrize(
    "text", ["500 mg", "0,5 g", "0.5 g", "500,0 mg", "500mg", "500 MG", "500\u00a0mg", "500000 µg", "500 000 microgrammes", "0,0005 kg"]
)
def test_the_same_mass_is_the_same_strength_however_it_is_written(text: str) -> None:
    assert plain(text) == "500 mg"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1 g/125 mg", "1000 mg / 125 mg"),
        ("1\u202f000 mg", "1 g"),
        ("100 mg/5 ml", "100 mg pour 5 mL"),
        ("20 mg/ml", "20 mg/1 ml"),
        ("10 ml", "1 cl"),
        ("1 l", "10 dl"),
        ("5 µl", "0,005 ml"),
        ("1 000 000 UI", "1000000 U.I."),
        ("100 IU", "100 UI"),
        ("0,9 %", "0.9%"),
        ("5 ng", "0,000005 mg"),
        ("2 micrograms", "2 mcg"),
        ("titre ≥ 10 puissance 3", "titre  ≥ 10 puissance 3"),
    ],
)
def test_two_spellings_are_one_strength(one: str, other: str) -> None:
    assert plain(one) == plain(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("500 mg", "50 mg"),
        ("500 mg", "500 µg"),
        ("500 mg", "500 ml"),
        ("500 mg", "500"),
        ("100 mg/5 ml", "20 mg/ml"),
        ("1 000 mg", "1,000 mg"),
        ("1 g/125 mg", "125 mg/1 g"),
        ("100 UI", "100 mg"),
        ("0,9 %", "0,9 g"),
    ],
)
def test_two_strengths_are_two(one: str, other: str) -> None:
    assert plain(one) != plain(other)


@pytest.mark.parametrize("text", ["", " ", "/"])
def test_what_says_nothing_is_no_strength(text: str) -> None:
    assert plain(text) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1000 mg/125 mg", {"1000", "125"}),
        ("1 g/125 mg", {"1000", "125"}),
        ("1 000 mg", {"1000"}),
        ("1\u00a0000,00 mg", {"1000"}),
        ("62,5 mg", {"62.5"}),
        ("250 µg", {"0.25"}),
        ("100 microgrammes/dose", {"0.1"}),
        ("0,001 kg", {"1000"}),
        ("5 mg/5 ml", {"5"}),
        ("AUGMENTIN 1 g/125 mg ADULTES", {"1000", "125"}),
        ("2.000.000 mg", set()),
        ("5 mmol", set()),
        ("", set()),
    ],
)
def test_masses_are_read_as_milligrams(text: str, expected: set[str]) -> None:
    assert masses(text) == {Decimal(n) for n in expected}
