"""Bodies of deliveries, stored once for all who get the same"""

import sqlalchemy as sa
from alembic import op

revision = "20261129_outbox_bodies"
down_revision = "20261129_operators_indexes"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "outgoing_body",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("blanks", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_body")),
    )
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    refers = "CONSTRAINT fk_outgoing_body_id REFERENCES outgoing_body (id)"
    op.execute(f"ALTER TABLE outgoing ADD COLUMN body_id {kind} {refers}")  # Alembic cannot on SQLite
    op.create_index(
        "ix_outgoing_body",
        "outgoing",
        ["body_id"],
        sqlite_where=sa.text("body_id IS NOT NULL"),
        postgresql_where=sa.text("body_id IS NOT NULL"),
    )
