"""The agency's agreement to what a company proposes: without it nothing of it is told outside (CSP L.5121-32, confirmed).

A company's own word that a measure is agreed is no agreement. An agreement covers the content it was given for, and no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alertcore.making import replace
from alertcore.records.shared import Measure, MeasureStatus
from alertcore.records.shortage import Declaration

TEXT = ""
"""Id of the agreement to a company's text on alternatives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The agency's word on what a company proposes: a measure, or its text on alternatives.

    id: the measure's, `TEXT` for the text. content: what was agreed to or refused. by: opaque.
    """

    company: str
    id: str
    content: str
    agreed: bool
    by: str
    at: datetime


_GOES_ON = (MeasureStatus.IN_FORCE, MeasureStatus.ENDED)


def alternatives_text(declaration: Declaration) -> str:
    """What a company says can be used instead."""
    return "; ".join(a.text or (a.subject.id if a.subject else "") for a in declaration.alternatives)


def measure_content(measure: Measure) -> str:
    """What an agreement to a measure is given for."""
    return f"{measure.code} {measure.detail}".strip()


def word_on(agreements: Sequence[Agreement], company: str, id_: str, content: str) -> Agreement | None:
    """The agency's word on this content, if it has given one."""
    return next((a for a in agreements if (a.company, a.id, a.content) == (company, id_, content)), None)


def measures_of(declaration: Declaration, agreements: Sequence[Agreement]) -> tuple[Measure, ...]:
    """A company's measures as they stand with the agency: proposed until it agrees, whatever the company says of them."""
    if not agreements:
        return tuple([_standing(m, None) for m in declaration.measures])
    company = declaration.company.id
    return tuple(_standing(m, word_on(agreements, company, m.measure_id, measure_content(m))) for m in declaration.measures)


def _standing(measure: Measure, word: Agreement | None) -> Measure:
    if word is None:
        kept = measure.status is MeasureStatus.REFUSED or (measure.status is MeasureStatus.PROPOSED and measure.agreed_at is None)
        return measure if kept else replace(measure, status=MeasureStatus.PROPOSED, agreed_at=None)
    if not word.agreed:
        return replace(measure, status=MeasureStatus.REFUSED, agreed_at=None)
    return replace(measure, status=measure.status if measure.status in _GOES_ON else MeasureStatus.AGREED, agreed_at=word.at)


def agreed_text(declarations: Sequence[Declaration], agreements: Sequence[Agreement]) -> str:
    """Texts on alternatives that the agency has agreed to."""
    if not agreements:
        return ""
    texts = ((d.company.id, alternatives_text(d)) for d in declarations)
    words = ((text, word_on(agreements, company, TEXT, text)) for company, text in texts if text)
    return "; ".join(dict.fromkeys(text for text, word in words if word is not None and word.agreed))
