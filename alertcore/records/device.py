"""Notices of interruption or discontinuation of devices (MDR/IVDR Article 10a)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from alertcore.records.product import Device
from alertcore.records.shared import File, Measure, Nature, Org, When


class NoticeReport(StrEnum):
    """Which report of a notice."""

    UNKNOWN = "unknown"
    INITIAL = "initial"
    FOLLOW_UP = "follow_up"
    FINAL = "final"


class NoticeBasis(StrEnum):
    """What a notice rests on."""

    UNKNOWN = "unknown"
    ARTICLE_10A = "article_10a"
    VOLUNTARY_FR = "voluntary_fr"


class ReceivedFrom(StrEnum):
    """Who sent a notice."""

    UNKNOWN = "unknown"
    MANUFACTURER = "manufacturer"
    AUTHORISED_REP = "authorised_rep"
    AUTHORITY = "authority"
    OTHER = "other"


class SupplyEvent(StrEnum):
    """What happens to supply."""

    UNKNOWN = "unknown"
    INTERRUPTION = "interruption"
    DISCONTINUATION = "discontinuation"


class Origin(StrEnum):
    """Where the cause lies."""

    UNKNOWN = "unknown"
    MANUFACTURE = "manufacture"
    DISTRIBUTION = "distribution"
    REGULATORY = "regulatory"
    COMMERCIAL = "commercial"
    OTHER = "other"


class Informed(StrEnum):
    """Who was informed."""

    UNKNOWN = "unknown"
    OPERATORS = "operators"
    INSTITUTIONS = "institutions"
    PROFESSIONALS = "professionals"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A reason with its code."""

    code: str  # code, open list
    text: str = ""  # free text


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriousHarm:
    """Why serious harm is foreseeable, and where."""

    states: tuple[str, ...] = ()  # ISO 3166-1 alpha-2
    rationale: str = ""  # rationale


@dataclass(frozen=True, slots=True, kw_only=True)
class Criticality:
    """An opaque score with the grid it comes from."""

    score: float | None = None  # score
    grid: str  # grid and its version
    rationale: str = ""  # rationale


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceNotice:
    """Notice of an interruption or discontinuation of devices."""

    nature: Nature = Nature.ACTUAL  # kind of content
    notice_id: str  # the sender's own id
    report: NoticeReport  # which report
    previous_id: str | None = None  # notice this one follows
    basis: NoticeBasis  # legal or voluntary
    received_from: ReceivedFrom  # who sent it
    from_authority: str | None = None  # authority it came from
    event: SupplyEvent  # interruption or discontinuation
    origin: Origin  # where the cause lies
    start: When  # start
    end: When | None = None  # end
    exceptional: bool = False  # exceptional circumstances
    exceptional_reason: str | None = None  # which
    reason: Reason  # reason
    serious_harm: SeriousHarm  # serious harm
    manufacturer: Org  # manufacturer
    authorised_rep: Org | None = None  # authorised representative
    devices: tuple[Device, ...] = ()  # devices concerned
    states_concerned: tuple[str, ...] = ()  # ISO 3166-1 alpha-2
    market_share_pct: float | None = None  # market share, per cent
    alternatives: str = ""  # alternatives
    mitigation: tuple[Measure, ...] = ()  # mitigation
    informed: tuple[Informed, ...] = ()  # who was informed
    criticality: Criticality | None = None  # score
    files: tuple[File, ...] = ()  # files
    contact_ref: str | None = None  # reference of the contact block in SQL
    procedure_step: int | None = None  # step of the French two-step procedure of 2021, withdrawn on 10 January 2025
