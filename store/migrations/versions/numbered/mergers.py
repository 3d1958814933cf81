"""Cases that were merged into others"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Not in a batch: that would copy the table, and its numbers could be used again.
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    for table, column in (("support_case", "merged_id"), ("participant", "via_id")):
        refers = f"CONSTRAINT fk_{table}_{column} REFERENCES support_case (id)"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind} {refers}")
    merged = sa.text("merged_id IS NOT NULL")
    op.create_index(
        "ix_support_case_merged_id",
        "support_case",
        ["merged_id"],
        sqlite_where=merged,
        postgresql_where=merged,
    )
    op.create_table(
        "merger",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("into_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["support_case.id"], name=op.f("fk_merger_case_id")),
        sa.ForeignKeyConstraint(["into_id"], ["support_case.id"], name=op.f("fk_merger_into_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_merger_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merger")),
    )
    op.create_index(op.f("ix_merger_case_id"), "merger", ["case_id"], unique=False)
