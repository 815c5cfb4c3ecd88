"""The hub's own records: commands, settings files, counts of deliveries."""

from __future__ import annotations

import hashlib
from datetime import datetime

from alertcore import persons
from alertcore.records.hub import Command, SettingsFile
from alertcore.records.notice import Receipt
from connectors.door.checks import check_count, check_known
from connectors.door.findings import Findings

SILENCES = ("silence", "silence_expire")
"""Orders that tools which others wrote give under a name of several words."""


def check_command(value: Command, _now: datetime, found: Findings) -> None:
    """An officer's command."""
    if not value.action.strip():
        found.fault("action", "missing", "this field is required: what is ordered")
    if not value.by.strip():
        found.fault("by", "missing", "this field is required: the id of the person who orders it")
    elif said := persons.problem(value.by, words=value.action in SILENCES):
        found.fault("by", "person", f"{value.by!r} {said}")


def check_settings_file(value: SettingsFile, _now: datetime, found: Findings) -> None:
    """A whole settings file; its content is looked at by settings_files."""
    check_known(value.name, "name", found)
    if hashlib.sha256(value.content.encode()).hexdigest() != value.sha256:
        found.fault("sha256", "sha256", "this is not the SHA-256 of the content: the file may be cut")


def check_receipt(value: Receipt, _now: datetime, found: Findings) -> None:
    """Absolute counts of one notice."""
    for where in ("sent", "accepted", "delivered", "read", "acknowledged", "failed", "total"):
        check_count(getattr(value, where), where, found)
