"""Instants as Alertmanager's clients write and read them."""

from __future__ import annotations

from datetime import UTC, datetime


def shown_time(at: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_time(text: object, name: str) -> datetime | None:
    """An instant in UTC; None where it is absent, or Go's zero time. ValueError says what is wrong."""
    if text is None or text == "":
        return None
    try:
        at = datetime.fromisoformat(text) if isinstance(text, str) else None
        if at is None or at.tzinfo is None:
            raise ValueError
        return None if at.year == 1 else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{name} {text!r} is not a time of RFC 3339, such as 2026-01-31T08:00:00Z") from None
