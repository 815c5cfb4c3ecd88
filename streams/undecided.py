"""Messages a stage could not decide: the dead letter, the alert to the officers, and how many are borne."""

from __future__ import annotations

import traceback
from collections import deque
from datetime import datetime

from alertcore.identity import signal_id
from alertcore.records.alert import LogOrigin, Severity, Signal, SignalState
from alertcore.records.hub import DeadLetter
from alertcore.records.shared import Nature, Subject, SubjectKind, Text
from alertcore.sharding import CASES_LOG
from alertcore.stage import Emit
from streams.emitting import LARGEST

RULE = "undecided"
KEY_COUNT = "!undecided"
DEAD_LETTERS = "dead-letters"
WINDOW, BORNE = 1_000, 20
TRACE_CHARACTERS = 20_000
LARGEST_KEPT = LARGEST - 128 * 1024
"""Of a larger message (the door lets none in) the dead letter holds the beginning."""


class TooManyUndecided(Exception):
    """More than BORNE of the last WINDOW messages could not be decided: the stage must stop, nothing of this batch counts."""


class UndecidedWindow:
    """Counts undecided messages among the last WINDOW of one partition."""

    def __init__(self) -> None:
        self._positions: deque[int] = deque()
        self._seen = 0

    def copy(self) -> UndecidedWindow:
        """As it is now, to come back to."""
        other = UndecidedWindow()
        other._positions, other._seen = self._positions.copy(), self._seen
        return other

    def decided(self) -> None:
        """One more message went well."""
        self._seen += 1

    def undecided(self) -> None:
        """One more did not. Raises TooManyUndecided."""
        self._seen += 1
        self._positions.append(self._seen)
        while self._positions and self._positions[0] <= self._seen - WINDOW:
            self._positions.popleft()
        if len(self._positions) > BORNE:
            raise TooManyUndecided(f"{len(self._positions)} of the last {min(self._seen, WINDOW)} messages could not be decided")


def dead_letter(stage: str, origin: LogOrigin, key: bytes, value: bytes, error: Exception, code: str, now: datetime) -> Emit:
    """The message as it stood in the log, with what went wrong."""
    trace = "".join(traceback.format_exception(error))[-TRACE_CHARACTERS:]
    letter = DeadLetter(
        origin=origin,
        key=key,
        value=value[:LARGEST_KEPT],
        error=code,
        text=f"{type(error).__name__}: {error}"[:500],
        trace=trace,
        role=f"decide-{stage}",
        at=now,
    )
    return Emit(DEAD_LETTERS, f"{origin.topic}/{origin.partition}/{origin.offset}", letter)


def signal(stage: str, partition: int, number: int, event_id: str, now: datetime) -> Emit:
    """The critical signal that a message of this partition stands undecided; `number` counts them from 1.

    It goes to the partition of the agency concerned: for `cases` its own, for the others the first.
    """
    where = f"{stage}/{partition}"
    found = Signal(
        signal_id=signal_id(RULE, SubjectKind.REPORTER, where, Nature.ACTUAL),
        version=number,
        rule=RULE,
        rule_version=1,
        policy_version=0,
        subject=Subject(kind=SubjectKind.REPORTER, id=where),
        state=SignalState.RAISED if number == 1 else SignalState.CHANGED,
        severity=Severity.CRITICAL,
        since=now,
        at=now,
        numbers={"undecided_count": float(number)},
        sentence=Text(
            fr=f"Un événement n'a pas pu être traité par « {stage} » (partition {partition}) : il est mis de côté, rien ne l'a suivi.",
            en=f"An event could not be decided by {stage} (partition {partition}): it is set aside, and nothing followed from it.",
        ),
        because=(event_id,) if event_id else (),
    )
    return Emit(CASES_LOG, "hub", found, kind="signal", partition=partition if stage == "cases" else 0)
