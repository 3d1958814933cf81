"""Snoozed cases, watchers, absences, turns, saved replies and broadcasts"""

import sqlalchemy as sa
from alembic import op

revision = "20261128_tools_of_the_trade"
down_revision = "20261127_article_clicks"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
CASE, PERSON = "support_case", "person"


def upgrade() -> None:
    op.add_column("support_case", sa.Column("snoozed_until", MOMENT))
    _watcher()
    _absence()
    _rota()
    _snippet()
    _broadcast()


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _watcher() -> None:
    op.create_table(
        "watcher",
        sa.Column("case_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("watching", sa.Boolean(), nullable=False),
        sa.Column("muted", sa.Boolean(), nullable=False),
        _key("watcher", "case_id", CASE),
        _key("watcher", "person_id", PERSON),
        sa.PrimaryKeyConstraint("case_id", "person_id", name=op.f("pk_watcher")),
    )


def _absence() -> None:
    op.create_table(
        "absence",
        sa.Column("person_id", ID, autoincrement=False, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT),
        _key("absence", "person_id", PERSON),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_absence")),
    )


def _rota() -> None:
    op.create_table(
        "rota",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("person_id", ID),
        sa.Column("turns", sa.Integer(), nullable=False),
        _key("rota", "person_id", PERSON),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_rota")),
    )


def _snippet() -> None:
    op.create_table(
        "snippet",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        _key("snippet", "person_id", PERSON),
        sa.PrimaryKeyConstraint("person_id", "name", name=op.f("pk_snippet")),
    )


def _broadcast() -> None:
    op.create_table(
        "broadcast",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT),
        sa.Column("done_at", MOMENT),
        _key("broadcast", "person_id", PERSON),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast")),
    )
    op.create_table(
        "broadcast_case",
        sa.Column("broadcast_id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("why", sa.String(length=300), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.CheckConstraint("outcome IN ('waiting','told','failed')", name=op.f("ck_broadcast_case_outcome")),
        _key("broadcast_case", "broadcast_id", "broadcast"),
        _key("broadcast_case", "case_id", CASE),
        sa.PrimaryKeyConstraint("broadcast_id", "case_id", name=op.f("pk_broadcast_case")),
    )
