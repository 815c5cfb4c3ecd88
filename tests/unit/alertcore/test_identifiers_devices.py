"""Codes of devices: the four issuing entities, both kinds of identifier, and the nomenclature."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from alertcore.identifiers import basic_udi_di_problem, emdn_prefixes, emdn_problem, is_emdn, is_emdn_other, udi_di_problem
from alertcore.identifiers.check_digits import gs1_pair, luhn_holds, modulo_43, modulo_97
from alertcore.records.product import IssuingEntity

GS1, HIBCC, IFA, ICCBBA, UNKNOWN = (IssuingEntity(x) for x in ("gs1", "hibcc", "ifa", "iccbba", "unknown"))


@pytest.mark.parametrize(
    ("entity", "code", "said"),
    [
        (GS1, "00844588018923", None),
        (GS1, "4006381333931", None),
        (GS1, "96385074", None),
        (GS1, "614141007349", None),
        (GS1, "00844588018924", "check digit"),
        (GS1, "0844588018", "8, 12, 13 or 14 digits"),
        (GS1, "008445880189230", "8, 12, 13 or 14 digits"),
        (GS1, "0084458801892A", "8, 12, 13 or 14 digits"),
        (HIBCC, "+A123BJC5D6E71G", None),
        (HIBCC, "+BLUEUNICORN7N", None),
        (HIBCC, "+A123BJC5D6E71H", "check character"),
        (HIBCC, "A123BJC5D6E71", None),
        (HIBCC, "A12311", None),
        (HIBCC, "A1231", "labeler code"),
        (HIBCC, "A123" + "X" * 18 + "1", None),
        (HIBCC, "A123" + "X" * 19 + "1", "labeler code"),
        (HIBCC, "1123BJC5D6E71", "labeler code"),
        (IFA, "110375286414", None),
        (IFA, "110375286415", "check digits"),
        (IFA, "1103752864AB", "PPN"),
        (IFA, "1100", "PPN"),
        (ICCBBA, "A9999XYZ100T0474", None),
        (ICCBBA, "=/A9999XYZ100T0474", None),
        (ICCBBA, "A9999XYZ100T047", "16 letters and digits"),
        (ICCBBA, "A9999XYZ100T04745", "16 letters and digits"),
        (UNKNOWN, "anything", None),
    ],
)
def test_a_udi_di_is_judged_by_the_rules_of_its_issuing_entity(entity: IssuingEntity, code: str, said: str | None) -> None:
    problem = udi_di_problem(code, entity)
    assert problem is None if said is None else problem is not None and said in problem


@pytest.mark.parametrize(
    ("entity", "code", "said"),
    [
        (GS1, "1987654Ad4X4bL5ttr2310c2K", None),
        (GS1, "1987654Ad4X4bL5ttr2310cXX", "check characters"),
        (GS1, "1987654ad4X4bL5ttr2310c2K", "check characters"),
        (GS1, "12345678901234567890123NT", None),
        (GS1, "12345_ABCDEFGHIJKLMCP", None),
        (GS1, "1234_ABCDEFGHIJKLMCP", "at least 5 digits"),
        (GS1, "1987654Ad4X4bL5ttr2310cc2K", "at most 25"),
        (GS1, "", "at most 25"),
        (GS1, "12345é22", "check characters"),
        (HIBCC, "++A999MODELIDENTIFIER11S8", None),
        (HIBCC, "++A999MODELIDENTIFIER11S9", "check characters"),
        (HIBCC, "+A999MODELIDENTIFIER11S8", "labeler code"),
        (HIBCC, "RHE999AQ7B5", "labeler code"),
        (IFA, "PP12345ABCD.12345678.9004", None),
        (IFA, "PP12345ABCD.12345678.9005", "check digits"),
        (IFA, "PP1234ABCD.12345678.9004", "5 digits"),
        (IFA, "PP12345" + modulo_97("PP12345"), "5 digits"),
        (ICCBBA, "A9999XYZ100T047412", None),
        (ICCBBA, "A9999XYZ100T04741", "18 letters and digits"),
        (ICCBBA, "A9999XYZ100T0474123", "18 letters and digits"),
        (GS1, "B-12345", None),
        (GS1, "B-" + "1" * 23, None),
        (GS1, "B-" + "1" * 24, "at most 25"),
        (UNKNOWN, "anything", None),
    ],
)
def test_a_basic_udi_di_is_judged_by_the_rules_of_its_issuing_entity(entity: IssuingEntity, code: str, said: str | None) -> None:
    problem = basic_udi_di_problem(code, entity)
    assert problem is None if said is None else problem is not None and said in problem


def test_check_characters_exist_only_for_what_their_alphabet_holds() -> None:
    assert gs1_pair("1" * 24) is None
    assert gs1_pair("1" * 23) is not None
    assert gs1_pair("a b") is None
    assert gs1_pair("!!") == "22"
    assert modulo_43("a") is None
    assert luhn_holds("4111111111111111")
    assert not luhn_holds("4111111111111112")
    assert not luhn_holds("")


@pytest.mark.parametrize(
    ("code", "valid", "said"),
    [
        ("A01", True, None),
        ("A0101", True, None),
        ("H01010102030", False, "expected"),
        ("H" + "01" * 6, True, None),
        ("H" + "01" * 7, False, "expected"),
        ("A", True, "category"),
        ("A1", False, "expected"),
        ("a01", False, "expected"),
        ("", False, "expected"),
        ("C90", True, "90 stands for various"),
        ("C0190", True, "90 stands for various"),
        ("C019001", True, None),
        ("C0199", True, None),
        ("A٠١", False, "expected"),
    ],
)
def test_an_emdn_code_is_a_letter_and_pairs_of_digits(code: str, valid: bool, said: str | None) -> None:
    assert is_emdn(code) is valid
    problem = emdn_problem(code)
    assert problem is None if said is None else problem is not None and said in problem


def test_an_emdn_code_is_followed_by_its_levels() -> None:
    assert emdn_prefixes("C010101") == ("C", "C01", "C0101", "C010101")
    assert emdn_prefixes("C") == ("C",)
    assert [is_emdn_other(c) for c in ("C0199", "C0190", "99")] == [True, False, False]


@pytest.mark.shared_data
def test_every_code_of_the_nomenclature_is_one_and_its_level_is_the_number_of_its_prefixes(shared: Path) -> None:
    with (shared / "emdn/EMDN_v2.txt").open(encoding="utf-8-sig", newline="") as file:
        rows = [r for r in csv.reader(file, delimiter="\t") if len(r) >= 6][2:]
    assert len(rows) == 8_454
    assert [r[2] for r in rows if not is_emdn(r[2]) or len(emdn_prefixes(r[2])) != int(r[4])] == []
    assert [r[2] for r in rows if r[5].strip() == "YES" and r[2].endswith("90")] == ["W0104080590"]
    assert sum(is_emdn_other(r[2]) for r in rows) == 1_097


@pytest.mark.shared_data
def test_the_real_device_identifiers_hold(shared: Path) -> None:
    text = (shared / "gudid/gudid_sample.xml").read_text("utf-8")
    found = re.findall(r"<deviceId>(\d+)</deviceId>", text)
    assert found
    assert [udi_di_problem(code, GS1) for code in found] == [None] * len(found)
