"""What the records on one defect say together: what a later one leaves out holds as it was said last.

A follow-up without a class and without an assessment says nothing of them: only a risk that is excluded, or the end of the matter, takes
back what was said (unknown is never fine). Instants from which the law counts are the earliest known in the thread (CSP R.5312-1).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from alertcore.cases.defects import as_labels, fires, link_of
from alertcore.cases.state import DefectRecord
from alertcore.dispatch.routes import serious
from alertcore.making import maker, replace
from alertcore.records.defect import (
    DefectAction,
    DefectClass,
    DefectProduct,
    DefectScope,
    DefectStep,
    Falsified,
    QualityDefect,
    RecallLevel,
    SeriousRisk,
    YesNo,
)
from alertcore.records.shared import Batch

KEPT = 16
"""Records remembered of one thread; the two oldest become one where there are more."""
NO_LONGER = "Batches no longer concerned"
"""How field 18 of a rapid alert says which lots leave the list; nothing else takes out a lot of another authority's (domain 1.3)."""
_LEFT = re.compile(re.escape(NO_LONGER) + r": (.+?)\.(?:\s|$)")
_CLASSES = (DefectClass.I, DefectClass.II, DefectClass.III)
_ASSESSED = (SeriousRisk.SUSPECTED, SeriousRisk.CONFIRMED, SeriousRisk.EXCLUDED)
_FAKE = (Falsified.SUSPECTED, Falsified.CONFIRMED)
LASTING = (DefectAction.RECALL, DefectAction.WITHDRAWAL)
"""What the end of a matter does not undo."""
_NARROW = (DefectScope.BATCH, DefectScope.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What holds of one defect. record: the newest, with what it leaves out. own: the newest as it came.

    risk_at: since when a serious risk is known. reached_at: since when patients are known to have it. None where they are not.
    first_at: since when a serious risk was known first; a milder class alone does not take that back, who excludes the risk does.
    """

    record: QualityDefect
    own: QualityDefect
    risk_at: datetime | None = None
    reached_at: datetime | None = None
    first_at: datetime | None = None


_standing = maker(Standing)


def with_record(told: tuple[DefectRecord, ...], record: QualityDefect, heard_at: datetime, head: str) -> tuple[DefectRecord, ...]:
    """What is remembered with one record more. head: id of the record that holds now, which stays as it came."""
    found = in_order((*told, DefectRecord(record=record, heard_at=heard_at)), head)
    while len(found) > KEPT:
        oldest, second = found[0], found[1]
        both = _after(_after(None, oldest), second)
        merged = replace(both.record, serious_risk_at=both.first_at, reached_patients_at=both.reached_at)
        found = [DefectRecord(record=merged, heard_at=second.heard_at), *found[2:]]
    return tuple(found)


def in_order(told: Iterable[DefectRecord], head: str) -> list[DefectRecord]:
    """The records, oldest first; last the newest of those with the id that holds now, whatever its own time says."""
    found = sorted(told, key=lambda x: _key(x.record))
    last = max((n for n, x in enumerate(found) if x.record.defect_id == head), default=len(found) - 1)
    return [*found[:last], *found[last + 1 :], found[last]]


def _key(record: QualityDefect) -> tuple[datetime, int, str]:
    link = link_of(record)
    return link.at, link.rank, link.id


def steps(ordered: Iterable[DefectRecord]) -> Iterator[Standing]:
    """What held after each record, oldest first."""
    now: Standing | None = None
    for one in ordered:
        now = _after(now, one)
        yield now


def standing(ordered: Iterable[DefectRecord]) -> Standing:
    """What holds now. ValueError where there is no record."""
    *_, now = steps(ordered)
    return now


def _after(before: Standing | None, one: DefectRecord) -> Standing:
    new = one.record
    if before is None:
        return _clocked(None, new, one)
    if before.record.step is DefectStep.CLOSED and new.step is not DefectStep.CLOSED:
        return _after_end(before, one)
    return _clocked(before, _together(before.record, new), one)


def _after_end(before: Standing, one: DefectRecord) -> Standing:
    """What fires by itself begins anew. More lots are of the matter that was closed; nothing else said of it opens it again."""
    old, new = before.record, one.record
    if fires(new):
        return _clocked(None, new, one)
    lasting = any(a in LASTING for a in old.actions)
    if not _names_more(old, new, lasting=lasting):
        return replace(before, own=new)
    together = _together(old, new)
    return _clocked(None, replace(together, scope=new.scope, batches=_joined(old.batches if lasting else (), new)), one)


def _names_more(old: QualityDefect, new: QualityDefect, *, lasting: bool) -> bool:
    """True where a record names lots that the closed one did not; none where that recalled all lots for good."""
    if _all_lots(old) and lasting:
        return False
    return any((b.cip13, b.lot) not in {(x.cip13, x.lot) for x in old.batches} for b in new.batches)


def _clocked(before: Standing | None, record: QualityDefect, one: DefectRecord) -> Standing:
    """Where a record does not say since when, the hub counts from its first news of it."""
    risk = _first(before.first_at if before else None, record, one)
    reach = before.reached_at if before else None
    new = one.record
    return _standing(
        record=record,
        own=new,
        risk_at=risk if serious(as_labels(record)) else None,
        reached_at=_earliest(reach, new.reached_patients_at, one.heard_at) if record.reached_patients is YesNo.YES else None,
        first_at=risk,
    )


def _first(known: datetime | None, record: QualityDefect, one: DefectRecord) -> datetime | None:
    """Since when a serious risk was known first, by the record as it holds."""
    if serious(as_labels(record)):
        return _earliest(known, one.record.serious_risk_at, one.heard_at)
    if record.serious_risk is SeriousRisk.EXCLUDED:
        return None
    return min((x for x in (known, one.record.serious_risk_at) if x is not None), default=None)


def _earliest(known: datetime | None, said: datetime | None, heard: datetime) -> datetime:
    return min((x for x in (known, said) if x is not None), default=heard)


def _together(old: QualityDefect, new: QualityDefect) -> QualityDefect:
    """The newer record, with what it leaves out as the older one has it; but for the distribution: unknown, it is told to more."""
    fake, note = _falsified(old, new)
    scope, batches = _reach(old, new)
    return replace(
        new,
        product=old.product if _within(old, new) else _product(old.product, new.product),
        scope=scope,
        batches=batches,
        class_=_class(old, new),
        serious_risk=_risk(old, new),
        falsified=fake,
        falsification_note=note,
        actions=new.actions or old.actions,
        level=old.level if new.level is RecallLevel.UNKNOWN else new.level,
        reached_patients=old.reached_patients if new.reached_patients is YesNo.UNKNOWN else new.reached_patients,
        **{name: getattr(new, name) or getattr(old, name) for name in _PLAIN},
    )


_PLAIN = ("decided_at", "defect_type", "details", "ma_holder", "manufacturer", "recalling_firm", "recall_number", "foreign")
"""Fields of which an empty one says nothing."""


def _product(old: DefectProduct, new: DefectProduct) -> DefectProduct:
    if old.cis is None or new.cis is not None:
        return new
    return replace(new, cis=old.cis, inn=new.inn or old.inn, ma_numbers=new.ma_numbers or old.ma_numbers)


def _class(old: QualityDefect, new: QualityDefect) -> DefectClass:
    """Class I is a serious risk (domain 1.2), so it goes with one that is excluded; classes II and III stand beside that."""
    if new.class_ in _CLASSES:
        return new.class_
    lifted = new.serious_risk is SeriousRisk.EXCLUDED and old.class_ is DefectClass.I
    return DefectClass.UNASSIGNED if lifted else old.class_


def _risk(old: QualityDefect, new: QualityDefect) -> SeriousRisk:
    """A new class I outweighs an older exclusion. A rapid alert has no field for the risk: there a class that is named says it."""
    outweighed = new.class_ is DefectClass.I and old.serious_risk is SeriousRisk.EXCLUDED
    by_class = new.foreign is not None and new.class_ in (DefectClass.II, DefectClass.III)
    return new.serious_risk if new.serious_risk in _ASSESSED or outweighed or by_class else old.serious_risk


def _falsified(old: QualityDefect, new: QualityDefect) -> tuple[Falsified, str | None]:
    """`no` is also what a record says that leaves it out: it rules a falsification out only where the record assesses the risk."""
    note = new.falsification_note or old.falsification_note
    if new.falsified in _FAKE:
        return new.falsified, note
    ruled_out = new.serious_risk is SeriousRisk.EXCLUDED or (new.serious_risk in _ASSESSED and new.foreign is None)
    return (new.falsified, new.falsification_note) if ruled_out or old.falsified not in _FAKE else (old.falsified, note)


def _reach(old: QualityDefect, new: QualityDefect) -> tuple[DefectScope, tuple[Batch, ...]]:
    """Scope and lots. No lots named and a narrow scope say nothing; a wider scope than before means all lots of it, and those mean all
    until a record says another scope with the lots: lots alone are some of all.
    """
    same = new.product.cis in (None, old.product.cis) or _within(old, new)
    if same and _all_lots(old) and new.scope in _NARROW:
        return old.scope, ()
    if new.foreign is not None:
        return (old.scope if new.scope in _NARROW else new.scope), _joined(old.batches, new)
    if new.batches:
        return new.scope, new.batches
    if new.scope in _NARROW:
        return old.scope, old.batches
    return new.scope, () if old.scope in _NARROW else old.batches


def _all_lots(record: QualityDefect) -> bool:
    """True where all lots of a product, a substance or a site are meant."""
    return not record.batches and record.scope not in _NARROW


def _within(old: QualityDefect, new: QualityDefect) -> bool:
    """True where a later record leaves the scope of a substance, all lots of it, and names at most a product or lots within."""
    return _all_lots(old) and old.scope is DefectScope.ACTIVE_SUBSTANCE and new.scope in _NARROW


def _joined(known: tuple[Batch, ...], new: QualityDefect) -> tuple[Batch, ...]:
    """Follow-ups of an authority add to its lots; those leave that it says are no longer concerned."""
    left = {lot.strip() for text in _LEFT.findall(new.details) for lot in text.split(",")}
    named = {(b.cip13, b.lot) for b in new.batches}
    return (*(b for b in known if b.lot not in left and (b.cip13, b.lot) not in named), *new.batches)
