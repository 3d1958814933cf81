"""Indexes for operators' lists, the queue and the report"""

import sqlalchemy as sa
from alembic import op

revision = "20261129_operators_indexes"
down_revision = "20261129_erasure"
branch_labels = None
depends_on = None

ACTIVE = [
    "state", "owner_id", "priority", "type", "account_id", "held", "merged_id", "snoozed_until", "answered_at",
    "first_due_at", "next_due_at", "resolve_due_at", "reply_told", "resolve_told",
]  # fmt: skip


def upgrade() -> None:
    active = sa.text("state IN ('new', 'open', 'waiting')")
    op.create_index("ix_support_case_updated", "support_case", ["updated_at", "id"])
    op.create_index(
        "ix_support_case_active", "support_case", ACTIVE, sqlite_where=active, postgresql_where=active
    )
    op.create_index("ix_inbox_received", "inbox", ["received_at", "id"])
    op.create_index("ix_outgoing_created", "outgoing", ["created_at", "id"])
    op.create_index("ix_event_case_at", "event", ["case_id", "at", "id"])
    op.drop_index("ix_event_case_id", "event")
    op.drop_index("ix_event_name_at", "event")
    op.create_index("ix_event_name_at_case", "event", ["name", "at", "case_id"])
    open_ones = sa.text("due_at IS NOT NULL")
    op.create_index(
        "ix_timer_open_at", "timer", ["at", "due_at"], sqlite_where=open_ones, postgresql_where=open_ones
    )
