"""Rapid alerts between authorities (form fields 3 to 21), and acknowledgements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from datetime import date as Date
from enum import StrEnum

from alertcore.records.defect import Species
from alertcore.records.device import DeviceNotice
from alertcore.records.shared import Batch, File, Nature, When


class MessageKind(StrEnum):
    """Kind of a message to an authority."""

    UNKNOWN = "unknown"
    QUALITY_DEFECT = "quality_defect"
    FALSIFIED = "falsified"
    NON_URGENT = "non_urgent"
    DEVICE_SUPPLY = "device_supply"
    SHORTAGE = "shortage"
    HEARTBEAT = "heartbeat"
    CONTACT_TEST = "contact_test"


class RapidClass(StrEnum):
    """Class of defect, or none."""

    UNKNOWN = "unknown"
    I = "i"
    II = "ii"
    III = "iii"
    UNASSIGNED = "unassigned"
    NONE = "none"


class AckLevel(StrEnum):
    """Level of an acknowledgement."""

    UNKNOWN = "unknown"
    RECEIVED = "received"
    READ = "read"
    ACTED = "acted"


class AckWanted(StrEnum):
    """Acknowledgement wanted."""

    UNKNOWN = "unknown"
    NONE = "none"
    RECEIVED = "received"
    READ = "read"
    ACTED = "acted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Follows:
    """The message a message follows."""

    reference: str  # its reference
    sent: date  # when it was sent


@dataclass(frozen=True, slots=True, kw_only=True)
class RapidShortage:
    """A shortage in a message to an authority."""

    substance: str  # substance
    cis: tuple[str, ...] = ()  # medicine codes
    start: When | None = None  # start
    end: When | None = None  # end
    cause: str = ""  # cause
    alternatives: str = ""  # alternatives
    states: tuple[str, ...] = ()  # states concerned, ISO 3166-1 alpha-2


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day's count and running hash."""

    date: Date  # day, UTC
    count: int  # records of that day that are not heartbeats
    running_hash: bytes  # SHA-256 chain over the value bytes of what is not a heartbeat


@dataclass(frozen=True, slots=True, kw_only=True)
class RapidAlert:
    """A message to one authority (EU rapid alert notification form; domain fields 3 to 21)."""

    nature: Nature = Nature.ACTUAL  # kind of content
    message_kind: MessageKind  # kind of message
    authority: str  # addressee
    sequence: int  # sequence without gaps, from 1; a heartbeat repeats the last
    previous_hash: bytes  # SHA-256 of the previous record's value bytes, 32 zero bytes at first
    alert_id: str | None = None  # alert
    version: int | None = None  # version of the alert
    reference: str = ""  # country/class/serial/message
    country: str = ""  # ISO 3166-1 alpha-2 of the issuer
    serial: int = 0  # national running number of the year
    message_no: int = 0  # message number, 1 first
    follows: Follows | None = None  # message it follows
    class_: RapidClass = RapidClass.NONE  # field 2: class of defect
    falsification_note: str = ""  # field 3: falsified or fraud
    product: str = ""  # field 4: product
    ma_number: str = ""  # field 5: marketing authorisation number
    species: Species = Species.HUMAN  # field 5: for use in humans or animals
    brand_name: str = ""  # field 6: brand name
    inn: str = ""  # field 7: INN
    dosage_form: str = ""  # field 8: dosage form
    strength: str = ""  # field 9: strength
    batches: tuple[Batch, ...] = ()  # fields 10, 11 and 13: batches with expiry and manufacture
    pack_presentation: str = ""  # field 12: pack size and presentation
    ma_holder: str = ""  # field 14: holder of the marketing authorisation
    manufacturer: str = ""  # field 15: manufacturer
    recalling_firm: str = ""  # field 16: recalling firm
    recall_number: str = ""  # field 17: recall number
    defect_details: str = ""  # field 18: details of the defect
    distribution: str = ""  # field 19: distribution
    action_taken: str = ""  # field 20: action taken
    proposed_action: str = ""  # field 21: proposed action
    issuing_authority: str = ""  # field 22: issuing authority
    contact_function: str = ""  # field 23: contact, by function
    signatory_function: str = ""  # field 24: signatory, by function
    issued_at: datetime  # fields 25 and 26: when issued, UTC
    issued_at_text: str = ""  # when issued, local time with offset, as printed
    device: DeviceNotice | None = None  # a device notice
    shortage: RapidShortage | None = None  # a shortage
    files: tuple[File, ...] = ()  # files
    ack_wanted: AckWanted = AckWanted.NONE  # acknowledgement wanted
    ack_due: datetime | None = None  # until when, UTC
    day: Day | None = None  # only in heartbeats


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """An authority's acknowledgement."""

    nature: Nature = Nature.ACTUAL  # kind of content
    authority: str  # authority
    alert_id: str  # alert
    version: int  # version
    sequence: int  # sequence acknowledged
    level: AckLevel  # level
    at: datetime  # when, UTC
    by_function: str = ""  # function of who acknowledged
    text: str | None = None  # remark
