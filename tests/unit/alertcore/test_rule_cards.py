"""The card of a rule is found by the rule's name."""

from __future__ import annotations

import pytest

from alertcore.rules.catalogue import CARDS, find


@pytest.mark.parametrize("name", ["coverage", "falsified", "undeclared"])
def test_a_card_is_found_by_its_name(name: str) -> None:
    card = find(name)
    assert card is not None
    assert (card.name, card in CARDS) == (name, True)


def test_a_name_no_rule_has_finds_no_card() -> None:
    assert find("no_such_rule") is None
