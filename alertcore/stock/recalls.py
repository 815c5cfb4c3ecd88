"""Recalled lots as stage `stock` knows them: the records on each defect, and what they recall together, and for whom.

A lot counts where a recall, a withdrawal or a quarantine is decided, on the levels it goes to; all lots of a medicine, or of every medicine
with a substance, where the defect is of that and names none. What a follow-up leaves out still holds, and what was recalled stays recalled
when the matter is closed; a quarantine is lifted then.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from alertcore.cases.defect_standing import in_order, steps
from alertcore.cases.defect_standing import with_record as told_with
from alertcore.cases.defects import link_of, severity_of
from alertcore.cases.state import DefectRecord
from alertcore.cases.threads import Link, head, joined
from alertcore.identity import digest
from alertcore.records.alert import Severity
from alertcore.records.defect import DefectAction, DefectScope, DefectStep, Distribution, QualityDefect, RecallLevel
from alertcore.records.stock import Tier

LASTING = frozenset({DefectAction.RECALL, DefectAction.WITHDRAWAL})
"""What the end of a matter does not undo."""
STOPS_SALE = LASTING | {DefectAction.QUARANTINE}
WIDE = frozenset({DefectScope.PRODUCT, DefectScope.ACTIVE_SUBSTANCE, DefectScope.SITE})
"""Scopes that mean all lots where none are named."""
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
    """What a defect recalls. defect: sender/id of its first record. lots: none where nothing is taken off the shelf, or all are.

    every: since when all lots of the medicine are recalled, or of all medicines with the substance `inn` where the defect is of that.
    """

    defect: str
    cis: str = ""
    inn: str | None = None
    lots: tuple[RecalledLot, ...] = ()
    every: datetime | None = None
    level: RecallLevel = RecallLevel.UNKNOWN
    severity: Severity = Severity.UNKNOWN

    def since(self, cip13: str, cis: str, lot: str, meant: Collection[str]) -> datetime | None:
        """Since when a lot of a pack is recalled: named for this pack or for any pack of the medicine, the earlier decision counts; or
        with all lots of what is meant (`meant`: medicine codes).
        """
        found = [x for x in self.lots if x.lot == lot and (x.cip13 == cip13 or (not x.cip13 and cis != "" and cis == self.cis))]
        whole = [self.every] if self.every is not None and cis in meant else []
        return min((*whole, *(x.decided_at for x in found)), default=None)


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
    """The records on one defect. defect: sender/id of the first that came. told: what they said, as stage `cases` remembers it."""

    defect: str
    links: tuple[Link, ...] = ()
    told: tuple[DefectRecord, ...] = ()

    def now(self) -> Recall:
        """What holds of the recall; each lot since the earliest decision on it. What the end of the matter left recalled stays so."""
        since: dict[tuple[str, str] | None, datetime] = {}
        found = kept = Recall(defect=self.defect)
        for step in steps(in_order(self.told, head(self.links).id)):
            before, found = found, _recall(step.record, self.defect)
            if found.every:  # lots named before count on since they were
                found = replace(found, lots=before.lots)
            if step.record.step is DefectStep.CLOSED:
                kept = found
            elif not step.record.actions:
                found = kept
            said = step.own.decided_at or step.own.received_at
            for key in (*((x.cip13, x.lot) for x in found.lots), *((None,) if found.every else ())):
                since[key] = min(said, since.get(key, said))
        lots = tuple(replace(x, decided_at=since[x.cip13, x.lot]) for x in found.lots)
        return replace(found, lots=lots, every=since[None] if found.every else None)


def thread_of(get: Callable[[str], Any], defect: QualityDefect, sender: str) -> tuple[str, dict[str, Any]]:
    """Name of the thread a record belongs to, and what to remember of that; the same threads as in stage `cases`."""
    mine, before = f"recall-of/{sender}/{defect.defect_id}", f"recall-of/{sender}/{defect.previous_id or defect.defect_id}"
    name: str = get(before) or get(mine) or digest(defect.nature, sender, defect.previous_id or defect.defect_id)
    return name, {mine: name, before: name}


def with_record(thread: RecallThread | None, defect: QualityDefect, sender: str) -> RecallThread:
    """The thread with one record more. What a recall does not need of it is left out."""
    before = thread or RecallThread(defect=f"{sender}/{defect.defect_id}")
    links = joined(before.links, link_of(defect))
    bare = replace(defect, details=defect.details if defect.foreign else "", files=(), distribution=Distribution())
    return replace(before, links=links, told=told_with(before.told, bare, defect.received_at, head(links).id))


def _recall(defect: QualityDefect, name: str) -> Recall:
    """What holds by a record. Where it does not say when that was decided, the day it was received counts."""
    stops = LASTING if defect.step is DefectStep.CLOSED else STOPS_SALE
    taken_off = any(a in stops for a in defect.actions)
    lots = {(b.lot, b.cip13 or "") for b in defect.batches} if taken_off else set()
    since = defect.decided_at or defect.received_at
    return Recall(
        defect=name,
        cis=defect.product.cis or "",
        inn=defect.product.inn if defect.scope is DefectScope.ACTIVE_SUBSTANCE else None,
        lots=tuple(RecalledLot(cip13=cip13, lot=lot, decided_at=since) for lot, cip13 in sorted(lots)),
        every=since if taken_off and not defect.batches and defect.scope in WIDE else None,
        level=defect.level,
        severity=severity_of(defect),
    )
