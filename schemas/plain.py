"""Plain JSON out of records: RFC 3339 times with Z, dates, null or the value, bytes as base64."""

from __future__ import annotations

import base64
import dataclasses
from datetime import UTC, date, datetime
from typing import Any

from schemas.shape import wire_name


def format_time(at: datetime) -> str:
    """RFC 3339 in UTC with Z; fractions only where there are any."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def to_json(value: Any) -> Any:
    """A record (or any value in one) as plain JSON."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {wire_name(f.name): to_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, datetime):
        return format_time(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, tuple | list):
        return [to_json(x) for x in value]
    if isinstance(value, dict):
        return {k: to_json(v) for k, v in value.items()}
    return value
