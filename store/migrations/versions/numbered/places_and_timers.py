"""Places in other channels, refreshes, timers and surveys"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("support_case", sa.Column("first_due_at", MOMENT, nullable=True))
    op.add_column("support_case", sa.Column("answered_at", MOMENT, nullable=True))
    op.execute(
        "UPDATE support_case SET answered_at = (SELECT min(event.at) FROM event "
        "WHERE event.case_id = support_case.id AND event.name = 'answered')"
    )
    op.add_column(
        "participant", sa.Column("channel", sa.String(length=20), nullable=False, server_default="")
    )
    op.add_column("participant", sa.Column("place", sa.String(length=200), nullable=False, server_default=""))
    _outgoing()
    op.create_table(
        "account_place",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_place_account_id")),
        sa.PrimaryKeyConstraint("channel", "address", name=op.f("pk_account_place")),
    )
    op.create_table(
        "thread",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.CheckConstraint("side IN ('desk','customer','private')", name=op.f("ck_thread_side")),
        sa.ForeignKeyConstraint(["case_id"], ["support_case.id"], name=op.f("fk_thread_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_thread_person_id")),
        sa.PrimaryKeyConstraint("channel", "address", name=op.f("pk_thread")),
    )
    op.create_index(op.f("ix_thread_case_id"), "thread", ["case_id"], unique=False)
    _timer()
    _survey()


def _outgoing() -> None:
    with op.batch_alter_table("outgoing") as table:
        table.add_column(sa.Column("key", sa.String(length=100), nullable=False, server_default=""))
        table.add_column(sa.Column("place", sa.String(length=200), nullable=False, server_default=""))
        table.alter_column("person_id", existing_type=ID, nullable=True)
    keyed = sa.text("key != ''")
    op.create_index(
        "uq_outgoing_channel_key",
        "outgoing",
        ["channel", "key"],
        unique=True,
        sqlite_where=keyed,
        postgresql_where=keyed,
    )


def _timer() -> None:
    op.create_table(
        "timer",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["support_case.id"], name=op.f("fk_timer_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timer")),
    )
    op.create_index(op.f("ix_timer_case_id"), "timer", ["case_id"], unique=False)
    waiting = sa.text("due_at IS NOT NULL")
    op.create_index(
        "ix_timer_due", "timer", ["due_at"], unique=False, sqlite_where=waiting, postgresql_where=waiting
    )


def _survey() -> None:
    op.create_table(
        "survey",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("invited_at", MOMENT, nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_survey_rating")),
        sa.ForeignKeyConstraint(["case_id"], ["support_case.id"], name=op.f("fk_survey_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_survey_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
    )
    op.create_index(op.f("ix_survey_case_id"), "survey", ["case_id"], unique=False)
    op.create_index("ix_survey_person_invited", "survey", ["person_id", "invited_at"], unique=False)
