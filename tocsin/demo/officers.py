"""What people do in the demonstration: an officer releases what waits, authorities verify and acknowledge."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime

from alertcore.records.rapid import AckLevel
from notifiers.subscription import Subscription
from notifiers.verifying import Checked
from plumbing.settings import KafkaAccess

BY_FUNCTION = "rapid alerts desk"


@dataclass(slots=True)
class Desk:
    """One authority's client. sent: records that are not heartbeats; bad: first thing that was wrong."""

    authority: str
    sent: int = 0
    verified: int = 0
    acknowledged: int = 0
    bad: str = ""

    async def follow(self, access: KafkaAccess) -> None:
        """Verify and acknowledge until cancelled: `received` by the client, then `read` by a person."""
        subscription = Subscription(access, self.authority)
        try:
            async with aclosing(subscription.records("beginning", idle_s=0.2)) as records:
                async for checked in records:
                    if checked is not None:
                        await self._take(subscription, checked)
        finally:
            await asyncio.shield(subscription.close())

    async def _take(self, subscription: Subscription, checked: Checked) -> None:
        if not checked.good:
            self.bad = self.bad or "; ".join(checked.problems) or "not verified"
            return
        now = datetime.now(UTC)
        told = await subscription.acknowledge(checked, AckLevel.RECEIVED, now, BY_FUNCTION)
        if told:
            self.sent += 1
            self.verified += 1
            self.acknowledged += await subscription.acknowledge(checked, AckLevel.READ, now, BY_FUNCTION)
