"""The alerts of a notice are found by the notice too: who is next among thousands of open ones is asked for each of them."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One index."""
    op.create_index("notice_alerts_notice", "notice_alerts", ["notice"])


def downgrade() -> None:
    """As before."""
    op.drop_index("notice_alerts_notice", "notice_alerts")
