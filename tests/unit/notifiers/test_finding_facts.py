"""Numbers and limits of a finding, as its messages show them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from notifiers.finding_facts import figures, limits
from notifiers.rendering import House, Renderer
from notifiers.samples import sample

RENDERER = Renderer(House("Agence", "https://tocsin.example"))
AT = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


def shown(numbers: dict[str, object], language: str, audience: str = "officer") -> str:
    notice = sample("finding")
    params = notice.params | {"figures": json.dumps(numbers)}
    return RENDERER.render(replace(notice, params=params), audience, language).text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("name", "value", "fr", "en"),
    [
        ("saleable_packs", 57600, "- Stock disponible : 57 600 boîtes", "- Saleable stock: 57,600 packs"),
        ("saleable_packs", 0, "- Stock disponible : 0 boîte", "- Saleable stock: 0 packs"),
        ("saleable_packs", 1, "- Stock disponible : 1 boîte", "- Saleable stock: 1 pack"),
        ("national_days", 1.5, "- Stock national : 1,5 jour", "- National stock: 1.5 days"),
        ("national_days", 2, "- Stock national : 2 jours", "- National stock: 2 days"),
        ("coverage_months", 1.25, "- Couverture : 1,2 mois", "- Coverage: 1.2 months"),
        ("market_share_pct", 62.5, "- Part de marché : 62,5 %", "- Market share: 62.5 %"),
        ("declaration_delay_hours", 49, "- Délai de déclaration : 49 heures", "- Delay of the declaration: 49 hours"),
        ("daily_net_packs", -1, "- Variation quotidienne médiane : -1 boîte", "- Median daily change: -1 pack"),
        ("states_count", 3, "- États de l’UE ou de l’EEE concernés : 3", "- EU or EEA states concerned: 3"),
        ("limit_working_days", 2, "- Délai admis : 2 jours ouvrés", "- Time allowed: 2 working days"),
        ("something_new_hours", 3, "- Something new : 3 heures", "- Something new: 3 hours"),
        ("bare", 0.125, "- Bare : 0,12", "- Bare: 0.12"),
    ],
)
def test_a_number_has_a_name_and_its_unit_in_words(name: str, value: float, fr: str, en: str) -> None:
    assert fr in shown({name: value}, "fr").splitlines()
    assert en in shown({name: value}, "en").splitlines()


def test_what_is_for_programs_or_no_number_is_not_shown() -> None:
    found = figures('{"ended_unix_s": 1.0, "by_policy_flag": 1, "a": "x", "b": true, "c_days": 2}', "fr")
    assert [f.label for f in found] == ["c"]


@pytest.mark.parametrize("text", [None, "", "{", "7", "[1]", '{"a": 1}'])
def test_broken_parameters_show_nothing_and_break_nothing(text: str | None) -> None:
    assert figures(None if text == '{"a": 1}' else text, "fr") == []
    assert limits(text, "fr", AT) == []


def limit(**fields: object) -> str:
    row = {"duty": "any_duty", "due": "2026-11-24T23:00:00Z", "basis": "law", "article": "CSP L.5124-6", "met_at": None}
    return json.dumps([row | fields, {"due": "never"}, {"due": "2026-11-24"}, {"duty": "x"}])


@pytest.mark.parametrize(
    ("fields", "source"),
    [
        ({}, "obligation légale, CSP L.5124-6"),
        ({"basis": "procedure"}, "procédure, CSP L.5124-6"),
        ({"basis": "internal"}, "objectif interne"),
        ({"basis": "law", "article": ""}, "obligation légale"),
    ],
)
def test_only_law_is_called_law(fields: dict[str, object], source: str) -> None:
    [found] = limits(limit(**fields), "fr", AT)
    assert (found.what, found.source) == ("any duty", source)


@pytest.mark.parametrize(
    ("due", "met_at", "late"),
    [
        ("2026-11-22T06:30:01Z", None, False),
        ("2026-11-22T06:30:00Z", None, True),
        ("2026-11-22T06:30:00Z", "2026-11-21T00:00:00Z", False),
    ],
)
def test_a_limit_is_late_from_its_instant_on_unless_it_was_met(due: str, met_at: str | None, *, late: bool) -> None:
    [found] = limits(limit(due=due, met_at=met_at), "fr", AT)
    assert found.late is late


def test_a_limit_at_midnight_is_the_end_of_the_day_before_and_any_other_an_hour() -> None:
    notice = sample("finding")
    fr = " ".join(RENDERER.render(notice, "officer", "fr").text.split())
    en = " ".join(RENDERER.render(notice, "officer", "en").text.split())
    assert "à faire jusqu’au 24 novembre 2026 inclus (objectif interne)" in fr
    assert "to do until the end of 24 November 2026 (internal target)" in en
    assert "délai dépassé, c’était à faire jusqu’au 21 novembre 2026 à 10:30 (obligation légale, CSP R.5312-1)" in fr


def test_the_earliest_limit_stands_first() -> None:
    rows = [{"duty": d, "due": f"2026-11-{d}T00:00:00Z", "basis": "law"} for d in ("24", "20", "22")]
    assert [x.what for x in limits(json.dumps(rows), "en", None)] == ["20", "22", "24"]


def test_an_officer_reads_what_was_answered() -> None:
    text = " ".join(RENDERER.render(sample("finding"), "officer", "fr").text.split())
    assert "Décision du 22/11/2026 : non transmis. Motif : stock suffisant" in text
