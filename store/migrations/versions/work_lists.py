"""What the lists of work look up: concerns that nobody has taken, messages and requests to be decided"""

import sqlalchemy as sa
from alembic import op

revision = "20261128_work_lists"
down_revision = "20261128_dispatches"
branch_labels = None
depends_on = None


def upgrade() -> None:
    unverified, waiting = sa.text("kind = 'unverified'"), sa.text("decided_at IS NULL")
    untaken = sa.text("taken_at IS NULL")
    op.create_index(
        "ix_concern_untaken", "concern", ["case_id"], sqlite_where=untaken, postgresql_where=untaken
    )
    op.create_index(
        "ix_entry_unverified", "entry", ["case_id"], sqlite_where=unverified, postgresql_where=unverified
    )
    op.create_index(
        "ix_priority_request_waiting",
        "priority_request",
        ["case_id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
