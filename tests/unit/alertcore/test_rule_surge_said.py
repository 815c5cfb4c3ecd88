"""What a surge and its end say, word for word."""

from __future__ import annotations

import pytest

from alertcore.rules.surge_text import above, over


def test_the_end_names_the_class_and_its_usual_rate_with_one_decimal() -> None:
    said = over("J01", 2.25)
    name = "Classe ATC J01 (dans J, anti-infectieux à usage systémique)"
    assert said.fr == f"{name} : les déclarations sont revenues à leur rythme habituel (2,2 par semaine)."
    assert said.en.endswith(": declarations are back at their usual rate (2.2 a week).")


@pytest.mark.parametrize(
    ("count", "fr", "en"),
    [
        (0, "0 déclaration initiale cette semaine", "0 initial declarations this week"),
        (1, "1 déclaration initiale cette semaine", "1 initial declaration this week"),
        (2, "2 déclarations initiales cette semaine", "2 initial declarations this week"),
        (3, "3 déclarations initiales cette semaine", "3 initial declarations this week"),
    ],
)
def test_one_declaration_is_one_and_two_are_several(count: int, fr: str, en: str) -> None:
    said = above("J01", count, 1.25, 26, 4.25, 4.0)
    assert f" : {fr}, pour 1,2 par semaine d’ordinaire (26 semaines)." in said.fr
    assert "de 4,2, pour un seuil de 4,0." in said.fr
    assert f": {en}, where 1.2 a week are usual (26 weeks)." in said.en
