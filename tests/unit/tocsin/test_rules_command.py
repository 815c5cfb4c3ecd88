"""`tocsin rules`: every rule is explained from its card, with the numbers in force."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alertcore.policy import Policy
from alertcore.rules.card import RuleCard
from alertcore.rules.catalogue import CARDS, find
from tocsin.cli import build


def ran(*words: str) -> str:
    """What the command prints."""
    done = CliRunner().invoke(build("rules"), ["rules", *words], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_cards_stand_in_the_order_of_their_names_each_once() -> None:
    names = [card.name for card in CARDS]
    assert names == sorted(set(names))


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_every_threshold_a_card_names_is_in_the_policy_and_shown(card: RuleCard) -> None:
    told = json.loads(ran("explain", card.name, "--json"))
    assert told["name"] == card.name
    assert set(told["thresholds"]) == set(card.thresholds)
    assert all(text[language].strip() for text in (told["fires"], told["ends"], told["title"]) for language in ("fr", "en"))


def test_a_rule_is_explained_with_the_numbers_of_a_policy_file(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text("safety_stock: {clear: 1.25}\n", encoding="utf-8")
    assert f"safety_stock.clear = {Policy().safety_stock.clear}" in ran("explain", "safety_stock")
    assert "safety_stock.clear = 1.25" in ran("explain", "safety_stock", "--policy", str(file))


def test_every_rule_stands_in_the_list() -> None:
    assert [json.loads(line)["name"] for line in ran("list", "--json").splitlines()] == [card.name for card in CARDS]
    assert all(card.name in ran("list") for card in CARDS)


def test_a_rule_that_is_not_there_is_not_found() -> None:
    assert find("no_such_rule") is None
