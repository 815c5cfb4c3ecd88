"""`tocsin calendar`: what would be put into force, and files that cannot be used."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from alertcore.deadlines.calendar import read_calendar
from tocsin.cli import build
from tocsin.exits import UsageError


def ran(*words: str) -> tuple[str, BaseException | None]:
    done = CliRunner().invoke(build("calendar"), ["calendar", *words])
    return done.output, done.exception


def test_the_calendar_shown_is_the_shipped_one_or_the_agencys_own(tmp_path: Path) -> None:
    settings = tmp_path / "tocsin.toml"
    settings.write_text('time = "wall"\n', encoding="utf-8")
    shown, _ = ran("show", "--settings", str(settings))
    assert read_calendar(json.loads(shown)).national
    (tmp_path / "calendar.yaml").write_text("years: [2026]\nnational: ['2026-01-01']\n", encoding="utf-8")
    settings.write_text('[files]\ncalendar = "calendar.yaml"\n', encoding="utf-8")
    shown, _ = ran("show", "--settings", str(settings))
    assert shown.strip() == "years: [2026]\nnational: ['2026-01-01']"


def test_a_file_that_cannot_be_used_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    settings, file = tmp_path / "tocsin.toml", tmp_path / "calendar.yaml"
    settings.write_text('time = "wall"\n', encoding="utf-8")
    file.write_text("years: [2026]\nnational: ['soon']\n", encoding="utf-8")
    _, error = ran("apply", str(file), "--settings", str(settings))
    assert isinstance(error, UsageError)
    assert "'soon' is not a day" in str(error)
