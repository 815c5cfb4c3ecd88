"""English names of substances that the register names in French."""

from __future__ import annotations

import pytest

from alertcore.substances import key_of, set_key
from alertcore.substances_english import english_of, english_of_key, english_of_parts


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("AMOXICILLINE TRIHYDRATÉE", "amoxicillin"),
        ("Sulfate de salbutamol", "salbutamol"),
        ("ADRÉNALINE (TARTRATE D')", "epinephrine"),
        ("Chlorure de potassium", "potassium chloride"),
        ("trinitrine", "glyceryl trinitrate"),
        ("URSODÉSOXYCHOLIQUE (ACIDE)", "ursodeoxycholic acid"),
        ("IMMUNOGLOBULINE HUMAINE NORMALE", "human normal immunoglobulin"),
        ("Arnica montana", None),
        ("", None),
    ],
)
def test_a_substance_has_its_english_name_whatever_its_salt(french: str, english: str | None) -> None:
    assert english_of(french) == english
    assert english_of_key(key_of(french)) == english


def test_a_combination_has_one_only_where_all_of_it_is_known() -> None:
    assert english_of_key(set_key(["CLAVULANATE DE POTASSIUM", "AMOXICILLINE"])) == "amoxicillin / clavulanic acid"
    assert english_of_key(set_key(["AMOXICILLINE", "Arnica montana"])) is None


def test_parts_between_slashes_are_told_each_by_itself() -> None:
    assert english_of_parts("lévodopa / arnica montana/carbidopa") == "levodopa/arnica montana/carbidopa"
