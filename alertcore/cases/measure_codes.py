"""Codes of measures against a shortage: those of the agency's list and of its open data, and police measures.

The agency's page names seven; its open data add flexibility, a medicine made available, and that there is none.
"""

from __future__ import annotations

AGENCY = (
    "rationing_quantity",
    "rationing_reserved",
    "channel_restriction",
    "top_up_stock",
    "import",
    "recommendations",
    "preparations",
)
OPEN_DATA = ("regulatory_flexibility", "made_available", "none")
FREE_TEXT = ("recommendations", "preparations")
"""Measures that say nothing without a text."""


def is_known(code: str, police: tuple[str, ...]) -> bool:
    """True for a code of a vocabulary."""
    return code in AGENCY or code in OPEN_DATA or code in police
