"""Templates: all of them, in both languages, with everything and with hardly anything known."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from alertcore.records.notice import AckMode, Purpose
from alertcore.records.shared import Nature
from notifiers.email.mould import Slot, mark
from notifiers.preview import preview_email
from notifiers.rendering import House, Renderer, TemplateBroken, TemplateMissing
from notifiers.samples import AUDIENCES, sample
from notifiers.template_check import check, compare, said

HOUSE = House("Agence", "https://tocsin.example")
RENDERER = Renderer(HOUSE)
PAIRS = [(template, audience) for template, audiences in AUDIENCES.items() for audience in audiences]
LANGUAGES = ["fr", "en"]
NEVER_ALONE = {"fr": "N’arrêtez pas votre traitement de vous-même.", "en": "Do not stop your treatment on your own."}


class Page(HTMLParser):
    """Text and open elements of an HTML mail."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_languages_agree_on_every_number_date_lot_and_name() -> None:
    assert check(RENDERER) == []


def test_the_check_finds_what_one_language_alone_says(tmp_path: Path) -> None:
    """A text of the agency's own with another number."""
    folder = tmp_path / "hub" / "officer"
    folder.mkdir(parents=True)
    for part in ("subject", "txt", "html"):
        (folder / f"fr.{part}.j2").write_text("{{ f.name }} le 12 novembre 2026, lot AB12, 48 heures")
        (folder / f"en.{part}.j2").write_text("{{ f.name }} on 13 November 2026, lot AB12, 48 hours")
    problems = compare(Renderer(HOUSE, tmp_path), sample("hub"), "officer")
    assert problems == ["only fr: 2026-11-12", "only en: 2026-11-13"]


@pytest.mark.parametrize(
    ("french", "english", "both"),
    [
        ("57 600 boîtes", "57,600 packs", {"57600"}),
        ("57\u202f600,5", "57,600.5", {"57600.5"}),
        ("le 1 février 2027", "on 1 February 2027", {"2027-02-01"}),
        ("le 12/11/2026", "on 2026-11-12", {"2026-11-12"}),
        ("lots AB1234, R-2026-118", "batches AB1234, R-2026-118", {"AB1234", "R-2026-118"}),
        ("1,2 mois", "1.2 months", {"1.2"}),
    ],
)
def test_the_same_fact_is_seen_as_the_same_in_both_languages(french: str, english: str, both: set[str]) -> None:
    assert said(french.replace("57 600", "57\u00a0600"), "fr") == said(english, "en") == both


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("template", "audience"), PAIRS)
@pytest.mark.parametrize("bare", [False, True])
def test_every_template_renders_whole(template: str, audience: str, language: str, *, bare: bool) -> None:
    """Balanced HTML, text within 78 columns, nothing left over of the machinery, one subject line."""
    for purpose in Purpose:
        for nature in (Nature.ACTUAL, Nature.EXERCISE):
            notice = replace(sample(template, purpose, bare=bare, nature=nature), ack=AckMode.EACH)
            written = RENDERER.render(notice, audience, language)
            assert Page(written.html).open == []
            assert written.subject
            assert "\n" not in written.subject
            for line in written.text.splitlines():
                assert len(line) <= 78 or "http" in line
            for text in (written.subject, written.text, written.html):
                assert not re.search(r"\{\{|\{%|None|Undefined|\bunknown\b", text)
            assert mark(Slot.ACKNOWLEDGE) in written.text
            assert mark(Slot.ACKNOWLEDGE) in Page(written.html).links
            exercise = {"fr": "EXERCICE", "en": "EXERCISE"}[language]
            assert (exercise in written.text) == (exercise in written.html) == (nature is Nature.EXERCISE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", ["declared", "published", "defect", "digest"])
def test_a_patients_first_line_is_not_to_stop_alone_and_the_subject_tells_a_passer_by_nothing(template: str, language: str) -> None:
    """No medicine, no code, no company, no word of defect or shortage."""
    for purpose in Purpose:
        written = RENDERER.render(sample(template, purpose), "patient", language)
        assert written.text.splitlines()[0] == NEVER_ALONE[language]
        assert not said(written.subject, language)
        words = written.subject.lower()
        for telling in (
            "exemplomycine",
            "laboratoire",
            "médicament",
            "medicine",
            "rupture",
            "short",
            "défaut",
            "defect",
            "lot",
            "recall",
            "rappel de",
        ):
            assert telling not in words


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("template", "audience"), [p for p in PAIRS if p[1] == "professional" and p[0] != "digest"])
def test_a_professionals_first_line_is_what_to_do_now(template: str, audience: str, language: str) -> None:
    notice = sample(template)
    written = RENDERER.render(notice, audience, language)
    assert " ".join(written.text.split()).startswith(notice.params[f"instruction_{language}"])


def test_the_kinds_of_message_are_told_apart_in_subject_and_body() -> None:
    subjects = {p: RENDERER.render(sample("declared", p), "professional", "fr").subject for p in Purpose}
    assert subjects[Purpose.UPDATE].startswith("Mise à jour – ")
    assert subjects[Purpose.ALL_CLEAR].startswith("Fin d’alerte – ")
    assert subjects[Purpose.CORRECTION].startswith("Rectificatif – ")
    assert subjects[Purpose.REMINDER].startswith("Rappel – ")
    assert "annule et remplace" in " ".join(RENDERER.render(sample("declared", Purpose.CORRECTION), "professional", "fr").text.split())


def test_a_duty_offers_no_way_to_leave_and_everything_else_does() -> None:
    link = mark(Slot.UNSUBSCRIBE)
    duty = RENDERER.render(replace(sample("defect"), duty=True), "professional", "fr")
    other = RENDERER.render(sample("defect"), "professional", "fr")
    assert link not in duty.text + duty.html
    assert not duty.may_leave
    assert link in other.text
    assert link in Page(other.html).links


def test_what_comes_in_a_parameter_is_text_and_not_markup_or_template() -> None:
    nasty = "<script>alert(1)</script> {{ 7 * 7 }} \r\nBcc: x@y.example"
    written = RENDERER.render(replace(sample("declared"), params={"name": nasty, "headline_fr": nasty}), "professional", "fr")
    assert "<script" not in written.html
    assert "49" not in written.html + written.text
    assert "\n" not in written.subject
    assert "\r" not in written.subject


def test_a_patient_never_gets_what_was_written_for_others_and_an_officer_may() -> None:
    with pytest.raises(TemplateMissing):
        RENDERER.render(sample("safety_stock"), "patient", "fr")
    assert RENDERER.resolve("published", "officer", "fr") == ("published/professional", "fr")
    assert RENDERER.resolve("published", "company", "en") == ("published/professional", "en")


def test_a_language_without_a_template_falls_back_to_the_agencys_first() -> None:
    assert RENDERER.resolve("declared", "patient", "de") == ("declared/patient", "fr")
    assert Renderer(House("Agency", "", languages=("en", "fr"))).resolve("declared", "patient", "de") == ("declared/patient", "en")


def test_a_broken_template_names_itself_and_no_parameter(tmp_path: Path) -> None:
    folder = tmp_path / "hub" / "officer"
    folder.mkdir(parents=True)
    for part in ("subject", "txt", "html"):
        (folder / f"fr.{part}.j2").write_text("{{ f.no_such_thing }}")
    with pytest.raises(TemplateBroken, match=r"^hub/officer/fr: UndefinedError$"):
        Renderer(HOUSE, tmp_path).render(sample("hub"), "officer", "fr")


def test_figures_and_dates_are_written_as_the_language_writes_them() -> None:
    fr = RENDERER.render(sample("safety_stock"), "company", "fr").text
    en = RENDERER.render(sample("safety_stock"), "company", "en").text
    assert "57\u202f600" in fr
    assert "1,2" in fr
    assert "12 novembre 2026" in fr
    assert "57,600" in en
    assert "1.2" in en
    assert "12 November 2026" in en


def test_the_hour_is_the_agencys() -> None:
    assert "22 novembre 2026 à 07:30" in " ".join(RENDERER.render(sample("declared"), "professional", "fr").text.split())


def test_a_preview_shows_where_links_would_lead() -> None:
    preview = preview_email(RENDERER, HOUSE, "declared", "professional", "en")
    assert "https://tocsin.example/u/example" in preview.text
    assert preview.html is not None
    assert "XTOCSIN" not in preview.text + preview.html


@pytest.mark.parametrize(("language", "figures"), [("fr", "Ces chiffres viennent"), ("en", "These figures come")])
def test_a_company_that_reads_no_figures_of_its_stock_is_not_told_where_they_come_from(language: str, figures: str) -> None:
    full, bare = (RENDERER.render(sample("safety_stock", bare=bare), "company", language) for bare in (False, True))
    assert figures in full.text
    assert figures in (full.html or "")
    assert figures not in bare.text
    assert figures not in (bare.html or "")
