"""All rules, by their cards, in the order of their names."""

from __future__ import annotations

from alertcore.rules import declared, defect, device_notice, published, safety_stock_text
from alertcore.rules.card import RuleCard

CARDS: tuple[RuleCard, ...] = (
    declared.CARD,
    defect.CARD,
    device_notice.CARD,
    defect.CARD_FALSIFIED,
    published.CARD,
    safety_stock_text.CARD,
)


def find(name: str) -> RuleCard | None:
    """The card of a rule."""
    return next((card for card in CARDS if card.name == name), None)
