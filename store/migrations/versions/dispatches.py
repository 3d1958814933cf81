"""What was sent to customers, as long as it can be taken back, and what became of it"""

import sqlalchemy as sa
from alembic import op

revision = "20261128_dispatches"
down_revision = "20261128_tools_of_the_trade"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "dispatch",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("note_id", ID, nullable=True),
        sa.Column("entries", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["support_case.id"], name=op.f("fk_dispatch_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_dispatch_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch")),
    )
    op.create_index("ix_dispatch_case_id_until", "dispatch", ["case_id", "until"])
    op.create_index("ix_dispatch_source_key", "dispatch", ["source", "key"])
    op.create_table(
        "dispatch_delivery",
        sa.Column("outgoing_id", ID, autoincrement=False, nullable=False),
        sa.Column("dispatch_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["dispatch_id"], ["dispatch.id"], name=op.f("fk_dispatch_delivery_dispatch_id")
        ),
        sa.ForeignKeyConstraint(
            ["outgoing_id"], ["outgoing.id"], name=op.f("fk_dispatch_delivery_outgoing_id")
        ),
        sa.PrimaryKeyConstraint("outgoing_id", name=op.f("pk_dispatch_delivery")),
    )
    op.create_index(op.f("ix_dispatch_delivery_dispatch_id"), "dispatch_delivery", ["dispatch_id"])
