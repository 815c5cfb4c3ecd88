"""Numbers of people and bodies, and references between authorities: the values on both sides of each rule."""

from __future__ import annotations

import pytest

from alertcore.identifiers import (
    PROBLEM_BY_SCHEME,
    RanReference,
    finess_problem,
    gln_problem,
    ran_reference,
    rpps_problem,
    siren_problem,
    siret_problem,
)


@pytest.mark.parametrize(
    ("scheme", "code", "said"),
    [
        ("siren", "552081317", None),
        ("siren", "552081318", "key"),
        ("siren", "55208131", "9 digits"),
        ("siren", "5520813170", "9 digits"),
        ("siren", "55208131A", "9 digits"),
        ("siret", "73282932000074", None),
        ("siret", "73282932000075", "key"),
        ("siret", "7328293200007", "14 digits"),
        ("siret", "35600000000048", None),
        ("siret", "35600000009075", None),
        ("siret", "35600000009076", "key"),
        ("siret", "55208131800018", "key"),
        ("finess", "750712184", None),
        ("finess", "750712185", "key"),
        ("finess", "2A0000014", None),
        ("finess", "2B0020246", None),
        ("finess", "2C0000014", "9 characters"),
        ("finess", "75071218", "9 characters"),
        ("finess", "7507121844", "9 characters"),
        ("gln", "3400949497294", None),
        ("gln", "3400949497295", "check digit"),
        ("gln", "340094949729", "13 digits"),
    ],
)
def test_a_number_is_judged_by_its_scheme(scheme: str, code: str, said: str | None) -> None:
    problem = PROBLEM_BY_SCHEME[scheme](code)
    assert problem is None if said is None else problem is not None and said in problem


def test_a_siret_needs_a_right_siren_in_front() -> None:
    """All fourteen digits may add up while the firm's own nine do not."""
    firm, code = "732829321", next(c for c in (f"732829321{n:05d}" for n in range(10)) if _luhn(c))
    assert siren_problem(firm) == "the key is wrong"
    assert siret_problem(code) == "the key is wrong"


def _luhn(code: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(code)):
        n = int(digit) * 2 if place % 2 else int(digit)
        total += n // 10 + n % 10
    return total % 10 == 0


def test_la_poste_only_is_spared_the_key() -> None:
    other = "73282932000056"
    assert sum(map(int, other)) % 5
    assert siret_problem(other) == "the key is wrong"
    assert siret_problem("73282932100025") == "the key is wrong"


@pytest.mark.parametrize(("code", "said"), [("10003456786", None), ("10003456787", "key"), ("1000345678", "11"), ("1000345678A", "11")])
def test_an_rpps_number_has_eleven_digits_and_a_key(code: str, said: str | None) -> None:
    problem = rpps_problem(code)
    assert problem is None if said is None else problem is not None and said in problem


def test_the_functions_stand_by_scheme() -> None:
    assert (PROBLEM_BY_SCHEME["finess"], PROBLEM_BY_SCHEME["gln"]) == (finess_problem, gln_problem)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IT/_ /2/01", ("IT", "", 2, 1)),
        ("FR/I/12/01", ("FR", "I", 12, 1)),
        ("FR/II/1/12", ("FR", "II", 1, 12)),
        (" EL/III/7/02 ", ("GR", "III", 7, 2)),
        ("UK//3/01", ("GB", "", 3, 1)),
        ("XI/I/3/01", ("XI", "I", 3, 1)),
        ("FR/IV/1/01", None),
        ("FR/IIII/1/01", None),
        ("FR/I/1/1", None),
        ("FR/I/1/001", None),
        ("FR/I/1/00", None),
        ("FR/I/x/01", None),
        ("QQ/I/1/01", None),
        ("fr/I/1/01", None),
        ("", None),
    ],
)
def test_a_reference_is_read_as_authorities_write_it(text: str, expected: tuple[str, str, int, int] | None) -> None:
    wanted = None if expected is None else RanReference(**dict(zip(("country", "class_", "serial", "message_no"), expected, strict=True)))  # type: ignore[arg-type]
    assert ran_reference(text) == wanted
