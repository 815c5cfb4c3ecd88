"""What a rule knows now of one matter: the content of the next version of its alert."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from alertcore.cases.gates import carried
from alertcore.making import replace
from alertcore.records.alert import Alert, AlertKind, Severity
from alertcore.records.shared import Batch, Deadline, Measure, Nature, Subject

ACK_PREFIX = "ack/"
"""Facts under this prefix are acknowledgements and no content."""
NOTE_PREFIX = "note/"
"""Facts under this prefix are the hub's notes for officers and no content: what surrounds the matter, not the matter."""
OWN_PREFIX = "own/"
"""Facts `own/<organisation id>/<name>` take the place of `<name>` for that company, `own//<name>` for everybody else outside."""
OVER = "over"
"""Fact `own/<organisation id>/over`: it is over for that company, though not for others; it hears so once, as news."""
WHOLE = "whole"
"""Fact `own/<organisation id>/whole`: its own facts are all that concerns it; where they stay, it has no news."""
SEEN_PREFIX = "seen/"
"""Facts `seen/<person>`: when that person saw this content."""
CONTEST_PREFIX = "contest/"
"""Facts `contest/<company>`: what the company holds against the alert."""
ORIGINAL_PREFIX = "original/"
"""Facts `original/<name>`: what the rule says where an officer has corrected `<name>`."""
BESIDE = (ACK_PREFIX, NOTE_PREFIX, SEEN_PREFIX, CONTEST_PREFIX, ORIGINAL_PREFIX)
KEPT = (ACK_PREFIX, CONTEST_PREFIX)
"""Facts beside the content that another content leaves as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Content of an alert. labels steer routing and templates (`template`, `rule`, `companies`, `class`, `level` …); facts fill texts.

    also: everything else by which somebody may follow the subject. audiences: whom it is meant for. A picture is a function of facts alone.
    notes: for officers, beside the content: another note alone makes no version here. later: the facts, where they are made only once
    they are needed (see `whole`).
    """

    kind: AlertKind
    subject: Subject
    nature: Nature = Nature.ACTUAL
    severity: Severity
    also: tuple[Subject, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, float] = field(default_factory=dict)
    batches: tuple[Batch, ...] = ()
    measures: tuple[Measure, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    audiences: tuple[str, ...] = ()
    notes: dict[str, str] = field(default_factory=dict)
    later: Callable[[], dict[str, str]] | None = None


def whole(picture: Picture) -> Picture:
    """The picture with its facts."""
    return picture if picture.later is None else replace(picture, facts=picture.later(), later=None)


def same_content(alert: Alert, picture: Picture) -> bool:
    """True when a picture says nothing that the alert does not say already (deadlines met stay met)."""
    return (
        alert.severity is picture.severity
        and alert.numbers == picture.numbers
        and alert.labels == picture.labels
        and alert.batches == picture.batches
        and alert.measures == picture.measures
        and alert.also == picture.also
        and carried(picture.deadlines, alert.deadlines, alert.release) == alert.deadlines
        and content_facts(alert) == whole(picture).facts
    )


def content_facts(alert: Alert) -> dict[str, str]:
    """The alert's facts as its rule gave them, without what stands beside."""
    facts = {k: v for k, v in alert.facts.items() if not k.startswith(BESIDE)}
    if len(facts) == len(alert.facts):
        return facts
    originals = {k.removeprefix(ORIGINAL_PREFIX): v for k, v in alert.facts.items() if k.startswith(ORIGINAL_PREFIX)}
    return {k: v for k, v in (facts | originals).items() if v or k not in originals} if originals else facts


def beside_kept(alert: Alert, picture: Picture) -> dict[str, str]:
    """What stays of an alert's facts under another content: who acknowledged or contested it, and a correction that is still one."""
    kept = {k: v for k, v in alert.facts.items() if k.startswith(KEPT)}
    for key, original in alert.facts.items():
        name = key.removeprefix(ORIGINAL_PREFIX)
        if name != key and picture.facts.get(name, "") == original:
            kept |= {key: original, name: alert.facts[name]}
    return kept


def noted(picture: Picture) -> dict[str, str]:
    """The facts of a picture with its notes."""
    return picture.facts | {NOTE_PREFIX + name: text for name, text in picture.notes.items()}
