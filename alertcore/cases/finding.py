"""What most rules say in the same shape: a finding with its sentence, what to do, and the numbers behind it, as a picture."""

from __future__ import annotations

from dataclasses import dataclass, field

from alertcore.cases.picture import Picture
from alertcore.records.alert import AlertKind, Severity
from alertcore.records.shared import Deadline, Nature, Subject, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule's finding on one subject.

    name: what it is about, as people call it. do: what to do now.
    companies: organisation ids told as such. numbers: unit in the name. facts, labels: further ones.
    """

    rule: str
    kind: AlertKind
    subject: Subject
    severity: Severity
    name: str
    headline: Text
    sentence: Text
    do: Text
    nature: Nature = Nature.ACTUAL
    also: tuple[Subject, ...] = ()
    companies: tuple[str, ...] = ()
    numbers: dict[str, float] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    deadlines: tuple[Deadline, ...] = ()
    audiences: tuple[str, ...] = ("officers",)


def shown(finding: Finding, template: str = "finding") -> Picture:
    """The finding as content of an alert."""
    texts = {"headline": finding.headline, "sentence": finding.sentence, "instruction": finding.do}
    facts = {"name": finding.name} | finding.facts | said(texts)
    if finding.subject.kind == "cis":
        facts.setdefault("cis", finding.subject.id)
    labels = {"template": template, "rule": finding.rule, "companies": ",".join(finding.companies)} | finding.labels
    return Picture(
        kind=finding.kind,
        subject=finding.subject,
        nature=finding.nature,
        severity=finding.severity,
        also=finding.also,
        labels=labels,
        facts={k: v for k, v in facts.items() if v},
        numbers=finding.numbers,
        deadlines=finding.deadlines,
        audiences=finding.audiences,
    )


def said(texts: dict[str, Text]) -> dict[str, str]:
    """Texts as facts, one for each language: `sentence_fr`, `sentence_en` …"""
    facts: dict[str, str] = {}
    for name, text in texts.items():
        facts |= {f"{name}_fr": text.fr, f"{name}_en": text.en}
    return facts
