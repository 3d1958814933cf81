"""What is left to do on the disk after words and files were taken out"""

import sqlalchemy as sa
from alembic import op

revision = "20261129_erasure"
down_revision = "20261128_dispatch_threads"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "erasure_task",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_task")),
    )
