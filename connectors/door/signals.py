"""Signals of the door: an officer is told when something was refused or held that may hide a shortage."""

from __future__ import annotations

from datetime import datetime

from alertcore.identity import digest, signal_id
from alertcore.records.alert import Severity, Signal, SignalState
from alertcore.records.shared import Nature, Subject, SubjectKind, Text
from alertcore.sharding import CASES_LOG
from connectors.door.split import Placed
from connectors.door.world import DoorConfig, OpenSignal, World
from schemas.codec import encode

REFUSED_SNAPSHOT, HELD = "refused_snapshot", "held"
RULE_VERSION = 1


def raise_signal(
    world: World, rule: str, reporter: str, nature: Nature, at: datetime, sentence: Text, numbers: dict[str, float], because: str
) -> Signal:
    """The next version of the signal of this rule about this reporter: raised, or changed if it stands already."""
    before = world.signals.get(signal_id(rule, SubjectKind.REPORTER, reporter, nature))
    standing = before is not None and before.raised
    since = before.since if before is not None and standing else at
    state = SignalState.CHANGED if standing else SignalState.RAISED
    return _version(world, rule, reporter, nature, at, sentence, numbers, because, state, since)


def clear_signal(world: World, rule: str, reporter: str, nature: Nature, at: datetime, sentence: Text, because: str) -> Signal | None:
    """The signal as cleared, or None if it does not stand."""
    before = world.signals.get(signal_id(rule, SubjectKind.REPORTER, reporter, nature))
    if before is None or not before.raised:
        return None
    return _version(world, rule, reporter, nature, at, sentence, {}, because, SignalState.CLEARED, before.since)


def _version(
    world: World,
    rule: str,
    reporter: str,
    nature: Nature,
    at: datetime,
    sentence: Text,
    numbers: dict[str, float],
    because: str,
    state: SignalState,
    since: datetime,
) -> Signal:
    identity = signal_id(rule, SubjectKind.REPORTER, reporter, nature)
    before = world.signals.get(identity)
    version = before.version + 1 if before else 1
    world.signals[identity] = OpenSignal(version, state is not SignalState.CLEARED, since)
    return Signal(
        nature=nature,
        signal_id=identity,
        version=version,
        rule=rule,
        rule_version=RULE_VERSION,
        policy_version=0,
        subject=Subject(kind=SubjectKind.REPORTER, id=reporter),
        state=state,
        severity=Severity.MODERATE if rule == REFUSED_SNAPSHOT else Severity.MINOR,
        since=since,
        at=at,
        numbers=numbers,
        sentence=sentence,
        because=(because,),
    )


def signal_entry(signal: Signal, config: DoorConfig, own: datetime | None) -> Placed:
    """The signal as an entry of the cases log; a repeat of it has the same id."""
    identity = "evt_" + digest("door signal", signal.signal_id, str(signal.version))
    return Placed(CASES_LOG, 0, config.agency, identity, "signal", "hub", encode(signal), own=own)
