"""How far the notices about one alert got, in numbers: no person is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from store.database import Database
from store.ledger import NoticeState, deliveries, notice_alerts, notices
from store.metadata import from_micros


@dataclass(slots=True)
class NoticeFigures:
    """A notice in the ledger. expanded: all its recipients are known. by_state: deliveries by (channel, state)."""

    notice_id: str
    receiver: str
    purpose: str
    version: int
    at: datetime
    expanded: bool
    by_state: dict[tuple[str, str], int] = field(default_factory=dict)


class AlertFigures:
    """Reads the ledger; changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_alert(self, alert_id: str) -> list[NoticeFigures]:
        """The notices about an alert in the order of the ledger, with how many of their deliveries stand where."""
        n, d = notices.c, deliveries.c
        about = (
            select(n.id, n.notice_id, n.receiver, n.purpose, n.taken_at, n.state, notice_alerts.c.version)
            .join(notice_alerts, notice_alerts.c.notice == n.id)
            .where(notice_alerts.c.alert_id == alert_id)
            .order_by(n.id)
        )
        counted = (
            select(d.notice, d.channel, d.state, func.count())
            .where(d.notice.in_(select(notice_alerts.c.notice).where(notice_alerts.c.alert_id == alert_id)))
            .group_by(d.notice, d.channel, d.state)
            .order_by(d.notice, d.channel, d.state)
        )
        async with self._database.reading() as connection:
            rows, counts = (await connection.execute(about)).all(), (await connection.execute(counted)).all()
        found = {
            r.id: NoticeFigures(r.notice_id, r.receiver, r.purpose, r.version, from_micros(r.taken_at), r.state == NoticeState.EXPANDED)
            for r in rows
        }
        for notice, channel, state, count in counts:
            found[notice].by_state[channel, state] = count
        return list(found.values())
