"""What is said of a duty whose time runs out: days where the limit ends with one, minutes elsewhere, and on what it rests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from alertcore.deadlines import words
from alertcore.deadlines.calendar import Calendar
from alertcore.deadlines.duties import Limits
from alertcore.records.shared import Basis, Text

SINCE = datetime(2026, 3, 27, 12, 30, tzinfo=UTC)
LIMITS = Limits(calendar=Calendar())
PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("code", "fr", "en"),
    [
        ("undeclared", "jusqu'au 29/03/2026 inclus", "until the end of 2026-03-29"),
        ("public_announcement", "jusqu'au 28/03/2026 à 13 h 30", "until 2026-03-28 at 13:30"),
    ],
)
def test_a_limit_in_days_names_its_last_day_and_one_in_hours_the_minute(code: str, fr: str, en: str) -> None:
    assert words.due(LIMITS.of(code, since=SINCE), PARIS) == (fr, en)


@pytest.mark.parametrize(
    ("basis", "fr", "en"),
    [
        (Basis.LAW, "(la loi, CSP R.5124-73-1)", "(the law, CSP R.5124-73-1)"),
        (Basis.PROCEDURE, "(la procédure, CSP R.5124-73-1)", "(the procedure, CSP R.5124-73-1)"),
        (Basis.INTERNAL, "(délai interne de l'agence)", "(the agency's own limit)"),
    ],
)
def test_only_law_is_called_law(basis: Basis, fr: str, en: str) -> None:
    limit = replace(LIMITS.of("taker", since=SINCE), basis=basis)
    missed = words.missed(limit, PARIS)
    assert missed.fr == f"Délai dépassé : demande de recherche d'un repreneur, à faire jusqu'au 27/05/2026 inclus {fr}."
    assert missed.en == f"Time limit missed: telling the holder to look for a taker, to be done until the end of 2026-05-27 {en}."
    nearing = words.nearing(limit, 80, PARIS)
    assert nearing.fr == f"À faire jusqu'au 27/05/2026 inclus : demande de recherche d'un repreneur {fr} ; 80 % du délai est écoulé."
    assert nearing.en == f"To do until the end of 2026-05-27: telling the holder to look for a taker {en}; 80 % of the time has run."


def test_a_duty_of_an_older_version_goes_by_its_code() -> None:
    limit = replace(LIMITS.of("taker", since=SINCE), duty="old_duty")
    assert words.missed(limit, PARIS).en.startswith("Time limit missed: old_duty, to be done ")
    assert words.missed(limit, PARIS).fr.startswith("Délai dépassé : old_duty, à faire ")


def test_several_sentences_are_one_text() -> None:
    assert words.joined([Text(fr="a", en="b"), Text(fr="c", en="d")]) == Text(fr="a c", en="b d")
