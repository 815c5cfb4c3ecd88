"""Police measures in a shortage (CSP L.5121-33-3): restricted or suspended exploitation, export or wholesale, imports of alternatives.

They stand with the case as measures whose code begins with `police_`, and must end without delay when they are no longer needed: officers
are told when the shortage has ended while one is in force. One that has a last day lapses with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from alertcore.cases import alerts, matters
from alertcore.cases.desk import Desk
from alertcore.cases.matters import Matter
from alertcore.cases.shortages import Supply
from alertcore.cases.state import Life
from alertcore.cases.timers import set_timer
from alertcore.deadlines.clock import end_of_day, local_day, start_of_day
from alertcore.records.alert import AlertKind, Severity
from alertcore.records.shared import Measure, MeasureStatus, Subject, SubjectKind, Text

CODES = (
    "police_restrict_exploitation",
    "police_suspend_exploitation",
    "police_restrict_export",
    "police_suspend_export",
    "police_restrict_wholesale",
    "police_suspend_wholesale",
    "police_import",
)
PREFIX = "police_"
RULE = "police_measures"
_ASK = Text(
    fr="Levez les mesures de police, ou prolongez-les par une décision motivée.",
    en="End the police measures, or prolong them by a decision with its reasons.",
)


def in_force(measures: Iterable[Measure], today: date) -> list[Measure]:
    """Police measures that are in force on a local day: from their first to their last one, where they have one."""
    return [m for m in _police(measures) if (m.from_ is None or m.from_ <= today) and (m.to is None or today <= m.to)]


def judge(desk: Desk, supply: Supply) -> None:
    """Measures that outlive the shortage are a matter of duty of the agency itself; wakes when one begins or lapses by its own days."""
    measures, zone = (*supply.measures, *[m for d in supply.heads for m in d.measures]), supply.limits.calendar.zone
    standing: list[Measure] = []
    if _police(measures):
        standing = in_force(measures, local_day(desk.now, zone))
        days = [start_of_day(m.from_, zone) for m in _police(measures) if m.from_ is not None]
        days += [end_of_day(m.to, zone) for m in _police(measures) if m.to is not None]
        set_timer(desk, RULE, f"{supply.nature}/{supply.cis}", min([at for at in days if at > desk.now], default=None))
    ended_at = _ended(desk, supply) if standing else None
    found = () if ended_at is None else (_matter(supply, standing, ended_at),)
    matters.hold(desk, supply.cis, supply.nature, RULE, found, signal=False)


def _police(measures: Iterable[Measure]) -> list[Measure]:
    return [m for m in measures if m.status is MeasureStatus.IN_FORCE and m.code.startswith(PREFIX)]


def _ended(desk: Desk, supply: Supply) -> datetime | None:
    """When the last alert of the shortage ended; None while one is open or where there never was one."""
    subject = Subject(kind=SubjectKind.CIS, id=supply.cis)
    lives: list[Life] = []
    for kind in (AlertKind.SHORTAGE, AlertKind.STOP):
        life: Life | None = desk.get(alerts.life_key(kind, subject, supply.nature))
        if life is not None:
            lives.append(life)
    if any(life.open is not None for life in lives):
        return None
    return max((life.ended_at for life in lives if life.ended_at is not None), default=None)


def _matter(supply: Supply, standing: list[Measure], ended_at: datetime) -> Matter:
    name = supply.medicine.name if supply.medicine else f"CIS {supply.cis}"
    count = len(standing)
    if count > 1:
        fr = f"{count} mesures de police sont encore en vigueur ; elles doivent cesser"
        en = f"{count} police measures are still in force; they must end"
    else:
        fr = "une mesure de police est encore en vigueur ; elle doit cesser"
        en = "a police measure is still in force; it must end"
    return Matter(
        rule=RULE,
        key="agency",
        severity=Severity.MODERATE,
        since=ended_at,
        what=Text(fr="mesure de police encore en vigueur", en="police measure still in force"),
        sentence=Text(
            fr=f"{name} : la pénurie a pris fin et {fr} sans délai (CSP L.5121-33-3).",
            en=f"{name}: the shortage has ended and {en} without delay (CSP L.5121-33-3).",
        ),
        ask=_ASK,
        do=_ASK,
        deadline=supply.limits.of("police_end", since=ended_at),
        numbers={"measures_count": float(count)},
    )
