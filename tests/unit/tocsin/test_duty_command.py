"""`tocsin duty who`: the roster asked without a hub."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tocsin.cli import build
from tocsin.exits import UsageError

ROSTER = """
director: boss
shifts:
  - {name: all, turns: [a, b], starts: 2026-01-05}
absences:
  - {person: b, from: 2026-01-12, to: 2026-01-12}
"""


def who(tmp_path: Path, text: str, *words: str) -> tuple[str, BaseException | None]:
    file = tmp_path / "duty.yaml"
    file.write_text(text, encoding="utf-8")
    found = CliRunner().invoke(build("duty"), ["duty", "who", str(file), *words])
    return found.output, found.exception


def test_it_names_who_is_called_in_order(tmp_path: Path) -> None:
    assert json.loads(who(tmp_path, ROSTER, "--at", "2026-01-06T10:00+01:00", "--json")[0])["chain"] == ["a", "b", "boss"]
    assert json.loads(who(tmp_path, ROSTER, "--at", "2026-01-12T10:00+01:00", "--json")[0])["chain"] == ["a", "boss"]
    assert "3. boss  (director)" in who(tmp_path, ROSTER, "--at", "2026-01-06T10:00+01:00")[0]
    assert "nobody" in who(tmp_path, "zone: Europe/Paris", "--at", "2026-01-06T10:00+01:00")[0]


@pytest.mark.parametrize(("text", "words"), [("director: 5", ()), (ROSTER, ("--at", "soon")), (ROSTER, ("--at", "2026-01-06T10:00"))])
def test_what_cannot_be_asked_is_said(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    assert isinstance(who(tmp_path, text, *words)[1], UsageError)
