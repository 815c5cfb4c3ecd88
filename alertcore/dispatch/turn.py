"""One step of the dispatch engine: the table, the instant, and what is gathered on the way."""

from __future__ import annotations

from datetime import datetime

from alertcore.dispatch.indexes import RANKS, Indexes, alert_of, indexes, silence_due
from alertcore.dispatch.outcome import Account, Outcome, Outgoing, Refused, SilenceEnding, Verdict, Word
from alertcore.dispatch.silences import Silence, silent_until
from alertcore.dispatch.state import AlertState, GroupState, Mark, Table, group_key, mark_key, silence_key
from alertcore.making import maker
from alertcore.records.notice import Lane

account_made, verdict_made = maker(Account), maker(Verdict)


class Turn:
    """Mutable for the length of one step."""

    __slots__ = ("accounts", "at", "endings", "ix", "notices", "refused", "table")

    def __init__(self, table: Table, at: datetime) -> None:
        self.table = table
        self.at = at
        self.ix: Indexes = indexes(table)
        self.notices: list[Outgoing] = []
        self.accounts: list[Account] = []
        self.endings: list[SilenceEnding] = []
        self.refused: list[Refused] = []

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

    def held(self, alert: AlertState, receiver: str) -> Verdict | None:
        """What keeps a receiver from being told now: an alert it knows, another that holds back, a silence. A duty is kept by nothing."""
        if alert.duty and self.is_duty(alert, receiver):
            return None
        for covered in alert.covered:
            if covered.receiver == receiver:
                return verdict_made(word=Word.COVERED, by=covered.by)
        roles = self.ix.matched_alert(alert).roles
        by = self.ix.inhibit.by(roles) if roles else None
        if by is not None:
            rule, source = by
            where = f"line {rule.line}, {rule.path}" if rule.line else rule.path
            return verdict_made(word=Word.INHIBITED, by=f"{where}: {source}")
        return self._silenced(alert)

    def _silenced(self, alert: AlertState) -> Verdict | None:
        best: tuple[datetime, str] | None = None
        for silence_id in self.ix.silences_of(alert):
            silence: Silence | None = self.table.get(silence_key(silence_id))
            until = silent_until(silence, self.at) if silence is not None else None
            if until is not None and (best is None or until > best[0]):
                best = (until, silence_id)
        return None if best is None else verdict_made(word=Word.SILENCED, by=best[1], until=best[0])

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
