"""Identifiers: both sides of each rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertcore.identifiers import (
    COUNTRIES,
    cip13_problem,
    country,
    foreign_number,
    gtin_check_digit_holds,
    is_atc,
    is_cis,
    is_lot,
    is_month,
    is_region,
    is_sha256,
)


@pytest.mark.parametrize("code", ["3400930000120", "3400949497294", "3400930485897"])
def test_a_cip13_with_a_right_check_digit_is_one(code: str) -> None:
    body = code[:12]
    total = sum(int(digit) * (1 if place % 2 == 0 else 3) for place, digit in enumerate(body))
    assert cip13_problem(f"{body}{-total % 10}") is None
    assert cip13_problem(f"{body}{(1 - total) % 10}") == "the check digit is wrong"


@pytest.mark.parametrize("code", ["", "340093000012", "34009300001200", "3500930000120", "340093000012A", "٣٤٠٠٩٣٠٠٠٠١٢٠"])
def test_what_is_not_13_digits_after_3400_is_no_cip13(code: str) -> None:
    assert cip13_problem(code) == "a CIP13 has 13 digits and begins with 3400"


def test_a_ucd_code_is_no_cip13() -> None:
    assert cip13_problem("3400893456784") == "34008 begins a UCD code, not a CIP13"


@given(st.text(alphabet="0123456789", min_size=12, max_size=12), st.integers(1, 9), st.integers(0, 12))
def test_every_single_wrong_digit_is_found(body: str, shift: int, place: int) -> None:
    code = next(f"{body}{last}" for last in range(10) if gtin_check_digit_holds(f"{body}{last}"))
    wrong = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]
    assert not gtin_check_digit_holds(wrong)


def test_a_gtin14_made_from_a_cip13_keeps_its_check_digit() -> None:
    assert gtin_check_digit_holds("0" + "4006381333931")
    assert not gtin_check_digit_holds("123")
    assert not gtin_check_digit_holds("400638133393x")


@pytest.mark.parametrize(
    ("code", "expected"), [("FR", "FR"), ("EL", "GR"), ("UK", "GB"), ("XI", "XI"), ("fr", None), ("FX", None), ("", None), ("EU", "EU")]
)
def test_countries_are_iso_with_the_unions_own_spellings(code: str, expected: str | None) -> None:
    assert country(code) == expected


def test_there_are_249_countries_and_northern_ireland() -> None:
    assert len(COUNTRIES) == 250


@pytest.mark.parametrize(
    ("text", "expected"),
    [("A", True), ("L" * 20, True), ("L" * 21, False), ("", False), (" A", False), ("A ", False), ("A\n", False), ("a b", True)],
)
def test_a_lot_has_1_to_20_printable_characters(text: str, expected: bool) -> None:
    assert is_lot(text) is expected


def test_the_other_codes() -> None:
    assert [is_cis(c) for c in ("60234100", "6023410", "6023410a")] == [True, False, False]
    assert [is_region(c) for c in ("11", "01", "94", "99", "1")] == [True, True, True, False, False]
    assert [is_month(c) for c in ("2026-01", "2026-12", "2026-13", "2026-00", "26-01")] == [True, True, False, False, False]
    assert [is_atc(c) for c in ("C", "C09", "C09A", "C09AA", "C09AA05", "C0", "C09A0", "X09", "")] == [True] * 5 + [False] * 4
    assert [is_sha256(c) for c in ("a" * 64, "A" * 64, "a" * 63)] == [True, False, False]
    assert [foreign_number(c) for c in ("US:1", "ZZ:1", "US1", "US: 1", "TW:衛署", "EU:rybelsus")] == ["US", None, None, None, "TW", "EU"]
