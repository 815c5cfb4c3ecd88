"""Numbers as officers read them: French counts in the plural from two, English from all but one; decimals only where there are any."""

from __future__ import annotations

import pytest

from alertcore.rules.spoken import days_en, days_fr, hours_en, hours_fr, of_fr, packs_en, packs_fr, region


@pytest.mark.parametrize(
    ("number", "fr", "en"),
    [
        (0.0, "0 boîte", "0 packs"),
        (1.0, "1 boîte", "1 pack"),
        (1.4, "1 boîte", "1 pack"),
        (1.6, "2 boîtes", "2 packs"),
        (2.0, "2 boîtes", "2 packs"),
        (3.0, "3 boîtes", "3 packs"),
        (1234.0, "1 234 boîtes", "1,234 packs"),
    ],
)
def test_packs_are_whole_and_in_the_plural_from_two(number: float, fr: str, en: str) -> None:
    assert packs_fr(number).replace("\u00a0", " ") == fr
    assert packs_en(number) == en


@pytest.mark.parametrize(
    ("number", "fr", "en"),
    [
        (0.0, "0 jour", "0 days"),
        (1.0, "1 jour", "1 day"),
        (1.5, "1,5 jour", "1.5 days"),
        (1.04, "1 jour", "1 day"),
        (1.96, "2 jours", "2 days"),
        (2.0, "2 jours", "2 days"),
        (2.5, "2,5 jours", "2.5 days"),
        (3.0, "3 jours", "3 days"),
    ],
)
def test_days_have_a_decimal_where_it_shows_and_are_in_the_plural_from_two(number: float, fr: str, en: str) -> None:
    assert days_fr(number).replace("\u00a0", " ") == fr
    assert days_en(number) == en


def test_a_region_has_its_name_and_one_that_nobody_knows_its_code() -> None:
    assert [region(code) for code in ("11", "04", "99")] == ["Île-de-France", "La Réunion", "99"]


@pytest.mark.parametrize(("number", "fr", "en"), [(0, "0 heure", "0 hours"), (1, "1 heure", "1 hour"), (2, "2 heures", "2 hours")])
def test_hours_are_in_the_plural_from_two_in_french_and_but_for_one_in_english(number: int, fr: str, en: str) -> None:
    assert hours_fr(number).replace("\u00a0", " ") == fr
    assert hours_en(number) == en


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("Arrow", "d'Arrow"),
        ("ELAIAPHARM", "d'ELAIAPHARM"),
        ("Œuvre", "d'Œuvre"),
        ("Évolupharm", "d'Évolupharm"),
        ("Biogaran", "de Biogaran"),
        ("Hikma", "de Hikma"),
        ("3M", "de 3M"),
        ("Les Laboratoires Exemple", "des Laboratoires Exemple"),
        ("Le Comptoir", "du Comptoir"),
        ("LES LABORATOIRES EXEMPLE", "des LABORATOIRES EXEMPLE"),
        ("LE COMPTOIR", "du COMPTOIR"),
        ("LESTER", "de LESTER"),
        ("Leurquin", "de Leurquin"),
        ("", "de "),
    ],
)
def test_of_a_name_falls_away_before_a_vowel_and_joins_an_article(name: str, of: str) -> None:
    assert of_fr(name) == of
