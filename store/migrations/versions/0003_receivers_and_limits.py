"""A notice knows its receiver and what it follows; a delivery may wait for room under a limit, and go with others in one message."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Columns that cost nothing where there is no limit, and a table for what waits for another notice."""
    op.add_column("notices", sa.Column("receiver", sa.Text(), nullable=False, server_default=""))
    op.add_column("notices", sa.Column("about", sa.Text(), nullable=False, server_default=""))
    op.add_column("notices", sa.Column("limited_until", sa.BigInteger(), nullable=True))
    op.create_index("notices_waiting", "notices", ["id"], **_where("state = 'waiting'"))
    op.create_index("notices_limited", "notices", ["limited_until"], **_where("limited_until IS NOT NULL"))
    op.create_table(
        "notice_follows",
        sa.Column("notice", _NUMBER, nullable=False),
        sa.Column("follows", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["notice"], ["notices.id"], name=op.f("fk_notice_follows_notice_notices")),
        sa.PrimaryKeyConstraint("notice", "follows", name=op.f("pk_notice_follows")),
    )
    for name in ("held_until", "admitted_at", "merged_into"):
        op.add_column("deliveries", sa.Column(name, sa.BigInteger(), nullable=True))
    op.create_index("deliveries_held", "deliveries", ["held_until", "id"], **_where("held_until IS NOT NULL"))
    op.create_index("deliveries_limited", "deliveries", ["person"], **_where("held_until IS NOT NULL OR admitted_at IS NOT NULL"))
    op.create_index("deliveries_merged", "deliveries", ["merged_into"], **_where("merged_into IS NOT NULL"))


def downgrade() -> None:
    """As before; what is held goes as if there were no limit."""
    op.execute("update deliveries set due = held_until where held_until is not null")
    op.execute("update deliveries set due = changed_at where merged_into <> id and state in ('intended', 'deferred')")
    op.execute("update notices set state = 'open' where state = 'waiting'")
    for name in ("deliveries_merged", "deliveries_limited", "deliveries_held"):
        op.drop_index(name, "deliveries")
    for name in ("merged_into", "admitted_at", "held_until"):
        op.drop_column("deliveries", name)
    op.drop_table("notice_follows")
    for name in ("notices_limited", "notices_waiting"):
        op.drop_index(name, "notices")
    for name in ("limited_until", "about", "receiver"):
        op.drop_column("notices", name)


def _where(condition: str) -> dict[str, Any]:
    """A partial index, on both databases."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
