"""How late a shortage was declared: as soon as known, says CSP L.5121-32; the agency counts the hours after which it says so.

Told to officers and to the company itself, to nobody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alertcore.cases import runs
from alertcore.cases.picture import OWN_PREFIX
from alertcore.cases.shortages import Supply, runs_of
from alertcore.deadlines.clock import local
from alertcore.deadlines.duties import Limits
from alertcore.making import maker
from alertcore.records.shared import Deadline, Text
from alertcore.records.shortage import Declaration
from alertcore.rules.shortage_words import day

_HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A declaration that first told of something, and since when its company knew."""

    by: Declaration
    known_at: datetime

    @property
    def delay(self) -> timedelta:
        """From knowing to declaring."""
        return self.by.declared_at - self.known_at


_told = maker(Told)


def told(supply: Supply, declared: Sequence[Declaration]) -> list[Told]:
    """Of every company, what first told of what it declares open, and since when it knew: an update is no new declaration."""
    found = [_told(by=d, known_at=known) for head in declared for run in runs_of(supply, head) for d, known in runs.told(run)]
    return list({t.by.declaration_id + t.by.company.id: t for t in found}.values()) if len(found) > 1 else found


def limits_of(found: Sequence[Told], limits: Limits) -> list[Deadline]:
    """When each company should have declared: of what it was latest with."""
    latest: dict[str, Told] = {}
    for t in found:
        known = latest.get(t.by.company.id)
        if known is None or t.delay > known.delay:
            latest[t.by.company.id] = t
    return [limits.of("declaration", since=t.known_at, to=company, met_at=t.by.declared_at) for company, t in latest.items()]


def late(found: Sequence[Told], limits: Limits) -> list[tuple[str, Text]]:
    """Company and sentence of every declaration that came after its limit; at it is in time."""
    allowed = timedelta(hours=limits.policy.duty.declaration_hours)
    return [(t.by.company.id, sentence(t, limits)) for t in found if t.delay > allowed]


def sentence(t: Told, limits: Limits) -> Text:
    """Who knew since when, and how late it was declared."""
    known, hours = local(t.known_at, limits.calendar.zone), _hours(t.delay)
    day_fr, day_en = day(known.date())
    company, within = t.by.company.name or t.by.company.id, limits.policy.duty.declaration_hours
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
    """For each late company: the alert's sentence with its own delays."""
    found: dict[str, str] = {}
    for company in dict.fromkeys(company for company, _ in said):
        texts = [text for whose, text in said if whose == company]
        mine = f"{OWN_PREFIX}{company}/sentence_"
        found[f"{mine}fr"] = " ".join([facts["sentence_fr"], *[text.fr for text in texts]])
        found[f"{mine}en"] = " ".join([facts["sentence_en"], *[text.en for text in texts]])
    return found


def _hours(delay: timedelta) -> int:
    """Whole hours; what is begun counts."""
    return -int(-delay.total_seconds() // _HOUR)
