"""Tables of the door's memory. It serves the answer to the sender, not correctness: every stage knows repeats by itself."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text

from store.metadata import Micros, metadata

events = Table(
    "door_events",
    metadata,
    Column("event_id", String(40), primary_key=True),
    Column("content", LargeBinary(16), nullable=False),
    Column("verdict", String(10), nullable=False),
    Column("at", Micros, nullable=False),
    Index("ix_door_events_at", "at"),
    sqlite_with_rowid=False,
)
"""Ids answered in the last 30 days, with the hash of what they said."""

line_counts = Table(
    "door_line_counts",
    metadata,
    Column("reporter", String(160), primary_key=True),
    Column("lines", Integer, nullable=False),
    Column("at", Micros, nullable=False),
)
"""Lines of each reporter's last full report that was accepted."""

snapshots = Table(
    "door_snapshots",
    metadata,
    Column("sender", String(160), primary_key=True),
    Column("countries", String(1000), primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("at", Micros, nullable=False),
)
"""Rows of the last list accepted."""

held = Table(
    "door_held",
    metadata,
    Column("held_id", String(40), primary_key=True),
    Column("what", String(10), nullable=False),
    Column("sender", String(160), nullable=False),
    Column("kind", String(80), nullable=False),
    Column("subject", String(160), nullable=False),
    Column("nature", String(10), nullable=False),
    Column("before", Integer, nullable=False),
    Column("now", Integer, nullable=False),
    Column("at", Micros, nullable=False),
    Column("countries", String(1000), nullable=False),
    Column("state", String(10), nullable=False),
    Column("decided_by", String(160), nullable=False),
    Column("events", LargeBinary, nullable=False),
    Index("ix_door_held_state", "state"),
)
"""What waits for a person, or waited."""

products = Table(
    "door_products",
    metadata,
    Column("cip13", String(13), primary_key=True),
    Column("cis", Integer, nullable=False),
    Column("at", Micros, nullable=False),
    Index("ix_door_products_at", "at"),
)
"""The medicine (CIS) of each presentation."""

contacts = Table(
    "door_contacts",
    metadata,
    Column("sender", String(160), primary_key=True),
    Column("ref", String(160), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("at", Micros, nullable=False),
)
"""Contact blocks of persons, sealed by the vault; records carry the reference alone."""

settings = Table(
    "door_settings",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("content", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("at", Micros, nullable=False),
)
"""Settings files in force, as canonical JSON."""

signals = Table(
    "door_signals",
    metadata,
    Column("signal_id", String(40), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("raised", Integer, nullable=False),
    Column("since", Micros, nullable=False),
)
"""Last version of each signal the door wrote."""

stamps = Table(
    "door_stamps",
    metadata,
    Column("log", String(40), primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("stamp", Micros, nullable=False),
)
"""Last stamp given to each log partition."""
