"""The ledger in figures: how many messages are due, accepted and given up, and when those of an alert were accepted."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from store.database import Database
from store.ledger import DeliveryState, NoticeState, deliveries, delivery_events, notice_alerts, notices

WAITING = frozenset({DeliveryState.INTENDED, DeliveryState.CLAIMED, DeliveryState.DEFERRED})
GIVEN_UP = frozenset({DeliveryState.BOUNCED, DeliveryState.FAILED})


@dataclass(frozen=True, slots=True)
class ChannelFigures:
    """Messages of one channel. due: all but those suppressed; waiting: not yet tried to the end."""

    due: int
    accepted: int
    failed: int
    waiting: int
    suppressed: int


class Summary:
    """Reads the ledger; changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def channels(self) -> dict[str, ChannelFigures]:
        """Figures by channel."""
        query = select(deliveries.c.channel, deliveries.c.state, func.count()).group_by(deliveries.c.channel, deliveries.c.state)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        states: dict[str, dict[str, int]] = {}
        for channel, state, count in rows:
            states.setdefault(channel, {})[state] = count
        return {channel: _figures(found) for channel, found in sorted(states.items())}

    async def notices(self) -> tuple[int, int]:
        """(notices taken, of which recipients are still being written)."""
        query = select(func.count(), func.count().filter(notices.c.state != NoticeState.EXPANDED.value))
        async with self._database.reading() as connection:
            taken, still_open = (await connection.execute(query)).one()
        return taken, still_open

    async def accepted_at(self, alert_id: str, version: int) -> list[int]:
        """When each message about this version of the alert was accepted: microseconds since 1970 UTC, rising."""
        told = select(notice_alerts.c.notice).where(notice_alerts.c.alert_id == alert_id, notice_alerts.c.version == version)
        query = (
            select(delivery_events.c.at)
            .join(deliveries, deliveries.c.id == delivery_events.c.delivery)
            .where(delivery_events.c.kind == DeliveryState.ACCEPTED.value, deliveries.c.notice.in_(told))
            .order_by(delivery_events.c.at)
        )
        async with self._database.reading() as connection:
            return [int(at) for at in (await connection.execute(query)).scalars()]


def _figures(states: dict[str, int]) -> ChannelFigures:
    def of(wanted: frozenset[DeliveryState]) -> int:
        return sum(states.get(s.value, 0) for s in wanted)

    suppressed, waiting, failed = states.get(DeliveryState.SUPPRESSED.value, 0), of(WAITING), of(GIVEN_UP)
    total = sum(states.values())
    return ChannelFigures(total - suppressed, total - suppressed - waiting - failed, failed, waiting, suppressed)
