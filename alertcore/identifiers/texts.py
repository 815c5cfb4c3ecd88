"""Small notations that several records share: months, hashes, batch numbers."""

from __future__ import annotations

import re

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_HEX64 = re.compile(r"[0-9a-f]{64}")
LOT_MAX = 20
"""GS1 application identifier 10: a batch number has 1 to 20 characters."""


def is_lot(text: str) -> bool:
    """A batch number as printed: 1 to 20 printable characters, no space at either end."""
    return 1 <= len(text) <= LOT_MAX and text == text.strip() and text.isprintable()


def is_month(text: str) -> bool:
    """A month, YYYY-MM."""
    return _MONTH.fullmatch(text) is not None


def is_sha256(text: str) -> bool:
    """A SHA-256 in lower-case hexadecimal."""
    return _HEX64.fullmatch(text) is not None
