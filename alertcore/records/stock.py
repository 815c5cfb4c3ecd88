"""Stock and sales as reported, packed for the log, summed, and as a national position."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from alertcore.records.shared import Nature, Org, OrgScheme, PartDate, When


class Tier(StrEnum):
    """Place in the supply chain."""

    UNKNOWN = "unknown"
    MANUFACTURER = "manufacturer"
    DEPOSITARY = "depositary"
    WHOLESALER = "wholesaler"
    COMMUNITY_PHARMACY = "community_pharmacy"
    HOSPITAL_PHARMACY = "hospital_pharmacy"


class Circuit(StrEnum):
    """Ambulatory, hospital, or both circuits."""

    UNKNOWN = "unknown"
    VILLE = "ville"
    HOPITAL = "hopital"
    BOTH = "both"


class ReportKind(StrEnum):
    """Whether absent products are zero (full) or unchanged (changes)."""

    UNKNOWN = "unknown"
    FULL = "full"
    CHANGES = "changes"


class SalesBasis(StrEnum):
    """What a sales figure counts."""

    UNKNOWN = "unknown"
    COMPANY_TO_TRADE = "company_to_trade"
    DISPENSED = "dispensed"


class SaleCircuit(StrEnum):
    """Circuit of a sale."""

    UNKNOWN = "unknown"
    VILLE = "ville"
    HOPITAL = "hopital"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """Who reports stock."""

    id: str  # identifier in its scheme
    scheme: OrgScheme  # register the id comes from
    name: str | None = None  # name
    country: str  # ISO 3166-1 alpha-2
    tier: Tier  # place in the supply chain
    circuit: Circuit  # circuit served
    region: str | None = None  # INSEE region code


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """An expected delivery."""

    when: When  # expected day
    packs: int  # packs (boxes of that CIP13)


@dataclass(frozen=True, slots=True, kw_only=True)
class LotStock:
    """Stock of one batch."""

    lot: str  # batch number as printed
    expiry: PartDate | None = None  # expiry date
    on_hand: int  # packs


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLine:
    """Stock of one presentation at one reporter."""

    cip13: str  # presentation code, 13 digits
    on_hand: int  # packs present
    saleable: int | None = None  # packs released and ready for France; absent means on_hand less blocked
    blocked: int | None = None  # packs in quarantine or under recall, never saleable
    location_country: str | None = None  # ISO 3166-1 alpha-2 of where the packs lie; absent means the agency's country
    dispensed: int | None = None  # packs dispensed in the period
    period_days: int | None = None  # length of that period, days
    incoming: tuple[Incoming, ...] = ()  # expected deliveries
    lots: tuple[LotStock, ...] | None = None  # stock by batch; null when not told


@dataclass(frozen=True, slots=True, kw_only=True)
class StockReport:
    """One reporter's stock at one time."""

    nature: Nature = Nature.ACTUAL  # kind of content
    report_id: str  # the sender's own id of the report
    reporter: Reporter  # who reports
    observed_at: datetime  # when the stock was counted, UTC
    kind: ReportKind  # full or changes
    line_count: int  # number of lines sent, a control figure
    lines: tuple[StockLine, ...] = ()  # the lines


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleLine:
    """Sales of one presentation in one circuit and month."""

    cip13: str  # presentation code, 13 digits
    circuit: SaleCircuit  # circuit
    packs: int  # packs; negative for returns
    exceptional: bool = False  # true when the month is out of the ordinary
    exceptional_reason: str | None = None  # why it is exceptional


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesReport:
    """A company's sales of one month."""

    nature: Nature = Nature.ACTUAL  # kind of content
    report_id: str  # the sender's own id of the report
    company: Org  # the company that markets
    month: str  # month, YYYY-MM
    basis: SalesBasis  # what the figures count
    lines: tuple[SaleLine, ...] = ()  # the lines
    replaces: str | None = None  # report_id this one replaces


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLot:
    """Stock of one batch of one presentation in a packed report."""

    cip13: str  # presentation code, 13 digits
    lot: str  # batch number as printed
    expiry: PartDate | None = None  # expiry date
    on_hand: int  # packs


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetIncoming:
    """An expected delivery of one presentation in a packed report."""

    cip13: str  # presentation code, 13 digits
    when: When  # expected day
    packs: int  # packs


@dataclass(frozen=True, slots=True, kw_only=True)
class StockSheet:
    """A checked stock report as columns, one entry of every column a line, for the stock log."""

    nature: Nature = Nature.ACTUAL  # kind of content
    report_id: str  # the sender's own id of the report
    reporter: Reporter  # who reports
    observed_at: datetime  # when the stock was counted, UTC
    kind: ReportKind  # full or changes
    lines: int  # number of lines n
    cip13: bytes  # n little-endian int64: presentation codes
    cis: bytes  # n little-endian int32: the medicine of each line, 0 where not known yet
    on_hand: bytes  # n little-endian int32: packs present
    saleable: bytes  # n little-endian int32: packs saleable, blocked ones taken out
    dispensed: bytes  # n little-endian float32: packs a day, negative where not told
    country: bytes  # n times 2 ASCII letters: where the packs lie
    incoming: tuple[SheetIncoming, ...] = ()  # expected deliveries
    lots: tuple[SheetLot, ...] = ()  # stock by batch
    periods: bytes = b""  # n little-endian uint16: days of each line's dispensed, 0 not told; empty where no line tells fewer than 28


@dataclass(frozen=True, slots=True, kw_only=True)
class CellIncoming:
    """A delivery that a manufacturer or depositary expects."""

    cell: int  # place of the cell among the keys of the record it stands in, from 0
    when: date  # expected day
    packs: int  # packs
    reserve: int  # packs of these that are held in the EEA


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial:
    """Absolute sums of one source partition of the stock log for some cells, newest wins."""

    nature: Nature = Nature.ACTUAL  # kind of content
    generation: int  # generation of the stock log
    source: int  # source partition of the stock log
    version: int  # offset of the stock log these sums include
    full: bool = False  # true when every cell of the source and shard is present
    keys: tuple[str, ...] = ()  # cell keys: cip13|cis|tier|circuit|region|owner, owner only for manufacturers and depositaries
    saleable: bytes  # one little-endian int64 a cell: packs saleable anywhere
    reserve: bytes  # one little-endian int64 a cell: packs saleable and held in the EEA
    daily: bytes  # one little-endian float64 a cell: packs dispensed a day by those who tell it
    reporters: bytes  # one little-endian int32 a cell: reporters that carry it
    oldest: bytes  # one little-endian int64 a cell: oldest observation, microseconds since 1970 UTC
    heard: bytes = b""  # one little-endian int64 a reporter heard since the last partial: BLAKE2b-64 of its id
    heard_at: bytes = b""  # one little-endian int64 a reporter heard: its observation, microseconds since 1970 UTC
    brief: bytes = b""  # one byte a reporter heard: 1 where what it dispenses is known of fewer than 28 days; empty where of none
    incoming: tuple[CellIncoming, ...] = ()  # all deliveries expected for these cells


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionCell:
    """A part of a national position."""

    tier: Tier  # place in the supply chain
    circuit: Circuit  # circuit
    region: str | None = None  # INSEE region code
    saleable: int  # packs saleable
    daily_use: float | None = None  # packs a day
    days: float | None = None  # days of supply
    reporters_share: float  # share of the register's reporters that are fresh, 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """The national position of one medicine."""

    nature: Nature = Nature.ACTUAL  # kind of content
    cis: str  # medicine code, 8 digits
    version: int = 0  # rises with every position of this medicine
    as_of: datetime  # when it was computed, UTC log time
    saleable: int  # packs saleable
    daily_use: float | None = None  # packs a day
    days: float | None = None  # days of supply
    floor_packs: float | None = None  # legal floor, packs
    floor_months: float | None = None  # legal floor, months of sales
    coverage_months: float | None = None  # stock over mean monthly sales, months
    reporters_share: float  # share of the register's reporters that are fresh, 0 to 1
    oldest: datetime | None = None  # oldest observation in it, UTC
    cells: tuple[PositionCell, ...] = ()  # parts by tier, circuit and region
    projected_floor_on: date | None = None  # when the floor is reached at the present burn
    projected_zero_on: date | None = None  # when stock ends at the present burn
