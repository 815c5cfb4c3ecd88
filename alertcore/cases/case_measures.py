"""Measures that officers decided on what is no medicine, beside those that a rule finds in the facts."""

from __future__ import annotations

from dataclasses import replace

from alertcore.cases.case_file import CaseFile, key_of
from alertcore.cases.desk import Desk
from alertcore.cases.picture import NOTE_PREFIX, Picture, content_facts
from alertcore.cases.state import AlertFile
from alertcore.records.alert import AlertKind
from alertcore.records.shared import Measure, SubjectKind

WITHOUT = (AlertKind.HUB, AlertKind.DUTY)
"""Alerts that no measure is told with."""


def added(desk: Desk, picture: Picture) -> Picture:
    """The picture with the measures of its subject's case; those of a medicine are in it already."""
    if picture.subject.kind is SubjectKind.CIS or picture.kind in WITHOUT:
        return picture
    case: CaseFile | None = desk.get(key_of(picture.nature, picture.subject))
    if case is None or not case.measures:
        return picture
    return replace(picture, measures=merged(picture.measures, case.measures))


def merged(found: tuple[Measure, ...], decided: tuple[Measure, ...]) -> tuple[Measure, ...]:
    """What a rule finds, then what officers decided; of one id the officers' word."""
    own = {m.measure_id for m in decided}
    return (*(m for m in found if m.measure_id not in own), *decided)


def replaced(measures: tuple[Measure, ...], now: Measure) -> tuple[Measure, ...]:
    """The measures with this one in place of that of the same id, in the order of their ids."""
    others = (m for m in measures if m.measure_id != now.measure_id)
    return tuple(sorted((*others, now), key=lambda m: m.measure_id))


def shown_with(file: AlertFile, measures: tuple[Measure, ...]) -> Picture:
    """What an open alert says, with these measures."""
    alert = file.alert
    return Picture(
        kind=alert.kind,
        subject=alert.subject,
        nature=alert.nature,
        severity=alert.severity,
        also=alert.also,
        labels=alert.labels,
        facts=content_facts(alert),
        numbers=alert.numbers,
        batches=alert.batches,
        measures=merged(alert.measures, measures),
        deadlines=alert.deadlines,
        audiences=file.wanted,
        notes={k.removeprefix(NOTE_PREFIX): v for k, v in alert.facts.items() if k.startswith(NOTE_PREFIX)},
    )
