"""What becomes of each record of the outbox: forwarded in its place, skipped as a repeat, refused as a gap. Decides, writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from alertcore.records.alert import LogOrigin, PublishedAlert
from alertcore.records.hub import DeadLetter
from alertcore.records.rapid import RapidAlert
from notifiers.chain import PUBLIC, Chain, Numbered, Place, addressee, begun_by, breaks, is_heartbeat
from notifiers.sealing import Issuer, Sealed, beats, fingerprint, seal
from plumbing.records import OutRecord, Received
from schemas.codec import UndecodableError, decode, encode

REMEMBERED = 1000
"""Records a standing remembers, to tell a repeat from another record under the same number."""


class RelayStoppedError(Exception):
    """The outbox or a signed topic is not what it must be. Starting again ends the same way: a person must look."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a signed topic stands, and what its last records said, by sequence."""

    chain: Chain
    recent: Mapping[int, bytes] = field(default_factory=dict)

    def after(self, record: Numbered, chain: Chain) -> Standing:
        """The standing once `record` was written."""
        recent = dict(self.recent)
        recent[record.sequence] = fingerprint(record)
        if len(recent) > REMEMBERED:
            del recent[min(recent)]
        return Standing(chain, recent)


def read_outbox(received: Received) -> Numbered | None:
    """The record, or None where it is nothing that may be forwarded."""
    try:
        record = decode(received.value)
    except UndecodableError:
        return None
    if not isinstance(record, RapidAlert | PublishedAlert) or is_heartbeat(record):
        return None
    return record


def stand(
    authority: str, records: Iterable[tuple[Numbered, bytes]], *, from_start: bool = False, everything: bool = False
) -> Standing | None:
    """Where a topic stands after its last records (value and bytes); None where more of it must be read to tell.

    `from_start`: these are all there ever were; `everything`: all that is kept. RelayStoppedError if they do not follow one another.
    """
    standing = Standing(Chain(authority)) if from_start else None
    for record, value in records:
        if standing is None:
            standing = Standing(begun_by(record, value))
            continue
        if problems := breaks(standing.chain, record):
            raise RelayStoppedError(f"the topic of {authority} is broken at sequence {record.sequence}: {'; '.join(problems)}")
        chain = standing.chain.after(record, value)
        standing = Standing(chain, standing.recent) if is_heartbeat(record) else standing.after(record, chain)
    if standing is None:
        return Standing(Chain(authority)) if everything else None
    return standing if everything or from_start or authority == PUBLIC or standing.chain.day is not None else None


class Drafts:
    """What one transaction will write. Nothing of it holds until it was written: then take over `standings`."""

    def __init__(self, standings: Mapping[str, Standing], issuer: Issuer, now: datetime, prefix: str = "") -> None:
        self.standings = dict(standings)
        self.outs: list[OutRecord] = []
        self.forwarded = 0
        self.repeats = 0
        self.dead = 0
        self._issuer = issuer
        self._now = now
        self._prefix = prefix

    def forward(self, record: Numbered, received: Received) -> None:
        """Puts the record in its place. RelayStoppedError for a gap, or for another record under a number that is taken."""
        authority = addressee(record)
        standing = self.standings[authority]
        place = standing.chain.place(record.sequence)
        if place is Place.GAP:
            due = standing.chain.sequence + 1
            raise RelayStoppedError(f"outbox: sequence {record.sequence} for {authority} where {due} was due; nothing is signed over a gap")
        if place is Place.REPEAT:
            return self._repeat(standing, record)
        self._turn_day(authority)
        standing = self.standings[authority]
        sealed = seal(standing.chain, record, self._issuer, self._now, received.headers, self._prefix)
        self.outs.append(sealed.out)
        self.standings[authority] = standing.after(record, sealed.chain)
        self.forwarded += 1
        return None

    def beat(self, authority: str) -> None:
        """Heartbeats of this authority's topic."""
        for sealed in beats(self.standings[authority].chain, self._issuer, self._now, self._prefix):
            self._stands(authority, sealed)

    def bury(self, received: Received) -> None:
        """A dead letter for what cannot be forwarded."""
        topic = received.topic.removeprefix(self._prefix)
        letter = DeadLetter(
            origin=LogOrigin(topic=topic, partition=received.partition, offset=received.offset),
            key=received.key or b"",
            value=received.value or b"",
            headers={name: value.decode(errors="replace") for name, value in received.headers},
            error="not_forwardable",
            text="neither a RapidAlert nor a PublishedAlert that may be signed",
            role="relay",
            at=self._now,
        )
        key = f"{topic}/{received.partition}/{received.offset}".encode()
        self.outs.append(OutRecord(f"{self._prefix}dead-letters", encode(letter), key))
        self.dead += 1

    def _repeat(self, standing: Standing, record: Numbered) -> None:
        before = standing.recent.get(record.sequence)
        if before is not None and before != fingerprint(record):
            raise RelayStoppedError(f"outbox: another record under sequence {record.sequence} for {addressee(record)}, which is taken")
        self.repeats += 1

    def _turn_day(self, authority: str) -> None:
        """A record never stands before the first heartbeat of its day."""
        chain = self.standings[authority].chain
        if authority != PUBLIC and (chain.day is None or chain.day < self._now.date()):
            self.beat(authority)

    def _stands(self, authority: str, sealed: Sealed) -> None:
        self.outs.append(sealed.out)
        self.standings[authority] = Standing(sealed.chain, self.standings[authority].recent)
