"""`tocsin subscribe`: an authority's own client. A line a record; ends at the first that is not signed or not the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from datetime import datetime
from typing import Any

from alertcore.records.rapid import AckLevel, RapidAlert
from notifiers.signing import JWK
from notifiers.subscription import Subscription
from notifiers.verifying import Checked
from plumbing.reader import Start
from plumbing.settings import KafkaAccess
from schemas.plain import to_json
from tocsin.exits import DONE, FAILED

BY_FUNCTION = "tocsin subscribe"
_IDLE_S = 0.1


async def subscribe(
    access: KafkaAccess,
    authority: str,
    show: Callable[[dict[str, Any]], None],
    now: Callable[[], datetime],
    *,
    start: Start = "beginning",
    count: int | None = None,
    timeout_s: float | None = None,
    acknowledge: bool = True,
    pinned: dict[str, JWK] | None = None,
    prefix: str = "",
) -> int:
    """Follows `rapidalerts.<authority>` (or `public`), gives each record's line to `show`, and acknowledges `received` what is good.

    Ends after `count` records, or `timeout_s` seconds without one; exit code 1 at once on a bad signature or a gap, else 0.
    """
    subscription = Subscription(access, authority, pinned=pinned, prefix=prefix)
    clock = asyncio.get_running_loop().time
    seen, last = 0, clock()
    try:
        async with aclosing(subscription.records(start, idle_s=_IDLE_S)) as records:
            async for checked in records:
                if checked is None:
                    if timeout_s is not None and clock() - last >= timeout_s:
                        return DONE
                    continue
                told = acknowledge and checked.good and await subscription.acknowledge(checked, AckLevel.RECEIVED, now(), BY_FUNCTION)
                show(line(checked, acknowledged=told))
                seen, last = seen + 1, clock()
                if not checked.good:
                    return FAILED
                if seen == count:
                    return DONE
    finally:
        await subscription.close()
    return DONE


def line(checked: Checked, *, acknowledged: bool = False) -> dict[str, Any]:
    """One record as a line of JSON: the verdict first, then what a program needs to act, then the record whole."""
    record = checked.record
    rapid = record if isinstance(record, RapidAlert) else None
    return {
        "sequence": record.sequence if record else None,
        "verified": checked.verified,
        "gap": checked.gap,
        "problems": list(checked.problems),
        "message_kind": (rapid.message_kind.value if rapid else "published_alert") if record else None,
        "reference": rapid.reference if rapid else None,
        "alert_id": record.alert_id if record else None,
        "version": record.version if record else None,
        "class": rapid.class_.value if rapid else None,
        "nature": record.nature.value if record else None,
        "acknowledged": "received" if acknowledged else None,
        "kid": checked.kid,
        "offset": checked.received.offset,
        "record": to_json(record) if record else None,
    }
