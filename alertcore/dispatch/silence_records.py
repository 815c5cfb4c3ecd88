"""Silences as the topic carries them, and back."""

from __future__ import annotations

from alertcore.dispatch.matchers import How, Matcher, Matchers
from alertcore.dispatch.silences import Recurrence, Silence
from alertcore.records.dispatch import Silence as SilenceRecord
from alertcore.records.dispatch import SilenceMatcher, SilenceRecurrence


def matchers_of(record: SilenceRecord) -> Matchers:
    """What must hold."""
    return tuple(Matcher(m.name, How(m.op), m.value) for m in record.matchers)


def matchers_told(matchers: Matchers) -> tuple[SilenceMatcher, ...]:
    """The same as the topic carries it."""
    return tuple(SilenceMatcher(name=m.name, op=m.how.value, value=m.value) for m in matchers)


def recurrence_told(turns: Recurrence | None) -> SilenceRecurrence | None:
    """When it recurs, as the topic carries it."""
    if turns is None:
        return None
    return SilenceRecurrence(minute=turns.minute, duration_ms=turns.duration_ms, weekdays=turns.weekdays, zone=turns.zone)


def silence_of(record: SilenceRecord) -> Silence | None:
    """The silence of a record; None for one that was refused, which never was."""
    if record.starts is None or record.ends is None or record.why:
        return None
    r = record.recurrence
    turns = None if r is None else Recurrence(minute=r.minute, duration_ms=r.duration_ms, weekdays=r.weekdays, zone=r.zone)
    return Silence(
        silence_id=record.silence_id,
        matchers=matchers_of(record),
        author=record.author,
        reason=record.reason,
        start=record.starts,
        end=record.ends,
        recurrence=turns,
        warn_ms=record.warn_ms,
        expired_by=record.expired_by,
    )
