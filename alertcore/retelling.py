"""When a number that goes on is worth telling again: it has moved by a tenth, and at most once a day."""

from __future__ import annotations

from datetime import datetime, timedelta

SHARE = 0.10
"""A value that has moved by this share is another one."""
EVERY = timedelta(days=1)


def moved(before: float, after: float, hair: float = 0.0) -> bool:
    """Whether a value is another one. hair: what a sum of rounded parts may be off, so that a tenth to nine digits is a tenth."""
    return before != after and abs(after - before) >= SHARE * abs(before) - hair


def due_again(told_at: datetime, now: datetime) -> bool:
    """Whether a day has passed since it was told."""
    return now - told_at >= EVERY
