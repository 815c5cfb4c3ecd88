"""Scans of packs: what is in them, in any order, and what is no scan."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from alertcore.identifiers import Gs1Error, read_gs1
from alertcore.identifiers.check_digits import CSET_82
from alertcore.identifiers.gs1 import FNC1, full_year
from alertcore.records.shared import PartDate, Precision

GTIN = "0103400949497294"
YEAR = 2026


def test_a_pack_of_france_is_read_whole() -> None:
    scan = read_gs1(f"]d2{GTIN}17270500" + "10aB-c1" + FNC1 + "21S/N(9)" + FNC1 + "7113400949497294", YEAR)
    assert (scan.gtin, scan.lot, scan.serial, scan.french_cip) == ("03400949497294", "aB-c1", "S/N(9)", "3400949497294")
    assert scan.expiry == PartDate(text="270500", date=date(2027, 5, 31), precision=Precision.MONTH)
    assert scan.made_on is None
    assert scan.elements["17"] == "270500"


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_order_of_elements_is_free(order: tuple[int, ...]) -> None:
    parts = [GTIN, "17270515", "10A1" + FNC1, "21XYZ" + FNC1]
    scan = read_gs1("".join(parts[n] for n in order), YEAR)
    assert (scan.gtin, scan.lot, scan.serial) == ("03400949497294", "A1", "XYZ")
    assert scan.expiry == PartDate(text="270515", date=date(2027, 5, 15), precision=Precision.DAY)


@given(some.text(alphabet=CSET_82, min_size=1, max_size=20), some.text(alphabet=CSET_82, min_size=1, max_size=20))
def test_every_lot_and_serial_comes_back_as_it_was_written(lot: str, serial: str) -> None:
    for prefix in ("", "]d2", FNC1, "]C1", "]d2" + FNC1):
        scan = read_gs1(f"{prefix}{GTIN}10{lot}{FNC1}21{serial}", YEAR)
        assert (scan.lot, scan.serial) == (lot, serial)


@pytest.mark.parametrize(
    ("two", "year", "full"),
    [
        (27, 2026, 2027),
        (76, 2026, 2076),
        (77, 2026, 1977),
        (0, 2026, 2000),
        (0, 2049, 2000),
        (0, 2050, 2100),
        (49, 2098, 2049),
        (48, 2098, 2148),
        (99, 2026, 1999),
    ],
)
def test_the_century_slides(two: int, year: int, full: int) -> None:
    assert full_year(two, year) == full


@pytest.mark.parametrize(
    ("day", "meant"),
    [
        ("240200", date(2024, 2, 29)),
        ("230200", date(2023, 2, 28)),
        ("240229", date(2024, 2, 29)),
        ("261231", date(2026, 12, 31)),
        ("260101", date(2026, 1, 1)),
    ],
)
def test_day_00_is_the_last_of_the_month(day: str, meant: date) -> None:
    scan = read_gs1(f"{GTIN}11{day}", YEAR)
    assert scan.made_on is not None
    assert scan.made_on.date == meant


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("", "empty"),
        ("]d2", "empty"),
        ("(01)03400949497294", "printed for people"),
        ("0103400949497295", "check digit"),
        ("010340094949729", "not 13"),
        ("01034009494972AB", "digits only"),
        (f"{GTIN}17261301", "no date"),
        (f"{GTIN}17260001", "no date"),
        (f"{GTIN}17230229", "no date"),
        (f"{GTIN}1726011", "not 5"),
        (f"{GTIN}10{'A' * 21}", "not 21"),
        (f"{GTIN}10", "not 0"),
        (f"{GTIN}10A B", "does not allow"),
        (f"{GTIN}30123456789", "not 9"),
        (f"{GTIN}3012x", "digits only"),
        (f"{GTIN}10A{FNC1}10B", "twice"),
        ("10A1", "(10) needs (01)"),
        ("17270515", "(17) needs (01)"),
        ("21A1", "(21) needs (01)"),
        ("711123", "(711) needs (01)"),
        (f"{GTIN}371{FNC1}", "exclude"),
        (f"{GTIN}21A{FNC1}235B", "exclude"),
        (f"{GTIN}xy", "no application identifier"),
        ("414340094949729", "not 12"),
        ("4143400949497295", "check digit"),
    ],
)
def test_what_is_no_scan_is_told_why(raw: str, said: str) -> None:
    with pytest.raises(Gs1Error) as raised:
        read_gs1(raw, YEAR)
    assert said in str(raised.value)


def test_other_elements_are_kept_and_the_same_one_twice_is_no_fault() -> None:
    scan = read_gs1(f"{GTIN}24012AB{FNC1}301{FNC1}4143400949497294{FNC1}99xyz{FNC1}3103001250{GTIN}700312345678ab", YEAR)
    assert {ai: v for ai, v in scan.elements.items() if ai != "01"} == {
        "240": "12AB",
        "30": "1",
        "414": "3400949497294",
        "99": "xyz",
        "3103": "001250",
        "7003": "12345678ab",
    }
