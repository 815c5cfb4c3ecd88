"""All rules, by their cards, in the order of their names."""

from __future__ import annotations

from alertcore.rules import (
    coverage_text,
    declared,
    defect,
    device_notice,
    disruption_72h,
    equivalents,
    major_event,
    overdue,
    projection_text,
    published,
    recalled_lot_text,
    safety_stock_text,
    season_words,
    several_states,
    silent_reporter,
    stop_notice,
    surge_text,
    undeclared,
)
from alertcore.rules.card import RuleCard

CARDS: tuple[RuleCard, ...] = (
    coverage_text.CARD,
    declared.CARD,
    defect.CARD,
    device_notice.CARD,
    disruption_72h.CARD,
    equivalents.CARD,
    defect.CARD_FALSIFIED,
    major_event.CARD,
    overdue.CARD,
    projection_text.CARD,
    published.CARD,
    recalled_lot_text.CARD,
    safety_stock_text.CARD,
    season_words.CARD,
    several_states.CARD,
    silent_reporter.CARD,
    stop_notice.CARD,
    surge_text.CARD,
    undeclared.CARD,
)


def find(name: str) -> RuleCard | None:
    """The card of a rule."""
    return next((card for card in CARDS if card.name == name), None)
