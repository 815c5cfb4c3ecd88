"""One step of the dispatch engine: the table, the instant, and what is gathered on the way."""

from __future__ import annotations

from datetime import datetime

from alertcore.dispatch.indexes import RANKS, Indexes, alert_of, indexes, silence_due
from alertcore.dispatch.outcome import Account, Outcome, Outgoing, Refused, SilenceEnding, Verdict
from alertcore.dispatch.silences import Silence
from alertcore.dispatch.state import AlertState, GroupState, Mark, Table, group_key, mark_key, silence_key
from alertcore.making import maker
from alertcore.records.notice import Lane

account_made, verdict_made = maker(Account), maker(Verdict)


class Turn:
    """Mutable for the length of one step.

    looking: timers run. flushing: the group that is looked at. first: groups to be looked at in this step whatever else waits, since
    something was held back for what they tell. asking: alerts of which it is asked what covers them.
    """

    __slots__ = ("accounts", "asking", "at", "endings", "first", "flushing", "ix", "looking", "notices", "refused", "table")

    def __init__(self, table: Table, at: datetime) -> None:
        self.table = table
        self.at = at
        self.ix: Indexes = indexes(table)
        self.notices: list[Outgoing] = []
        self.accounts: list[Account] = []
        self.endings: list[SilenceEnding] = []
        self.refused: list[Refused] = []
        self.looking = False
        self.flushing = ""
        self.first: list[str] = []
        self.asking: set[str] = set()

    def alert(self, alert_id: str) -> AlertState | None:
        """An open alert."""
        return alert_of(self.table, alert_id)

    def group(self, key: str) -> GroupState | None:
        """A group."""
        found: GroupState | None = self.table.get(group_key(key))
        return found

    def mark(self, alert_id: str, receiver: str) -> Mark | None:
        """What a receiver was told of an alert."""
        found: Mark | None = self.table.get(mark_key(alert_id, receiver))
        return found

    def put_mark(self, mark: Mark) -> None:
        """A receiver was told."""
        key = mark_key(mark.alert_id, mark.receiver)
        before: Mark | None = self.table.get(key)
        self.table.put(key, mark)
        if before is None or before.group != mark.group:
            if before is not None:
                self.ix.not_told_in(before.group, before.alert_id)
            self.ix.told_in(mark.group, mark.alert_id)

    def drop_mark(self, alert_id: str, receiver: str) -> None:
        """A receiver was told of the end, or will not be."""
        mark = self.mark(alert_id, receiver)
        assert mark is not None
        self.table.put(mark_key(alert_id, receiver), None)
        self.ix.not_told_in(mark.group, alert_id)

    def put_silence(self, silence: Silence) -> None:
        """A silence as it is now."""
        key = silence_key(silence.silence_id)
        self.table.put(key, silence)
        self.ix.wake(silence_due(silence), key, Lane.URGENT)

    def account(self, alert: AlertState, receiver: str, verdicts: tuple[Verdict, ...]) -> Account:
        """A chain of verdicts at this instant."""
        return account_made(
            at=self.at,
            alert_id=alert.alert_id,
            alert_version=alert.version,
            receiver=receiver,
            routing=self.ix.version,
            verdicts=verdicts,
        )

    def is_duty(self, alert: AlertState, receiver: str) -> bool:
        """Whether telling a receiver of an alert discharges a duty."""
        return self.ix.is_duty(alert, receiver, self.mark(alert.alert_id, receiver))

    def outcome(self) -> Outcome:
        """What was gathered, higher lanes first."""
        return Outcome(
            notices=tuple(sorted(self.notices, key=_rank)),
            accounts=tuple(self.accounts),
            endings=tuple(self.endings),
            refused=tuple(self.refused),
            due=self.ix.next_due(self.table),
        )


def _rank(notice: Outgoing) -> int:
    return 0 if notice.duty else RANKS.get(notice.lane, 2)
