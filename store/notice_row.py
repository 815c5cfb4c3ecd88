"""What the ledger keeps of a notice beside its bytes."""

from __future__ import annotations

from datetime import timedelta

from alertcore.records.notice import Lane, Limit, Notice
from store.ledger import NoticeState, lane_number

MARGIN = timedelta(days=2)
"""Longer than any message is tried: what is on its way takes room as long."""


def notice_row(notice: Notice, body: bytes, at: int) -> dict[str, object]:
    """The columns of a notice that has just come."""
    return {
        "notice_id": notice.notice_id,
        "nature": notice.nature.value,
        "purpose": notice.purpose.value,
        "lane": int(lane_number(notice.lane)),
        "duty": notice.duty,
        "body": body,
        "taken_at": at,
        "state": (NoticeState.WAITING if notice.follows else NoticeState.OPEN).value,
        "cursor": 0,
        "receipt_due": True,
        "receipt_version": 0,
        "receipt_counts": "",
        "receiver": notice.receiver,
        "about": about(notice),
        "limited_until": limited_until(limits_of(notice), at),
    }


def about(notice: Notice) -> str:
    """The alert that a patient's pseudonym belongs to."""
    return notice.alerts[0].alert_id if notice.alerts else notice.group_key


def limits_of(notice: Notice) -> tuple[Limit, ...]:
    """The limits that hold for a notice: none for what is urgent or discharges a duty."""
    return () if notice.duty or notice.lane is Lane.URGENT else notice.limits


def limited_until(limits: tuple[Limit, ...], at: int) -> int | None:
    """Until when deliveries under these limits may take room; None where there are none. Microseconds UTC."""
    longest = max((x.per for x in limits), default=None)
    return None if longest is None else at + (longest + MARGIN) // timedelta(microseconds=1)
