"""Codes of medicines: the values on both sides of each rule, and the real lists."""

from __future__ import annotations

from pathlib import Path

import pytest

from alertcore.identifiers import (
    atc_prefixes,
    cip7_key_holds,
    cip7_of,
    cip13_of,
    cip13_problem,
    eu_number,
    gtin14_of,
    gtin_check_digit_holds,
    is_atc,
    is_cip7,
    is_cis,
    ucd13_of,
    ucd13_problem,
)


@pytest.mark.parametrize(("code", "expected"), [("4949729", True), ("494972", False), ("49497290", False), ("494972A", False), ("", False)])
def test_a_cip7_has_seven_digits(code: str, expected: bool) -> None:
    assert is_cip7(code) is expected


@pytest.mark.parametrize(
    ("first", "last"), [("3000000", "3039999"), ("4900000", "4900999"), ("4950000", "4959999"), ("5500000", "5510999")]
)
def test_a_range_without_a_key_ends_where_it_ends(first: str, last: str) -> None:
    assert (cip7_key_holds(first), cip7_key_holds(last)) == (None, None)
    assert cip7_key_holds(str(int(first) - 1)) is not None
    assert cip7_key_holds(str(int(last) + 1)) is not None


@pytest.mark.parametrize(("code", "expected"), [("3696350", True), ("3696351", False), ("3000001", None), ("5554444", False)])
def test_the_key_of_a_cip7_is_told_where_its_range_has_one(code: str, expected: bool | None) -> None:
    assert cip7_key_holds(code) is expected


def test_a_sum_of_ten_has_no_key() -> None:
    """2 × 5 is 10, and no last digit is ten."""
    assert not any(cip7_key_holds(f"500000{last}") for last in range(10))


def test_a_cip13_holds_its_cip7_and_becomes_a_gtin14() -> None:
    assert cip7_of("3400949497294") == "4949729"
    assert gtin14_of("3400949497294") == "03400949497294"
    assert gtin_check_digit_holds(gtin14_of("3400949497294"))


@pytest.mark.parametrize(
    ("gtin", "expected"),
    [
        ("03400949497294", "3400949497294"),
        ("13400949497291", None),
        ("03400949497295", None),
        ("04006381333931", None),
        ("3400949497294", None),
        ("03400891864199", None),
    ],
)
def test_the_cip13_is_read_out_of_a_gtin14_of_a_single_pack(gtin: str, expected: str | None) -> None:
    assert cip13_of(gtin) == expected


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("3400891864199", None),
        ("3400891864198", "the check digit is wrong"),
        ("3400949497294", "a UCD13 has 13 digits and begins with 34008"),
        ("340089186419", "a UCD13 has 13 digits and begins with 34008"),
        ("", "a UCD13 has 13 digits and begins with 34008"),
    ],
)
def test_a_ucd13_begins_with_34008(code: str, problem: str | None) -> None:
    assert ucd13_problem(code) == problem


@pytest.mark.parametrize(("ucd7", "expected"), [("9186419", "3400891864199"), ("8186419", None), ("918641", None), ("91864190", None)])
def test_an_old_ucd_becomes_a_ucd13(ucd7: str, expected: str | None) -> None:
    assert ucd13_of(ucd7) == expected


def test_an_atc_code_has_the_levels_above_it() -> None:
    assert atc_prefixes("C09AA05") == ("C", "C09", "C09A", "C09AA", "C09AA05")
    assert atc_prefixes("C09AA") == ("C", "C09", "C09A", "C09AA")
    assert atc_prefixes("") == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("EU/1/98/067", "EU/1/98/067"),
        ("EU/1/98/067/", "EU/1/98/067"),
        (" EU/1/20/1528", "EU/1/20/1528"),
        ("EU/2/98/067", "EU/2/98/067"),
        ("EU/1/98/067/001", "EU/1/98/067/001"),
        ("EU/1/98/067/001/", "EU/1/98/067/001"),
        ("EU/3/98/067", None),
        ("EU/1/98/67", None),
        ("EU/1/98/06700", None),
        ("EU/1/1998/067", None),
        ("EU/1/98/067//", None),
        ("eu/1/98/067", None),
        ("", None),
    ],
)
def test_an_eu_number_loses_a_stray_slash(text: str, expected: str | None) -> None:
    assert eu_number(text) == expected


def _column(path: Path, number: int, encoding: str = "utf-8") -> list[str]:
    rows = [line.split("\t") for line in path.read_text(encoding).splitlines()]
    return [row[number].strip() for row in rows if len(row) > number]


@pytest.mark.shared_data
def test_every_presentation_of_the_public_list_has_a_right_cip13_that_holds_its_cip7(shared: Path) -> None:
    path = shared / "bdpm/referentiel-2026-01-28-utf8/CIS_CIP_bdpm.txt"
    pairs = [(c7, c13) for c7, c13 in zip(_column(path, 1), _column(path, 6), strict=False) if is_cip7(c7) and c13]
    assert len(pairs) > 20_800
    assert [c13 for _, c13 in pairs if cip13_problem(c13)] == []
    assert [c13 for c7, c13 in pairs if cip7_of(c13) != c7] == []
    assert [c13 for _, c13 in pairs if cip13_of(gtin14_of(c13)) != c13] == []
    keys = [cip7_key_holds(c7) for c7, _ in pairs]
    assert keys.count(False) == 0
    assert keys.count(None) > 0
    assert keys.count(True) > 0


@pytest.mark.shared_data
def test_every_medicine_and_atc_code_of_the_public_lists_is_one(shared: Path) -> None:
    raw = shared / "bdpm/referentiel-2026-02-10-brut"
    medicines = _column(raw / "CIS_bdpm.txt", 0, "cp1252")
    assert len(medicines) == 15_799
    assert all(map(is_cis, medicines))
    codes = _column(raw / "CIS_MITM.txt", 1, "cp1252")
    assert len(codes) == 8_107
    assert all(map(is_atc, codes))
