"""A rule's card: what it looks at, when it fires and ends, on what source, with which numbers of the policy."""

from __future__ import annotations

from dataclasses import dataclass

from alertcore.records.alert import AlertKind
from alertcore.records.shared import Mark, SubjectKind, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCard:
    """One rule, as `tocsin rules explain` shows it. Texts are for a duty officer.

    stage: where it decides. subjects: kinds of what it is about. alert: kind of the alert it leads to, None where it only signals.
    source: article or standard, with `mark`, the confidence in it. thresholds: paths into the policy, such as `coverage.national_days`.
    """

    name: str
    version: int = 1
    stage: str
    subjects: tuple[SubjectKind, ...]
    alert: AlertKind | None
    title: Text
    fires: Text
    ends: Text
    source: str
    mark: Mark
    thresholds: tuple[str, ...] = ()
