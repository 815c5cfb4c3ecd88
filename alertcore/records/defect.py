"""Quality defects of medicines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alertcore.records.shared import Batch, File, Nature, Org


class DefectStep(StrEnum):
    """Step of a defect."""

    UNKNOWN = "unknown"
    INITIAL = "initial"
    UPDATE = "update"
    CLOSED = "closed"


class DefectSource(StrEnum):
    """Who found it."""

    UNKNOWN = "unknown"
    COMPANY = "company"
    PHARMACIST = "pharmacist"
    HOSPITAL = "hospital"
    AUTHORITY = "authority"
    PATIENT_VIA_PROFESSIONAL = "patient_via_professional"


class DefectScope(StrEnum):
    """How far it reaches."""

    UNKNOWN = "unknown"
    BATCH = "batch"
    PRODUCT = "product"
    ACTIVE_SUBSTANCE = "active_substance"
    SITE = "site"


class Species(StrEnum):
    """For whom the product is."""

    UNKNOWN = "unknown"
    HUMAN = "human"
    VETERINARY = "veterinary"


class SeriousRisk(StrEnum):
    """Serious risk to public health (CSP R.5312-1)."""

    UNKNOWN = "unknown"
    UNASSESSED = "unassessed"
    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"
    EXCLUDED = "excluded"


class DefectClass(StrEnum):
    """Class of a defect (EU Compilation of Union Procedures)."""

    UNKNOWN = "unknown"
    I = "i"
    II = "ii"
    III = "iii"
    UNASSIGNED = "unassigned"


class Falsified(StrEnum):
    """Whether the product is falsified."""

    UNKNOWN = "unknown"
    NO = "no"
    SUSPECTED = "suspected"
    CONFIRMED = "confirmed"


class DefectAction(StrEnum):
    """Action decided."""

    UNKNOWN = "unknown"
    RECALL = "recall"
    WITHDRAWAL = "withdrawal"
    QUARANTINE = "quarantine"
    CAUTION_IN_USE = "caution_in_use"
    USER_ALERT = "user_alert"


class RecallLevel(StrEnum):
    """Depth of a recall."""

    UNKNOWN = "unknown"
    WHOLESALE = "wholesale"
    RETAIL_HOSPITAL = "retail_hospital"
    PATIENT = "patient"


class YesNo(StrEnum):
    """Yes, no, or not known."""

    UNKNOWN = "unknown"
    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectProduct:
    """The product of a defect, as far as it is known."""

    name: str  # name
    cis: str | None = None  # medicine code, 8 digits
    ma_numbers: tuple[str, ...] = ()  # marketing authorisation numbers
    inn: str = ""  # international non-proprietary name
    form: str = ""  # dosage form
    strength: str = ""  # strength
    pack: str = ""  # pack size and presentation
    species: Species = Species.HUMAN  # for whom


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """Where the product went."""

    known: bool = False  # whether distribution is known
    countries: tuple[str, ...] = ()  # ISO 3166-1 alpha-2
    text: str = ""  # free text


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A foreign rapid alert a defect comes from."""

    reference: str  # reference of the notification
    authority: str  # authority id


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityDefect:
    """A quality defect, its class and what is done (CSP R.5312-1, L.5124-6, R.5124-55)."""

    nature: Nature = Nature.ACTUAL  # kind of content
    defect_id: str  # the sender's own id
    step: DefectStep  # step
    previous_id: str | None = None  # record this one follows
    received_at: datetime  # when received, UTC
    source: DefectSource  # who found it
    scope: DefectScope = DefectScope.BATCH  # how far it reaches
    product: DefectProduct  # product
    batches: tuple[Batch, ...] = ()  # batches
    defect_type: str = ""  # code of the defect type, open list
    details: str = ""  # details
    serious_risk: SeriousRisk = SeriousRisk.UNASSESSED  # serious risk
    serious_risk_at: datetime | None = None  # when it was suspected, UTC
    class_: DefectClass = DefectClass.UNASSIGNED  # class
    falsified: Falsified = Falsified.NO  # falsified
    falsification_note: str | None = None  # what is falsified
    actions: tuple[DefectAction, ...] = ()  # actions decided
    level: RecallLevel = RecallLevel.UNKNOWN  # depth of the recall
    decided_at: datetime | None = None  # when decided, UTC
    reached_patients: YesNo = YesNo.UNKNOWN  # whether it reached patients
    reached_patients_at: datetime | None = None  # since when that is known, UTC
    distribution: Distribution = Distribution()  # distribution
    ma_holder: Org | None = None  # holder of the marketing authorisation
    manufacturer: Org | None = None  # manufacturer
    recalling_firm: Org | None = None  # recalling firm
    recall_number: str | None = None  # recall number
    foreign: Foreign | None = None  # foreign rapid alert it comes from
    files: tuple[File, ...] = ()  # files
    contact_ref: str | None = None  # reference of the contact block in SQL
