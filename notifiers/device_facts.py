"""The devices a message is about, a line of text each: name, model, numbers, codes and status."""

from __future__ import annotations

import json
from typing import Any

from notifiers.vocabulary import Words, word

SHOWN = 20
"""Devices named one by one; the rest is counted."""

STATUSES: Words = {
    "no_longer_placed": ("n’est plus mis sur le marché", "no longer placed on the market"),
    "recalled": ("rappelé", "recalled"),
    "fsca": ("action corrective de sécurité engagée", "field safety corrective action started"),
}
"""A device on the market needs no word."""

LABELS: Words = {
    "model": ("modèle", "model"),
    "catalogue_no": ("référence", "reference"),
    "risk_class": ("classe", "class"),
    "udi_di": ("IUD-ID", "UDI-DI"),
    "basic_udi_di": ("IUD-ID de base", "Basic UDI-DI"),
    "emdn": ("EMDN", "EMDN"),
}


def device_lines(text: str | None, language: str) -> list[str]:
    """One line a device, at most twenty and then how many more there are."""
    rows = _rows(text)
    lines = [_line(row, language) for row in rows[:SHOWN]]
    more = len(rows) - SHOWN
    if more > 0:
        lines.append(f"et {more} de plus" if language == "fr" else f"and {more} more")
    return lines


def _line(row: dict[str, Any], language: str) -> str:
    parts = [str(row.get("name") or row.get("udi_di") or "")]
    parts += [f"{word(LABELS, name, language)} {row[name]}" for name in LABELS if row.get(name)]
    status = str(row.get("status") or "")
    if status in STATUSES:
        parts.append(word(STATUSES, status, language))
    return " ".join(", ".join(parts).split())


def _rows(text: str | None) -> list[dict[str, Any]]:
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return []
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []
