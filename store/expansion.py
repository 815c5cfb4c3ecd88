"""From a notice to its deliveries, chunk by chunk: recipients, their first event and the cursor in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, literal_column, select, update

from alertcore.records.notice import AudienceFilter, Notice, Purpose
from store import called_once
from store.audience import Recipient, audience_chunk
from store.database import Database
from store.delivery_rows import Target, When, new, write
from store.directory import TemplateAudience
from store.ledger import NoticeState, notice_alerts, notices
from store.metadata import to_micros
from store.notice_row import about, limits_of
from store.pseudonym import LINK_PURPOSE, pseudonym
from store.told import told
from store.told_already import told_already
from store.vault import Vault
from store.waking import wake

SQLITE_CHUNK = 2_000
POSTGRES_CHUNK = 10_000
MOST_STEPS = 25
"""Notices in one transaction: what is more urgent waits for no more than these."""


@dataclass(frozen=True, slots=True)
class Expanded:
    """What one step did: `rows` deliveries of notice `notice` were added; `finished` when there is nobody left."""

    notice: int
    rows: int
    finished: bool


class Expansion:
    """Takes the open notices, most urgent first; several processes may do so at once on PostgreSQL."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        read_notice: Callable[[bytes], Notice],
        languages: Sequence[str] = ("fr",),
        *,
        chunk: int | None = None,
        gone_on: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`read_notice` decodes a notice as it came; `languages` are the agency's, the first for whoever's own is not offered.

        `gone_on` is told of each notice that goes on without what it follows.
        """
        self._database = database
        self._vault = vault
        self._read = read_notice
        self._languages = tuple(languages)
        self._chunk = chunk or (SQLITE_CHUNK if database.sqlite else POSTGRES_CHUNK)
        self._gone_on = gone_on

    async def step(self, at: datetime, channels: frozenset[str], *, ignore_not_before: bool = False) -> Expanded | None:
        """One chunk of the most urgent open notice; None if there is none. `channels` are those this hub can send on."""
        done = await self._stepped(at, channels, 1, ignore_not_before=ignore_not_before)
        return done[0] if done else None

    async def steps(self, at: datetime, channels: frozenset[str], *, ignore_not_before: bool = False) -> list[Expanded]:
        """Steps in one transaction, as many as make about a chunk: most notices are for few, and each transaction waits for the disk."""
        return await self._stepped(at, channels, MOST_STEPS, ignore_not_before=ignore_not_before)

    async def _stepped(self, at: datetime, channels: frozenset[str], most: int, *, ignore_not_before: bool) -> list[Expanded]:
        done, alone = await self._database.write(self._steps, to_micros(at), channels, most, ignore_not_before)
        for notice_id in alone:
            self._gone_on(notice_id)
        return done

    def _steps(
        self, connection: Connection, at: int, channels: frozenset[str], most: int, ignore_not_before: bool
    ) -> tuple[list[Expanded], list[str]]:
        alone = wake(connection, at)
        done: list[Expanded] = []
        while len(done) < most and sum(one.rows for one in done) < self._chunk // 2:
            one = self._step(connection, at, channels, ignore_not_before)
            if one is None:
                break
            done.append(one)
        return done, alone

    def _step(self, connection: Connection, at: int, channels: frozenset[str], ignore_not_before: bool) -> Expanded | None:
        row = connection.execute(next_notice()).first()
        if row is None:
            return None
        notice: Notice = self._read(row.body)
        as_of = row.as_of if row.as_of is not None else at
        targets, cursor = self._targets(connection, row, notice, as_of, channels)
        fresh = told_already(connection, self._vault, row, notice, new(connection, row.id, targets), self._read)
        due = at if ignore_not_before else max(at, to_micros(notice.not_before))
        held = frozenset(limit.channel.value for limit in limits_of(notice))
        first, last = write(connection, row, fresh, When(at, due, held))
        if notice.purpose is Purpose.ESCALATION:
            called_once.heard_before(connection, row.id, at)
        state = NoticeState.EXPANDED if cursor is None else NoticeState.OPEN
        bounds = {"first": row.first_delivery or first, "last": last or row.last_delivery}
        moved = connection.execute(
            _move(),
            {
                "row": row.id,
                "expected": row.cursor,
                "state": state.value,
                "as_of": as_of,
                "following": row.cursor if cursor is None else cursor,
                **bounds,
            },
        )
        assert moved.rowcount == 1, "the notice is locked by this transaction"
        return Expanded(row.id, len(fresh), cursor is None)

    def _targets(
        self, connection: Connection, row: Row[Any], notice: Notice, as_of: int, channels: frozenset[str]
    ) -> tuple[list[Target], int | None]:
        if notice.audience.recipients_of is not None:
            alert = notice.audience.recipients_of
            return told(connection, self._vault, row, notice, alert, self._chunk, lambda own: self._language(own, notice))
        wanted = notice.audience.filter or AudienceFilter(kinds=("nobody",))
        chunk = audience_chunk(connection, self._vault, wanted, as_of, row.cursor, self._chunk)
        alert = about(notice)
        return [self._target(r, notice, alert, channels) for r in chunk.recipients], chunk.last

    def _target(self, recipient: Recipient, notice: Notice, alert: str, channels: frozenset[str]) -> Target:
        asked = [c.value for c in notice.channels if c.value in channels]
        channel = next((c for c in asked if c in recipient.channels and (notice.duty or c not in recipient.stopped)), None)
        reason = ""
        if channel is None:
            channel = asked[0] if asked else (notice.channels[0].value if notice.channels else "email")
            reason = "no_channel" if not asked else "unsubscribed" if recipient.stopped & set(asked) else "no_address"
        person, link = self._person(recipient, alert)
        return Target(person, link, channel, recipient.audience, self._language(recipient.language, notice), reason)

    def _person(self, recipient: Recipient, alert: str) -> tuple[str, bytes | None]:
        """A patient is another in every alert: only with the key can two rows be seen to be of one person."""
        if recipient.audience != TemplateAudience.PATIENT:
            return str(recipient.person_id), None
        return pseudonym(alert, recipient.key), self._vault.seal(b"%d" % recipient.person_id, LINK_PURPOSE)

    def _language(self, own: str, notice: Notice) -> str:
        offered = notice.languages or self._languages
        return own if own in offered else offered[0]


@cache
def next_notice() -> Any:
    """An all-clear waits until everybody of the alert before it is in the ledger: it is told to them."""
    n, other = notices.c, notices.alias("other")
    same_alert = notice_alerts.alias("same_alert")
    before: Select[Any] = (
        select(literal_column("1"))
        .select_from(other)
        .join(same_alert, same_alert.c.notice == other.c.id)
        .join(notice_alerts, notice_alerts.c.alert_id == same_alert.c.alert_id)
        .where(notice_alerts.c.notice == n.id, other.c.id < n.id, other.c.state == literal_column("'open'"))
        .correlate(notices)
    )
    query = select(notices).where(n.state == literal_column("'open'"), ~before.exists()).order_by(n.lane, n.id).limit(1)
    return query.with_for_update(skip_locked=True, of=notices)


@cache
def _move() -> Any:
    """The notice goes on from where this step found it; its receipt is due."""
    said: dict[str, Any] = {
        name: bindparam(value) for name, value in (("cursor", "following"), ("first_delivery", "first"), ("last_delivery", "last"))
    }
    here = (notices.c.id == bindparam("row"), notices.c.cursor == bindparam("expected"))
    return update(notices).where(*here).values(state=bindparam("state"), as_of=bindparam("as_of"), receipt_due=True, **said)
