"""PostgreSQL searches what it made of words once, and reads its queue from the index alone"""

import sqlalchemy as sa
from alembic import op

revision = "20261130_search_and_queue"
down_revision = "20261129_bodies_and_indexes"
branch_labels = None
depends_on = None

ACTIVE = [
    "state", "owner_id", "priority", "type", "account_id", "held", "merged_id", "snoozed_until", "answered_at",
    "first_due_at", "next_due_at", "resolve_due_at", "reply_told", "resolve_told",
]  # fmt: skip


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return  # FTS5 keeps what it made of the words, and each index has the row's number
    op.execute("DROP INDEX ix_entry_text_words")
    op.execute(
        "ALTER TABLE entry_text ADD COLUMN vector tsvector "
        "GENERATED ALWAYS AS (strip(to_tsvector('simple', words))) STORED"
    )
    op.execute("CREATE INDEX ix_entry_text_vector ON entry_text USING gin (vector)")
    op.drop_index("ix_support_case_active", "support_case")
    op.create_index(
        "ix_support_case_active",
        "support_case",
        ACTIVE,
        postgresql_where=sa.text("state IN ('new', 'open', 'waiting')"),
        postgresql_include=["id"],
    )
