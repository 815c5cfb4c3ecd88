"""How late a shortage was declared: as soon as known, says CSP L.5121-32; the agency counts the hours after which it says so.

Told to officers and to the company itself, to nobody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from alertcore.cases.picture import OWN_PREFIX
from alertcore.deadlines.clock import local
from alertcore.deadlines.duties import Limits
from alertcore.records.shared import Deadline, Text
from alertcore.records.shortage import Declaration
from alertcore.rules.shortage_words import day

_HOUR = 3600


def limit(d: Declaration, limits: Limits) -> Deadline | None:
    """When it should have been declared; None where the company does not say since when it knew."""
    if d.known_at is None:
        return None
    return limits.of("declaration", since=d.known_at, to=d.company.id, met_at=d.declared_at)


def late(declared: Sequence[Declaration], limits: Limits) -> list[tuple[str, Text]]:
    """Company and sentence of every declaration that came after its limit; at it is in time."""
    allowed = timedelta(hours=limits.policy.duty.declaration_hours)
    return [(d.company.id, sentence(d, limits)) for d in declared if d.known_at is not None and d.declared_at - d.known_at > allowed]


def sentence(d: Declaration, limits: Limits) -> Text:
    """Who knew since when, and how late it was declared."""
    assert d.known_at is not None
    known, hours = local(d.known_at, limits.calendar.zone), _hours(d.known_at, d.declared_at)
    day_fr, day_en = day(known.date())
    company, within = d.company.name or d.company.id, limits.policy.duty.declaration_hours
    return Text(
        fr=f"{company} le savait depuis le {day_fr} à {known.hour:02} h {known.minute:02}, soit {hours} h avant sa déclaration"
        f" (délai interne : {within} h ; CSP L.5121-32 : dès connaissance).",
        en=f"{company} had known since {day_en} at {known.hour:02}:{known.minute:02}, {hours} h before it declared"
        f" (internal limit: {within} h; CSP L.5121-32: as soon as known).",
    )


def notes(said: Sequence[tuple[str, Text]]) -> dict[str, str]:
    """For officers: every late declaration."""
    return {"delay_fr": " ".join(text.fr for _, text in said), "delay_en": " ".join(text.en for _, text in said)} if said else {}


def own(said: Sequence[tuple[str, Text]], facts: dict[str, str]) -> dict[str, str]:
    """For each late company: the alert's sentence with its own delay."""
    found: dict[str, str] = {}
    for company, text in said:
        mine = f"{OWN_PREFIX}{company}/sentence_"
        found |= {f"{mine}fr": f"{facts['sentence_fr']} {text.fr}", f"{mine}en": f"{facts['sentence_en']} {text.en}"}
    return found


def _hours(known_at: datetime, declared_at: datetime) -> int:
    """Whole hours; what is begun counts."""
    return -int(-(declared_at - known_at).total_seconds() // _HOUR)
