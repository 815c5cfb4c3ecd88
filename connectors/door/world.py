"""What the door knows besides the event at hand; filled from SQL, and only ever in service of the answer to the sender."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from alertcore.records.hub import Verdict
from alertcore.records.shared import Nature
from alertcore.register import Authorities, Senders
from connectors.door.register import Register

RECENT = 100_000
"""Event ids remembered in this process, beyond what SQL gives: those just taken and not yet written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorConfig:
    """agency and country: of the agency that runs this hub. Partitions of the logs. time: whose clock stamps.

    senders, authorities: in force until the first settings file of that name was taken.
    """

    agency: str
    country: str = "FR"
    stock_partitions: int = 4
    supply_partitions: int = 4
    time: Literal["wall", "data"] = "wall"
    senders: Senders = field(default_factory=Senders)
    authorities: Authorities = field(default_factory=Authorities)


@dataclass(frozen=True, slots=True)
class Taken:
    """An event that was answered: with what, and the hash of what it said."""

    content: bytes
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class OpenSignal:
    """Last version of a signal the door wrote."""

    version: int
    raised: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class HeldEvent:
    """An event kept back. value: the framed record as it goes into the log's entry when a person takes it."""

    event_id: str
    ce_id: str | None
    content: bytes
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What waits for a person: a report that shrank, or a snapshot that did. before, now: numbers of lines or rows."""

    held_id: str
    what: Literal["report", "snapshot"]
    sender: str
    kind: str
    subject: str
    nature: Nature
    before: int
    now: int
    at: datetime
    events: tuple[HeldEvent, ...]
    countries: str = ""
    state: Literal["held", "accepted", "refused"] = "held"
    by: str = ""


@dataclass(slots=True)
class World:
    """senders, authorities: in force, indexed as `register`. products: CIP13 to CIS. line_counts: reporter to lines of its last
    full report. snapshots: (sender, countries) to rows of the last list accepted.
    in_force: settings file to its hash.

    recent, line_counts and snapshots lead what SQL holds by the batches under way.
    """

    config: DoorConfig
    senders: Senders
    authorities: Authorities
    register: Register
    products: dict[str, int] = field(default_factory=dict)
    line_counts: dict[str, int] = field(default_factory=dict)
    snapshots: dict[tuple[str, str], int] = field(default_factory=dict)
    signals: dict[str, OpenSignal] = field(default_factory=dict)
    held: dict[str, Held] = field(default_factory=dict)
    in_force: dict[str, str] = field(default_factory=dict)
    recent: OrderedDict[str, Taken] = field(default_factory=OrderedDict)

    def remember(self, event_id: str, taken: Taken) -> None:
        """Keep an event id at hand, the oldest go."""
        self.recent[event_id] = taken
        if len(self.recent) > RECENT:
            self.recent.popitem(last=False)
