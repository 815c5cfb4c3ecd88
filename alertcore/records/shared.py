"""What several records share: dates as printed, products, bodies, measures, deadlines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from datetime import date as Date
from enum import StrEnum


class Nature(StrEnum):
    """What kind of content a record is: the real thing, invented or replayed, or a contact check."""

    UNKNOWN = "unknown"
    ACTUAL = "actual"
    EXERCISE = "exercise"
    TEST = "test"


class Precision(StrEnum):
    """How exact a printed date is."""

    UNKNOWN = "unknown"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class Certainty(StrEnum):
    """How sure a date is."""

    UNKNOWN = "unknown"
    ACTUAL = "actual"
    ESTIMATED = "estimated"
    LEGAL = "legal"


class SubjectKind(StrEnum):
    """What a subject identifies."""

    UNKNOWN = "unknown"
    CIS = "cis"
    CIP13 = "cip13"
    SUBSTANCE = "substance"
    ATC = "atc"
    GROUP = "group"
    LOT = "lot"
    UDI_DI = "udi_di"
    BASIC_UDI_DI = "basic_udi_di"
    EMDN = "emdn"
    REPORTER = "reporter"
    COMPANY = "company"


class OrgScheme(StrEnum):
    """The register an organisation's id comes from."""

    UNKNOWN = "unknown"
    FINESS = "finess"
    SIRET = "siret"
    SIREN = "siren"
    GLN = "gln"
    SRN = "srn"
    AGENCY = "agency"


class Basis(StrEnum):
    """What a deadline rests on."""

    UNKNOWN = "unknown"
    LAW = "law"
    PROCEDURE = "procedure"
    INTERNAL = "internal"


class Mark(StrEnum):
    """Confidence in a rule's source: confirmed, partial, unconfirmed."""

    UNKNOWN = "unknown"
    C = "c"
    P = "p"
    U = "u"


class MeasureStatus(StrEnum):
    """Where a measure stands."""

    UNKNOWN = "unknown"
    PROPOSED = "proposed"
    AGREED = "agreed"
    REFUSED = "refused"
    IN_FORCE = "in_force"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDate:
    """A date as printed, which may name only a month or a year."""

    text: str  # the date as printed
    date: Date  # the day meant; the last day of the period when only a month or a year is printed
    precision: Precision  # how much of the date was printed


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """A date with how sure it is."""

    date: Date  # the day
    certainty: Certainty  # actual, estimated, or set by law


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One batch of a product."""

    cip13: str | None = None  # presentation code, 13 digits
    lot: str  # batch number as printed, 1 to 20 characters, case kept
    expiry: PartDate | None = None  # expiry date
    made_on: PartDate | None = None  # date of manufacture


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that goes with a record, fetched by its hash."""

    name: str  # file name
    media_type: str  # media type (RFC 6838)
    bytes: int  # size in bytes
    sha256: str  # SHA-256 of the content, lower-case hexadecimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What an alert, a signal or an alternative is about."""

    kind: SubjectKind  # which kind of identifier
    id: str  # the identifier in its own notation


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text in the hub's two languages."""

    fr: str  # French
    en: str  # English


@dataclass(frozen=True, slots=True, kw_only=True)
class Org:
    """An organisation."""

    id: str  # identifier in its scheme
    scheme: OrgScheme  # register the id comes from
    name: str | None = None  # name
    country: str  # ISO 3166-1 alpha-2


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A duty with its due time."""

    duty: str  # code of the duty
    to: str  # who must do it (opaque id or role)
    due: datetime  # due time, UTC
    basis: Basis  # law, procedure or internal
    article: str  # article or rule
    mark: Mark  # confidence in the source
    met_at: datetime | None = None  # when it was met, UTC
    by: str | None = None  # who met it (opaque id)
    since: datetime | None = None  # when the time for it began to run, UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure taken against a shortage (domain vocabulary of measures)."""

    measure_id: str  # identifier, unique within its case
    code: str  # measure code, open list
    detail: str = ""  # free text
    status: MeasureStatus = MeasureStatus.PROPOSED  # where it stands
    agreed_at: datetime | None = None  # when the agency agreed, UTC
    from_: date | None = None  # first day in force
    to: date | None = None  # last day in force
