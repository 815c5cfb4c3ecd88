"""Shortages: declarations, disruptions at pharmacies, public statuses, management plans."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from alertcore.records.shared import File, Measure, Nature, Org, OrgScheme, Subject, When
from alertcore.records.stock import Circuit, Tier


class DeclarationStep(StrEnum):
    """Step of a declaration."""

    UNKNOWN = "unknown"
    INITIAL = "initial"
    UPDATE = "update"
    RETURN = "return"
    WITHDRAWN = "withdrawn"


class DeclaredNature(StrEnum):
    """Nature as declared, not the published status."""

    UNKNOWN = "unknown"
    RUPTURE = "rupture"
    RISQUE = "risque"
    ARRET = "arret"


class StopKind(StrEnum):
    """Whether marketing is suspended or stopped."""

    UNKNOWN = "unknown"
    SUSPENSION = "suspension"
    STOP = "stop"


class DisruptionState(StrEnum):
    """Where a disruption stands."""

    UNKNOWN = "unknown"
    OPEN = "open"
    SERVED = "served"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitState:
    """A declaration's figures for one circuit."""

    circuit: Circuit  # circuit
    start: When | None = None  # start of the shortage
    expected_return: When | None = None  # expected return
    duration_days: int | None = None  # expected length, days
    monthly_sales: int | None = None  # mean monthly sales, packs
    stock: int | None = None  # stock left, packs
    market_share_pct: float | None = None  # market share, per cent


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a shortage happens."""

    code: str  # cause code, open list
    raw: str = ""  # label as sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """What can be used instead."""

    subject: Subject | None = None  # the alternative product
    text: str = ""  # free text


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """Where the product also goes."""

    country: str  # ISO 3166-1 alpha-2
    text: str = ""  # free text


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Suspension or stop of marketing (CSP L.5124-6)."""

    kind: StopKind  # suspension or stop
    notified_on: date  # day of the notice
    effect_on: date  # day it takes effect
    emergency: bool = False  # true for an emergency
    off_patent: bool | None = None  # true for an off-patent medicine
    reasons: str = ""  # reasons given


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person's contact block, moved to SQL by the door and never kept in a log."""

    function: str  # function held
    name: str = ""  # name
    email: str | None = None  # e-mail address
    phone: str | None = None  # telephone number


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """A company's declaration of a shortage, a risk of one, or a stop (CSP L.5121-32, R.5124-49-1)."""

    nature: Nature = Nature.ACTUAL  # kind of content
    declaration_id: str  # the sender's own id
    case_ref: str | None = None  # the agency's case reference
    step: DeclarationStep  # step
    previous_id: str | None = None  # declaration this one follows
    nature_declared: DeclaredNature  # nature as declared
    cis: str  # medicine code, 8 digits
    cip13s: tuple[str, ...] = ()  # presentations concerned; empty means all
    company: Org  # company that markets
    ma_holder: Org | None = None  # holder of the marketing authorisation
    known_at: datetime | None = None  # when the company knew, UTC
    declared_at: datetime  # when it declared, UTC
    circuits: tuple[CircuitState, ...] = ()  # figures by circuit
    causes: tuple[Cause, ...] = ()  # causes
    context: str = ""  # context
    atc: str | None = None  # ATC code
    alternatives: tuple[Alternative, ...] = ()  # alternatives
    risk: str = ""  # assessment of the risk for patients
    measures: tuple[Measure, ...] = ()  # measures
    plan_ref: str | None = None  # reference of the shortage management plan
    exports: tuple[Export, ...] = ()  # distribution outside France
    stop: Stop | None = None  # suspension or stop
    files: tuple[File, ...] = ()  # files
    contact_ref: str | None = None  # reference of the contact block in SQL
    raw: dict[str, str] = field(default_factory=dict)  # fields of the sender's form that have no place here


@dataclass(frozen=True, slots=True, kw_only=True)
class Disruption:
    """A pharmacy that cannot dispense after asking two distributors (CSP R.5124-49-1)."""

    nature: Nature = Nature.ACTUAL  # kind of content
    disruption_id: str  # the sender's own id
    pharmacy: Pharmacy  # the pharmacy
    cis: str  # medicine code, 8 digits
    cip13: str  # presentation code, 13 digits
    asked_at: datetime  # when it first asked, UTC
    distributors: tuple[str, ...] = ()  # distributors asked; two distinct ones are needed
    limit_hours: int = 72  # limit, hours
    limit_reason: str | None = None  # why the limit is shorter than 72 hours
    state: DisruptionState = DisruptionState.OPEN  # where it stands
    state_at: datetime  # since when, UTC
    last_supply_on: date | None = None  # day of the last delivery
    packs: int = 0  # packs missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Pharmacy:
    """A pharmacy that reports a disruption."""

    id: str  # identifier in its scheme
    scheme: OrgScheme  # register the id comes from
    name: str | None = None  # name
    country: str  # ISO 3166-1 alpha-2
    region: str | None = None  # INSEE region code
    tier: Tier  # community or hospital pharmacy


@dataclass(frozen=True, slots=True, kw_only=True)
class SubstanceName:
    """An active substance by code and name."""

    code: str | None = None  # substance code
    name: str  # name as published


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedStatus:
    """One row of a public shortage list, or the marker that ends its snapshot."""

    nature: Nature = Nature.ACTUAL  # kind of content
    cis: str = ""  # medicine code; for foreign lists the publisher's number prefixed by its country
    cip13: str = "*"  # presentation code, or * for all
    url: str = ""  # address of the notice
    country: str = "FR"  # ISO 3166-1 alpha-2
    code: int = 0  # status 1 to 4: out of stock, tension, marketing stop, back in supply; 0 in a marker
    raw_label: str = ""  # label as published
    start: date | None = None  # start
    updated: date | None = None  # last update
    returned: date | None = None  # return to supply
    snapshot_id: str  # the snapshot this row belongs to
    name: str | None = None  # product name
    substances: tuple[SubstanceName, ...] = ()  # active substances
    rows: int | None = None  # only in the marker that ends a snapshot: number of rows before it


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A shortage management plan as received (CSP L.5121-31, R.5124-49-5)."""

    nature: Nature = Nature.ACTUAL  # kind of content
    cis: str  # medicine code, 8 digits
    company: Org  # company
    received_on: date  # day received
    version: str = ""  # version of the plan
