"""Contact blocks of persons: taken out of what is sent, before anything else sees it, and kept in SQL under a reference."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

from alertcore.identity import canonical_json, digest
from alertcore.records.shortage import Contact
from connectors.door.findings import Findings
from schemas.binding import record_class
from schemas.plain import to_json

_FIELDS = ("function", "name", "email", "phone")
_MAX = 320
"""Longest e-mail address, and more than any name needs."""


@cache
def has_contact(record: str) -> bool:
    """True for records that have a contact_ref."""
    return any(f.name == "contact_ref" for f in dataclasses.fields(record_class(record)))


def split_contact(raw: Any, record: str, found: Findings) -> tuple[Any, Contact | None]:
    """The object without its `contact`, and the block. No fault quotes what the block says: receipts hold no personal data."""
    if not isinstance(raw, dict) or not has_contact(record) or raw.get("contact") is None:
        return raw, None
    block = raw["contact"]
    rest = {name: value for name, value in raw.items() if name != "contact"}
    if not isinstance(block, dict):
        found.fault("contact", "not_an_object", "expected an object with function, name, email and phone")
        return rest, None
    for name in _FIELDS:
        value = block.get(name)
        if value is not None and (not isinstance(value, str) or len(value) > _MAX or "\0" in value or not _encodable(value)):
            found.fault(f"contact.{name}", "not_a_string", f"expected a text of at most {_MAX} characters")
    if not block.get("function"):
        found.fault("contact.function", "missing", "this field is required")
    if found.whole:
        return rest, None
    return rest, Contact(function=block["function"], name=block.get("name") or "", email=block.get("email"), phone=block.get("phone"))


def contact_ref(sender: str, event_id: str) -> str:
    """Reference of a block whose sender gave none."""
    return "ctc_" + digest("contact", sender, event_id)


def contact_bytes(contact: Contact) -> bytes:
    """The block as it is sealed."""
    return canonical_json(to_json(contact))


def _encodable(text: str) -> bool:
    return not any("\ud800" <= c <= "\udfff" for c in text)
