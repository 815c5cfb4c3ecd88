"""`tocsin cases`: what it asks for, and what it refuses before anything is sent."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from alertcore.rules.police_measures import CODES
from tocsin.cli import build
from tocsin.exits import UsageError


def invoke(*words: str) -> tuple[int, str, BaseException | None]:
    found = CliRunner().invoke(build("cases"), ["cases", *words], env={"COLUMNS": "400", "TERM": "dumb"})
    return found.exit_code, found.output, found.exception


def test_the_help_names_the_codes_of_police_measures() -> None:
    code, text, _ = invoke("measure", "--help")
    assert code == 0
    assert all(name in text for name in CODES)


@pytest.mark.parametrize("by", ["", " ", "officer 1", "officer\u200b1", "o\n1"])
@pytest.mark.parametrize("words", [("note", "cis:1", "hello"), ("reopen", "cis:1", "--reason", "x"), ("close", "cis:1", "--reason", "x")])
def test_a_person_is_one_word_and_anything_else_is_wrong_usage(words: tuple[str, ...], by: str) -> None:
    code, text, _ = invoke(*words, "--by", by)
    assert code == 2
    assert "--by" in text


def test_a_word_on_alternatives_is_yes_no_or_unknown() -> None:
    _, _, error = invoke("alternatives", "alr_x", "perhaps", "--by", "officer-1", "--reason", "x")
    assert isinstance(error, UsageError)
    assert "yes, no or unknown" in str(error)


@pytest.mark.parametrize("words", [("alternatives", "alr_x", "no", "--by", "o"), ("duty-met", "alr_x", "taker"), ("measure", "alr_x", "x")])
def test_who_says_it_and_why_is_asked_for(words: tuple[str, ...]) -> None:
    code, text, _ = invoke(*words)
    assert code == 2
    assert "Missing option" in text
