"""A text in what a client posts."""

from __future__ import annotations

from typing import Any


def text(value: Any, what: str) -> str:
    """The text; ValueError with `what` it should be where it is none, or holds half a character, as JSON's escapes allow."""
    if not isinstance(value, str):
        raise ValueError(f"{what} must be a text")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{what} is not UTF-8 text") from None
    return value
