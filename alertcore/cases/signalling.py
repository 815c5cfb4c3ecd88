"""Signals of stage cases: raised when a rule begins to hold, changed when that is worth telling, cleared when it no longer holds.

Changed is told when the severity or a threshold changes, and at most once a day when a value has moved by a tenth or the sentence
says something else.
"""

from __future__ import annotations

from datetime import datetime
from zlib import crc32

from alertcore.cases.state import SignalMark
from alertcore.making import maker
from alertcore.records.alert import Severity, SignalCell, SignalState
from alertcore.records.shared import Text
from alertcore.retelling import due_again, moved

_mark = maker(SignalMark)


def mark(
    last: SignalMark | None,
    now: datetime,
    *,
    holds: bool,
    severity: Severity,
    cells: tuple[SignalCell, ...],
    numbers: dict[str, float],
    sentence: Text,
) -> SignalMark:
    """What is remembered of a signal that is told now."""
    open_ = last is not None and last.open
    return _mark(
        version=1 if last is None else last.version + 1,
        since=last.since if last is not None and open_ else now,
        open=holds,
        at=now,
        severity=severity,
        thresholds=tuple(cell.threshold for cell in cells),
        values=tuple(cell.value for cell in cells) or tuple(v for _, v in sorted(numbers.items())),
        sentence=crc32(f"{sentence.fr}\n{sentence.en}".encode()),
    )


def goes_on(
    last: SignalMark | None, now: datetime, *, holds: bool, severity: Severity, cells: tuple[SignalCell, ...], numbers: dict[str, float]
) -> bool:
    """True where nothing is to be told whatever it says: it holds no more than before, or was told today as the same matter."""
    if last is None or not last.open:
        return not holds
    if not holds or last.at is None or due_again(last.at, now):
        return False
    thresholds = tuple([c.threshold for c in cells])
    return last.severity == severity and last.thresholds == thresholds and len(last.values) == (len(cells) or len(numbers))


def worth_telling(last: SignalMark | None, now: SignalMark) -> bool:
    """Whether a signal that goes on says enough that is new. One that begins or ends always does."""
    if last is None or last.open != now.open:
        return now.open or (last is not None and last.open)
    if not now.open:
        return False
    if (last.severity, last.thresholds, len(last.values)) != (now.severity, now.thresholds, len(now.values)):
        return True
    other = last.sentence != now.sentence or any(map(moved, last.values, now.values))
    return other and last.at is not None and now.at is not None and due_again(last.at, now.at)


def state_of(last: SignalMark | None, now: SignalMark, *, question: bool) -> SignalState:
    """Raised, changed or cleared. question: told as changed even where no version came before."""
    if not now.open:
        return SignalState.CLEARED
    return SignalState.CHANGED if question or (last is not None and last.open) else SignalState.RAISED
