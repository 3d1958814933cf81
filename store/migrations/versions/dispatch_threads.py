"""Which of what was sent to customers stands in a thread of theirs already"""

import sqlalchemy as sa
from alembic import op

revision = "20261128_dispatch_threads"
down_revision = "20261128_work_lists"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dispatch", sa.Column("in_thread", sa.Boolean(), nullable=False, server_default=sa.false()))
