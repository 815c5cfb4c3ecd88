"""Recalled lots as stage `stock` knows them: the records on each defect, the newest of which says what is recalled, and for whom.

A lot counts where a recall, a withdrawal or a quarantine is decided, on the levels it goes to. What was recalled stays recalled when the
matter is closed; a quarantine is lifted then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from alertcore.cases.defects import link_of, severity_of
from alertcore.cases.threads import Link, head, joined
from alertcore.identity import digest
from alertcore.records.alert import Severity
from alertcore.records.defect import DefectAction, DefectStep, QualityDefect, RecallLevel
from alertcore.records.stock import Tier

LASTING = frozenset({DefectAction.RECALL, DefectAction.WITHDRAWAL})
"""What the end of a matter does not undo."""
STOPS_SALE = LASTING | {DefectAction.QUARANTINE}
WHOLESALE_TIERS = frozenset({Tier.MANUFACTURER, Tier.DEPOSITARY, Tier.WHOLESALER})
"""Whom a recall to wholesale level reaches: pharmacies may go on dispensing what they have (recall depth is apart from class)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecalledLot:
    """A lot as a defect names it. cip13: empty means every pack of the defect's medicine. lot: as printed, case included."""

    cip13: str
    lot: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """What a defect recalls. defect: sender/id of its first record. lots: none where nothing is taken off the shelf."""

    defect: str
    cis: str = ""
    lots: tuple[RecalledLot, ...] = ()
    level: RecallLevel = RecallLevel.UNKNOWN
    severity: Severity = Severity.UNKNOWN

    def named(self, cip13: str, cis: str, lot: str) -> RecalledLot | None:
        """The lot of a pack as it is named here: for this pack, or for any pack of the medicine; the earlier decision counts."""
        found = [x for x in self.lots if x.lot == lot and (x.cip13 == cip13 or (not x.cip13 and cis != "" and cis == self.cis))]
        return min(found, key=lambda x: x.decided_at, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One defect that recalls one lot."""

    defect: str
    decided_at: datetime
    level: RecallLevel
    severity: Severity

    def reaches(self, tier: Tier) -> bool:
        """True where the recall goes to that level of the supply chain; a depth that is not told means all."""
        return self.level is not RecallLevel.WHOLESALE or tier in WHOLESALE_TIERS


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallThread:
    """The records on one defect, and what each recalls, in the order of the links. defect: sender/id of the first that came."""

    defect: str
    links: tuple[Link, ...] = ()
    recalls: tuple[Recall, ...] = ()

    def now(self) -> Recall:
        """What the newest record recalls; each lot since the earliest decision on it."""
        newest = head(self.links)
        found = next(r for x, r in zip(self.links, self.recalls, strict=True) if x is newest)
        since: dict[tuple[str, str], datetime] = {}
        for lot in (lot for recall in self.recalls for lot in recall.lots):
            key = (lot.cip13, lot.lot)
            since[key] = min(lot.decided_at, since.get(key, lot.decided_at))
        return replace(found, lots=tuple(replace(x, decided_at=since[x.cip13, x.lot]) for x in found.lots))


def thread_of(get: Callable[[str], Any], defect: QualityDefect, sender: str) -> tuple[str, dict[str, Any]]:
    """Name of the thread a record belongs to, and what to remember of that; the same threads as in stage `cases`."""
    mine, before = f"recall-of/{sender}/{defect.defect_id}", f"recall-of/{sender}/{defect.previous_id or defect.defect_id}"
    name: str = get(before) or get(mine) or digest(defect.nature, sender, defect.previous_id or defect.defect_id)
    return name, {mine: name, before: name}


def with_record(thread: RecallThread | None, defect: QualityDefect, sender: str) -> RecallThread:
    """The thread with one record more."""
    before = thread or RecallThread(defect=f"{sender}/{defect.defect_id}")
    link, recall = link_of(defect), _recall(defect, before.defect)
    links = joined(before.links, link)
    known = dict(zip((x.id for x in before.links), before.recalls, strict=True))
    return replace(before, links=links, recalls=tuple(recall if x is link else known[x.id] for x in links))


def _recall(defect: QualityDefect, name: str) -> Recall:
    """What a record recalls. Where it does not say when that was decided, the day it was received counts."""
    stops = LASTING if defect.step is DefectStep.CLOSED else STOPS_SALE
    taken_off = any(a in stops for a in defect.actions)
    lots = {(b.lot, b.cip13 or "") for b in defect.batches} if taken_off else set()
    since = defect.decided_at or defect.received_at
    return Recall(
        defect=name,
        cis=defect.product.cis or "",
        lots=tuple(RecalledLot(cip13=cip13, lot=lot, decided_at=since) for lot, cip13 in sorted(lots)),
        level=defect.level,
        severity=severity_of(defect),
    )
