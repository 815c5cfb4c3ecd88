"""The records on one defect in state: kept as they come, and what holds of them now."""

from __future__ import annotations

from alertcore.cases.defect_standing import Standing, in_order, standing, with_record
from alertcore.cases.defects import kind_of
from alertcore.cases.desk import Desk
from alertcore.cases.state import DefectRecord, DefectThread, DefectTold
from alertcore.cases.threads import head
from alertcore.records.alert import Alert
from alertcore.records.defect import QualityDefect
from alertcore.records.shared import Nature


def told_of(desk: Desk, nature: Nature, thread: DefectThread) -> tuple[DefectRecord, ...]:
    """All records of a thread. Earlier versions of the program kept each under a key of its own."""
    kept: DefectTold | None = desk.get(_key(nature, thread))
    if kept is not None:
        return kept.records
    facts: list[QualityDefect | None] = [desk.get(f"defect-fact/{nature}/{thread.thread}/{x.id}") for x in thread.links]
    return tuple(DefectRecord(record=fact, heard_at=thread.opened_at) for fact in facts if fact is not None)


def keep(desk: Desk, thread: DefectThread, defect: QualityDefect, told: tuple[DefectRecord, ...]) -> None:
    """Keep one record more of a thread, beside those told before."""
    records = with_record(told, defect, desk.now, head(thread.links).id)
    desk.put(_key(defect.nature, thread), DefectTold(records=records))


def standing_of(desk: Desk, nature: Nature, thread: DefectThread) -> Standing:
    """What holds of a thread now."""
    return standing(in_order(told_of(desk, nature, thread), head(thread.links).id))


def record_of(desk: Desk, nature: Nature, thread: DefectThread) -> QualityDefect:
    """The record of a thread that holds now, with what earlier ones said and it leaves out."""
    return standing_of(desk, nature, thread).record


def in_kind(desk: Desk, alert: Alert, thread: DefectThread) -> bool:
    """True when a thread belongs to this alert's kind."""
    return kind_of(record_of(desk, alert.nature, thread)) is alert.kind


def _key(nature: Nature, thread: DefectThread) -> str:
    return f"defect-told/{nature}/{thread.thread}"
