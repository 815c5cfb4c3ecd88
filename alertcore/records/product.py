"""Medicines and devices as reference data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from alertcore.records.shared import Nature


class IssuingEntity(StrEnum):
    """Who issues a device identifier."""

    UNKNOWN = "unknown"
    GS1 = "gs1"
    HIBCC = "hibcc"
    ICCBBA = "iccbba"
    IFA = "ifa"


class DeviceStatus(StrEnum):
    """Status of a device."""

    UNKNOWN = "unknown"
    ON_MARKET = "on_market"
    NO_LONGER_PLACED = "no_longer_placed"
    RECALLED = "recalled"
    FSCA = "fsca"


@dataclass(frozen=True, slots=True, kw_only=True)
class Substance:
    """An active substance of a medicine."""

    code: str  # substance code
    name: str  # name
    strength: str | None = None  # strength as printed


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A generic group a medicine belongs to."""

    id: str  # group id
    type: int  # 0 reference, 1 generic, 2 complementary posology, 4 substitutable


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One presentation of a medicine."""

    nature: Nature = Nature.ACTUAL  # kind of content
    cip13: str  # presentation code, 13 digits
    cis: str  # medicine code, 8 digits
    name: str  # name of the medicine
    atc: str | None = None  # ATC code, may be a prefix
    substances: tuple[Substance, ...] = ()  # active substances
    form: str = ""  # dosage form
    routes: tuple[str, ...] = ()  # routes
    mitm: bool = False  # medicine of major therapeutic interest (CSP L.5111-4)
    vaccine: bool = False  # vaccine
    public_health: bool = False  # contributes to a public-health policy set by the minister
    company: str | None = None  # organisation id of the company that markets it
    marketed: bool = True  # marketed
    units_per_pack: float | None = None  # units in a pack
    groups: tuple[Group, ...] = ()  # generic groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One medical device."""

    nature: Nature = Nature.ACTUAL  # kind of content
    udi_di: str  # device identifier
    issuing_entity: IssuingEntity  # issuing entity
    basic_udi_di: str | None = None  # Basic UDI-DI
    emdn: str = ""  # EMDN code
    risk_class: str = ""  # risk class
    trade_name: str = ""  # trade name
    model: str = ""  # model
    catalogue_no: str = ""  # catalogue number
    status: DeviceStatus = DeviceStatus.ON_MARKET  # status
