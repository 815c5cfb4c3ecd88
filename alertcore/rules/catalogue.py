"""All rules, by their cards, in the order of their names."""

from __future__ import annotations

from alertcore.rules.card import RuleCard

CARDS: tuple[RuleCard, ...] = ()


def find(name: str) -> RuleCard | None:
    """The card of a rule."""
    return next((card for card in CARDS if card.name == name), None)
