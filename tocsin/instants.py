"""An instant from the command line."""

from __future__ import annotations

from datetime import UTC, datetime

from tocsin.exits import UsageError


def instant_of(text: str, option: str = "--at") -> datetime:
    """With its offset; now where nothing is said. UsageError in words."""
    if not text:
        return datetime.now(UTC)
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{option} takes an instant such as 2026-11-22T08:00+01:00, not {text!r}") from error
    if at.tzinfo is None:
        raise UsageError(f"{option} needs an offset, as in {text}+01:00")
    return at
