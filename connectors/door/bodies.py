"""Bodies of requests: one object, JSON lines, or one Avro record."""

from __future__ import annotations

import json
from collections.abc import Mapping

from schemas.codec import MEDIA_TYPE

LINES_TYPES = frozenset({"application/x-ndjson", "application/jsonl", "application/x-jsonlines", "application/json-lines"})


def split_body(raw: bytes, content_type: str, headers: Mapping[str, str]) -> list[tuple[bytes, dict[str, str]]]:
    """Each event's bytes with its headers. With several lines a ce_id given for all is told apart by `#` and the line's number."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == MEDIA_TYPE or (kind not in LINES_TYPES and not _is_lines(raw)):
        return [(raw, {**headers, "content-type": content_type})]
    lines = [(number, line) for number, line in enumerate(raw.splitlines(), 1) if line.strip()]
    if len(lines) < 2:
        return [(lines[0][1] if lines else raw, {**headers, "content-type": "application/json"})]
    return [(line, _numbered(headers, number)) for number, line in lines]


def _numbered(headers: Mapping[str, str], number: int) -> dict[str, str]:
    own = {**headers, "content-type": "application/json"}
    if own.get("ce_id"):
        own["ce_id"] = f"{own['ce_id']}#{number}"
    return own


def _is_lines(raw: bytes) -> bool:
    """More than one line, and the first is a whole object by itself."""
    first, _, rest = raw.strip().partition(b"\n")
    if not rest or not first.lstrip().startswith(b"{"):
        return False
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False
