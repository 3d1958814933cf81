"""Indexes by time, for the report"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    answered = sa.text("answered_at IS NOT NULL")
    op.create_index("ix_support_case_opened_at", "support_case", ["opened_at"])
    op.create_index(
        "ix_support_case_answered_at",
        "support_case",
        ["answered_at"],
        sqlite_where=answered,
        postgresql_where=answered,
    )
    op.create_index("ix_event_name_at", "event", ["name", "at"])
