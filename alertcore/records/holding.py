"""Recalled lots at reporters: what one of them still has of a lot, and how far a recall has reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alertcore.records.alert import Severity
from alertcore.records.shared import Nature
from alertcore.records.stock import Reporter, Tier

EVERY_LOT = "*"
"""Stands for the lot where all lots of a medicine are recalled and a report tells none: then all its packs are."""


class HoldingState(StrEnum):
    """What a report shows of a recalled lot."""

    UNKNOWN = "unknown"
    HELD = "held"
    SET_ASIDE = "set_aside"
    GONE = "gone"
    LIFTED = "lifted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What one reporter has of one recalled or quarantined lot, by the newest report that tells it."""

    nature: Nature = Nature.ACTUAL  # kind of content
    reporter: Reporter  # who reports
    cip13: str  # presentation code, 13 digits
    cis: str = ""  # medicine code, 8 digits; empty where not known
    lot: str  # batch number as printed
    state: HoldingState  # held for sale, set aside, gone, or lifted when the lot is no longer recalled
    packs: int  # packs present
    saleable: int = 0  # packs of these that are not set aside
    severity: Severity = Severity.UNKNOWN  # of the gravest defect the lot is recalled for
    observed_at: datetime  # when the stock was counted, UTC
    decided_at: datetime | None = None  # earliest decision that recalls the lot, UTC; null where lifted
    defects: tuple[str, ...] = ()  # what recalls the lot: sender and the sender's own id, with a slash between


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachRow:
    """How far a recall has reached on one level of the supply chain."""

    tier: Tier  # place in the supply chain
    carriers: int  # reporters known to have carried a lot of it
    clear: int  # of these, reporters whose newest report after the decision shows none of it for sale
    holding: int  # of these, reporters whose newest report after the decision still shows it for sale


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far one recall has reached among the reporters of one partition, newest wins."""

    nature: Nature = Nature.ACTUAL  # kind of content
    defect: str  # what recalls the lots: sender and the sender's own id, with a slash between
    source: int  # partition of the supply log
    version: int  # rises with every record of this defect and source
    rows: tuple[ReachRow, ...] = ()  # levels, those without a carrier left out
