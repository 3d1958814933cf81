"""Clocks that pause, requests for another priority, concerns, technical contacts, blocked senders"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
MOMENTS = ("begun_at", "asked_at", "next_due_at", "resolve_due_at")


def upgrade() -> None:
    # One by one, not in a batch: that would copy the table, and its numbers could be used again.
    for name in MOMENTS:
        op.add_column("support_case", sa.Column(name, MOMENT, nullable=True))
    for name in ("reply_told", "resolve_told"):
        op.add_column("support_case", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    for name, length in (("contact_name", 200), ("contact_phone", 60)):
        column = sa.Column(name, sa.String(length=length), nullable=False, server_default="")
        op.add_column("support_case", column)
    op.execute("UPDATE support_case SET begun_at = opened_at WHERE NOT held AND first_due_at IS NOT NULL")
    _pause()
    _priority_request()
    _concern()
    _blocked()


def _pause() -> None:
    op.create_table(
        "pause",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["support_case.id"], name=op.f("fk_pause_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
    )
    op.create_index(op.f("ix_pause_case_id"), "pause", ["case_id"], unique=False)


def _priority_request() -> None:
    op.create_table(
        "priority_request",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("wanted", sa.String(length=30), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["support_case.id"], name=op.f("fk_priority_request_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_priority_request_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_priority_request")),
    )
    op.create_index(op.f("ix_priority_request_case_id"), "priority_request", ["case_id"], unique=False)


def _concern() -> None:
    op.create_table(
        "concern",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("category", sa.String(length=50), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.Column("taken_by", ID, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["support_case.id"], name=op.f("fk_concern_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_concern_person_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["person.id"], name=op.f("fk_concern_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_concern")),
    )
    op.create_index(op.f("ix_concern_case_id"), "concern", ["case_id"], unique=False)


def _blocked() -> None:
    op.create_table(
        "blocked",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("proof", sa.Integer(), nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["support_case.id"], name=op.f("fk_blocked_case_id")),
        sa.PrimaryKeyConstraint("channel", "address", name=op.f("pk_blocked")),
    )
