"""The language that a person is told things in"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in a batch: that would copy the table, and its numbers could be used again.
    op.add_column("person", sa.Column("language", sa.String(length=10), server_default="", nullable=False))
