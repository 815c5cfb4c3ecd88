"""The tables of the first release."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Everything."""
    _door_answers()
    _door_memory()
    _directory()
    _notices()
    _deliveries()


def downgrade() -> None:
    """Nothing is left."""
    for table in (
        "delivery_events",
        "deliveries",
        "notice_alerts",
        "notices",
        "intake_offsets",
        "subscriptions",
        "contact_points",
        "person_versions",
        "persons",
        "door_stamps",
        "door_snapshots",
        "door_signals",
        "door_settings",
        "door_products",
        "door_line_counts",
        "door_held",
        "door_events",
        "door_contacts",
    ):
        op.drop_table(table)


def _where(condition: str) -> dict[str, Any]:
    """A partial index, on both databases."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _door_answers() -> None:
    op.create_table(
        "door_contacts",
        sa.Column("sender", sa.String(length=160), nullable=False),
        sa.Column("ref", sa.String(length=160), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sender", "ref", name=op.f("pk_door_contacts")),
    )
    op.create_table(
        "door_events",
        sa.Column("event_id", sa.String(length=40), nullable=False),
        sa.Column("content", sa.LargeBinary(length=16), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_door_events")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_door_events_at", "door_events", ["at"])
    op.create_table(
        "door_held",
        sa.Column("held_id", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("sender", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("nature", sa.String(length=10), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("now", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("countries", sa.String(length=1000), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_by", sa.String(length=160), nullable=False),
        sa.Column("events", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("held_id", name=op.f("pk_door_held")),
    )
    op.create_index("ix_door_held_state", "door_held", ["state"])
    op.create_table(
        "door_line_counts",
        sa.Column("reporter", sa.String(length=160), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("reporter", name=op.f("pk_door_line_counts")),
    )


def _door_memory() -> None:
    op.create_table(
        "door_products",
        sa.Column("cip13", sa.String(length=13), nullable=False),
        sa.Column("cis", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("cip13", name=op.f("pk_door_products")),
    )
    op.create_index("ix_door_products_at", "door_products", ["at"])
    op.create_table(
        "door_settings",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_door_settings")),
    )
    op.create_table(
        "door_signals",
        sa.Column("signal_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("raised", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("signal_id", name=op.f("pk_door_signals")),
    )
    op.create_table(
        "door_snapshots",
        sa.Column("sender", sa.String(length=160), nullable=False),
        sa.Column("countries", sa.String(length=1000), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sender", "countries", name=op.f("pk_door_snapshots")),
    )
    op.create_table(
        "door_stamps",
        sa.Column("log", sa.String(length=40), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("log", "partition", name=op.f("pk_door_stamps")),
    )


def _directory() -> None:
    op.create_table(
        "persons",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("ref", sa.String(length=64), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("erased_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
    )
    op.create_index("persons_ref", "persons", ["ref"], unique=True)
    op.create_table(
        "person_versions",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("org_scheme", sa.String(length=16), nullable=False),
        sa.Column("org_id", sa.String(length=40), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("region", sa.String(length=3), nullable=False),
        sa.Column("departement", sa.String(length=3), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_person_versions_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_versions")),
    )
    op.create_index("person_versions_kind", "person_versions", ["kind", "person_id"])
    op.create_index("person_versions_org", "person_versions", ["org_id", "person_id"])
    op.create_index("person_versions_person", "person_versions", ["person_id", "valid_from"])
    op.create_table(
        "contact_points",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("verified_at", sa.BigInteger(), nullable=True),
        sa.Column("stopped_at", sa.BigInteger(), nullable=True),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_contact_points_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_points")),
    )
    op.create_index("contact_points_person", "contact_points", ["person_id", "channel"])
    op.create_table(
        "subscriptions",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("person_id", _NUMBER, nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=True),
        sa.Column("bucket", sa.Integer(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_subscriptions_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
    )
    op.create_index("subscriptions_bucket", "subscriptions", ["bucket", "person_id"])
    op.create_index("subscriptions_person", "subscriptions", ["person_id"])
    op.create_index("subscriptions_subject", "subscriptions", ["subject", "person_id"])


def _notices() -> None:
    op.create_table(
        "intake_offsets",
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("topic", "partition", name=op.f("pk_intake_offsets")),
    )
    op.create_table(
        "notices",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("notice_id", sa.String(length=40), nullable=False),
        sa.Column("nature", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("duty", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=True),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("first_delivery", sa.BigInteger(), nullable=True),
        sa.Column("last_delivery", sa.BigInteger(), nullable=True),
        sa.Column("receipt_due", sa.Boolean(), nullable=False),
        sa.Column("receipt_version", sa.Integer(), nullable=False),
        sa.Column("receipt_counts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("notice_id", name=op.f("uq_notices_notice_id")),
    )
    op.create_index("notices_open", "notices", ["lane", "id"], **_where("state = 'open'"))
    op.create_index("notices_receipt_due", "notices", ["id"], **_where("receipt_due"))
    op.create_table(
        "notice_alerts",
        sa.Column("alert_id", sa.String(length=40), nullable=False),
        sa.Column("notice", _NUMBER, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["notice"], ["notices.id"], name=op.f("fk_notice_alerts_notice_notices")),
        sa.PrimaryKeyConstraint("alert_id", "notice", name=op.f("pk_notice_alerts")),
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("delivery_id", sa.String(length=40), nullable=False),
        sa.Column("notice", _NUMBER, nullable=False),
        sa.Column("person", sa.String(length=40), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("lane", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("worker", sa.String(length=40), nullable=True),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["notice"], ["notices.id"], name=op.f("fk_deliveries_notice_notices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("notice", "person", "channel", name=op.f("uq_deliveries_notice_person_channel")),
    )
    op.create_index("deliveries_claimed", "deliveries", ["claimed_at"], **_where("claimed_at IS NOT NULL"))
    op.create_index("deliveries_due", "deliveries", ["lane", "due", "id"], **_where("due IS NOT NULL"))
    op.create_table(
        "delivery_events",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("delivery", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_events")),
    )
    op.create_index("delivery_events_delivery", "delivery_events", ["delivery"])
