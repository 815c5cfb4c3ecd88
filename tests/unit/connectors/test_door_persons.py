"""Who orders something is named at the door by one word that can be seen; what is wrong with another is said."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from alertcore.records.hub import Verdict
from connectors.door.arrival import Arrival
from connectors.door.dry import DryDoor

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)


def problems(door: DryDoor, by: str, action: str = "release") -> list[tuple[str | None, str, str]]:
    value = {"command_id": "c", "by": by, "action": action, "target": "alr_x", "at": "2026-01-15T11:00:00Z"}
    [answer] = door.take([Arrival("hub", "commands", json.dumps(value).encode())], NOW)
    assert (answer.verdict is Verdict.REFUSED) is bool(answer.problems)
    return [(p.field, p.code, p.text) for p in answer.problems]


@pytest.mark.parametrize("by", ["", " ", "\n\t"])
def test_nobody_is_named_as_what_is_missing(door: DryDoor, by: str) -> None:
    assert problems(door, by) == [("by", "missing", "this field is required: the id of the person who orders it")]


def test_an_id_that_is_no_word_is_refused_with_the_reason(door: DryDoor) -> None:
    assert problems(door, "o 1") == [("by", "person", "'o 1' has a space inside; an id is one word")]
    assert problems(door, "o\u200b1") == [("by", "person", "'o\\u200b1' has a character that nobody can see")]
    assert problems(door, " o1 ") == []


def test_an_order_without_an_action_names_that(door: DryDoor) -> None:
    assert problems(door, "o1", " ") == [("action", "missing", "this field is required: what is ordered")]


@pytest.mark.parametrize("action", ["silence", "silence_expire"])
def test_a_silence_may_have_an_author_of_several_words_as_other_tools_write_them(door: DryDoor, action: str) -> None:
    assert problems(door, "night shift", action) == []
    assert problems(door, "night\x00shift", action) != []
