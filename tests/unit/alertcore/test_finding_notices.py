"""Which numbers and limits of a finding its notices carry, by who reads them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from alertcore.cases.finding import Finding, shown
from alertcore.dispatch import findings
from alertcore.dispatch.notices import common, params
from alertcore.records.alert import Alert, AlertKind, AlertStep, LogOrigin, Severity
from alertcore.records.shared import Basis, Deadline, Mark, Subject, SubjectKind, Text

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
TEXT = Text(fr="x", en="x")


def alert(*companies: str, template: str = "finding", bare: bool = False) -> Alert:
    limits = tuple(
        Deadline(duty=duty, to=to, due=NOW, basis=Basis.LAW, article="CSP L.5124-6", mark=Mark.C, met_at=met)
        for duty, to, met in (("stop_notice", "lab-a", NOW), ("invented", "agency", None))
    )
    picture = shown(
        Finding(
            rule="r",
            kind=AlertKind.DUTY,
            subject=Subject(kind=SubjectKind.CIS, id="60000001"),
            severity=Severity.MODERATE,
            name="n",
            headline=TEXT,
            sentence=TEXT,
            do=TEXT,
            companies=companies,
            numbers={} if bare else {"b_packs": 2.0, "a_days": 1.0},
            deadlines=() if bare else limits,
        ),
        template,
    )
    return Alert(
        alert_id="alr_1",
        version=1,
        step=AlertStep.RAISED,
        reason="x",
        kind=picture.kind,
        subject=picture.subject,
        opened_by="evt_1",
        severity=picture.severity,
        labels=picture.labels,
        facts=picture.facts,
        numbers=picture.numbers,
        deadlines=picture.deadlines,
        policy_version=0,
        rule_version=1,
        program="test",
        decided_at=NOW,
        origin=LogOrigin(topic="cases.log", partition=0, offset=0),
    )


def told(one: Alert, reader: str) -> dict[str, list[str]]:
    found = params(one, common(one, NOW, "Agence"), reader)
    names = {n: json.loads(found[n]) for n in ("figures", "deadlines") if n in found}
    return {n: list(v) if isinstance(v, dict) else [d["duty"] for d in v] for n, v in names.items()}


def test_officers_read_every_number_in_the_order_of_names_and_every_limit() -> None:
    assert told(alert("lab-a", "lab-b"), "officers") == {"figures": ["a_days", "b_packs"], "deadlines": ["stop_notice", "invented"]}


def test_a_company_alone_on_a_matter_reads_its_numbers_and_its_own_limits() -> None:
    assert told(alert("lab-a"), "lab-a") == {"figures": ["a_days", "b_packs"], "deadlines": ["stop_notice"]}


def test_of_several_companies_none_reads_numbers_that_may_be_anothers() -> None:
    assert told(alert("lab-a", "lab-b"), "lab-a") == {"deadlines": ["stop_notice"]}
    assert told(alert("lab-a", "lab-b"), "lab-b") == {}


def test_outside_nobody_reads_numbers_or_limits() -> None:
    assert told(alert("lab-a"), "outside") == {}
    assert told(alert(), "outside") == {}


def test_other_templates_and_findings_without_numbers_carry_none() -> None:
    assert told(alert("lab-a", template="hub"), "officers") == {}
    assert told(alert(bare=True), "officers") == {}


def test_a_limit_says_what_is_owed_in_words_and_when_it_was_met() -> None:
    known, invented = json.loads(findings.told(alert("lab-a"), "officers")["deadlines"])
    assert (known["what_fr"], known["what_en"], known["met_at"]) == ("préavis de deux mois", "two months' notice", "2026-11-22T06:30:00Z")
    assert (invented["what_fr"], invented["met_at"], invented["due"]) == (None, None, "2026-11-22T06:30:00Z")
