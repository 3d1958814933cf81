"""Erasure: tasks on the disk, tombstones, and in which time zone people read times"""

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
    op.create_table(
        "erasure",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("persons", sa.Text(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    for table in ("person", "account"):
        op.add_column(table, sa.Column("time_zone", sa.String(length=64), nullable=False, server_default=""))
