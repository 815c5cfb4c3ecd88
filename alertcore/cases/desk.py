"""The desk of one decision: reads state through what was already changed, and gathers changes and emits in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from alertcore.agency import Agency
from alertcore.cases import signalling
from alertcore.cases.picture import Picture
from alertcore.cases.reasons import Reason
from alertcore.cases.state import SignalMark
from alertcore.cases.threads import Link
from alertcore.deadlines.clock import local_day
from alertcore.deadlines.duties import Limits
from alertcore.dispatch.outcome import Account
from alertcore.identity import signal_id
from alertcore.making import maker
from alertcore.policy import Policy
from alertcore.records.alert import AlertKind, LogOrigin, Severity, Signal, SignalCell
from alertcore.records.shared import Nature, Subject, Text
from alertcore.records.shortage import Declaration
from alertcore.sharding import CASES_LOG
from alertcore.stage import Emit, Message, View

RULE_VERSION = 1
"""Version of the rules of this stage, raised when one of them changes what it finds."""

_ABSENT: Any = object()
_emit, _signal, _origin = maker(Emit), maker(Signal), maker(LogOrigin)


@dataclass(frozen=True, slots=True)
class Moved:
    """An alert that this decision raised, gave another content, released, or ended. how: raised, updated, released or ended."""

    kind: AlertKind
    subject: Subject
    nature: Nature
    how: str


class Desk:
    """Mutable for the length of one decision; what it gathered becomes the Decision.

    now: log time, UTC. policy, policy_version: in force at this message. reason: last reason noted. moved: alerts that moved, for the
    rules that look at more than one subject. by_policy: what moves now moves by another policy alone; hold: what is raised waits for a
    person; deferred: alerts to be raised once it is known how many; limits: see `settings.limits`; accounts: why whom was told, or not;
    told: alerts that somebody heard of who had not; newest: the declaration kept in this decision, with its link.
    """

    __slots__ = (
        "accounts",
        "agency",
        "by_policy",
        "changes",
        "deferred",
        "emits",
        "hold",
        "limits",
        "message",
        "moved",
        "newest",
        "now",
        "policy",
        "policy_version",
        "reason",
        "told",
        "view",
    )

    def __init__(self, view: View, message: Message, agency: Agency, policy: Policy, policy_version: int) -> None:
        self.view = view
        self.message = message
        self.agency = agency
        self.policy = policy
        self.policy_version = policy_version
        self.now: datetime = message.at
        self.changes: dict[str, Any] = {}
        self.emits: list[Emit] = []
        self.reason = ""
        self.moved: list[Moved] = []
        self.by_policy = False
        self.hold = False
        self.limits: Limits | None = None
        self.deferred: list[tuple[Picture, Reason, str | None]] = []
        self.accounts: list[Account] = []
        self.told: list[str] = []
        self.newest: tuple[Link, Declaration] | None = None

    @property
    def today(self) -> date:
        """The local day of the agency: what it dates its messages with, and the year their numbers begin anew."""
        return local_day(self.now, self.agency.timezone)

    def get(self, key: str) -> Any | None:
        """The value under a key as this decision has it."""
        found = self.changes.get(key, _ABSENT)
        return self.view.get(key) if found is _ABSENT else found

    def put(self, key: str, value: Any | None) -> None:
        """Set a key, or forget it with None."""
        self.changes[key] = value

    def emit(self, topic: str, key: str, value: Any) -> None:
        """Write a record after this decision."""
        self.emits.append(_emit(topic, key, value))

    def origin(self) -> LogOrigin:
        """The message decided."""
        return _origin(topic=CASES_LOG, partition=self.message.partition, offset=self.message.offset)

    def goes_on(self, rule: str, subject: Subject, nature: Nature, *, holds: bool, severity: Severity, numbers: dict[str, float]) -> bool:
        """True where `signal` would write nothing, whatever the sentence."""
        last: SignalMark | None = self.get(f"signal/{signal_id(rule, subject.kind, subject.id, nature)}")
        return signalling.goes_on(last, self.now, holds=holds, severity=severity, cells=(), numbers=numbers)

    def signal(
        self,
        rule: str,
        subject: Subject,
        nature: Nature,
        *,
        severity: Severity,
        sentence: Text,
        holds: bool = True,
        question: bool = False,
        numbers: dict[str, float] | None = None,
        cells: tuple[SignalCell, ...] = (),
        companies: tuple[str, ...] = (),
    ) -> None:
        """Write what a rule of this stage found: raised when it begins to hold, changed while it does, cleared when it no longer does.

        question: told as changed even where no version came before, for what was known without ever having been news.
        """
        sid, told = signal_id(rule, subject.kind, subject.id, nature), numbers or {}
        last: SignalMark | None = self.get(f"signal/{sid}")
        if not question and signalling.goes_on(last, self.now, holds=holds, severity=severity, cells=cells, numbers=told):
            return
        now = signalling.mark(last, self.now, holds=holds, severity=severity, cells=cells, numbers=told, sentence=sentence)
        if not (question or signalling.worth_telling(last, now)):
            return
        self.put(f"signal/{sid}", now)
        found = _signal(
            nature=nature,
            signal_id=sid,
            version=now.version,
            rule=rule,
            rule_version=RULE_VERSION,
            policy_version=self.policy_version,
            subject=subject,
            state=signalling.state_of(last, now, question=question),
            severity=severity,
            since=now.since,
            at=self.now,
            cells=cells,
            numbers=told,
            sentence=sentence,
            because=(self.message.event_id,),
            companies=companies,
        )
        self.emit("signals", f"{subject.kind}:{subject.id}", found)
