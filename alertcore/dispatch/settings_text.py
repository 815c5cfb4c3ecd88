"""A routing file as it stands in a log: canonical JSON with the lines of the file it came from."""

from __future__ import annotations

import json
from typing import Any

LINES = "lines"
"""Beside `route` and `receivers`: path to line."""


def split(content: str) -> tuple[dict[str, Any], dict[str, int]]:
    """The file and its lines. ValueError where it is no JSON, or none of a routing file."""
    return without_lines(json.loads(content))


def without_lines(value: object) -> tuple[dict[str, Any], dict[str, int]]:
    """The same for what was read already. ValueError where it is none of a routing file."""
    if not isinstance(value, dict):
        raise ValueError("a routing file is a map")
    whole = value.copy()
    lines = whole.pop(LINES, {})
    if not isinstance(lines, dict) or not all(type(n) is int for n in lines.values()):
        raise ValueError(f"{LINES} must be a map of paths to lines")
    return whole, lines


def joined(plain: dict[str, Any], lines: dict[str, int]) -> dict[str, Any]:
    """What `split` takes apart."""
    return {**plain, LINES: lines}
