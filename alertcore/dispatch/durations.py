"""Durations as Go's tools write them: `1d2h3m4s500ms`, with weeks and years."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = (("y", 365 * 86400_000), ("w", 7 * 86400_000), ("d", 86400_000), ("h", 3600_000), ("m", 60_000), ("s", 1000), ("ms", 1))
_TEXT = re.compile("".join(rf"(?:(\d+){unit})?" for unit, _ in _UNITS))
_MOST_MS = 100 * 365 * 86400_000


def read_duration(text: str) -> timedelta:
    """ValueError in words where it is none. A year is 365 days; units come in falling order, each once."""
    found = _TEXT.fullmatch(text)
    if text == "0":
        return timedelta(0)
    if not text or found is None:
        raise ValueError(f"{text!r} is not a duration: write it like 30s, 5m, 1h30m or 1d, units from y to ms in this order")
    ms = sum(int(n) * size for n, (_, size) in zip(found.groups(), _UNITS, strict=True) if n)
    if ms > _MOST_MS:
        raise ValueError(f"{text!r} is more than 100 years")
    return timedelta(milliseconds=ms)


def duration_text(span: timedelta) -> str:
    """The same duration as text."""
    left, parts = span // timedelta(milliseconds=1), []
    for unit, size in _UNITS:
        n, left = divmod(left, size)
        if n:
            parts.append(f"{n}{unit}")
    return "".join(parts) or "0s"
